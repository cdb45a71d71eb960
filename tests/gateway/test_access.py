"""What happened at the door reaches the ledger: once, bounded, and without a word of what was typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.event import Recorded
from devices.reading import SECOND
from gateway.access import AccessLog, ChangesToLedger
from gateway.inbox import Delivery
from gateway.stores.account_changes import AccountChanges
from gateway.stores.books import read_books
from gateway.stores.database import Database
from gateway.stores.users import Users
from ledger.entry import Draft, Entry

NOW = 1_795_521_600 * SECOND
PASSWORD = "correct horse battery"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.in_folder(tmp_path) as opened:
        yield opened


def test_a_flood_of_wrong_passwords_is_a_counted_entry() -> None:
    written: list[Recorded] = []
    access = AccessLog(written.append)
    for number in range(100_000):
        access.note("failed", "li", f"10.0.{number % 7}.1", NOW + number)
    access.flush(NOW + SECOND)
    assert [{"action": "failed", "account": "li", "address": "10.0.0.1", "times": "1"}] == [w.fields for w in written]
    access.flush(NOW + 600 * SECOND)
    assert len(written) == 2
    assert (written[1].fields["times"], written[1].fields["addresses"]) == ("99999", "7")
    access.note("failed", "li", "10.0.0.1", NOW + 601 * SECOND)  # it goes on: no entry for each window's first
    assert len(written) == 2
    access.flush(NOW + 3_000 * SECOND)
    access.flush(NOW + 6_000 * SECOND)
    assert len(written) == 3
    assert not access._counts
    access.note("failed", "li", "10.0.0.1", NOW + 7_000 * SECOND)
    assert len(written) == 4


def test_every_kind_of_entry_fits_its_book() -> None:
    written: list[Recorded] = []
    access = AccessLog(written.append)
    for action in ("signed_in", "signed_out", "failed", "locked_out"):
        for account in ("li", ""):
            access.note(action, account, "10.0.0.1", NOW)
            access.note(action, account, "", NOW)
    access.flush(NOW, is_last=True)
    assert len(written) == 16
    book = read_books()["access"]
    for record in written:
        book.check(record.fields)
    assert ["li"] == sorted({record.by for record in written} - {""})


def test_names_without_end_are_told_together() -> None:
    written: list[Recorded] = []
    access = AccessLog(written.append)
    for number in range(5_000):
        access.note("failed", f"user-{number}", "10.0.0.1", NOW)
    assert len(access._counts) <= 2_001
    access.flush(NOW, is_last=True)
    assert written[-1].fields.get("account") is None
    assert sum(int(record.fields["times"]) for record in written) == 5_000


def test_a_change_is_written_once_also_over_a_gateway_that_died_before_it_forgot(database: Database) -> None:
    Users(database).add("ada", PASSWORD, "admin", NOW, by="os:root")
    changes, handed_in = AccountChanges(database), list[Delivery]()
    first = ChangesToLedger(changes, handed_in.append)
    first.turn()
    first.turn()
    (delivery,) = handed_in
    assert isinstance(delivery.item, Recorded)
    read_books()["access"].check(delivery.item.fields)
    assert delivery.item.by == "os:root"
    assert len(changes.waiting()) == 1

    number = int(delivery.item.fields["number"])
    entry = Entry(1, "s", NOW, Draft("access", NOW, {"number": number}), "", "")
    second = ChangesToLedger(changes, handed_in.append)
    second.stand_already([entry])
    second.turn()
    assert len(handed_in) == 1
    assert changes.waiting() == []


def test_a_change_that_could_not_be_written_is_tried_again(database: Database) -> None:
    Users(database).add("ada", PASSWORD, "admin", NOW)
    changes, handed_in = AccountChanges(database), list[Delivery]()
    to_ledger = ChangesToLedger(changes, handed_in.append)
    to_ledger.turn()
    assert handed_in[0].failed is not None
    handed_in[0].failed("the gateway stopped")
    to_ledger.turn()
    assert len(handed_in) == 2
    assert handed_in[1].done is not None
    handed_in[1].done()
    to_ledger.turn()
    assert (len(handed_in), changes.waiting()) == (2, [])
