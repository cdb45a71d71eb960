"""What is counted of the steps of alerts: only what was shouted, each by its definition, and the same each time."""

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import AlertClass
from alerts.calendar import Calendar
from alerts.kpi.counting import Count, Counted
from alerts.kpi.day import Day, Piece, joined
from alerts.kpi.step import Arrival, Aside, Step
from alerts.lifecycle import Action
from devices.reading import SECOND
from tests.alerts.kpi.steps import BEGIN, step

RAISED, AGAIN, GONE, ACK, CLOSE = (
    Action.RAISED, Action.CAUSE_AGAIN, Action.CAUSE_GONE, Action.ACKNOWLEDGE, Action.CLOSE,
)  # fmt: skip
CALENDAR = Calendar("Asia/Shanghai")
DAY = 86_400


def count(steps: Iterable[Step], people: int = 1) -> Count:
    counting = Count(CALENDAR, lambda at: people)
    for each in steps:
        counting.step(each)
    return counting


def whole(counting: Count) -> Piece:
    return joined(day.whole() for day in counting.days.values())


LOUD: list[tuple[str, list[Step], int]] = [
    ("raised once", [step(RAISED, 0)], 1),
    ("raised and back", [step(RAISED, 0), step(GONE, 5), step(AGAIN, 9)], 2),
    ("told once more while it stands", [step(RAISED, 0), step(AGAIN, 9)], 1),
    ("joined after it was answered", [step(RAISED, 0), step(ACK, 5, by="li"), step(AGAIN, 9)], 2),
    ("happened anew while it stands", [step(RAISED, 0), step(AGAIN, 9, again=(BEGIN + 9) * SECOND)], 2),
    ("held back", [step(RAISED, 0, aside=Aside())], 0),
    ("held back and brought back", [step(RAISED, 0, aside=Aside()), step(Action.BROUGHT_BACK, 5)], 1),
    ("a drill", [step(RAISED, 0, origin="drill")], 0),
    ("silent", [step(RAISED, 0, silent=True)], 0),
    ("sounds anew though nothing happened", [step(RAISED, 0), step(Action.EXPIRED, 300)], 1),
]


@pytest.mark.parametrize(("steps", "expected"), [row[1:] for row in LOUD], ids=[row[0] for row in LOUD])
def test_only_what_was_shouted_counts(steps: list[Step], expected: int) -> None:
    found = whole(count(steps))
    assert (expected, expected) == (found.raised, sum(found.priorities.values()))


ANSWERS: list[tuple[str, list[Step], list[float]]] = [
    ("answered", [step(RAISED, 0), step(ACK, 20, by="li")], [20]),
    ("by nobody", [step(RAISED, 0), step(ACK, 20)], []),
    ("twice", [step(RAISED, 0), step(ACK, 20, by="li"), step(ACK, 50, by="li")], [20]),
    ("what joins sounds anew",
     [step(RAISED, 0), step(ACK, 5, by="li"), step(AGAIN, 50), step(ACK, 90, by="li")], [5, 40]),
    ("unanswered, and came again", [step(RAISED, 0), step(GONE, 5), step(AGAIN, 60), step(ACK, 70, by="li")], [70]),
    ("answered again after it expired",
     [step(RAISED, 0), step(ACK, 5, by="li"), step(Action.EXPIRED, 300), step(ACK, 400, by="li")], [5]),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "expected"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_the_time_to_answer_counts_from_when_it_was_shouted(steps: list[Step], expected: list[float]) -> None:
    answered = whole(count(steps)).answered
    assert len(expected) == sum(times.count for times in answered.values())
    if expected:
        assert answered["fire"].percentile(1) == pytest.approx(max(expected), rel=0.01)


def test_the_flood_is_that_of_the_screens_to_the_second() -> None:
    """Eleven within ten minutes begin it; it ends when fewer than five are left, and none of it is lost."""
    counting = count(step(RAISED, 10 * n, f"a{n}") for n in range(11))
    flood = counting.flood((BEGIN + 3_600) * SECOND)
    assert flood == ((BEGIN + 100) * SECOND, (BEGIN + 60 + 600) * SECOND)
    assert 0 == whole(counting).flood_s
    counting.step(step(RAISED, 5_000, "late"))
    assert (560, 11) == (whole(counting).flood_s, whole(counting).peak)
    assert counting.flood((BEGIN + 9_000) * SECOND) is None


def test_the_peak_of_each_is_by_those_who_were_there() -> None:
    found = whole(count((step(RAISED, 10 * n, f"a{n}") for n in range(8)), people=2))
    assert (8, 4) == (found.peak, found.peak_each)


def test_three_times_in_a_minute_is_one_spell_until_it_is_calm() -> None:
    steps = [step(RAISED, 0)]
    for at in (10, 20, 30, 40, 800, 810, 820):
        steps += [step(GONE, at - 5), step(AGAIN, at)]
    (actor,) = whole(count(steps)).actors.values()
    assert (8, 2) == (actor.raised, actor.chattered)


def test_what_stands_for_more_than_a_day_counts_on_each_day_on_which_it_does() -> None:
    counting = count([step(RAISED, 3_600)])
    assert [] == counting.standing_for((BEGIN + DAY) * SECOND)
    (stands,) = counting.standing_for((BEGIN + 2 * DAY) * SECOND)
    assert ("smoke\td-a", (BEGIN + 3_600) * SECOND) == stands
    counting.step(step(GONE, 3 * DAY + 60))
    assert {"2026-12-02": 1, "2026-12-03": 1, "2026-12-04": 1} == {
        name: day.stale for name, day in counting.days.items() if day.stale
    }
    (actor,) = whole(counting).actors.values()
    assert (1, "fire", "smoke") == (actor.stale, actor.of, actor.signal)


def test_no_figure_is_by_person() -> None:
    """What is due is named by its area: its key may be a person."""
    counting = count([step(RAISED, 0, key="li.na", alert_class=AlertClass.DUTY)])
    assert ["smoke\tstore"] == list(whole(counting).actors)


def test_findings_are_of_the_source_and_those_of_nobody_count_nowhere() -> None:
    findings = ("confirmed", "false_alarm", "false_alarm", "nuisance", "returned", "test", "duplicate")
    steps = [
        each
        for n, finding in enumerate(findings)
        for each in (step(RAISED, n, f"a{n}", key="d"), step(CLOSE, n, f"a{n}", key="d", disposition=finding))
    ]
    (actor,) = whole(count(steps)).actors.values()
    assert (1, 2, 1, 4, 3) == (actor.confirmed, actor.false_alarm, actor.nuisance, actor.judged, actor.not_real)


ARRIVALS: list[tuple[str, Arrival, list[float]]] = [
    ("in the area", Arrival((BEGIN + 45) * SECOND, "store"), [45]),
    ("at this alert", Arrival((BEGIN + 45) * SECOND, "hall", "", ("a",)), [45]),
    ("at another alert", Arrival((BEGIN + 45) * SECOND, "store", "", ("c",)), []),
    ("elsewhere", Arrival((BEGIN + 45) * SECOND, "hall"), []),
    ("at the incident", Arrival((BEGIN + 45) * SECOND, "", "20261201-01"), [45]),
    ("at another incident", Arrival((BEGIN + 45) * SECOND, "store", "20261201-02"), []),
    ("before it was raised", Arrival((BEGIN - 45) * SECOND, "store"), []),
]


@pytest.mark.parametrize(("arrival", "expected"), [row[1:] for row in ARRIVALS], ids=[row[0] for row in ARRIVALS])
def test_one_incident_is_met_once(arrival: Arrival, expected: list[float]) -> None:
    counting = count([step(RAISED, 0, incident="20261201-01"), step(RAISED, 5, "b", incident="20261201-01")])
    counting.arrival(arrival)
    counting.arrival(msgspec.structs.replace(arrival, at=arrival.at + SECOND))
    found = whole(counting).on_scene.get("fire")
    assert len(expected) == (found.count if found is not None else 0)
    assert found is None or found.percentile(1) == pytest.approx(expected[0], rel=0.01)


# -- random histories -----------------------------------------------------------------------------------------

MOVES = st.tuples(
    st.sampled_from([RAISED, AGAIN, GONE, ACK, CLOSE, Action.SET_ASIDE, Action.BROUGHT_BACK, Action.EXPIRED]),
    st.integers(0, 4),
    st.sampled_from([0, 0, 1, 7, 59, 240, 1_200, 90_000]),
    st.sampled_from(list(AlertClass)),
    st.sampled_from(["confirmed", "false_alarm", "returned"]),
)


def history(moves: Iterable[tuple[Action, int, int, AlertClass, str]]) -> list[Step]:
    """In time order, as a store has it; also what no engine would do."""
    at, found = 0, []
    for action, alert, later, of, finding in moves:
        at += later
        fields: dict[str, Any] = {"alert_class": of, "disposition": finding if action is CLOSE else None}
        fields |= {"aside": Aside()} if action is Action.SET_ASIDE else {}
        found.append(step(action, at, f"a{alert}", by="li", **fields))
    return found


def restarted(counting: Count) -> Count:
    """As it is read from the store."""
    kept = msgspec.json.decode(msgspec.json.encode(counting.counted), type=Counted)
    days = msgspec.json.decode(msgspec.json.encode(counting.days), type=dict[str, Day])
    return Count(CALENDAR, lambda at: 1, kept, days)


@given(st.lists(MOVES, max_size=60), st.sets(st.integers(0, 60)))
def test_counted_on_after_restarts_is_counted_from_the_beginning(moves: Any, restarts: set[int]) -> None:
    steps = history(moves)
    once, by_parts = count(steps), Count(CALENDAR, lambda at: 1)
    for number, each in enumerate(steps):
        by_parts = restarted(by_parts) if number in restarts else by_parts
        by_parts.step(each)
    assert (once.counted, once.days) == (by_parts.counted, by_parts.days)


@given(st.lists(MOVES, max_size=60))
def test_days_that_are_folded_have_the_same_sum(moves: Any) -> None:
    counting = count(history(moves))
    before = whole(counting)
    for day in counting.days.values():
        day.fold()
    assert before == whole(counting)


@given(st.lists(st.sampled_from([0, 1, 7, 30, 59, 240, 700]), max_size=40))
def test_rate_peak_and_flood_are_those_of_a_plain_recount(laters: list[int]) -> None:
    """Second by second, with all of the history at hand."""
    times = [sum(laters[: n + 1]) for n in range(len(laters))]
    counting = count(step(RAISED, at, f"a{n}") for n, at in enumerate(times))
    end, is_flooded, flooded, peak = (times[-1] if times else 0) + 700, False, 0, 0
    for second in range(end):
        last = sum(second - 600 < at <= second for at in times)
        is_flooded = last > 10 or (is_flooded and last >= 5)
        flooded += is_flooded
        peak = max(peak, last)
    flood = counting.flood((BEGIN + end) * SECOND)
    found = whole(counting)
    left = (flood[1] - flood[0]) // SECOND if flood is not None else 0
    assert (len(times), peak, flooded) == (found.raised, found.peak, found.flood_s + left)
