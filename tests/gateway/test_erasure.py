"""Who may have which values erased, and what goes by itself when its retention has ended."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from alerts.case import Case
from alerts.effects import Effects
from alerts.event import Recorded
from alerts.facts import Fact
from api.ports import Erase
from devices.errors import NotAllowed, Refused
from devices.message import Text
from devices.reading import SECOND
from gateway.erasure import RetentionOfValues, record_of
from gateway.inbox import Delivery
from gateway.stores.database import Database
from gateway.stores.records import SqlRecords
from gateway.stores.runs import Runs
from ledger.commitment import Gone
from ledger.journal import drafts_of
from tests.shipped import shipped_books
from tests.words import english, refused

BOOKS = shipped_books()
NOW = 1_795_521_600 * SECOND
YEAR = 365 * 86_400 * SECOND
VISIT = {"person": "王五", "document": "ID", "action": "arrived"}


@pytest.fixture
def records(tmp_path: Path) -> Iterator[SqlRecords]:
    with Database.in_folder(tmp_path) as database:
        yield SqlRecords(database, "works")


def write(records: SqlRecords, record: Recorded, now: int = NOW) -> int:
    effects = Effects(recorded=[(record, now)])
    return commit(records, effects, now)


def commit(records: SqlRecords, effects: Effects, now: int = NOW) -> int:
    drafts = drafts_of(effects, now, render=english, books=BOOKS)
    return records.commit(effects, drafts, (), now).entries[-1].sequence


def manager(_by: str) -> str:
    return "manager"


def visit(records: SqlRecords, now: int = NOW) -> int:
    return write(records, Recorded("gate", "visitors", "li", VISIT), now)


def toy(records: SqlRecords, *, is_open: bool) -> int:
    case = Case(id="c1", area="gate", opened=NOW, is_open=is_open)
    fact = Fact(
        workflow="toy", case="c1", step="s", at=NOW, text=Text.of("word.yes"), book="hot_work",
        fields={"worker": "王五"}, personal=("worker",),
    )  # fmt: skip
    return commit(records, Effects(facts=[fact], cases={("toy", "c1"): case}))


def test_an_order_becomes_an_entry_and_the_values_are_gone(records: SqlRecords) -> None:
    number = visit(records)
    record = record_of(Erase(((number, "person"),), " asked for ", "ada"), records, manager)
    BOOKS["erasures"].check(record.fields)
    erasure = write(records, record)
    first, entry = records.ledger()
    assert first.gone == {"person": Gone("erased", erasure)}
    assert (entry.draft.by, entry.draft.fields) == (
        "ada",
        {"action": "erased", "values": ({"entry": 1, "field": "person"},), "reason": "asked for"},
    )


@pytest.mark.parametrize("role", ["operator", "technician", "admin", "kiosk", None])
def test_a_manager_orders_it_and_nobody_else(records: SqlRecords, role: str | None) -> None:
    number = visit(records)
    with refused("a manager may", NotAllowed):
        record_of(Erase(((number, "person"),), "asked for", "x"), records, lambda _by: role)


ORDERS = {
    "no reason": (((1, "person"),), " ", "say why"),
    "too long a reason": (((1, "person"),), "x" * 2_001, "say why"),
    "nothing": ((), "asked for", "name 1 to"),
    "too much": (((1, "person"),) * 101, "asked for", "name 1 to"),
    "no such entry": (((9, "person"),), "asked for", "no entry 9"),
    "a field in the chain": (((1, "action"),), "asked for", "can't be erased"),
    "no such field": (((1, "colour"),), "asked for", "can't be erased"),
    "an open case": (((2, "worker"),), "asked for", "is open"),
    "gone already": (((1, "document"),), "asked for", r"gone already \(entry 3\)"),
}


@pytest.mark.parametrize(("values", "reason", "said"), ORDERS.values(), ids=ORDERS)
def test_an_order_that_cannot_be_is_refused_with_the_reason(
    records: SqlRecords, values: tuple[tuple[int, str], ...], reason: str, said: str
) -> None:
    visit(records)
    toy(records, is_open=True)
    write(records, record_of(Erase(((1, "document"),), "asked for", "ada"), records, manager))
    with refused(said, Refused):
        record_of(Erase(values, reason, "ada"), records, manager)


def listened(records: SqlRecords, since: int, until: int) -> Runs:
    runs = Runs(records.database)
    runs.begin(since)
    runs.note(until, is_last=True)
    return runs


def due(records: SqlRecords, runs: Runs, books: object = BOOKS) -> list[Recorded]:
    handed: list[Delivery] = []
    RetentionOfValues(records, books, runs, handed.append).look(NOW)  # type: ignore[arg-type]
    return [each.item for each in handed if isinstance(each.item, Recorded)]


def test_values_go_when_gateways_have_listened_for_their_retention(records: SqlRecords) -> None:
    visit(records, NOW)
    visit(records, NOW + YEAR // 2)
    runs = listened(records, NOW, NOW + YEAR + YEAR // 4)
    (record,) = due(records, runs)
    assert (record.by, record.fields["action"]) == ("", "retention_ended")
    assert [{"entry": 1, "field": "document"}, {"entry": 1, "field": "person"}] == sorted(
        msgspec.json.decode(record.fields["values"]), key=lambda row: row["field"]
    )
    ended = write(records, record, NOW + 2 * YEAR)
    assert dict.fromkeys(("document", "person"), Gone("retention_ended", ended)) == records.ledger()[0].gone
    assert due(records, runs) == []


def test_a_clock_that_jumped_makes_nothing_go(records: SqlRecords) -> None:
    visit(records)
    assert due(records, listened(records, NOW, NOW + YEAR // 2)) == []
    later = Runs(records.database)
    later.begin(NOW + 20 * YEAR)
    assert due(records, later) == []


def test_a_case_that_is_open_keeps_its_values_until_it_has_ended(records: SqlRecords) -> None:
    toy(records, is_open=True)
    runs = listened(records, NOW, NOW + 6 * YEAR)
    assert due(records, runs) == []
    toy(records, is_open=False)
    (record,) = due(records, runs)
    assert [1, 2] == sorted({row["entry"] for row in msgspec.json.decode(record.fields["values"])})


def test_a_book_may_keep_its_entries_for_different_times(records: SqlRecords) -> None:
    book = msgspec.structs.replace(BOOKS["visitors"], keep_by="action", keep_years_of={"arrived": 3.0})
    visit(records)
    write(records, Recorded("gate", "visitors", "li", {**VISIT, "action": "left"}))
    (record,) = due(records, listened(records, NOW, NOW + 2 * YEAR), {"visitors": book})
    assert {2} == {row["entry"] for row in msgspec.json.decode(record.fields["values"])}


def test_what_goes_by_itself_goes_a_thousand_at_a_time(records: SqlRecords) -> None:
    effects = Effects(recorded=[(Recorded("gate", "visitors", "li", VISIT), NOW)] * 700)
    commit(records, effects)
    (record,) = due(records, listened(records, NOW, NOW + 2 * YEAR))
    assert len(msgspec.json.decode(record.fields["values"])) == 1_000
    BOOKS["erasures"].check(record.fields)
