"""One turn after another, with the real engine, intake and SQLite stores; the line is a script of what arrives."""

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import event as sql
from sqlalchemy.exc import OperationalError

from alerts.command import Acknowledge, ConsentBypass
from alerts.engine.engine import Engine
from alerts.kinds import kinds
from devices.device import Device, SenderKey
from devices.device_directory import DeviceDirectory
from devices.device_service import DeviceService
from devices.families import mqtt_families
from devices.installed import Hardware
from devices.malformed import MalformedLog
from devices.orders import Adopt, Commission, Finish, Import, Reject, Replace, Retire
from devices.quarantine import Quarantine
from devices.reading import SECOND, Instant, Quality
from gateway.committing import Callbacks, Doors, Stores
from gateway.feed import Feed
from gateway.importing import SLICE, UnfinishedImport
from gateway.inbox import Delivery, Inbox
from gateway.ingest.ingest import Ingest
from gateway.ingest.receipts import Receipts
from gateway.metrics import Metrics
from gateway.own_devices import own_devices
from gateway.own_rules import own_rules
from gateway.pipeline import Pipeline
from gateway.ports import Unacknowledged
from gateway.stores.database import Database
from gateway.stores.discovery_cache import StoredDiscoveryCache
from gateway.stores.documents import Documents
from gateway.stores.installation import Installation
from gateway.stores.records import SqlRecords
from gateway.stores.series_sqlite import SeriesSqlite
from gateway.transports.topic_filter import matches
from gateway.two_people import WAITS
from tests.words import drafts_of

DEVICES = [
    Device(id=f"s{n}", family="keyarea", address=f"s{n}", area="store", signals=("smoke", "temperature"))
    for n in range(4)
]
RULE = {
    "kind": "state", "name": "smoke", "alert_class": "fire", "priority": 1, "signals": ("smoke",), "procedure": "Look.",
}  # fmt: skip


class Message(msgspec.Struct):
    """As paho has it."""

    topic: str
    payload: bytes
    mid: int
    qos: int = 1
    dup: bool = False
    retain: bool = False


def smoke(mid: int, device: str = "s1", *, dup: bool = False, value: bool = True) -> Message:
    return Message(f"keyarea/{device}/readings", msgspec.json.encode({"readings": {"smoke": value}}), mid, dup=dup)


class Line:
    """gateway.ports.MqttIntake from a script: what the test put into ``arrivals``."""

    def __init__(self) -> None:
        self.arrivals: list[Message] = []
        self.acknowledged: list[int] = []
        self.published: list[str] = []
        self.connection = 0
        self.is_closed = False

    def fileno(self) -> int | None:
        return None

    def has_more(self) -> bool:
        return bool(self.arrivals)

    def take(self, most: int, until: float) -> Sequence[Message]:
        taken, self.arrivals = self.arrivals[:most], self.arrivals[most:]
        return taken

    def acknowledge(self, messages: Sequence[Unacknowledged], connection: int) -> None:
        if connection == self.connection:
            self.acknowledged += [message.mid for message in messages]

    def publish(self, topic: str, payload: bytes) -> None:
        self.published.append(topic)

    def subscribe(self, topics: Sequence[str]) -> None: ...

    def upkeep(self) -> None: ...

    def close(self) -> None:
        self.is_closed = True


class Time:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.seconds = 1_700_000_000

    def now(self) -> Instant:
        return self.seconds * SECOND

    def monotonic(self) -> float:
        return float(self.seconds)

    def jump(self) -> Instant:
        return 0


class House:
    """The pipeline with all around it; ``build`` makes it anew from what is stored."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.line, self.inbox = Time(), Line(), Inbox()
        self.database = Database.in_folder(folder)
        self.records = SqlRecords(self.database, "test")
        self.series = SeriesSqlite(folder, self.clock.now)
        self.feed = Feed(self.records.feed_newest(), self.records.feed_after)
        self.answers: list[str] = []
        self.faults: list[str] = []
        self.served: list[list[str]] = []
        self.tested: list[str] = []
        self.file = DEVICES
        self.unfinished = UnfinishedImport(folder)
        self._broken: Callable[..., None] | None = None
        self.build()

    def build(self) -> None:
        restored = self.records.restore()
        stored = Installation(Documents(self.database)).installed(self.file)
        self.device_service = DeviceService(stored, lambda _device: ())
        directory = DeviceDirectory([*stored.devices(), *own_devices(["mqtt", "panels"], [])], 300 * SECOND)
        self.engine = Engine(
            rules=[msgspec.convert(RULE, kinds()["state"]), *own_rules()],
            devices=directory.devices(),
            area_modes={"store": "disarmed"},
            schedules={},
            restored=restored.engine,
        )
        kept = StoredDiscoveryCache(Documents(self.database))
        self.ingest = Ingest(
            directory,
            mqtt_families(),
            {},
            matches=matches,
            quarantine=Quarantine(stored.rejected),
            malformed=MalformedLog(),
        )
        self.ingest.recall(kept.all(), self.clock.now())
        self.metrics = Metrics()
        self.receipts = Receipts(
            restored.session, (*restored.receipts, *self.series.receipts()), keep=self.records.note_session
        )
        self.pipeline = Pipeline(
            clock=self.clock,  # type: ignore[arg-type]
            metrics=self.metrics,
            doors=Doors(self.inbox, self.feed, self.receipts, self.line),
            stores=Stores(self.series, self.records, drafts_of, kept.keep, self.unfinished),
            engine=self.engine,
            ingest=self.ingest,
            device_service=self.device_service,
            callbacks=Callbacks(
                on_store_fault=self.faults.append,
                on_installed=lambda devices: self.served.append([device.id for device in devices]),
                on_tested=lambda device: self.tested.append(device.id),
            ),
        )
        self.connect()

    def connect(self, *, is_known: bool = True) -> None:
        """The line is there, for the first time or again, as the transport tells it."""
        self.receipts.connecting()
        self.line.connection += 1
        self.receipts.connected(is_known)

    def arrive(self, *messages: Message) -> None:
        """One turn with these."""
        self.line.arrivals += messages
        self.pipeline.turn()

    def ask(self, command: Any) -> None:
        self.inbox.put(Delivery(command, lambda: self.answers.append("done"), self.answers.append))

    def ask_by_two(self, order: Any, second: str = "olga") -> None:
        """An order that takes a second person, who consents to it."""
        self.ask(order)
        self.arrive()
        (wish,) = self.engine.wishes()
        self.ask(ConsentBypass(wish.id, second))
        self.arrive()

    def break_store(self, error: Exception) -> None:
        """Every transaction of the relational store fails when it begins."""

        def fail(_connection: Any) -> None:
            raise error

        self._broken = fail
        sql.listen(self.database.writer, "begin", fail)

    def mend_store(self) -> None:
        sql.remove(self.database.writer, "begin", self._broken)
        self.clock.seconds += 2

    def repeats(self, standing: str) -> float | None:
        return self.metrics.registry.get_sample_value("keyarea_mqtt_repeats_total", {"standing": standing})

    def stored(self) -> list[str]:
        return sorted(alert.key for alert in self.records.alerts())

    def told(self) -> list[tuple[int, str]]:
        return [(event.id, event.event.alert.key) for event in self.feed._kept if event.kind == "alert"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path)
    yield built
    built.series.close()
    built.records.close()
    built.inbox.close()


DISK_FULL = OperationalError("BEGIN", {}, sqlite3.OperationalError("database or disk is full"))


def test_acknowledged_only_after_the_commit(house: House) -> None:
    """What is acknowledged is stored; what is not stored is not acknowledged, but is shown."""
    house.arrive(smoke(1, "s1"))
    assert (house.line.acknowledged, house.stored()) == ([1], ["s1"])
    house.break_store(DISK_FULL)
    house.arrive(smoke(2, "s2"))
    assert (house.line.acknowledged, house.stored()) == ([1], ["s1"])
    assert ["s1", "s2"] == sorted(alert.key for alert in house.engine.open_alerts())
    assert (house.told()[-1], len(house.faults)) == ((1, "s2"), 1)
    assert "full" in house.pipeline.committing.store_fault
    house.mend_store()
    house.arrive()
    assert (house.line.acknowledged, house.stored()) == ([1, 2], ["s1", "s2"])
    assert (house.told()[-1], house.faults[-1], house.pipeline.committing.store_fault) == ((2, "s2"), "", "")
    assert house.pipeline.committing.ledger_entries == house.records.ledger_head().sequence == 2


def test_what_waits_stays_in_order(house: House) -> None:
    """Several turns wait for the store; they are stored one after the other, and nothing overtakes."""
    house.break_store(DISK_FULL)
    for mid, device in enumerate(["s3", "s1", "s2"], start=1):
        house.arrive(smoke(mid, device))
    assert house.line.acknowledged == []
    house.mend_store()
    house.arrive(smoke(4, "s0"))
    assert house.line.acknowledged == [1, 2, 3, 4]
    entries = house.records.ledger(limit=10)
    assert ["s3", "s1", "s2", "s0"] == [entry.draft.fields["key"] for entry in entries]


def test_a_repeat_after_a_crash_counts_once(house: House) -> None:
    """Committed but not acknowledged: the broker sends it again, marked; unmarked it is news."""
    house.arrive(smoke(1), smoke(2, value=False))
    house.build()
    house.arrive(smoke(1, dup=True), smoke(2, value=False, dup=True), smoke(3, "s2", dup=True))
    assert house.line.acknowledged == [1, 2, 1, 2, 3]
    assert ["raised", "returned", "raised"] == [e.draft.fields["action"] for e in house.records.ledger()]
    house.arrive(smoke(1))
    assert "joined" == house.records.ledger()[-1].draft.fields["action"]


def test_a_repeat_of_what_waits_counts_once(house: House) -> None:
    """The line breaks while the store is full: the repeat comes on the new connection and is acknowledged there."""
    house.break_store(DISK_FULL)
    house.arrive(smoke(1))
    house.connect()
    house.arrive(smoke(1, dup=True))
    house.mend_store()
    house.arrive()
    assert house.line.acknowledged == [1]
    assert ["raised"] == [entry.draft.fields["action"] for entry in house.records.ledger()]


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
    assert ["raised"] == [entry.draft.fields["action"] for entry in house.records.ledger()]
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
    assert ["raised", "raised"] == [entry.draft.fields["action"] for entry in house.records.ledger()]


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
    assert "joined" == house.records.ledger()[-1].draft.fields["action"]


def test_an_old_queue_of_the_broker_ends_no_fire(house: House) -> None:
    """Killed, it remembers a queue that it had sent, and not that it had: nothing is marked as a repeat."""
    house.arrive(smoke(1, value=False), smoke(2, "s2"), smoke(3))
    house.build()
    house.arrive(smoke(1, value=False), smoke(2, "s2"), smoke(3, "s3"))
    assert ["s1", "s2", "s3"] == sorted(alert.key for alert in house.engine.open_alerts() if alert.active)
    assert ["raised"] * 3 == [entry.draft.fields["action"] for entry in house.records.ledger()]
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


def test_a_gateway_that_dies_between_its_two_stores_takes_it_in_again(house: House) -> None:
    """The readings are stored, the alert is not: the repeat must not count as known."""
    house.break_store(DISK_FULL)
    house.arrive(smoke(1, value=False), smoke(2))
    assert house.series.latest()["s1", "smoke"].value is True
    house.mend_store()
    house.build()
    house.arrive(smoke(1, value=False, dup=True), smoke(2, dup=True))
    assert ["s1"] == house.stored()


def test_alerts_are_known_as_unrecorded_until_they_are_stored(house: House) -> None:
    house.arrive(smoke(1))
    assert house.pipeline.committing.unrecorded == set()
    house.break_store(DISK_FULL)
    house.arrive(smoke(2, "s2"))
    assert house.pipeline.committing.unrecorded == {
        alert.id for alert in house.engine.open_alerts() if alert.key == "s2"
    }
    house.mend_store()
    house.clock.seconds += 2
    house.arrive()
    assert house.pipeline.committing.unrecorded == set()
    assert "s2" in house.stored()


def test_a_person_is_answered_once_it_is_stored_or_told_why_not(house: House) -> None:
    house.arrive(smoke(1))
    alert = house.engine.open_alerts()[0].id
    house.ask(Acknowledge(alert=alert, by="olga"))
    house.ask(Acknowledge(alert="none", by="olga"))
    house.arrive()
    assert sorted(answer == "done" for answer in house.answers) == [False, True]
    house.break_store(DISK_FULL)
    house.ask(Acknowledge(alert=alert, by="olga"))
    house.arrive(smoke(2, "s2"))
    assert len(house.answers) == 3, "refused at once: nothing is to be stored"


def test_one_that_ends_tells_those_who_wait(house: House) -> None:
    """Stopped while the store is away: the person hears that it was not stored, the line is given back."""
    house.arrive(smoke(1))
    house.break_store(DISK_FULL)
    house.ask(Acknowledge(alert=house.engine.open_alerts()[0].id, by="olga"))
    house.arrive()
    assert house.answers == []
    house.pipeline.stop()
    house.pipeline.run()
    assert house.line.is_closed
    assert ["stopped" in answer for answer in house.answers] == [True]
    assert house.records.alerts()[0].acknowledged is None


def test_one_that_dies_acknowledges_nothing_and_the_next_begins_from_what_is_stored(house: House) -> None:
    """A bug in a store, not a fault of it: the thread ends with it; the message comes again and counts once."""
    house.arrive(smoke(9, "s2"))
    house.break_store(ZeroDivisionError("a bug"))
    house.line.arrivals.append(smoke(1))
    house.ask(Acknowledge(alert=house.engine.open_alerts()[0].id, by="olga"))
    died: list[BaseException] = []

    def body() -> None:
        try:
            house.pipeline.run()
        except ZeroDivisionError as error:
            died.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    thread.join()
    assert (len(died), house.line.is_closed, house.line.acknowledged) == (1, True, [9])
    assert ["starts anew" in answer for answer in house.answers] == [True]
    house.mend_store()
    house.build()
    house.arrive(smoke(1, dup=True))
    assert (house.line.acknowledged, house.stored()) == ([9, 1], ["s1", "s2"])


def test_what_was_committed_and_not_published_is_published_by_the_next(house: House) -> None:
    """Death between commit and feed: a live reader must not have a gap."""
    house.arrive(smoke(1))
    house.line.acknowledge = None  # type: ignore[assignment,method-assign]
    with pytest.raises(TypeError):
        house.arrive(smoke(2, "s2"))
    assert house.told() == [(1, "s1")]
    del house.line.acknowledge
    house.feed.catch_up()
    house.build()
    house.arrive(smoke(3, "s3"))
    assert house.told() == [(1, "s1"), (2, "s2"), (3, "s3")]


def test_what_waits_is_bounded(house: House) -> None:
    """A store that is away for long: nothing more is taken from line and inbox than can be kept."""
    house.break_store(DISK_FULL)
    house.line.arrivals = [smoke(n + 1, value=not n) for n in range(60_000)]
    for _ in range(80):
        house.pipeline.turn()
    assert len(house.line.arrivals) == 10_000
    house.ask(Acknowledge(alert="x", by="olga"))
    house.pipeline.turn()
    assert house.answers == []
    house.mend_store()
    for _ in range(20):
        house.pipeline.turn()
    assert (len(house.line.acknowledged), len(house.answers)) == (60_000, 1)


def test_an_order_takes_effect_when_it_is_stored(house: House) -> None:
    """Not before: with the store away the stranger stays a stranger. Found alarming when adopted, it alarms."""
    house.arrive(smoke(1, "new"))
    assert ["new"] == [sender.address for sender in house.pipeline._ingest.quarantine.senders()]
    house.break_store(DISK_FULL)
    house.ask(Adopt(Device("new", "keyarea", "new", "store"), "tom"))
    house.arrive()
    house.arrive(smoke(2, "new"))
    assert ([], None) == (house.answers, house.pipeline._ingest.registry.device("new"))
    assert [] == house.served
    house.mend_store()
    house.arrive()
    house.arrive()
    assert (["done"], ["line:mqtt", "new"]) == (house.answers, house.stored())
    assert [["s0", "s1", "s2", "s3", "new"]] == house.served
    assert [] == house.pipeline._ingest.quarantine.senders()
    (found,) = (alert.causes[0] for alert in house.records.alerts() if alert.key == "new")
    assert found.quality & Quality.SNAPSHOT
    told = [(entry.draft.book, entry.draft.fields.get("action")) for entry in house.records.ledger()]
    assert [("alerts", "raised"), ("installation", "adopted"), ("alerts", "raised"), ("alerts", "returned")] == told


def test_whoever_tests_a_device_is_told_when_that_is_stored(house: House) -> None:
    """Once, at the first live trigger; not while the store is away."""
    house.ask(Commission("s1", "tom"))
    house.arrive()
    house.break_store(DISK_FULL)
    house.arrive(smoke(1, "s1"))
    assert [] == house.tested
    house.mend_store()
    house.arrive()
    house.arrive(smoke(2, "s1"), smoke(3, "s2"))
    assert ["s1"] == house.tested


def test_a_device_goes_its_whole_way(house: House) -> None:
    """Adopted, replaced, retired: the id stays, the hardware changes; another start finds it as it stood."""
    house.ask(Adopt(Device("new", "keyarea", "a", "store", kind="smoke_detector"), "tom"))
    house.ask(Commission("new", "tom"))
    house.arrive()
    house.arrive(smoke(1, "a"))
    assert house.device_service.commissions.of("new").triggered is not None
    house.ask_by_two(Replace("new", Hardware("keyarea", "b"), "tom", "dropped from the ceiling"))
    house.ask(Finish("new", "tom", "note"))
    house.arrive()
    house.build()
    house.arrive(smoke(2, "a"), smoke(3, "b"))
    assert {"line:mqtt", "new"} <= set(house.stored())
    assert ["a"] == [sender.address for sender in house.pipeline._ingest.quarantine.senders()]
    house.ask_by_two(Retire("new", "tom"))
    house.ask_by_two(Reject(SenderKey("", "keyarea", "a"), "tom"))
    house.arrive()
    house.arrive(smoke(4, "a"), smoke(5, "b"))
    assert ["b"] == [sender.address for sender in house.pipeline._ingest.quarantine.senders()]
    assert {SenderKey("", "keyarea", "a"): 1} == house.pipeline._ingest.quarantine.rejected()
    assert 5 == house.answers.count("done")
    assert 3 == house.answers.count(WAITS)
    assert 1 == sum("not being commissioned" in answer for answer in house.answers)


def _list(count: int, by: str = "tom") -> Import:
    return Import(tuple(Device(f"n{number}", "keyarea", f"n{number}", "store") for number in range(count)), by)


def test_a_long_list_lets_alarms_through_and_takes_effect_as_a_whole(house: House) -> None:
    """A slice a turn: an alarm is stored and acknowledged between two; what else is ordered waits for its end."""
    house.ask(house.device_service.prepare(_list(2 * SLICE + 1), house.clock.now()))
    house.arrive()
    house.ask(Adopt(Device("late", "keyarea", "late", "store"), "tom"))
    house.arrive(smoke(1, "s1"))
    assert ([1], ["s1"]) == (house.line.acknowledged, house.stored())
    assert ([], [], None) == (house.answers, house.served, house.pipeline._ingest.registry.device("n0"))
    house.arrive()
    assert ["done"] == house.answers
    assert [len(DEVICES) + 2 * SLICE + 1] == [len(devices) for devices in house.served]
    assert house.device_service.installed.device("late") is None
    house.arrive()
    assert (["done", "done"], "late") == (house.answers, house.served[-1][-1])
    assert 2 * SLICE + 2 == sum(entry.draft.book == "installation" for entry in house.records.ledger(limit=1_000))


def test_a_gateway_that_ends_in_the_midst_of_a_list_finishes_it_at_its_next_start(house: House) -> None:
    house.ask(house.device_service.prepare(_list(3 * SLICE), house.clock.now()))
    house.arrive()
    kept = house.unfinished.kept()
    assert kept == _list(3 * SLICE)
    house.build()
    assert SLICE == sum(device.id.startswith("n") for device in house.device_service.devices())
    prepared = house.device_service.prepare(kept, house.clock.now())
    assert 2 * SLICE == len(prepared.changes)
    house.ask(prepared)
    house.arrive()
    house.arrive()
    assert (["done"], None) == (house.answers, house.unfinished.kept())
    assert 3 * SLICE == sum(device.id.startswith("n") for device in house.device_service.devices())


def test_a_list_waits_with_the_store(house: House) -> None:
    """Nothing of it takes effect, nothing is asked of the store that is away, and it goes on by itself."""
    house.ask(house.device_service.prepare(_list(2 * SLICE), house.clock.now()))
    house.arrive()
    house.break_store(DISK_FULL)
    for _ in range(5):
        house.arrive()
    assert ([], []) == (house.answers, house.served)
    house.mend_store()
    house.arrive()
    house.arrive()
    assert (["done"], 1) == (house.answers, len(house.served))


def test_a_list_holds_only_while_nothing_else_is_settled(house: House) -> None:
    prepared = house.device_service.prepare(_list(SLICE), house.clock.now())
    house.ask(Adopt(Device("n0", "keyarea", "other", "store"), "ann"))
    house.ask(prepared)
    house.ask(house.device_service.prepare(Import((), "tom"), house.clock.now()))
    house.arrive()
    assert ["done", "done"] == [answer for answer in house.answers if answer == "done"]
    assert any("meanwhile" in answer for answer in house.answers)
    assert house.device_service.installed.device("n1") is None


HALL = Device("hall", "home_assistant", "hall", "store")
ANNOUNCEMENT = Message(
    "homeassistant/binary_sensor/hall/smoke/config",
    msgspec.json.encode({"dev_cla": "smoke", "stat_t": "hall/smoke", "dev": {"ids": ["hall"]}}),
    1,
)


def test_an_adopted_device_is_understood_after_a_crash_though_the_broker_kept_no_announcement(house: House) -> None:
    """It was announced before it was adopted; what it says next, to a new start, is an alarm."""
    house.arrive(ANNOUNCEMENT)
    house.ask(Adopt(HALL, "tom"))
    house.arrive()
    assert ["done"] == house.answers
    house.arrive()
    house.build()
    assert ["hall/smoke"] == house.ingest.subscribe
    house.arrive(Message("hall/smoke", b"ON", 2))
    assert ["hall"] == house.stored()


def test_an_announcement_is_acknowledged_when_it_is_kept_and_not_before(house: House) -> None:
    house.ask(Adopt(HALL, "tom"))
    house.arrive()
    house.break_store(DISK_FULL)
    house.arrive(ANNOUNCEMENT, Message("hall/smoke", b"ON", 2))
    assert [] == house.line.acknowledged
    house.arrive()
    assert [] == StoredDiscoveryCache(Documents(house.database)).all()
    house.mend_store()
    house.arrive()
    assert [1, 2] == house.line.acknowledged
    assert [ANNOUNCEMENT.topic] == [topic for topic, _ in StoredDiscoveryCache(Documents(house.database)).all()]
    assert ["hall"] == house.stored()


def test_what_a_device_announced_is_kept_as_long_as_it_is_installed(house: House) -> None:
    house.ask(Adopt(HALL, "tom"))
    house.arrive(ANNOUNCEMENT)
    house.arrive(Message(ANNOUNCEMENT.topic, b"", 2, retain=True))
    assert 1 == len(StoredDiscoveryCache(Documents(house.database)).all())
    house.ask(Retire("hall", "tom"))
    house.arrive()
    house.break_store(DISK_FULL)
    for _ in range(5):  # what has no message of its own waits without growing
        house.arrive()
    assert 1 == len(house.pipeline.committing._waiting)
    house.mend_store()
    house.arrive()
    assert [] == StoredDiscoveryCache(Documents(house.database)).all()
