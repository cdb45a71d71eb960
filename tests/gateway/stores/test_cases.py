"""Cases and facts of workflows: stored as they stand, told in the feed, written into the ledger."""

import msgspec

from alerts.kernel.consent import NAME, Waiting
from alerts.kernel.kernel import Kernel
from gateway.stores.records import SqlRecords
from ledger.chain import verify
from tests.alerts.kernel.room import KernelRoom
from tests.alerts.kernel.toy import Close, Reopen, Toy
from tests.gateway.stores.records_examples import commit

ASK = Close(id="a1", by="li", role="technician", devices=("d1",))


def test_a_case_comes_back_as_it_stands(records, open_database):
    room = KernelRoom(Toy())
    case = room.ask(1, ASK)
    commit(records, room.effects)
    stored = SqlRecords(open_database(), "works").restore().engine.cases
    assert {("toy", case), ("notifications", f"{case}.1")} == stored.keys()
    kernel = Kernel([Toy()], stored)
    assert room.kernel.cases.of("toy")[case] == kernel.cases.of("toy")[case]
    assert kernel.cases.holds("d1")


def test_a_case_that_has_ended_is_kept_and_not_restored(records):
    room = KernelRoom(Toy())
    case = room.ask(1, ASK)
    commit(records, room.effects)
    room.ask(2, Reopen(case=case, by="li", role="technician"))
    commit(records, room.effects)
    assert ("toy", case) not in records.restore().engine.cases
    kept = records.documents.one("case:toy", case)
    assert kept is not None
    assert not kept.is_open


def test_an_ask_that_waits_comes_back(records):
    room = KernelRoom(Toy())
    waits = room.ask(1, Close(by="li", role="technician", devices=("s1",)))
    commit(records, room.effects)
    assert "close" == msgspec.json.decode(records.restore().engine.cases[NAME, waits], type=Waiting).tag


def test_a_fact_is_in_the_feed_and_in_its_book(records):
    room = KernelRoom(Toy())
    case = room.ask(1, ASK)
    committed = commit(records, room.effects)
    assert list(committed.published) == records.feed_after(0)
    facts = [event.event for event in committed.published if event.kind == "fact"]
    assert ["closed", "suppression_begun"] == sorted(fact.step for fact in facts)
    (entry,) = [entry for entry in records.ledger() if entry.draft.book == "toys"]
    assert ("li", "store", case, "closed") == (
        entry.draft.by,
        entry.draft.area,
        entry.draft.fields["case"],
        entry.draft.fields["step"],
    )
    assert "toy.closed" == entry.draft.fields["text_key"]
    assert [] == [event for event in committed.published if event.kind == "ledger" and event.event == entry]
    changed = [event.event for event in committed.published if event.kind == "case" and event.event.workflow == "toy"]
    assert [case] == [change.id for change in changed]
    verify(records.ledger(), "works")
