"""Documents: structs of ours by kind and id, put whole, read back in order, and never lost for being unreadable."""

import msgspec
import pytest
from sqlalchemy import update

from devices.errors import StoreDamaged, StoreUnavailable
from gateway.stores import tables
from gateway.stores.documents import CASES, Document, Documents, document
from tests.words import refused


class Note(msgspec.Struct, frozen=True):
    """Something to keep."""

    text: str
    at: int = 0


@pytest.fixture
def documents(open_database):
    return Documents(open_database())


@pytest.fixture
def put(documents, open_database):
    database = open_database()

    def put_them(*those):
        with database.writing() as connection:
            documents.put(connection, those)

    return put_them


def spoil(open_database, content, id_):
    with open_database().writing() as connection:
        connection.execute(update(tables.documents).where(tables.documents.c.id == id_).values(content=content))


def ids(found):
    return [each.id for each in found]


def test_what_was_put_comes_back_whole_after_a_restart(documents, put, open_database):
    note = Note("阀门 'a' \"b\" \\ %_", 7)
    put(document("note", "部位/1", note, 5))
    again = Documents(open_database())
    assert [Document("note", "部位/1", '{"text":"阀门 \'a\' \\"b\\" \\\\ %_","at":7}', 5)] == again.open_of("note")
    assert {"部位/1": note} == again.read(again.open_of("note"), Note).whole
    assert note == again.read_one(again.one("note", "部位/1"), Note)


def test_a_document_is_replaced_whole_by_kind_and_id(documents, put):
    put(document("note", "a", Note("first")), document("memo", "a", Note("another kind")))
    put(document("note", "a", Note("second"), 1), document("note", "a", Note("third"), 2, is_open=False))
    assert Document("note", "a", '{"text":"third","at":0}', 2, False) == documents.one("note", "a")
    assert ([], ["a"]) == (documents.open_of("note"), ids(documents.open_of("memo")))
    assert documents.one("note", "b") is None


def test_the_open_ones_come_oldest_first_and_the_ended_ones_newest_first(documents, put):
    put(*(document("note", f"n{n}", Note(""), n % 5, is_open=n < 5) for n in (7, 3, 1, 6, 0, 8, 4, 9, 2, 5)))
    assert ["n0", "n1", "n2", "n3", "n4"] == ids(documents.open_of("note"))
    assert ["n9", "n8", "n7"] == ids(documents.ended("note", 3))
    assert ["n6", "n5"] == ids(documents.ended("note", 3, before=2))


def test_the_open_cases_of_every_workflow_are_found_together_and_nothing_else(documents, put):
    put(
        document(f"{CASES}toy", "2", Note(""), 2),
        document(f"{CASES}toy", "3", Note(""), 3, is_open=False),
        document(f"{CASES}file_is_gone", "1", Note(""), 1),
        document("case", "4", Note("")),
        document("place", "5", Note("")),
    )
    assert [(f"{CASES}file_is_gone", "1"), (f"{CASES}toy", "2")] == [
        (found.kind, found.id) for found in documents.open_cases()
    ]


def test_the_form_of_a_document_is_kept_with_it(documents, put):
    put(Document("note", "a", '{"old": true}', version=3))
    assert 3 == documents.open_of("note")[0].version


def test_many_are_put_and_forgotten_at_once(documents, put, open_database):
    put(*(document("note", str(n), Note("x"), n) for n in range(2_000)))
    put(document("memo", "7", Note("stays")))
    with open_database().writing() as connection:
        documents.forget(connection, "note", [*map(str, range(1_999)), "never"])
    assert (["1999"], ["7"]) == (ids(documents.open_of("note")), ids(documents.open_of("memo")))


@pytest.mark.parametrize("content", ["{", "[1, 2]", '{"text": 7}', "{}", ""])
def test_one_that_cannot_be_decoded_is_kept_and_named_and_takes_no_other_with_it(
    content, documents, put, open_database
):
    put(document("note", "spoilt", Note("x")), document("note", "whole", Note("y")))
    spoil(open_database, content, "spoilt")
    found = documents.read(documents.open_of("note"), Note)
    assert {"whole": Note("y")} == found.whole
    assert [("note", "spoilt", True)] == [(fault.kind, fault.id, bool(fault.why)) for fault in found.faults]
    assert ["note spoilt"] == list(documents.damaged)
    with refused(r"note spoilt is damaged in the database.*restore a backup", StoreDamaged):
        documents.read_one(documents.one("note", "spoilt"), Note)
    put(document("note", "another", Note("z")))
    assert content == documents.one("note", "spoilt").content


def test_no_more_are_named_than_somebody_can_read(documents, put):
    put(*(Document("note", str(n), "{") for n in range(50)))
    assert 50 == len(documents.read(documents.open_of("note"), Note).faults)
    assert 20 == len(documents.damaged)


def test_what_stands_in_one_transaction_is_there_together_or_not_at_all(documents, open_database):
    with pytest.raises(StoreUnavailable), open_database().writing() as connection:
        documents.put(connection, [document("note", "a", Note("x"))])
        raise StoreUnavailable("the ledger could not be written")
    assert [] == documents.open_of("note")


@pytest.mark.parametrize("asked", ["", "none", "\0", "\ud800", "'", "a" * 100_000])
def test_an_unknown_id_is_none(asked, documents, put):
    put(document("note", "a", Note("x")))
    assert documents.one("note", asked) is None
    assert documents.one(asked, "a") is None


def test_text_that_no_database_holds_is_stored_all_the_same(documents, put):
    put(document("note", "a", Note("half a \ud83d sign")))
    assert Note("half a ? sign") == documents.read_one(documents.one("note", "a"), Note)
