"""What the ledger says of a fact, whichever workflow states it."""

import json

import pytest
from msgspec.structs import replace

from alerts.effects import Effects
from alerts.facts import Fact
from devices.message import Text, plain
from ledger.chain import GENESIS, append, verify
from ledger.entry import Draft, content_of
from ledger.journal import drafts_of
from tests.words import chinese, english

NOON = 1_795_521_600_000_000_000
FACT = Fact(
    workflow="toy",
    case="t1",
    step="begun",
    at=NOON,
    text=plain("toys are out"),
    by="tom",
    second="olga",
    area="store",
    devices=("sd-1", "sd-2"),
    fields={"count": 2, "reason": "动火", "is_hot": True, "nothing": None},
    book="toys",
)


def draft_of(fact, render):
    return next(iter(drafts_of(Effects(facts=[fact]), NOON, render=render)), None)


def test_a_fact_is_one_entry_with_who_where_and_what():
    assert Draft(
        book="toys",
        at=NOON,
        by="tom",
        second="olga",
        area="store",
        fields={
            "workflow": "toy",
            "case": "t1",
            "step": "begun",
            "text": "toys are out",
            "devices": "sd-1, sd-2",
            "count": 2,
            "reason": "动火",
            "is_hot": True,
            "nothing": None,
        },
    ) == draft_of(FACT, english)


def test_its_sentence_is_in_the_sites_language_and_can_be_read_in_any():
    said = replace(FACT, text=Text.of("word.yes"))
    english_fields, chinese_fields = draft_of(said, english).fields, draft_of(said, chinese).fields
    assert english_fields["text"] != chinese_fields["text"]
    assert "word.yes" == english_fields["text_key"] == chinese_fields["text_key"]


@pytest.mark.parametrize("book", ["", None])
def test_one_without_a_book_is_written_nowhere(book):
    assert draft_of(replace(FACT, book=book), english) is None


def test_what_is_not_real_was_learnt_later_or_has_a_seal_says_so():
    told = draft_of(replace(FACT, origin="drill", recorded=NOON + 1_000_000_000, seal="ab" * 32), english).fields
    assert ("drill", "ab" * 32) == (told["origin"], told["seal"])
    assert told["recorded"].endswith(":01.000000000Z")


def test_a_workflow_may_name_the_columns_of_its_book():
    assert "out" == draft_of(replace(FACT, fields={"step": "out"}), english).fields["step"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e-9, 1e300, 2**60, -(2**60)])
def test_a_number_that_the_ledger_cannot_spell_keeps_no_turn_from_commit(value):
    draft = draft_of(replace(FACT, fields={"limit": value}), english)
    entries, head = append(GENESIS, [draft], "works", NOON)
    assert head == verify(entries, "works")
    assert isinstance(entries[0].draft.fields["limit"], str)


def test_facts_come_last_in_the_order_in_which_they_happened():
    effects = Effects(facts=[FACT, replace(FACT, book=""), replace(FACT, step="ended")])
    assert ["begun", "ended"] == [draft.fields["step"] for draft in drafts_of(effects, NOON, render=english)]


def test_what_is_personal_stands_beside_the_chain_and_so_does_a_sentence_that_tells_it():
    told = replace(
        FACT, fields={"worker": "王五", "count": 2}, personal=("worker",), text=Text.of("toy.begun", who="a")
    )
    assert draft_of(told, english).apart == ("worker",)
    slip = replace(told, text=Text.of("toy.begun", who="王五"))
    (entry,), _head = append(GENESIS, [draft_of(slip, english)], "works", NOON, lambda: bytes(32))
    assert {"worker", "text", "text_params"} == entry.commitments.keys()
    assert "王五".encode() not in content_of(entry)


def test_a_fact_may_hold_lists_and_one_too_long_becomes_text():
    persons = ({"person": "li", "passed": True}, {"person": "wang", "passed": False})
    assert persons == draft_of(replace(FACT, fields={"persons": persons}), english).fields["persons"]
    long = draft_of(replace(FACT, fields={"gas": tuple(range(2_000))}), english).fields["gas"]
    assert json.loads(long) == list(range(2_000))
