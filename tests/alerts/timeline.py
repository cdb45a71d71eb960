"""Timelines: what is given at which second, and what must follow. One walker for every rule kind.

A row is ``(second, given, expected)``. Given, separated by ``;``: ``a.smoke=on`` a reading, ``~a.door=on`` a snapshot,
``!a.smoke=on`` an event that may have no end,
``arm store armed``, ``ack store``, ``reset store``, ``close store``, ``comment store`` commands on the alert of a key,
``end a looked`` its cause is over because I looked, ``end a looked sure`` also where the device would say so,
``record patrol checkpoint=gate`` a person's record, ``bypass a,b 600 welding``, ``bypass area:store 600 welding``
(seconds; where it takes two, zhao consents at once), ``wish a 600 welding`` the same without, ``consent a zhao``,
``decline a zhao``, ``endbypass a``, ``walk area:store 600``, ``walk a 600 a window=60`` (a is up already), ``endwalk``,
``due a test=3`` (in three days),
``fact hazard.overdue store h1`` (topic, area, case),
``stranger line:mqtt x/1.smoke=on`` what an unregistered device tells there,
``identified x/1``, ``panelreset x``; nothing means that only time passes. Expected, by ``;``: ``raised store``,
``again store``, ``gone store``, ``acknowledge store``, ``found a.door``, ``refused``; behind an alert that is set
aside, why. Between rows the clock runs as the pipeline runs it, and nothing may happen there.
"""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from alerts.alert import Alert, Disposition, State
from alerts.calendar import Calendar, Shift
from alerts.command import Acknowledge, Close, Comment, EndCause, Reset
from alerts.effects import Effects
from alerts.engine.engine import Engine
from alerts.engine.priming import windows
from alerts.event import Due, Event, Identified, PanelReset, Recorded, Stranger, Tick
from alerts.facts import Fact
from alerts.kernel.consent import Decline, Give
from alerts.kernel.kernel import Kernel
from alerts.kinds import kinds
from alerts.moves import SetMode
from alerts.restored import Restored
from alerts.rule import Rule
from alerts.schedule import Schedule, from_parts
from alerts.site_facts import SiteFacts
from alerts.system_alerts import NAMES
from devices.device import Device, SenderKey
from devices.message import plain
from devices.reading import SECOND, Instant, Quality, Reading
from devices.walk_test import WINDOW, WalkTest
from tests.words import readable
from workflows import bypass, walk_test

START: Instant = 1_795_363_200 * SECOND
"""Monday 2026-11-23, midnight in Shanghai."""

CALENDAR = Calendar(
    "Asia/Shanghai",
    holidays=frozenset({"2026-11-25"}),
    workdays=frozenset({"2026-11-28"}),
    shifts=(Shift("night", "20:00", "08:00"),),
)
"""That week Wednesday is a holiday, and the Saturday after it is worked."""

NIGHT = from_parts([1, 2, 3, 4, 5, 6, 7], "22:00", "06:00", "Asia/Shanghai")

WISHER = "qian"
"""To what she asks for, nobody consents unless the timeline says so."""

Way = Literal["plain", "bytes", "restarts"]
WAYS: tuple[Way, ...] = ("plain", "bytes", "restarts")
"""As it is; every memory through bytes after each step; killed and started again before each row."""

_WORDS = {"cause_again": "again", "cause_gone": "gone", "set_aside": "aside", "brought_back": "back"}
_COMMANDS: dict[str, Any] = {"ack": Acknowledge, "reset": Reset, "close": Close, "comment": Comment}


def rule(kind: str, **parameters: Any) -> Rule[Any]:
    """A rule as the site file would make it."""
    table = {"kind": kind, "name": kind, "alert_class": "fire", "priority": 1, "procedure": "look", **parameters}
    made: Rule[Any] = msgspec.convert(table, kinds()[kind])
    return made


def device(name: str, area: str = "store", **fields: Any) -> Device:
    return Device(id=name, family="keyarea", address=name, area=area, **fields)


class Room:
    """An engine and what the stores would hold of it."""

    def __init__(
        self,
        rules: Sequence[Rule[Any]],
        devices: Sequence[Device],
        modes: dict[str, str] | None = None,
        schedules: dict[str, Schedule] | None = None,
        way: Way = "plain",
        panels: dict[str, str] | None = None,
        *,
        are_up: bool = True,
    ) -> None:
        """``are_up``: the devices have been heard before, last when the story begins."""
        self.rules, self.devices, self.way = rules, devices, way
        self.modes = modes or {"store": "disarmed"}
        self.schedules = schedules or {"night": NIGHT}
        self.panels = panels or {}
        self.memories: dict[tuple[str, str], bytes] = {}
        self.alerts: dict[str, Alert] = {}
        self.latest: dict[tuple[str, str], Reading] = {}
        for one in devices if are_up else ():
            self.latest[one.id, "rssi"] = Reading(one.id, "rssi", -70.0, START, START)
        self.history: list[Reading] = []
        self.now = self.started = START
        self.runs: list[tuple[Instant, Instant]] = []
        self.cases: dict[tuple[str, str], bytes] = {}
        self.tests: dict[str, WalkTest] = {}
        self.engine = self._engine()

    def _engine(self) -> Engine:
        self.kernel = Kernel([bypass.WORKFLOW(), walk_test.WORKFLOW()], self.cases, SiteFacts(calendar=CALENDAR))
        engine = Engine(
            rules=self.rules,
            devices=self.devices,
            area_modes=self.modes,
            schedules=self.schedules,
            restored=Restored(
                alerts=[alert for alert in self.alerts.values() if alert.state is not State.CLOSED],
                memories=self.memories,
                runs=self.runs,
            ),
            panels_of=lambda _devices: self.panels,
            kernel=self.kernel,
        )
        engine.prime(self.latest.values(), self.now, self.stretch())
        return engine

    def stretch(self) -> list[Reading]:
        """What the series store would give to rules that look back."""
        wanted = windows(self.rules, self.devices, self.latest)
        stopped = max((self.latest[name].time for name in wanted), default=self.now)
        kept = (reading for reading in self.history if (reading.device, reading.signal) in wanted)
        return [one for one in kept if stopped - wanted[one.device, one.signal] <= one.time]

    def restart(self, after_s: float = 0) -> None:
        """Killed, and started again from what is stored, some seconds later."""
        self.runs.append((self.started, self.now))
        self.started = self.now = self.now + int(after_s * SECOND)
        self.engine = self._engine()

    def running(self) -> list[WalkTest]:
        return [test for test in self.tests.values() if test.ended is None]

    @property
    def bypasses(self) -> dict[str, bypass.Bypassed]:
        """Those that stand."""
        return dict(self.kernel.cases.of("bypass"))

    def waiting(self, device: str = "", *, but_of: str = "") -> list[str]:
        """What waits for a second person, about that device."""
        cases = self.kernel.cases.of("consent").values()
        return [case.id for case in cases if device in ("", *case.devices) and case.by != but_of]

    def step(self, events: Sequence[Event], now: Instant) -> Effects:
        """One step of the engine, and the commit after it; then a second person consents to what is not only a wish."""
        effects = self._step(events, now)
        wishes = self.waiting(but_of=WISHER)
        if wishes:
            begun = self._step([Give(case=wish, by="zhao", role="operator") for wish in wishes], now)
            every = (*effects.alerts, *begun.alerts)
            effects.alerts = [step for step in every if step.alert.rule != "workflow:consent"]
            effects.refused += begun.refused
        return effects

    def _step(self, events: Sequence[Event], now: Instant) -> Effects:
        effects = self.engine.step(events, now)
        self.now = max(self.now, now)
        for event in (*events, *effects.readings):
            if isinstance(event, Reading):
                self.latest[event.device, event.signal] = event
                self.history.append(event)
        for alert_event in effects.alerts:
            before = self.alerts.get(alert_event.alert.id)
            assert before is None or before.state is not State.CLOSED, "a closed alert never changes"
            self.alerts[alert_event.alert.id] = alert_event.alert
            for text in (alert_event.alert.text, alert_event.alert.procedure, alert_event.note):
                readable(text)
        for fact in effects.facts:
            readable(fact.text)
        for refused in effects.refused:
            readable(refused[1])
        for name, case in effects.cases.items():
            self.cases[name] = msgspec.json.encode(case)
            if isinstance(case, walk_test.Walk):
                self.tests[case.id] = case.test
            if not case.is_open:
                del self.cases[name]
        for key, memory in effects.memories.items():
            self.memories[key] = msgspec.msgpack.encode(memory)
        self.modes.update({mode.area: mode.mode for mode in effects.modes})
        if self.way == "bytes":
            for watch in [part for whole in self.engine._instances for part in (whole, *(whole.parts or {}).values())]:
                stored = msgspec.msgpack.encode(watch.memory)
                watch.memory = msgspec.msgpack.decode(stored, type=type(watch.memory))
        return effects

    def run_until(self, end: Instant) -> list[str]:
        """Let the clock run, woken whenever the engine asks to be, and say what happened before ``end``."""
        told: list[str] = []
        for _ in range(100_000):
            wake_at = self.engine.wake_at
            if wake_at is None or wake_at >= end:
                return told
            self.now = max(self.now, wake_at)
            told += said(self.step([Tick(self.now)], self.now))
        raise AssertionError("the engine wants to be woken again and again at the same time")

    def event(self, text: str, now: Instant) -> Event:
        """The event that a word of a timeline stands for."""
        match text.split():
            case ["arm", area, mode]:
                return SetMode(area, mode)
            case [word, key] if word in _COMMANDS:
                alert = next(
                    (a.id for a in self.alerts.values() if _key(a) == key and a.state is not State.CLOSED), "?"
                )
                extra = {"disposition": Disposition.CONFIRMED} if word == "close" else {}
                return _COMMANDS[word](alert=alert, by="li", note="", **extra)  # type: ignore[no-any-return]
            case ["end", key, *how]:
                found = (a.id for a in self.alerts.values() if _key(a) == key and a.state is not State.CLOSED)
                return EndCause(next(found, "?"), "li", " ".join(how), is_sure="sure" in how)
            case ["bypass", names, seconds, *reason]:
                return _bypass("li", names, seconds, reason, now)
            case ["wish", names, seconds, *reason]:
                return _bypass(WISHER, names, seconds, reason, now)
            case ["consent" | "decline" as word, name, by]:
                kind = Give if word == "consent" else Decline
                return kind(case=next(iter(self.waiting(name)), "?"), by=by, role="operator")
            case ["endbypass", *names]:
                case = next((b.id for b in self.bypasses.values() if set(names) <= set(b.devices)), "?")
                return bypass.End(case=case, by="li", role="technician", devices=tuple(names))
            case ["walk", names, seconds, *more]:
                area, devices = _chosen(names)
                up = tuple((word, "smoke") for word in more if not word.startswith("window="))
                windows = [int(word.removeprefix("window=")) for word in more if word.startswith("window=")]
                return walk_test.Start(
                    by="wang",
                    role="technician",
                    area=area,
                    devices=devices,
                    until=now + int(float(seconds) * SECOND),
                    window_s=windows[0] if windows else WINDOW // SECOND,
                    up=up,
                )
            case ["endwalk"]:
                test = next((test.id for test in self.running()), "?")
                return walk_test.End(case=test, by="wang", role="technician")
            case ["record", book, field]:
                name, _, value = field.partition("=")
                return Recorded("store", book, "li", {name: value.replace("_", " ")})
            case ["fact", topic, area, key]:
                workflow, _, step = topic.partition(".")
                return Fact(
                    workflow=workflow, case=key, step=step, at=now, text=plain(topic), area=area, devices=(key,)
                )
            case ["stranger", at, told]:
                where, _, written = told.partition("=")
                address, _, signal = where.rpartition(".")
                sender = SenderKey("", "keyarea", address.removeprefix("!"))
                return Stranger(at, sender, signal, written == "on", is_event=address.startswith("!"))
            case ["identified", address]:
                return Identified(SenderKey("", "keyarea", address))
            case ["panelreset", address]:
                return PanelReset(SenderKey("", "keyarea", address))
            case ["due", key, *dates]:
                parts = [date.partition("=") for date in dates]
                return Due(key, tuple((what, START + int(days) * 86_400 * SECOND) for what, _, days in parts))  # type: ignore[misc]
            case [_]:
                return reading(text, now)
        raise AssertionError(f"a timeline has no word {text!r}")


def _bypass(by: str, names: str, seconds: str, reason: Sequence[str], now: Instant) -> bypass.Begin:
    area, devices = _chosen(names)
    until = now + int(float(seconds) * SECOND)
    return bypass.Begin(by=by, role="technician", reason=" ".join(reason), until=until, area=area, devices=devices)


def _chosen(names: str) -> tuple[str, tuple[str, ...]]:
    """``area:store`` or ``a,b``"""
    return (names[5:], ()) if names.startswith("area:") else ("", tuple(names.split(",")))


def reading(text: str, now: Instant) -> Reading:
    """The reading written as ``a.smoke=on``; with ``~`` before it a snapshot, with ``!`` an event."""
    where, _, written = text.lstrip("~!").partition("=")
    device_id, _, signal = where.partition(".")
    flags: dict[str, Any] = {"on": True, "off": False}
    try:
        value = flags[written] if written in flags else float(written)
    except ValueError:
        value = written.replace("_", " ")
    qualities = {"~": Quality.SNAPSHOT, "!": Quality.EVENT}
    return Reading(device_id, signal, value, now, now, int(qualities.get(text[0], Quality.GOOD)))


def said(effects: Effects) -> list[str]:
    """What followed, in the words of a timeline."""
    return [
        *(
            f"{_WORDS.get(event.action, event.action)} {_key(event.alert)}"
            + (f" ({event.alert.suppression.why})" if event.alert.suppression is not None else "")
            for event in effects.alerts
        ),
        *(f"found {found.reading.device}.{found.reading.signal}" for found in effects.found),
        *("refused" for _ in effects.refused),
    ]


_SAID = {
    "workflow:bypass": "bypass",
    "workflow:walk_test": "walk-test",
    "workflow:consent": "bypass-asked",
    "workflow:fire_watch": "fire-watch",
}


def is_own(alert: Alert) -> bool:
    """Whether it is the gateway's own word about what is held back."""
    return alert.rule in NAMES or alert.rule in _SAID


def _key(alert: Alert) -> str:
    if alert.key.startswith("no_fire_detection"):
        return "no-fire-detection"
    return alert.rule.removeprefix("gateway-") if alert.rule in NAMES else _SAID.get(alert.rule, alert.key)


class Timeline(msgspec.Struct, frozen=True):
    """One case: the truth it shows, the rules, the devices, and its rows. ``ways`` it must hold in."""

    name: str
    rules: tuple[Rule[Any], ...]
    devices: tuple[Device, ...]
    rows: tuple[tuple[float, str, str], ...]
    modes: dict[str, str] = {}
    ways: tuple[Way, ...] = WAYS
    are_up: bool = True


def walk(case: Timeline, way: Way, kind: type[Room] = Room) -> Room:
    """Play the rows and compare; returns the room as it stands after the last."""
    room = kind(case.rules, case.devices, dict(case.modes), way=way, are_up=case.are_up)
    for second, given, expected in case.rows:
        now = START + int(second * SECOND)
        if way == "restarts" and room.now != START:
            room.restart()
        assert [] == room.run_until(now), f"before second {second}"
        events = [room.event(text.strip(), now) for text in given.split(";") if text.strip()]
        told = said(room.step(events or [Tick(now)], now))
        assert [text.strip() for text in expected.split(";") if text.strip()] == told, f"at second {second}"
    return room
