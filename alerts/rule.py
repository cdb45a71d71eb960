"""The one interface of a prevention rule: frozen parameters, frozen memory, a pure step between them.

A memory holds its breach, and the time of the next wake-up, so that after a restart a cause that is gone is noticed;
stored beside the memory there would be two truths. ``step`` returns the very same object when nothing changed: that is
the engine's fast path.
"""

from collections.abc import Mapping
from typing import ClassVar, Generic, Literal, TypeAlias, TypeVar

import msgspec

from alerts.alert import AlertClass
from alerts.event import Event, LastHeard
from devices.device import Device
from devices.message import NO_WORDS, StoredText, read_sentence
from devices.reading import Instant, Reading
from devices.signals import base_name

Direction: TypeAlias = Literal["less", "more", "wider"]
"""Of a number, or (``wider``) of a list that keeps all that it named."""

_OWN_FAMILY = "gateway"
_LONGEST_S = 31_622_400


class Breach(msgspec.Struct, frozen=True, omit_defaults=True):
    """The rule does not hold; ``text`` says how.

    ``causes`` are readings that show it, first-out first; of many the first and the newest. A later
    ``since`` than before says that something has joined. ``found``: known from snapshots only, of signals that are no
    alarm by themselves (a door found open); told as found, an alert only once the rule begins to apply.
    """

    since: Instant
    text: StoredText = NO_WORDS
    causes: tuple[Reading, ...] = ()
    found: bool = False

    def __post_init__(self) -> None:
        read_sentence(self, "text")


class Memory(msgspec.Struct, frozen=True):
    """What a rule remembers for one device or area; stored in the transaction that changed it.

    ``breach`` stands as long as the rule is breached; ``wake_at`` asks for a Tick at that time.
    """

    breach: Breach | None = None
    wake_at: Instant | None = None


M = TypeVar("M", bound=Memory)


class Rule(msgspec.Struct, Generic[M], frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What must hold. A kind subclasses this with ``tag="..."``, its parameters, ``start`` and ``step``.

    A device is selected if it fits all of ``areas``, ``devices``, ``device_kinds`` and ``tags`` that are given.

    ``name``: unique in the site; stands in alerts and in the ledger
    ``alert_class``: what kind of alert a breach is; its class says how the alert may end (docs/lifecycle.md)
    ``priority``: 1 critical, 2 high, 3 medium, 4 low
    ``procedure``: what the operator does; shown beside the alert
    ``title``: how the text of the alert begins
    ``title_zh``: the title in Chinese
    ``procedure_zh``: the procedure in Chinese
    ``areas``: only devices of these key areas
    ``devices``: only these devices
    ``device_kinds``: only devices of these kinds
    ``tags``: only devices with one of these tags
    ``modes``: the armed modes in which a breach counts; none given: always
    ``schedule``: the schedule in which a breach counts; empty: always
    ``per``: one alert at a time for each device, each area, the whole site, or (of facts) each case
    ``silent``: of a ``hold_up`` rule: it sounds and shows on the screens named in ``silent_alarm_screens``
    and nowhere else. Silent where nothing is said; ``silent = false`` makes a loud one. Duress is always silent
    """

    listens: ClassVar[tuple[type[Event], ...]] = (Reading,)
    """The events that it is given, no others; of Reading those that it ``watches``, of those with a topic (Recorded,
    Stranger, Fact) those that it ``hears``. A Tick comes to whoever asks for it by ``wake_at``; who listens to
    LastHeard is given that instead."""
    eager: ClassVar[bool] = False
    """Runs on the clock before anything was heard: not which events it gets, but that its memories exist from the
    start."""
    patient: ClassVar[bool] = False
    """Waits for what does not come: its timers run after the readings of a batch, so that a late batch is heard. Not
    which events it gets, but in which order."""
    parted: ClassVar[bool] = False
    """Remembers each signal by itself, and of those that belong together only how many there are (parted.py). Not which
    events it gets, but the shape of its memory."""

    sooner: ClassVar[Mapping[str, Direction]] = {}
    """Parameters that can only bring more alarms, or bring them sooner, when they move that way (rule_comparison.py);
    of a limit that may be missing, giving one is such a move. What is not named here needs a second look."""

    of_type: ClassVar[type[bool] | type[float] | None] = None
    """What the signals that it is about must be: a rule about truth hears nothing of a number. None: anything."""

    name: str
    alert_class: AlertClass
    priority: Literal[1, 2, 3, 4]
    procedure: str
    title: str = ""
    title_zh: str = ""
    procedure_zh: str = ""
    areas: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    device_kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    schedule: str = ""
    per: Literal["device", "area", "site", "case"] = "device"
    silent: bool | None = None

    @property
    def is_silent(self) -> bool:
        """Whether whoever caused it must not learn from a screen that it was noticed."""
        return self.alert_class is AlertClass.HOLD_UP if self.silent is None else self.silent

    def selects(self, device: Device) -> bool:
        """Whether the device is one that this rule is about; the gateway's own parts only if they are named."""
        return (
            (not self.areas or device.area in self.areas)
            and (not self.devices or device.id in self.devices)
            and (not self.device_kinds or device.kind in self.device_kinds)
            and (not self.tags or bool(set(self.tags) & set(device.tags)))
            and (device.family != _OWN_FAMILY or bool(self.areas or self.devices or self.device_kinds or self.tags))
        )

    @property
    def supervises(self) -> bool:
        """Whether it waits for a word of devices."""
        return LastHeard in self.listens

    def watched_signals(self) -> tuple[str, ...]:
        """The signals that it is about, without channels; what a site file may misspell, and what a delay concerns."""
        return ()

    def watches(self, device: Device, signal: str) -> bool:
        """Whether a reading of that signal of a selected device concerns this rule."""
        return base_name(signal) in self.watched_signals()

    def heard_topics(self) -> tuple[str, ...]:
        """The books and topics of facts that it is about; what a site file may misspell."""
        return ()

    def named_shifts(self) -> tuple[str, ...]:
        """The ``[[shifts]]`` that it counts in."""
        return ()

    def hears(self, topic: str) -> bool:
        """Whether it is about that book (Recorded), that danger (Stranger), or facts of that topic (Fact)."""
        return topic in self.heard_topics()

    def longest_delay_s(self) -> float:
        """How long what it is about may stand, in seconds, before it is an alert: limits of standards are about this.

        Every kind says so itself, 0 if it tells at once.
        """
        raise NotImplementedError

    def window_s(self) -> float:
        """How far it looks back, in seconds: after a start it is told again what was stored of that (Quality.STORED).

        What such a kind remembers of the window need not be stored (``is_worth_storing``). 0: it does not look back.
        """
        return 0

    def before_window(self, stored: M) -> M:
        """What stays of a stored memory when the window is about to be told again."""
        return self.start()

    def start(self) -> M:
        """The memory before anything was heard."""
        raise NotImplementedError

    def is_worth_storing(self, old: M, new: M) -> bool:
        """Whether a changed memory is stored; only what follows from stored readings anyway need not be."""
        return True

    def waits(self, memory: M, device: Device) -> tuple[float, str]:
        """Of a rule that supervises: how long the device may be silent, in seconds, and where that comes from."""
        raise NotImplementedError

    def lost_at(self, device: Device, heard: Instant) -> Instant | None:
        """Of a rule that supervises: when a device is lost whose last word, in this run of the gateway, was ``heard``.

        None unless that is all there is to it: a look before that would change nothing in what it remembers.
        """
        return None

    def knows(self, memory: M, reading: Reading) -> bool:
        """Whether the memory says how this signal stood before: then its first value after a start is no snapshot."""
        return False

    def step(self, memory: M, event: Event, now: Instant) -> M:
        """The memory after ``event``; the very same object if nothing changed."""
        raise NotImplementedError


def check_seconds(name: str, value: float, *, least: float = 0) -> None:
    """Raises ValueError for a span of time that is none: negative, endless, not a number."""
    if not least <= value <= _LONGEST_S:
        raise ValueError(f"{name} must be {least:g} or more seconds, and {_LONGEST_S:g} (a year) at most")
