"""What a visitor asks to be erased goes from the ledger, the case and the feed, and the chain stays verified."""

import json
from pathlib import Path

import pytest

from alerts.effects import Effects
from alerts.event import Recorded
from alerts.visitor_asks import Depart
from gateway.stores import scrub
from gateway.stores.database import FILE_NAME, Database
from gateway.stores.records import SqlRecords
from ledger.chain import verify
from ledger.journal import drafts_of
from ledger.values_beside import ValuesBeside
from tests.shipped import shipped_books
from tests.words import english
from tests.workflows.test_contractors import firm, site
from tests.workflows.test_lodgers import house, move_in
from tests.workflows.test_visitors import NINE, NUMBER, arrive, first, gate

BOOKS = shipped_books()
NAME, PLATE = "王五 of the works", "浙A-77777"


def commit(records: SqlRecords, effects: Effects, now: int) -> None:
    records.commit(effects, drafts_of(effects, now, render=english, books=BOOKS), (), now)


def left_in(folder: Path, values: tuple[str, ...]) -> list[str]:
    written = b"".join(path.read_bytes() for path in sorted(folder.glob(f"{FILE_NAME}*")))
    return [value for value in values if value.encode() in written]


def erase_all(records: SqlRecords, now: int) -> None:
    names = [(entry.sequence, name) for entry in records.ledger() for name in entry.commitments]
    rows = json.dumps([{"entry": number, "field": name} for number, name in names])
    fields = {"action": "erased", "values": rows, "reason": "asked for"}
    commit(records, Effects(recorded=[(Recorded("", "erasures", "mia", fields), now)]), now)
    scrub.wipe(records.database, records.documents, records.evidence)


def test_a_visit_that_is_over_keeps_nothing_that_was_erased(tmp_path: Path) -> None:
    with Database.in_folder(tmp_path) as database:
        records, room = SqlRecords(database, "works"), gate()
        arrive(room, person=NAME, vehicle=PLATE)
        commit(records, room.effects, room.now)
        room.ask(NINE + 60, Depart(case=first(room), by="gu", role="guard"))
        commit(records, room.effects, room.now)
        assert [NAME, NUMBER, PLATE] == left_in(tmp_path, (NAME, NUMBER, PLATE))
        erase_all(records, room.now)
        assert [] == left_in(tmp_path, (NAME, NUMBER, PLATE))
        beside = ValuesBeside()
        assert records.ledger_head() == verify(beside.passing(records.ledger_entries()), "works")
        assert {"erased"} == {gone.why for gone in beside.report().gone.values()}


@pytest.mark.parametrize("what", ["contractors", "lodgers"])
def test_people_of_a_firm_and_lodgers_are_erased_alike(what: str, tmp_path: Path) -> None:
    with Database.in_folder(tmp_path) as database:
        records = SqlRecords(database, "works")
        room = site() if what == "contractors" else house()
        (firm if what == "contractors" else move_in)(room)
        commit(records, room.effects, room.now)
        assert ["王五", "3301"] == left_in(tmp_path, ("王五", "3301"))
        erase_all(records, room.now)
        assert [] == left_in(tmp_path, ("王五", "3301"))
        assert records.ledger_head() == verify(ValuesBeside().passing(records.ledger_entries()), "works")
