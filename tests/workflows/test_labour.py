"""Wages: a month is opened by the clock, told before its pay day and when late; what is wanting stands until then."""

from typing import Any

import pytest

from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.workflows.terms import BY, DAY, TODAY, ZONE, after, midnight, room, standing
from workflows.labour import Labour, LabourConfig, MakeGood, Pay

ENDS = next(day for day in range(1, 33) if after(day).day == 1)
"""So many days after the start the month is over."""
MONTH = f"{TODAY:%Y-%m}"


def over(**more: Any) -> KernelRoom:
    here = room(Labour(LabourConfig(is_on=True, pay_day=10, **more)))
    here.run_until(midnight(ENDS) - 1)
    assert {} == dict(here.kernel.cases.of("labour"))
    here.run_until(midnight(ENDS))
    return here


def pay(**more: Any) -> Pay:
    return Pay(**{"month": MONTH, "persons": 30, **more}, **BY)


def test_a_month_is_paid_by_its_pay_day() -> None:
    here = over()
    assert [MONTH] == [*here.kernel.cases.of("labour")]
    here.run_until(midnight(ENDS + 10) - 1)
    assert [1, 0] == [standing(here, f"labour-{word}") for word in ("due", "late")]
    steps = facts(here.step(midnight(ENDS + 10) - 1, pay()))
    assert ["labour.paid", "labour.not_near"] == steps
    here.run_until(midnight(ENDS + 12))
    assert [0, 0, 0] == [standing(here, f"labour-{word}") for word in ("due", "late", "short")]


def test_late_pay_is_told_and_dated_when_it_was_paid() -> None:
    here = over()
    here.restart(14 * DAY)
    here.run_until(midnight(ENDS + 14))
    assert 1 == standing(here, "labour-late")
    on = after(ENDS + 8)
    paid, *_ = here.step(midnight(ENDS + 15), pay(paid=on)).facts
    assert (ZONE.day(paid.at), paid.fields["paid_on"]) == (on, on.isoformat())
    assert 0 == standing(here, "labour-late")


def test_what_is_wanting_stands_until_it_is_made_good() -> None:
    here = over()
    assert ["labour.paid", "labour.short"] == facts(here.step(midnight(ENDS + 2), pay(unpaid=2, complaints=1)))
    assert 1 == standing(here, "labour-short")
    assert ["terms.field"] == keys(here.step(midnight(ENDS + 3), MakeGood(case=MONTH, note=" ", **BY)))
    assert ["labour.made_good"] == facts(here.step(midnight(ENDS + 3), MakeGood(case=MONTH, note="paid", **BY)))
    assert 0 == standing(here, "labour-short")
    assert ["terms.not_now"] == keys(here.step(midnight(ENDS + 4), MakeGood(case=MONTH, note="paid", **BY)))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"month": "2026-13"}, "labour.no_month"),
        ({"month": "2090-01"}, "labour.no_month"),
        ({"persons": 0}, "labour.no_count"),
        ({"unpaid": 31}, "labour.no_count"),
        ({"complaints": -1}, "labour.no_count"),
        ({"paid": after(ENDS + 40)}, "terms.field"),
    ],
)
def test_what_cannot_be_is_refused(more: dict[str, Any], why: str) -> None:
    assert [why] == keys(over().step(midnight(ENDS + 1), pay(**more)))


def test_a_month_is_entered_once() -> None:
    here = over()
    here.step(midnight(ENDS + 1), pay())
    assert ["labour.paid_already"] == keys(here.step(midnight(ENDS + 2), pay()))


def test_after_a_long_outage_the_newest_months_are_asked_for_and_a_year_later_forgotten() -> None:
    here = over()
    here.step(midnight(ENDS + 1), pay())
    here.restart(500 * DAY)
    here.run_until(midnight(ENDS + 502))
    months = sorted(here.kernel.cases.of("labour"))
    assert 3 == len(months)
    assert MONTH not in months


def test_where_it_is_off_nothing_is_asked_for() -> None:
    here = room(Labour())
    here.run_until(midnight(70))
    assert {} == dict(here.kernel.cases.of("labour"))
    assert ["pay_day"] == [fault.path[0] for fault in LabourConfig(pay_day=29).check(None)]  # type: ignore[arg-type]
