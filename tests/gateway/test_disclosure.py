"""A masked number in full: for whoever may, one value after the other, and the ledger says who, what, when and why."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.effects import Effects
from alerts.event import Recorded
from api.ports import Disclose
from devices.errors import NotAllowed, Refused
from devices.reading import SECOND
from gateway.disclosure import disclosed
from gateway.stores.database import Database
from gateway.stores.records import SqlRecords
from ledger.chain import verify
from ledger.journal import drafts_of
from ledger.masking import masked, masked_names, masked_within
from ledger.values_beside import ValuesBeside
from tests.shipped import shipped_books
from tests.words import english, refused
from workflows.contractors import Firm, Worker

BOOKS = shipped_books()
NOW = 1_795_521_600 * SECOND
NUMBER = "330102199001011234"
VISIT = {"person": "王五", "document_number": NUMBER, "action": "arrived"}


@pytest.fixture
def records(tmp_path: Path) -> Iterator[SqlRecords]:
    with Database.in_folder(tmp_path) as database:
        records = SqlRecords(database, "works")
        write(records, Recorded("gate", "visitors", "li", VISIT))
        yield records


def write(records: SqlRecords, record: Recorded) -> None:
    effects = Effects(recorded=[(record, NOW)])
    records.commit(effects, drafts_of(effects, NOW, render=english, books=BOOKS), (), NOW)


def ask(records: SqlRecords, *values: tuple[int, str], reason: str = "asked by the police", role: str = "manager"):  # type: ignore[no-untyped-def]
    return disclosed(Disclose(values, reason, "ada"), records, BOOKS, lambda _by: role)


@pytest.mark.parametrize("role", ["manager", "admin", "auditor"])
def test_the_entry_says_who_saw_what_and_why_and_holds_no_value(records: SqlRecords, role: str) -> None:
    record, values = ask(records, (1, "document_number"), role=role)
    assert {(1, "document_number"): NUMBER} == values
    BOOKS["disclosures"].check(record.fields)
    write(records, record)
    entry = records.ledger()[-1]
    assert ("disclosures", "ada", NOW) == (entry.draft.book, entry.draft.by, entry.draft.at)
    assert entry.draft.fields == {
        "reason": "asked by the police",
        "values": ({"entry": 1, "field": "document_number"},),
    }
    assert records.ledger_head() == verify(ValuesBeside().passing(records.ledger_entries()), "works")


@pytest.mark.parametrize("role", ["guard", "operator", "technician", "kiosk", None])
def test_whoever_only_writes_the_book_is_shown_nothing(records: SqlRecords, role: str | None) -> None:
    with refused("may ask", NotAllowed):
        ask(records, (1, "document_number"), role=role or "")


@pytest.mark.parametrize(
    ("values", "reason", "said"),
    [
        (((1, "document_number"),), " ", "say why"),
        (((1, "document_number"),), "x" * 2_001, "say why"),
        ((), "asked", "name 1 to"),
        (((1, "document_number"),) * 1_001, "asked", "name 1 to"),
        (((9, "document_number"),), "asked", "no entry 9"),
        (((1, "colour"),), "asked", "not there"),
        (((1, "person"),), "asked", "not masked"),
    ],
    ids=["no reason", "too long", "nothing", "too much", "no entry", "no field", "not masked"],
)
def test_what_cannot_be_shown_is_refused_and_says_why(
    records: SqlRecords, values: tuple[tuple[int, str], ...], reason: str, said: str
) -> None:
    with refused(said, Refused):
        ask(records, *values, reason=reason)


def test_what_was_erased_is_shown_to_nobody(records: SqlRecords) -> None:
    rows = '[{"entry": 1, "field": "document_number"}]'
    write(records, Recorded("", "erasures", "ada", {"action": "erased", "values": rows, "reason": "asked for"}))
    with refused("not there", Refused):
        ask(records, (1, "document_number"))


def test_a_mask_hides_at_least_half_and_the_value_of_a_doctor_whole(records: SqlRecords) -> None:
    (entry,) = records.ledger()
    assert "*" * 14 + "1234" == masked(entry, BOOKS["visitors"]).draft.fields["document_number"]
    assert "whole" == next(field.masked for field in BOOKS["people"].fields if field.name == "health")


def test_people_within_a_case_are_masked_however_deep_and_nothing_else_is() -> None:
    worker = Worker(person="王五", document_number=NUMBER, card="26:20:800")
    firm = Firm(id="f", organisation="Hongda", workers=(worker,))
    (seen,) = masked_within(firm, masked_names(BOOKS["contractors"])).workers
    assert ("王五", "*" * 14 + "1234", "*****:800") == (seen.person, seen.document_number, seen.card)
    assert firm is masked_within(firm, frozenset({"colour"}))
