"""The page of alarm figures: what an address asks for, what it shows of a report, and what it says of little."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec.structs import replace

from alerts.kpi.day import Actor, Piece, actor_key
from alerts.kpi.figures import Scope, figures
from alerts.kpi.report import OnDay, Report
from alerts.kpi.times import Times
from api.catalogue import language
from api.console.pages import kpi
from api.console.web_page import Asked
from api.kpi_measures import file_of
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND
from tests.api.console.of_a_page import asked

DAY = 86_400 * SECOND


def report(raised: int = 300, *, known: int | None = 0) -> Report:
    answered = Times()
    for _ in range(20):
        answered.add(45)
    piece = Piece(
        classes={"access": raised},
        priorities={3: raised},
        answered={"fire": answered},
        actors={actor_key("door", "=cmd()"): Actor(of="access", signal="door", raised=raised, chattered=2)},
    )
    found = figures(piece, Scope(0, DAY, 1, {3: 5}), (0,), 0)
    days = tuple(OnDay(f"2026-12-0{n}", n, 60 * (n == 2)) for n in (1, 2, 3))
    return Report("day", 0, 0, DAY, known, found, None, (), days, False, 9, 9)


def page(given: Report, language: str = "en", **query: str) -> Asked:
    def answer(every: str, back: int) -> Report:
        if (every, back) not in (("day", 0), ("week", 0), ("month", 3)):
            raise Refused(Text.of("kpi_view.too_far"))
        return replace(given, every=every, back=back)

    found = asked(
        language=language,
        kpi=SimpleNamespace(report=answer, spans=lambda: ("day", "week")),
        rules=SimpleNamespace(rule_words=lambda name, language: ("Door held open", "")),
    )
    cast("Any", found.request).query_params = query
    return found


ADDRESSES: list[tuple[dict[str, str], tuple[str, int]]] = [
    ({}, ("week", 0)),
    ({"span": "month", "back": "3"}, ("month", 3)),
    ({"span": "month", "back": "4"}, ("day", 0)),
    ({"span": "'--", "back": "-1"}, ("week", 0)),
    ({"back": "9" * 40}, ("week", 0)),
    ({"span": "shift"}, ("day", 0)),
]


@pytest.mark.parametrize(("query", "expected"), ADDRESSES)
def test_an_address_that_asks_for_nothing_shows_what_there_is(query: dict[str, str], expected: tuple[str, int]) -> None:
    shown = kpi._show(page(report(), **query))["report"]
    assert expected == (shown.every, shown.back)


def test_what_is_over_its_target_has_a_bar_beyond_the_mark_and_the_worst_a_cure() -> None:
    shown = kpi._show(page(report()))
    rate = shown["figures"][0]
    assert ("over", "2.08", True) == (rate.verdict, rate.value, rate.bar > 50)
    (worst,) = shown["worst"]
    assert ["300 alerts (100 %)", "chattered 2 times"] == worst.facts
    assert "Check the contact" in worst.cures[0]
    ((_, (fire,)), _) = shown["times"]
    assert ("over", [("0 %", True), ("100 %", False)]) == (fire.verdict, fire.within[:2])
    assert [False, True, False] == [day.is_flooded for day in shown["days"]]


def test_of_little_it_says_so_in_either_language() -> None:
    few = report(3)
    for code, word in (("en", "not enough data"), ("zh", "数据不足")):
        assert word in {one.word for one in kpi._show(page(few, code))["figures"]}
    assert "" == kpi._show(page(report(0, known=None)))["known"]


@pytest.mark.parametrize("code", ["en", "zh"])
def test_the_file_has_a_row_for_each_figure_and_no_formula(code: str) -> None:
    lines = file_of(report(), page(report()).gateway, language(code)).splitlines()
    assert 6 == len(lines[0].split(","))
    assert any("Door held open · =Cmd()" in line for line in lines)
    assert not any(cell.startswith(("=", "+", "@")) for line in lines for cell in line.split(","))
    assert "{" not in "".join(lines)
