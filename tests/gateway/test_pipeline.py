"""One turn after another: order, repeats, and what is acknowledged when."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.command import Acknowledge
from devices.device import Device
from gateway.inbox import Delivery
from tests.gateway.house import DEVICES, DISK_FULL, House, Message, Time, smoke
from tests.words import english


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path)
    yield built
    built.series.close()
    built.records.close()
    built.inbox.close()


def test_who_is_told_that_it_is_done_finds_it_done(house: House) -> None:
    """The next question of that person may come at once."""
    house.arrive(smoke(1))
    alert = house.engine.open_alerts()[0].id
    found: list[str] = []

    def done() -> None:
        stands = house.live().open_alert(alert)
        assert stands is not None
        found.append(stands.state)

    house.inbox.put(Delivery(Acknowledge(alert=alert, by="olga"), done))
    house.arrive()
    assert ["acknowledged"] == found


def test_acknowledged_only_after_the_commit(house: House) -> None:
    """What is acknowledged is stored; what is not stored is not acknowledged, but is shown."""
    house.arrive(smoke(1, "s1"))
    assert (house.line.acknowledged, house.stored()) == ([1], ["s1"])
    house.break_store(DISK_FULL)
    house.arrive(smoke(2, "s2"))
    assert (house.line.acknowledged, house.stored()) == ([1], ["s1"])
    assert ["s1", "s2"] == sorted(alert.key for alert in house.engine.open_alerts())
    assert (house.told()[-1], len(house.faults)) == ((None, "s2"), 1)
    assert house.pipeline.committing.store_fault is not None
    assert "full" in english(house.pipeline.committing.store_fault)
    house.mend_store()
    house.arrive()
    assert (house.line.acknowledged, house.stored()) == ([1, 2], ["s1", "s2"])
    number, device = house.told()[-1]
    assert (number is not None, device) == (True, "s2")
    assert (house.faults[-1], house.pipeline.committing.store_fault) == (None, None)
    assert house.pipeline.committing.ledger_entries == house.records.ledger_head().sequence
    assert 2 == len(house.records.ledger(book="alerts"))


def test_what_waits_stays_in_order(house: House) -> None:
    """Several turns wait for the store; they are stored one after the other, and nothing overtakes."""
    house.break_store(DISK_FULL)
    for mid, device in enumerate(["s3", "s1", "s2"], start=1):
        house.arrive(smoke(mid, device))
    assert house.line.acknowledged == []
    house.mend_store()
    house.arrive(smoke(4, "s0"))
    assert house.line.acknowledged == [1, 2, 3, 4]
    entries = house.records.ledger(book="alerts", limit=10)
    assert ["s3", "s1", "s2", "s0"] == [entry.draft.fields["key"] for entry in entries]


def test_a_repeat_after_a_crash_counts_once(house: House) -> None:
    """Committed but not acknowledged: the broker sends it again, marked; unmarked it is news."""
    house.arrive(smoke(1), smoke(2, value=False))
    house.build()
    house.arrive(smoke(1, dup=True), smoke(2, value=False, dup=True), smoke(3, "s2", dup=True))
    assert house.line.acknowledged == [1, 2, 1, 2, 3]
    assert ["raised", "returned", "raised"] == [e.draft.fields["action"] for e in house.records.ledger(book="alerts")]
    house.arrive(smoke(1))
    assert "joined" in [entry.draft.fields["action"] for entry in house.records.ledger(book="alerts")[3:]]


def test_a_repeat_of_what_waits_counts_once(house: House) -> None:
    """The line breaks while the store is full: the repeat comes on the new connection and is acknowledged there."""
    house.break_store(DISK_FULL)
    house.arrive(smoke(1))
    house.connect()
    house.arrive(smoke(1, dup=True))
    house.mend_store()
    house.arrive()
    assert house.line.acknowledged == [1]
    assert ["raised"] == [entry.draft.fields["action"] for entry in house.records.ledger(book="alerts")]


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_standing_fire_is_not_ended_by_what_was_said_before_it(house: House, is_killed: bool) -> None:
    """All clear (changes no alert), then fire; no PUBACK arrives, and the broker repeats both, in its order."""
    house.arrive(smoke(1, value=False))
    house.arrive(smoke(2))
    house.build() if is_killed else house.connect()
    house.arrive(smoke(1, value=False, dup=True))
    house.arrive(smoke(2, dup=True))
    (alert,) = house.engine.open_alerts()
    assert alert.active
    assert ["raised"] == [entry.draft.fields["action"] for entry in house.records.ledger(book="alerts")]
    assert [1, 2, 1, 2] == house.line.acknowledged


class Slow(Time):
    """A clock that moves a little each time that somebody looks: making sense of messages takes time."""

    def monotonic(self) -> float:
        self.seconds_more = getattr(self, "seconds_more", 0.0) + 0.015
        return self.seconds + self.seconds_more


def test_a_flood_of_one_sender_holds_up_no_other(house: House) -> None:
    """An alarm that came behind it is stored within two turns; PUBACKs go out in the order of arrival all the same."""
    house.arrive(smoke(1, "s2", value=False), smoke(2, "s1", value=False))
    house.clock.__class__ = Slow
    house.arrive(*(smoke(number, value=False) for number in range(3, 1_000)), smoke(1_000, "s2"))
    house.arrive()
    assert ["s2"] == house.stored()
    assert 1_000 not in house.line.acknowledged
    for _ in range(100):
        house.arrive()
    assert list(range(1, 1_001)) == house.line.acknowledged


def test_a_flood_that_is_cut_off_comes_again_and_counts_once(house: House) -> None:
    """What waited for its share was not acknowledged, so the broker has it; what was said at QoS 0 it has not."""
    house.arrive(smoke(1, "s2", value=False), smoke(2, "s1", value=False))
    house.clock.__class__ = Slow
    flood = [smoke(number, value=False) for number in range(3, 500)]
    last = Message("keyarea/s3/readings", b'{"readings": {"smoke": true}}', 0, qos=0)
    house.arrive(*flood, smoke(500, "s2"), last)
    house.arrive()
    heard = max(house.line.acknowledged)
    house.connect()
    again = [smoke(number, value=False, dup=True) for number in range(heard + 1, 500)]
    house.arrive(*again, smoke(500, "s2", dup=True))
    for _ in range(100):
        house.arrive()
    assert list(range(1, 501)) == house.line.acknowledged
    assert ["s2", "s3"] == house.stored()
    assert ["raised", "raised"] == [entry.draft.fields["action"] for entry in house.records.ledger(book="alerts")]


def test_nodes_are_asked_to_tell_everything_anew_whenever_the_broker_is_there(house: House) -> None:
    """What they said at QoS 0 meanwhile is gone: at a start before anything was heard, and after each connection."""
    house.file = [*DEVICES, Device("gate", "sparkplug", "plant/hall/gate", "store", signals=("door",))]
    house.build()
    for asked in (1, 2):
        for _ in range(4):
            house.clock.seconds += 1
            house.arrive()
        assert ["spBv1.0/plant/NCMD/hall"] * asked == house.line.published
        house.connect()


def test_what_nothing_follows_from_is_remembered_with_what_comes_next(house: House) -> None:
    """An announcement of old must not come after a newer one: a message without readings is noted all the same."""
    house.arrive(Message("keyarea/s1/readings", b"nonsense", 1))
    house.arrive(smoke(2))
    house.build()
    house.arrive(Message("keyarea/s1/readings", b"nonsense", 1, dup=True), smoke(2, dup=True))
    assert 0 == house.ingest.malformed.total
    assert 2 == house.repeats("taken")


@pytest.mark.parametrize("is_known", [False, True])
def test_an_alarm_with_an_old_number_is_no_repeat(house: House, is_known: bool) -> None:
    """The broker was killed, its numbers begin anew; the gateway dies before it has read the new alarm."""
    house.arrive(smoke(1), smoke(2, value=False))
    house.connect(is_known=is_known)
    house.build()
    house.arrive(smoke(1, dup=True))
    (alert,) = house.engine.open_alerts()
    assert alert.active
    assert "joined" in [entry.draft.fields["action"] for entry in house.records.ledger(book="alerts")[-2:]]


def test_an_old_queue_of_the_broker_ends_no_fire(house: House) -> None:
    """Killed, it remembers a queue that it had sent, and not that it had: nothing is marked as a repeat."""
    house.arrive(smoke(1, value=False), smoke(2, "s2"), smoke(3))
    house.build()
    house.arrive(smoke(1, value=False), smoke(2, "s2"), smoke(3, "s3"))
    assert ["s1", "s2", "s3"] == sorted(alert.key for alert in house.engine.open_alerts() if alert.active)
    assert ["raised"] * 3 == [entry.draft.fields["action"] for entry in house.records.ledger(book="alerts")]
    assert 2 == house.repeats("doubtful")


def test_a_broker_that_is_silent_has_sent_what_it_had(house: House) -> None:
    """Seconds after a connection an all-clear with an old number is news."""
    house.arrive(smoke(1, value=False), smoke(2))
    house.connect()
    house.arrive()
    house.clock.seconds += 2
    house.arrive()
    house.arrive(smoke(1, value=False))
    assert [False] == [alert.active for alert in house.engine.open_alerts()]
