"""Values beside the chain: written with their entries, gone by an entry alone. On SQLite and on PostgreSQL."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from alerts.effects import Effects
from alerts.event import Recorded
from alerts.facts import Fact
from devices.errors import StoreUnavailable
from devices.message import Text
from gateway.stores import tables
from gateway.stores.records import SqlRecords
from ledger.chain import verify
from ledger.commitment import Gone
from ledger.journal import drafts_of
from ledger.values_beside import ValuesBeside
from tests.gateway.stores.records_examples import NOW, contents
from tests.shipped import shipped_books
from tests.words import english

BOOKS = shipped_books()
VISIT = {"person": "王五", "document": "身份证 110101", "action": "arrived", "host": "li"}


def write(records, book, fields, by="li"):
    effects = Effects(recorded=[(Recorded("gate", book, by, fields), NOW)])
    return records.commit(effects, drafts_of(effects, NOW, render=english, books=BOOKS), (), NOW).entries[-1]


def erase(records, *names, action="erased"):
    rows = [{"entry": number, "field": name} for number, name in names]
    return write(records, "erasures", {"action": action, "values": json.dumps(rows), "reason": "asked for"}, by="ada")


def verified(records):
    beside = ValuesBeside()
    assert records.ledger_head() == verify(beside.passing(records.ledger_entries()), records.site)
    return beside.report()


def test_what_is_personal_stands_beside_and_is_read_with_its_entry(records):
    written = write(records, "visitors", VISIT)
    (read,) = records.ledger()
    assert read == written == records.ledger_newest()[0]
    assert (read.format, read.draft.fields, read.salts, read.gone) == (2, VISIT, {}, {})
    assert {"person", "document"} == read.commitments.keys()
    chain = "".join(row[-1] for row in contents(records.database)["ledger"])
    assert not any(value in chain for value in ("王五", "110101"))
    assert verified(records).there == 2


def test_the_feed_holds_no_personal_value(records):
    fact = Fact(
        workflow="toy", case="t1", step="begun", at=NOW, book="toys", text=Text.of("word.yes"),
        fields={"worker": "王五", "place": "hall"}, personal=("worker",),
    )  # fmt: skip
    effects = Effects(facts=[fact], recorded=[(Recorded("gate", "visitors", "li", VISIT), NOW)])
    records.commit(effects, drafts_of(effects, NOW, render=english, books=BOOKS), (), NOW)
    feed = "".join(row[-1] for row in contents(records.database)["feed"])
    assert ("王五" in feed, "110101" in feed, "hall" in feed) == (False, False, True)
    (entry,) = [event.event for event in records.feed_after(0) if event.kind == "ledger"]
    assert {"person": Gone("withheld"), "document": Gone("withheld")} == entry.gone


def test_an_erased_value_is_gone_and_the_chain_says_by_which_entry(records, open_database):
    write(records, "visitors", VISIT)
    write(records, "visitors", VISIT)
    erasure = erase(records, (1, "person"), (2, "document"), action="erased")
    ended = erase(records, (2, "person"), action="retention_ended")
    first, second, *_ = SqlRecords(open_database(), "works").ledger()
    assert ({"person": Gone("erased", erasure.sequence)}, "身份证 110101") == (
        first.gone,
        first.draft.fields["document"],
    )
    assert second.gone == {
        "document": Gone("erased", erasure.sequence),
        "person": Gone("retention_ended", ended.sequence),
    }
    assert "person" not in second.draft.fields
    report = verified(records)
    assert (report.there, report.missing, len(report.gone)) == (1, [], 3)
    kept = [row for row in contents(records.database)["ledger_values"] if row[6] is not None]
    assert [(1, "document")] == [row[1:3] for row in kept]


def test_a_value_lost_without_an_entry_that_says_so_is_missing(records, url):
    write(records, "visitors", VISIT)
    with records.database.writing() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER ledger_values_delete"))
        else:
            connection.execute(text("ALTER TABLE ledger_values DISABLE TRIGGER ALL"))
        connection.execute(text("DELETE FROM ledger_values WHERE name = 'person'"))
    assert records.ledger()[0].gone == {"person": Gone("missing")}
    assert verified(records).missing == [(1, "person")]


REFUSED = {
    "change a value": "UPDATE ledger_values SET value = '\"x\"'",
    "change a salt": "UPDATE ledger_values SET salt = 'x'",
    "delete a value": "DELETE FROM ledger_values",
    "erase it without an entry": "UPDATE ledger_values SET salt = NULL, value = NULL, gone = 'erased', erasure = 9",
    "erase it by an entry of another book": "UPDATE ledger_values SET salt = NULL, value = NULL, gone = 'erased', "
    "erasure = 2",
    "leave its salt": "UPDATE ledger_values SET value = NULL, gone = 'erased', erasure = 3",
    "move it": "UPDATE ledger_values SET salt = NULL, value = NULL, gone = 'erased', erasure = 3, name = 'x'",
    "add one to no entry": "INSERT INTO ledger_values SELECT site, 99, name, book, recorded, salt, value, gone, "
    "erasure FROM ledger_values WHERE name = 'person'",
}


@pytest.mark.parametrize("attempt", REFUSED)
def test_the_database_lets_a_value_go_by_an_entry_alone(attempt, records):
    write(records, "visitors", VISIT)
    write(records, "patrol", {"route": "night", "checkpoint": "gate"})
    erase(records, (9, "person"))
    before = contents(records.database)
    with pytest.raises(DatabaseError), records.database.writer.begin() as connection:
        connection.execute(text(REFUSED[attempt]))
    assert before == contents(records.database)


def test_what_is_erased_cannot_be_put_back(records):
    write(records, "visitors", VISIT)
    erase(records, (1, "person"))
    with pytest.raises(DatabaseError), records.database.writer.begin() as connection:
        connection.execute(text("UPDATE ledger_values SET salt = 'x', value = '1', gone = NULL, erasure = NULL"))


def test_entry_and_values_are_written_together_or_not_at_all(records):
    """The insert of a value fails: neither it nor its entry is there, and the same batch is written once."""
    with records.database.writer.begin() as connection:
        connection.execute(text("ALTER TABLE ledger_values RENAME TO aside"))
    with pytest.raises((DatabaseError, StoreUnavailable)):
        write(records, "visitors", VISIT)
    with records.database.writer.begin() as connection:
        connection.execute(text("ALTER TABLE aside RENAME TO ledger_values"))
    assert (records.ledger(), contents(records.database)["ledger_values"]) == ([], [])
    write(records, "visitors", VISIT)
    assert (verified(records).there, len(records.ledger())) == (2, 1)


def test_lists_that_people_write_are_typed_and_bounded(records):
    persons = [{"person": "li", "result": "passed"}, {"person": "王五", "result": "absent"}]
    fields = {"kind": "drill", "topic": "fire", "held_on": "2026-11-24", "participants": "2", "leader": "ada"}
    write(records, "education", {**fields, "persons": json.dumps(persons)})
    (entry,) = records.ledger()
    assert entry.draft.fields["persons"] == tuple(persons)
    assert "persons" in entry.commitments
    assert tables.ledger_values.name in contents(records.database)


def test_who_counts_may_leave_aside_what_stands_beside(records):
    write(records, "visitors", VISIT)
    (slim,) = records.ledger_of(["visitors"], after=0, limit=9, with_values=False)
    (whole,) = records.ledger_of(["visitors"], after=0, limit=9)
    assert (whole,) == (*records.ledger(),)
    assert {"action": "arrived", "host": "li"} == slim.draft.fields
    assert (whole.hash, whole.commitments) == (slim.hash, slim.commitments)
