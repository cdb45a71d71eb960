"""What is erased is nowhere in the records' file any more: not in the chain, a case, the feed, nor in free space."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.case import Case
from alerts.effects import Effects
from alerts.event import Recorded
from alerts.facts import Fact
from devices.errors import StoreUnavailable
from devices.message import Text
from gateway.stores import scrub
from gateway.stores.database import FILE_NAME, Database
from gateway.stores.evidence import Evidence
from gateway.stores.records import SqlRecords
from gateway.stores.witness import Witness
from ledger.chain import verify
from ledger.journal import drafts_of
from ledger.values_beside import ValuesBeside
from tests.gateway.stores.records_examples import NOW
from tests.shipped import shipped_books
from tests.words import english, refused

BOOKS = shipped_books()
PERSONAL = ("王五 the welder", "T-4711-0815", "ID 110101199001011234", "13800138000")


class Work(Case, frozen=True, kw_only=True):
    worker: str
    certificate: str
    place: str


@pytest.fixture
def records(tmp_path: Path) -> Iterator[SqlRecords]:
    with Database.in_folder(tmp_path) as database:
        records = SqlRecords(database, "works")
        records.evidence = database.evidence = Evidence(database, "works", Witness(tmp_path / "witness", "works"))
        yield records


def commit(records: SqlRecords, effects: Effects, now: int = NOW) -> int:
    drafts = drafts_of(effects, now, render=english, books=BOOKS)
    return records.commit(effects, drafts, (), now).entries[-1].sequence


def write(records: SqlRecords, book: str, fields: dict[str, str], now: int = NOW) -> int:
    return commit(records, Effects(recorded=[(Recorded("gate", book, "li", fields), now)]), now)


def erase(records: SqlRecords, *names: tuple[int, str]) -> None:
    rows = json.dumps([{"entry": number, "field": name} for number, name in names])
    write(records, "erasures", {"action": "erased", "values": rows, "reason": "asked for"})


def fill(records: SqlRecords) -> list[tuple[int, str]]:
    """A visitor and a case that has ended, with a history; returns what is personal."""
    visitor = write(records, "visitors", {"person": PERSONAL[0], "document": PERSONAL[2], "note": PERSONAL[3]})
    found = [(visitor, "person"), (visitor, "document"), (visitor, "note")]
    for step, is_open in (("issued", True), ("working", True), ("closed", False)):
        work = Work(
            id="w1", area="store", opened=NOW, is_open=is_open, worker=PERSONAL[0], certificate=PERSONAL[1], place="x"
        )
        fact = Fact(
            workflow="hot_work", case="w1", step=step, at=NOW, text=Text.of("word.yes"), book="hot_work",
            fields={"worker": PERSONAL[0], "certificate": PERSONAL[1]}, personal=("worker", "certificate"),
        )  # fmt: skip
        number = commit(records, Effects(facts=[fact], cases={("hot_work", "w1"): work}))
        found += [(number, "worker"), (number, "certificate")]
    for number in range(40):  # others come and go between
        write(records, "visitors", {"person": f"guest {number}", "action": "arrived"})
    return found


def left_in(folder: Path) -> list[str]:
    """Those that stand anywhere in what the records are kept in."""
    written = b"".join(path.read_bytes() for path in sorted(folder.glob(f"{FILE_NAME}*")))
    return [value for value in PERSONAL if value.encode() in written]


def test_nothing_personal_is_in_the_chain_and_nothing_erased_in_the_file(records: SqlRecords, tmp_path: Path) -> None:
    names = fill(records)
    chain = b"".join(content for _hash, content, _entry in records.ledger_lines())
    assert [value for value in PERSONAL if value.encode() in chain] == []
    assert left_in(tmp_path) == list(PERSONAL)
    erase(records, *names)
    scrub.wipe(records.database, records.documents, records.evidence)
    assert left_in(tmp_path) == []
    beside = ValuesBeside()
    assert records.ledger_head() == verify(beside.passing(records.ledger_entries()), "works")
    assert set(names) == {name for name, gone in beside.report().gone.items() if gone.why == "erased"}
    assert beside.report().there == 40


def test_records_that_we_wrote_anew_ourselves_are_no_damage(records: SqlRecords) -> None:
    names = fill(records)
    for number in range(100):
        write(records, "visitors", {"person": "x" * 1_000, "action": "arrived", "note": str(number)})
    assert records.evidence is not None
    records.evidence.check()
    erase(records, *names)
    scrub.wipe(records.database, records.documents, records.evidence)
    records.evidence.check()
    assert records.evidence.look() is None
    write(records, "visitors", {"person": "after", "action": "arrived"})


def test_it_is_due_until_it_is_done_also_after_a_restart(records: SqlRecords, tmp_path: Path) -> None:
    erase(records, *fill(records))
    with refused("wipe", StoreUnavailable):
        scrub.wipe(records.database, records.documents, records.evidence, most_bytes=1)
    with Database.in_folder(tmp_path) as database:
        again = SqlRecords(database, "works")
        assert again.documents.one(scrub.DUE, "records") is not None
        scrub.wipe(database, again.documents, None)
        assert again.documents.one(scrub.DUE, "records") is None
    assert left_in(tmp_path) == []


def test_while_somebody_reads_the_log_cannot_be_cut_and_it_stays_due(records: SqlRecords) -> None:
    erase(records, *fill(records))
    with records.database.reading() as connection:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("SELECT * FROM ledger").fetchone()
        with refused("when nobody does", StoreUnavailable):
            scrub.wipe(records.database, records.documents, records.evidence)
    scrub.wipe(records.database, records.documents, records.evidence)
    assert records.documents.one(scrub.DUE, "records") is None


def test_a_case_keeps_what_is_not_erased(records: SqlRecords) -> None:
    names = fill(records)
    erase(records, *(name for name in names if name[1] == "worker"))
    found = records.documents.one("case:hot_work", "w1")
    assert found is not None
    kept = json.loads(found.content)
    assert (kept["worker"], kept["certificate"], kept["place"]) == ("", PERSONAL[1], "x")
    told = [json.dumps(event.event.case, ensure_ascii=False) for event in records.feed_after(0) if event.kind == "case"]
    assert [PERSONAL[0] in each for each in told] == [False] * 3
