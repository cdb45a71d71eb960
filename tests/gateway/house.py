"""A gateway's middle with the real engine, ingest and SQLite stores; the line is a script of what arrives."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import event as sql
from sqlalchemy.exc import OperationalError

from alerts.engine.engine import Engine
from alerts.kernel.consent import Give, Waiting
from alerts.kernel.kernel import Kernel
from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.workflow import Workflow
from api.live import Live
from api.workflow_finder import workflows
from devices.device import Device
from devices.device_directory import DeviceDirectory
from devices.device_service import DeviceService
from devices.families import mqtt_families
from devices.malformed import MalformedLog
from devices.message import Text
from devices.orders import Order
from devices.quarantine import Quarantine
from devices.reading import SECOND, Instant
from gateway.committing import Callbacks, Doors, Stores
from gateway.feed import Feed
from gateway.importing import UnfinishedImport
from gateway.inbox import Delivery, Inbox
from gateway.ingest.ingest import Ingest
from gateway.ingest.receipts import Receipts
from gateway.metrics import Metrics
from gateway.output_sender import OutputSender
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
from tests.gateway.orders import asked
from tests.words import drafts_of, english

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

    is_up = True

    def __init__(self) -> None:
        self.arrivals: list[Message] = []
        self.acknowledged: list[int] = []
        self.published: list[str] = []
        self.sent: list[tuple[str, bytes]] = []
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
        self.sent.append((topic, payload))

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
        self.faults: list[Text | None] = []
        self.served: list[list[str]] = []
        self.tested: list[str] = []
        self.file = DEVICES
        self.unfinished = UnfinishedImport(folder)
        self._broken: Callable[..., None] | None = None
        self.build()

    workflows: Sequence[Workflow[Any]] = tuple(kind() for kind in workflows().values())
    rules: Sequence[Rule[Any]] = ()
    """Beside that of smoke and the gateway's own."""

    def build(self) -> None:
        restored = self.records.restore()
        stored = Installation(Documents(self.database)).installed(self.file)
        self.device_service = DeviceService(stored, lambda _device: ())
        directory = DeviceDirectory([*stored.devices(), *own_devices(["mqtt", "panels"], [])], 300 * SECOND)
        self.engine = Engine(
            rules=[msgspec.convert(RULE, kinds()["state"]), *own_rules(), *self.rules],
            devices=directory.devices(),
            area_modes={"store": "disarmed"},
            schedules={},
            restored=restored.engine,
            kernel=Kernel(self.workflows, restored.engine.cases, installation=self.device_service),
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
            doors=Doors(self.inbox, self.feed, self.receipts, self.line, self.sender()),
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

    def sender(self) -> OutputSender | None:
        """None: nothing is sent to outputs."""
        return None

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
        """An order on devices as the ask of it."""
        command = asked(command) if isinstance(command, Order) else command
        self.inbox.put(Delivery(command, lambda: self.answers.append("done"), self._failed))

    def _failed(self, reason: str | Text) -> None:
        self.answers.append(english(reason))

    def ask_by_two(self, order: Any, second: str = "olga") -> None:
        """An order that takes a second person, who consents to it."""
        self.ask(order)
        self.arrive()
        (wish,) = self.waiting()
        self.ask(Give(case=wish.id, by=second, role="operator"))
        self.arrive()

    def waiting(self) -> list[Waiting]:
        """What waits for a second person."""
        return list(self.engine.kernel.cases.of("consent").values())

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

    def live(self) -> Live:
        """What people are shown of all that was published."""
        live = Live()
        live.apply(self.feed._kept)
        return live

    def told(self) -> list[tuple[int | None, str]]:
        return [(event.id, event.event.alert.key) for event in self.feed._kept if event.kind == "alert"]


DISK_FULL = OperationalError("BEGIN", {}, sqlite3.OperationalError("database or disk is full"))
