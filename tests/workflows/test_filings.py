"""Filings: what stock brings about by itself, when it is told, from which second on it is late, what ends it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from alerts.ask import Ask
from alerts.kernel.consent import Give
from tests.workflows.stores import DAY, StoreRoom, receive
from workflows.filings import Enter, File, Filings, Renew, Withdraw


def enter(kind: str = "licence", due: date = date(2026, 12, 31), **changed: Any) -> Enter:
    said = {"kind": kind, "about": "acid", "due": due, "number": "L7", "by": "boss", "role": "manager"}
    return Enter(**{**said, **changed})


def file(case: str, reference: str = "2026-17") -> File:
    return File(case=case, reference=reference, by="gu", role="operator")


def opened(room: StoreRoom) -> dict[str, date]:
    return {case.kind: case.due for case in room.kernel.cases.of("filings").values()}  # type: ignore[attr-defined]


def bought(goods: str) -> tuple[StoreRoom, str]:
    """On Monday 23 November; the filing that this brings about."""
    room = StoreRoom(Filings())
    case = room.enter("acid", goods)
    assert "" == room.two(receive(case, batch="" if goods.startswith("drug") else "b1"))
    return room, next(iter(room.kernel.cases.of("filings")), "")


def test_a_purchase_of_toxic_goods_is_filed_in_five_days() -> None:
    """Due on Saturday; told two days before, late from Sunday on, in that second."""
    room, case = bought("highly_toxic")
    assert {"toxic": date(2026, 11, 28)} == opened(room)
    for second, near, late in (
        (3 * DAY - 1, [], []),
        (3 * DAY, [case], []),
        (6 * DAY - 1, [case], []),
        (6 * DAY, [], [case]),
    ):
        room.run_until(second)
        assert (near, late) == (room.active("filing-due"), room.active("filing-overdue"))
    room.restart(1)
    room.t = 6 * DAY + 60
    assert "" == room.two(file(case))
    assert [] == [*room.active("filing-overdue"), *room.kernel.cases.of("filings")]


def test_the_year_of_a_drug_precursor_is_reported_by_the_end_of_march() -> None:
    """One report a year, whatever is moved in it."""
    room, case = bought("drug_precursor_3")
    assert {"precursor_report": date(2027, 3, 31)} == opened(room)
    assert "" == room.two(receive("vault.acid"))
    assert 1 == len(room.kernel.cases.of("filings"))
    last = (date(2027, 4, 1) - date(2026, 11, 23)).days * DAY
    room.run_until(last - 1)
    assert ([case], []) == (room.active("filing-due"), room.active("filing-overdue"))
    room.run_until(last)
    assert [case] == room.active("filing-overdue")


def test_what_needs_no_filing_opens_none() -> None:
    room, _ = bought("explosive")
    assert {} == opened(room)


def test_a_licence_is_renewed_and_its_alert_is_over() -> None:
    room = StoreRoom(Filings())
    case = room.ask(room.next(), enter(due=date(2026, 11, 24)))
    assert [case] == room.active("filing-due")
    room.run_until(2 * DAY)
    assert [case] == room.active("filing-overdue")
    room.t = 2 * DAY + 1
    renew = Renew(case=case, due=date(2027, 11, 24), by="boss", role="manager")
    assert "" == room.two(renew)
    assert [] == [*room.active("filing-overdue"), *room.active("filing-due")]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda _: enter(due=date(2026, 11, 22)), "due: filings.no_day"),
        (lambda _: enter(number="L7"), "number: filings.no_number"),
        (lambda _: enter(number=" "), "number: filings.no_number"),
        (lambda _: enter("other", about=""), "about: filings.wanting"),
        (file, "case: filings.renew_it"),
        (lambda _: file("x"), "case: filings.none_such"),
        (lambda case: Withdraw(case=case, by="boss", role="manager"), "note: filings.wanting"),
        (lambda _: enter(role="operator"), "workflow.not_your_role"),
    ],
)
def test_what_is_refused(ask: Callable[[str], Ask], said: str) -> None:
    room = StoreRoom(Filings())
    case = room.ask(room.next(), enter())
    assert said == room.two(ask(case))


def test_two_leaders_take_one_back() -> None:
    room, case = bought("highly_toxic")
    effects = room.step(room.next(), Withdraw(case=case, note="sent back", by="boss", role="manager"))
    room.step(room.next(), Give(case=effects.answered[0].case, by="head", role="manager"))
    assert {} == opened(room)
