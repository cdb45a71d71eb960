"""The figures of a span against their targets, what of it says nothing yet, and what to do about the worst."""

from typing import Any

import pytest

from alerts.kpi.day import Actor, Piece, actor_key
from alerts.kpi.figures import Figures, Scope, figures
from alerts.kpi.times import Times
from alerts.kpi.worst import cures
from api.catalogue import language
from devices.reading import SECOND

HOUR = 3_600 * SECOND


def of(
    piece: Piece, hours: float = 24, operators: float = 1, stale: tuple[int, ...] = (0,), flood_s: float = 0
) -> Figures:
    scope = Scope(0, int(hours * HOUR), operators, {1: 10, 2: 30, 3: 100, 4: 60})
    return figures(piece, scope, stale, flood_s)


def times(*seconds: float) -> Times:
    found = Times()
    for each in seconds:
        found.add(each)
    return found


RATES = [(144, 24, 1, 1.0, "good"), (145, 24, 1, 1.007, "over"), (288, 24, 2, 1.0, "good"), (0, 24, 1, 0, "good"),
         (6, 1, 1, 1.0, "few"), (0, 0, 1, 0, "few")]  # fmt: skip


@pytest.mark.parametrize(("raised", "hours", "operators", "rate", "verdict"), RATES)
def test_the_rate_is_of_one_operator_in_ten_minutes(
    raised: int, hours: float, operators: float, rate: float, verdict: str
) -> None:
    found = of(Piece(classes={"fire": raised}), hours, operators)
    assert (pytest.approx(rate, abs=0.001), verdict) == (found.rate, found.rate_verdict)


def test_the_share_in_flood_and_what_stood_for_a_day() -> None:
    found = of(Piece(), flood_s=864, stale=(4, 7))
    assert (0.01, "good", 5.5, "over") == (found.flood, found.flood_verdict, found.stale, found.stale_verdict)
    assert ("over", "few") == (of(Piece(), flood_s=865).flood_verdict, of(Piece(), hours=9).stale_verdict)


def test_priorities_are_held_against_five_fifteen_eighty() -> None:
    high, medium, low = of(Piece(priorities={1: 10, 2: 20, 3: 50, 4: 20})).priorities
    assert [(10, 0.1, "over"), (20, 0.2, "good"), (70, 0.7, "good")] == [
        (each.raised, each.share, each.verdict) for each in (high, medium, low)
    ]
    assert [(10, 0.05, "good"), (30, 0.15, "good"), (160, 0.8, "good")] == [
        (each.configured, each.configured_share, each.configured_verdict) for each in (high, medium, low)
    ]
    assert {"few"} == {each.verdict for each in of(Piece(priorities={1: 19})).priorities}


ANSWERS: list[tuple[str, list[float], str]] = [
    ("fire", [10.0] * 20, "good"), ("fire", [10.0] * 15 + [50.0] * 5, "over"), ("fire", [10.0] * 19, "few"),
    ("fire", [10.0] * 19 + [61.0], "over"), ("fault", [80.0] * 16 + [170.0] * 4, "good"),
    ("fault", [80.0] * 19 + [181.0], "over"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "seconds", "verdict"), ANSWERS)
def test_answers_are_held_against_the_times_of_their_class(name: str, seconds: list[float], verdict: str) -> None:
    (row,) = of(Piece(answered={name: times(*seconds)})).answered
    assert (verdict, len(seconds)) == (row.verdict, row.count)


def test_of_several_classes_there_is_a_row_of_all_which_has_no_target() -> None:
    rows = of(Piece(answered={"fault": times(5), "fire": times(7, 9)})).answered
    assert [("fire", 2), ("fault", 1), ("", 3)] == [(row.of, row.count) for row in rows]
    assert {None} == {share.target for share in rows[-1].within}


def test_false_alarms_are_shares_of_what_people_judged() -> None:
    actors = {
        actor_key("smoke", "sd-1"): Actor(raised=9, confirmed=1, false_alarm=3),
        actor_key("smoke", "sd-2"): Actor(raised=2, confirmed=2),
        actor_key("hot", "sd-1"): Actor(raised=1, nuisance=1),
    }
    found = of(Piece(actors=actors))
    assert (7, 4) == (found.judged, found.not_real)
    assert [("smoke", 6, 3), ("hot", 1, 1)] == [(row.of, row.judged, row.not_real) for row in found.false_rules]
    assert [("sd-1", 5, 4)] == [(row.of, row.judged, row.not_real) for row in found.false_keys]


def test_the_worst_are_named_first_and_the_ten_most_frequent_have_their_share() -> None:
    actors = {actor_key("door", f"d{n:02}"): Actor(raised=1) for n in range(50)}
    actors[actor_key("hot", "t1")] = Actor(raised=40)
    actors[actor_key("link", "p1")] = Actor(raised=10, chattered=9)
    found = of(Piece(classes={"fault": 100}, actors=actors))
    assert [("link", "p1", 0.1), ("hot", "t1", 0.4)] == [(one.rule, one.key, one.share) for one in found.worst]
    assert (0.58, "over", 1, 9) == (found.top, found.top_verdict, found.chattering, found.spells)


CURES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("a dirty detector", {"of": "fire", "signal": "smoke", "false_alarm": 3}, ["clean"]),
    ("fire that was real", {"of": "fire", "signal": "smoke", "confirmed": 2}, ["cause"]),
    ("a heat detector that chatters", {"of": "fire", "signal": "temperature", "is_number": True, "chattered": 1},
     ["wiring"]),
    ("gas that was not", {"of": "gas", "signal": "co", "is_number": True, "nuisance": 1}, ["examine"]),
    ("a value that wavers", {"of": "supervisory", "signal": "temperature", "is_number": True, "raised": 5},
     ["deadband"]),
    ("a door in the wind", {"of": "access", "signal": "door", "chattered": 1}, ["contact"]),
    ("a motion sensor", {"of": "intrusion", "signal": "motion", "false_alarm": 2}, ["delay"]),
    ("a weak radio", {"of": "fault", "signal": "online", "raised": 9}, ["maintain"]),
    ("a device that is silent", {"of": "fault", "raised": 9}, ["maintain"]),
    ("rounds that are missed", {"of": "duty", "raised": 9}, ["plan"]),
    ("a service that is due", {"of": "supervisory", "raised": 1, "stale": 1}, ["do"]),
    ("what nobody mends", {"of": "supervisory", "signal": "leak", "raised": 1, "stale": 1}, ["stale"]),
    ("what is bypassed again and again", {"of": "access", "signal": "door", "raised": 1, "aside": 4},
     ["review_held_back"]),
    ("nobody says what it was", {"of": "fire", "signal": "smoke", "raised": 9}, ["find"]),
]  # fmt: skip


@pytest.mark.parametrize(("actor", "expected"), [row[1:] for row in CURES], ids=[row[0] for row in CURES])
def test_each_of_the_worst_has_a_cure_and_what_guards_life_no_delay(actor: dict[str, Any], expected: list[str]) -> None:
    found = cures(Actor(**actor))
    assert expected == [cure.key.removeprefix("kpi_cure.") for cure in found]
    for code in ("en", "zh"):
        assert all("{" not in language(code).render(cure) for cure in found)
