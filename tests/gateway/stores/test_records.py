"""What a commit makes durable, what a restart gives back, what the readers see. Runs on SQLite and on PostgreSQL."""

import msgspec
import pytest
from msgspec.structs import replace

from alerts.effects import Effects, ModeChanged
from alerts.event import Recorded
from alerts.restored import Restored
from devices.errors import StoreUnavailable
from devices.reading import Reading
from gateway.ports import RECEIPTS_KEPT, Receipt
from gateway.stores import records as records_module
from gateway.stores.records import SqlRecords
from gateway.stores.records_read import sites_of
from ledger.chain import GENESIS, verify
from tests.gateway.stores.records_examples import (
    NOW,
    acknowledged,
    alert,
    assert_whole,
    closed,
    commit,
    contents,
    everything,
    memory,
    raised,
    receipts,
)
from tests.words import drafts_of, english, refused


def test_a_new_store_is_empty(records):
    restored = records.restore()
    assert (restored.engine, restored.modes, restored.receipts) == (Restored(), {}, [])
    assert (records.ledger_head(), records.feed_newest(), records.feed_after(0)) == (GENESIS, 0, [])


def test_what_was_committed_survives_a_restart(records, open_database):
    commit(records, everything(1), [2**47, 2**47 + 5])
    commit(records, Effects(memories={("heat", "hd-1"): memory("newer")}, alerts=[raised(2), closed(2)]), [2**47 + 7])
    again = SqlRecords(open_database(), "works")
    restored = again.restore()
    assert [acknowledged(1).alert] == list(restored.engine.alerts)
    assert restored.modes == {"office": "mode 1"}
    assert receipts(again) == {2**47, 2**47 + 5, 2**47 + 7}
    memories = restored.engine.memories
    decoded = {key: msgspec.msgpack.decode(packed, type=type(memory(""))) for key, packed in memories.items()}
    assert decoded == {("smoke", "sd-1"): memory("active"), ("heat", "hd-1"): memory("newer")}
    commit(again, everything(3))
    assert_whole(again)


def test_a_commit_is_in_the_history_the_ledger_and_the_feed(records):
    effects = everything(1)
    committed = commit(records, effects)
    assert effects.alerts == records.history("a1")
    assert acknowledged(1).alert == records.alert("a1")
    assert list(committed.entries) == records.ledger()
    assert ["alerts", "alerts", "events", "patrol", "arming"] == [e.draft.book for e in committed.entries]
    assert list(committed.published) == records.feed_after(0)
    assert ["alert", "alert", "mode", "fact", "ledger", "ledger"] == [event.kind for event in committed.published]
    assert [*effects.alerts, *effects.modes] == [event.event for event in committed.published[:3]]
    assert committed.feed_ids == (1, 2, 3)
    assert_whole(records)


def test_numbers_go_on_across_commits_and_restarts(records, open_database):
    first = commit(records, everything(1))
    second = commit(records, everything(2))
    third = commit(SqlRecords(open_database(), "works"), everything(3))
    assert (1, 2, 3, 7, 8, 9, 13, 14, 15) == first.feed_ids + second.feed_ids + third.feed_ids
    assert list(range(1, 16)) == [e.sequence for c in (first, second, third) for e in c.entries]


def test_an_alert_that_is_stored_is_not_raised_again(records, open_database):
    """A message that came twice finds the same alert: no second entry, no second step, its state left as it is."""
    commit(records, Effects(alerts=[raised(1), acknowledged(1)]))
    before = contents(records.database)
    again = SqlRecords(open_database(), "works")
    repeated = commit(again, Effects(alerts=[raised(1), raised(2), raised(2)]))
    assert ["a2"] == [entry.draft.fields["alert"] for entry in repeated.entries]
    assert len(repeated.feed_ids) == 3
    assert acknowledged(1).alert == again.alert("a1")
    assert len(again.history("a1")) == 2
    after = contents(again.database)
    assert before["ledger"] == after["ledger"][:2]
    assert (len(after["alert_events"]), len(after["alerts"])) == (3, 2)


def test_a_storm_is_one_commit(records):
    """Two thousand alerts at once, each with its history, its entry and its place in the feed."""
    committed = commit(records, Effects(alerts=[raised(number) for number in range(2_000)]))
    assert (len(committed.entries), committed.feed_ids[-1]) == (2_000, 2_000)
    assert len(records.open_alerts()) == 2_000
    repeated = commit(records, Effects(alerts=[raised(number) for number in range(2_000)]))
    assert not repeated.entries
    assert_whole(records)


def test_alerts_are_listed_newest_first_by_page_area_and_openness(records):
    effects = Effects(alerts=[raised(n, area="store" if n % 2 else "gate") for n in range(6)])
    commit(records, Effects(alerts=[*effects.alerts, closed(5)]))
    listed = {
        "all": records.alerts(),
        "page": records.alerts(limit=2),
        "next page": records.alerts(before=alert(4).raised, limit=2),
        "area": records.alerts(area="gate"),
        "open in area": records.alerts(area="store", open_only=True),
        "no such area": records.alerts(area="\x00\ud800"),
    }
    assert {name: [a.id for a in found] for name, found in listed.items()} == {
        "all": ["a5", "a4", "a3", "a2", "a1", "a0"],
        "page": ["a5", "a4"],
        "next page": ["a3", "a2"],
        "area": ["a4", "a2", "a0"],
        "open in area": ["a3", "a1"],
        "no such area": [],
    }
    assert ["a0", "a1", "a2", "a3", "a4"] == [a.id for a in records.open_alerts()]


@pytest.mark.parametrize("asked", ["nothing", "", "a1' OR '1'='1", "\x00", "\ud800", "%"])
def test_an_unknown_alert_is_none(records, asked):
    commit(records, Effects(alerts=[raised(1)]))
    assert (records.alert(asked), records.history(asked), records.ledger(book=asked)) == (None, [], [])


def test_the_ledger_is_paged_by_book(records):
    for number in range(1, 4):
        commit(records, everything(number))
    assert [4, 9, 14] == [e.sequence for e in records.ledger(book="patrol")]
    assert [9] == [e.sequence for e in records.ledger(book="patrol", after=5, limit=1)]
    assert [6, 7] == [e.sequence for e in records.ledger(after=5, limit=2)]
    assert [14, 15] == [e.sequence for e in records.ledger_newest(limit=2)]
    assert [9, 14] == [e.sequence for e in records.ledger_newest(book="patrol", limit=2)]


def test_hostile_text_is_stored_and_comes_back(records):
    """A zero, a lone surrogate, markup, SQL: what a person or a device said is a value and nothing else."""
    said = "<b>'; DROP TABLE alerts; --\x00\ud800\u202e"
    kept = said.replace("\ud800", "?")
    cause = Reading("sd-1", "text", said, NOW, NOW)
    stands = replace(alert(1), text=said, causes=(cause,))
    fields = {"route": said, "checkpoint": said, said: "x"}
    effects = Effects(
        alerts=[replace(raised(1), alert=stands, note=said)],
        recorded=[(Recorded("gate", "patrol", said, fields), NOW)],
    )
    commit(records, effects)
    assert english(records.alert("a1").text) == kept
    assert records.history("a1")[0].note == kept
    assert records.ledger(book="patrol")[0].draft.fields[kept] == "x"
    assert len(records.feed_after(0)) == 2
    assert_whole(records)


def test_a_repeated_mode_or_memory_in_one_batch_keeps_the_newest(records):
    modes = [ModeChanged("office", mode, "li", NOW) for mode in ("armed", "disarmed", "night")]
    committed = commit(records, Effects(modes=modes))
    assert records.restore().modes == {"office": "night"}
    assert ["armed", "disarmed", "night"] == [event.event.mode for event in committed.published]


def test_a_stream_resumes_after_any_event_that_is_kept(records):
    commit(records, everything(1))
    assert [4, 5, 6] == [event.id for event in records.feed_after(3)]
    assert [2, 3] == [event.id for event in records.feed_after(1, limit=2)]
    assert records.feed_after(6) == []
    with refused("reload"):
        records.feed_after(7)


def test_the_feed_forgets_its_oldest_and_says_so(records, monkeypatch):
    """The feed is no evidence: the ledger keeps every entry, and a reader that comes too late is told to reload."""
    monkeypatch.setattr(records_module, "_FEED_KEPT", 20)
    monkeypatch.setattr(records_module, "_FEED_SLACK", 10)
    for number in range(20):
        commit(records, Effects(alerts=[raised(number), acknowledged(number)]))
    kept = records.feed_after(records.feed_newest() - 20)
    assert [event.id for event in kept] == list(range(21, 41))
    with refused("reload"):
        records.feed_after(0)
    assert records.ledger_head().sequence == 40


def test_only_the_newest_receipts_are_kept(records, open_database):
    """Fewer than there are packet ids. A repeat of a commit whose confirmation was lost finds its own."""
    for number in (1, 100, RECEIPTS_KEPT, RECEIPTS_KEPT + 50):
        commit(records, Effects(memories={("r", "k"): memory(str(number))}), [number, number + 10])
    commit(records, Effects(memories={("r", "k"): memory("again")}), [RECEIPTS_KEPT + 50])
    kept = {100, 110, RECEIPTS_KEPT, RECEIPTS_KEPT + 10, RECEIPTS_KEPT + 50, RECEIPTS_KEPT + 60}
    assert kept == receipts(SqlRecords(open_database(), "works"))
    assert Receipt(100, 7, b"100") in records.restore().receipts


def test_the_session_with_the_broker_survives_and_its_key_is_secret(records, open_database):
    first = records.restore().session
    assert (32, 0, 0) == (len(first.key), first.first, first.connection)
    assert first.key != records.restore().session.key, "made up by nobody twice"
    for session in (first, replace(first, first=2**40, connection=9)):
        records.note_session(session)
        assert session == SqlRecords(open_database(), "works").restore().session


def test_two_sites_have_two_chains_in_one_database(records, open_database):
    other = SqlRecords(open_database(), "wharf")
    commit(records, Effects(alerts=[raised(1)]))
    found = Effects(recorded=[(Recorded("quay", "patrol", "wang", {"route": "r", "checkpoint": "c"}), NOW)])
    assert commit(other, found).entries[0].sequence == 1
    assert sites_of(records.database) == ["wharf", "works"]
    for store in (records, other):
        assert store.ledger_head() == verify(store.ledger_entries(), store.site, expected=store.ledger_head())


def test_a_second_gateway_on_the_same_records_is_found_out(records, open_database):
    """Its commit is refused by the database, nothing is half written, and after reading anew it may go on."""
    second = SqlRecords(open_database(), "works")
    commit(records, everything(1))
    commit(second, everything(2))
    before = contents(records.database)
    with refused("another program has written", StoreUnavailable):
        commit(records, everything(3))
    assert before == contents(records.database)
    commit(records, everything(3))
    assert_whole(records)


def test_the_drafts_may_be_a_sequence_of_any_kind(records):
    effects = Effects(alerts=[raised(1)])
    assert len(records.commit(effects, tuple(drafts_of(effects, NOW)), (), NOW).entries) == 1
    assert records.commit(Effects(), (), (), NOW).published == ()
