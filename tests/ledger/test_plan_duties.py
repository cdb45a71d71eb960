"""Every duty of the plan met, nearly missed and broken, around the borders of its periods: plan_duties.toml.

Each row is told twice: to the rule, event by event as the engine tells it, and to the board, from entries of a ledger.
Both must come to the same. A duty without its three rows is a red test.
"""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from alerts.calendar import Calendar
from alerts.event import SIGNATURES, Corrected, Recorded, Signed, Tick
from alerts.facts import Fact
from alerts.obligation import EXEMPT, Obligation
from alerts.obligation_progress import progress
from devices.message import Text
from devices.reading import SECOND, Instant
from ledger.books import books_of
from ledger.duties import duties_of
from ledger.entry import Draft, Entry
from ledger.projections.obligations import ObligationEvidence
from tests.house.places import ROOT

FILES = [*ROOT.glob("ledger/presets/*.book.toml"), ROOT / "ledger" / "presets" / "safe_enterprise.toml"]
BOOKS = {name: book for file in FILES for name, book in books_of(file.read_text(encoding="utf-8")).items()}
DUTIES = {rule.name: rule for rule in duties_of("safe_enterprise")}
HOLIDAYS = frozenset({*(f"2026-10-0{day}" for day in range(1, 8)), "2027-01-01"})
_TIMES = re.compile(r"(?P<first>\S+ \S+)(?: x(?P<times>\d+) every (?P<days>\d+) days)?")


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``state`` of the period with the day ``of``, after what was ``done`` at local times, ``x4 every 7 days``.

    ``fields``: others than those that count. ``corrects``: at that time the first of them is corrected, so that it
    counts no more. ``is_signed``: where that is asked for. ``zone``: of the site.
    """

    state: str
    of: str
    why: str
    done: tuple[str, ...] = ()
    fields: dict[str, str] = {}
    corrects: str = ""
    is_signed: bool = True
    zone: str = "Asia/Shanghai"
    is_exempt: bool = False


class Told(msgspec.Struct, frozen=True):
    """Something that was done; ``takes_back`` the first."""

    at: Instant
    fields: dict[str, str]
    takes_back: bool = False


ROWS = msgspec.toml.decode(
    Path(__file__).with_suffix("").with_name("plan_duties.toml").read_bytes(), type=dict[str, list[Row]]
)


def instant(text: str, zone: str) -> Instant:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * SECOND


def told(rule: Obligation, row: Row) -> list[Told]:
    """All that happens, oldest first."""
    found = []
    for text in row.done:
        match = _TIMES.fullmatch(text)
        assert match, text
        first, times = datetime.fromisoformat(match["first"]), int(match["times"] or 1)
        each = [first + timedelta(days=int(match["days"] or 0) * n) for n in range(times)]
        found += [Told(instant(str(at), row.zone), {**rule.where, **row.fields}) for at in each]
    if row.corrects:
        nothing = dict.fromkeys(rule.where, "nothing")
        found.append(Told(instant(row.corrects, row.zone), nothing, takes_back=True))
    return sorted(found, key=lambda one: one.at)


def heard(rule: Obligation, events: list[Told], since: Instant, until: Instant, row: Row) -> Any:
    """The breach of the rule at the end, told in words of its key."""
    calendar = Calendar(row.zone, holidays=HOLIDAYS)
    kind: Any = rule
    memory = kind.step(kind.start(), Tick(since, calendar), since)
    if row.is_exempt:
        memory = kind.step(memory, _fact(rule, "obligations.declared", since, {"rule": rule.name}, EXEMPT), since)
    for one in [*events, None]:
        at = one.at if one is not None else until
        while memory.wake_at is not None and memory.wake_at <= at:
            memory = kind.step(memory, Tick(memory.wake_at, calendar), memory.wake_at)
        if one is None:
            return memory.breach.text if memory.breach is not None else None
        memory = kind.step(memory, _event(rule, one, events[0]), at)
        if rule.signed_by and row.is_signed:
            signs = Signed(rule.books[0], at, one.fields, rule.signed_by)
            memory = kind.step(memory, Recorded("", SIGNATURES, "ann", {}, signs=signs), at)
    raise AssertionError


def _event(rule: Obligation, one: Told, first: Told) -> Fact | Recorded:
    if rule.books:
        was = Corrected(rule.books[0], first.at, first.fields) if one.takes_back else None
        return Recorded("", rule.books[0], "tom", one.fields, was)
    return _fact(rule, rule.topics[0], one.at, one.fields)


def _fact(rule: Obligation, topic: str, at: Instant, fields: dict[str, Any], *more: str) -> Fact:
    workflow, step = topic.split(".")
    return Fact(workflow=workflow, case="c1", step=step, at=at, text=Text(""), fields=fields, topics=more)


def entries(rule: Obligation, events: list[Told], row: Row) -> list[Entry]:
    """The same as a ledger holds it, each signed behind all of them."""
    found = []
    for number, one in enumerate(events, start=1):
        book = rule.books[0] if rule.books else "inspections"
        fields: dict[str, Any] = dict(one.fields)
        if not rule.books:
            workflow, step = rule.topics[0].split(".")
            fields |= {"workflow": workflow, "step": step, "case": "c1"}
        draft = Draft(book, one.at, fields, by="tom", corrects=1 if one.takes_back else None)
        found.append(Entry(number, "s", one.at, draft, "", ""))
    for entry in list(found) if rule.signed_by and row.is_signed else ():
        draft = Draft(SIGNATURES, entry.draft.at, _signature(entry, rule), by="ann")
        found.append(Entry(len(found) + 1, "s", entry.draft.at, draft, "", ""))
    return found


def _signature(entry: Entry, rule: Obligation) -> dict[str, Any]:
    return {"entry": entry.sequence, "hash": entry.hash, "signer": rule.signed_by}


CASES = [pytest.param(name, row, id=f"{name}: {row.why}") for name, rows in ROWS.items() for row in rows]
WORDS = {
    "met": None,
    "nearly": "obligation.nearly",
    "broken": "obligation.missed",
    "exempt": None,
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "row"), CASES)
def test_rule_and_board_say_the_same(name: str, row: Row) -> None:
    """Looked at one second before the period ends; of what is broken, once its tolerance is over, too."""
    rule = DUTIES[name]
    calendar = Calendar(row.zone, holidays=HOLIDAYS)
    span = rule.period().span(calendar, instant(f"{row.of} 00:00", row.zone))
    assert span is not None
    since = span[0] - SECOND
    is_over = row.state == "broken" and not rule.IS_LIMIT
    now = span[1] + rule.tolerance() if is_over else span[1] - SECOND
    events = [one for one in told(rule, row) if one.at <= now]
    said = heard(rule, [one for one in events if one.at < now or not is_over], since, now, row)
    key = "limit.exceeded" if rule.IS_LIMIT and row.state == "broken" else WORDS[row.state]
    if rule.IS_LIMIT and row.state == "nearly":
        key = None
    assert key == (said.key if said is not None else None)
    book = ObligationEvidence([rule])
    book.read(entries(rule, events, row))
    board = progress(rule, book.done(rule), calendar, now, since, is_exempt=row.is_exempt)
    shown = next((one for one in board.past if one.begins == span[0]), None)
    is_met = shown.is_met if shown is not None else rule.is_met(board.done)
    assert is_met == (row.state == "met" or (rule.IS_LIMIT and row.state == "nearly"))
    assert row.is_exempt == (board.state == "exempt")
    if said is not None:
        assert said.params["done"] == (shown.done if shown is not None else board.done)


def test_each_duty_is_met_nearly_missed_and_broken() -> None:
    """And nothing is told of a duty that there is not."""
    assert ROWS.keys() == DUTIES.keys()
    lacking = {name: {"met", "nearly", "broken"} - {row.state for row in rows} for name, rows in ROWS.items()}
    assert {} == {name: states for name, states in lacking.items() if states}


@pytest.mark.parametrize("name", [name for name, rule in DUTIES.items() if rule.signed_by])
def test_a_missing_signature_stops_it_from_counting(name: str) -> None:
    """What is met is broken without it; and the signer is one of the book."""
    met = next(row for row in ROWS[name] if row.state == "met")
    test_rule_and_board_say_the_same(name, msgspec.structs.replace(met, state="broken", is_signed=False))
    rule = DUTIES[name]
    assert all(rule.signed_by in [signer.name for signer in BOOKS[book].signers] for book in rule.books)


@pytest.mark.parametrize("name", DUTIES)
def test_declared_as_not_applicable_nothing_is_told(name: str) -> None:
    """Whatever is broken of it; and it is counted on."""
    broken = next(row for row in ROWS[name] if row.state == "broken")
    test_rule_and_board_say_the_same(name, msgspec.structs.replace(broken, state="exempt", is_exempt=True))
