"""What the API and the console need of the gateway, as Protocols; gateway/wiring.py hands in the bodies."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec

from alerts.alert import Alert, AlertEvent
from alerts.ask import Ask
from alerts.bypass import Bypassed
from alerts.case import Case
from alerts.command import Command
from alerts.effects import Answered
from alerts.event import Recorded
from alerts.output_rule import OutputState
from alerts.rule import Rule
from devices.device import Device
from devices.message import StoredText, Text, read_sentence
from devices.orders import Change, LastingOrder, Order
from devices.reading import Instant, Reading
from devices.walk_test import Tested, WalkTest
from ledger.books import Book
from ledger.entry import Entry

AccessAction = Literal["signed_in", "signed_out", "failed", "locked_out"]
Aggregate = Literal["mean", "min", "max", "last", "count"]


class AreaView(msgspec.Struct, frozen=True):
    """A key area as people see it."""

    id: str
    name: str
    name_zh: str
    risk: int
    responsible: str
    mode: str
    modes: tuple[str, ...]
    devices: int
    worst: str
    open_alerts: int
    set_aside: int = 0
    has_plan: bool = False


class Published(msgspec.Struct, frozen=True):
    """A committed event on its way out; ``id`` resumes a stream.

    ``kind`` is alert, ledger, mode, bypass, walk_test, case or fact; ``event`` accordingly an AlertEvent, Entry,
    ModeChanged, BypassChanged, WalkTestChanged, CaseChanged or Fact (alerts).
    """

    id: int
    kind: str
    event: Any


class Health(msgspec.Struct, frozen=True):
    """What ``keyarea status`` and /api/health say. Ages in seconds; None where there was nothing yet."""

    ok: bool
    version: str
    started: Instant
    now: Instant
    newest_reading: Instant | None
    devices: int
    devices_lost: int
    open_alerts: int
    unacknowledged: int
    ledger_entries: int
    tasks: dict[str, str]
    lines: dict[str, str]
    faults: tuple[Text, ...]
    set_aside: dict[str, int] = {}
    """How many open alerts are set aside, by reason; they are in neither of the two counts of alerts."""
    not_understood: int = 0
    """How many messages could not be understood since the gateway's pipeline started."""
    batteries_low: int = 0
    """How many devices say so, have little charge, or a battery that will not last for two weeks."""
    devices_due: int = 0
    """How many are due for a test or a calibration."""
    unrecorded: tuple[str, ...] = ()
    """Ids of alerts of which a step is shown and not recorded yet."""
    callers: dict[str, tuple[int, int]] = {}
    """By line that panels call in on: how many do now, and how many may."""


class Point(msgspec.Struct, frozen=True, gc=False):
    """One stored value (or one aggregate of a step, at the step's start)."""

    time: Instant
    value: bool | float | str
    quality: int = 0


class QuarantinedSender(msgspec.Struct, frozen=True):
    """An unknown device that spoke: who, when, how often, our guess, and the device that we propose.

    ``live`` of its ``messages`` it said itself, the others the broker had kept; ``heartbeat_s`` is its usual pause.
    ``dangers`` are the signals of danger that stand by its newest words.
    """

    line: str
    family: str
    address: str
    first_heard: Instant
    last_heard: Instant
    messages: int
    live: int
    heartbeat_s: float | None
    guess_model: str
    guess_kind: str
    signals: dict[str, Any]
    proposed: Device
    dangers: tuple[str, ...] = ()


class RejectedSender(msgspec.Struct, frozen=True):
    """A sender that was turned away, and how often it has spoken since the gateway started."""

    line: str
    family: str
    address: str
    messages: int


class CommissioningView(msgspec.Struct, frozen=True):
    """A device being commissioned: how long it is listened to yet, what is wanting, what was measured so far."""

    device: str
    by: str
    started: Instant
    left_s: float
    wanting: tuple[Text, ...]
    measured: dict[str, str | float | int | Text]
    last_heard: Instant | None
    triggered: Instant | None


class DueView(msgspec.Struct, frozen=True):
    """Something that a device is due for: ``what`` is test, calibration or battery; ``on`` a day (ISO 8601)."""

    what: str
    on: str
    left_days: int
    """Negative: overdue."""


class UpkeepView(msgspec.Struct, frozen=True):
    """How a device is kept up. None, "" and empty: not known (yet), or there is no such thing on it.

    ``interval_s`` is the longest silence, and ``interval_from`` says why: ``set``, ``learnt``, ``rule``, or "" where
    no rule waits for the device. ``battery`` in percent; ``battery_note`` says why no days are estimated.
    ``link_signal`` (linkquality or rssi) with the lowest and the mean of the last day. ``via`` is the id of the device
    through which it speaks. ``remarks``: what is not well with it as it is installed, for instance that no rule looks
    at what it detects.
    """

    device: str
    last_heard: Instant | None = None
    is_lost: bool = False
    interval_s: float | None = None
    interval_from: str = ""
    battery: float | None = None
    battery_days_left: int | None = None
    battery_note: Text | None = None
    battery_changed: Instant | None = None
    link_signal: str = ""
    link_min: float | None = None
    link_mean: float | None = None
    is_link_weak: bool = False
    firmware: str = ""
    via: str = ""
    due: tuple[DueView, ...] = ()
    remarks: tuple[Text, ...] = ()


class LabelSheet(msgspec.Struct, frozen=True):
    """A PDF to print, and what there is to say about it ("" if nothing)."""

    pdf: bytes
    note: str


class MalformedSample(msgspec.Struct, frozen=True):
    """A message that could not be understood, kept (bounded) for the technician: ``payload`` is an excerpt.

    ``at`` is when it came last, ``times`` how often so far.
    """

    at: Instant
    source: str
    address: str
    reason: StoredText
    payload: bytes
    times: int = 1

    def __post_init__(self) -> None:
        read_sentence(self, "reason")


class SignedIn(msgspec.Struct, frozen=True):
    """Whose session a token is. ``expired``: since when it has run out; it may then watch, until ``watches_until``."""

    name: str
    role: str
    expired: Instant | None = None
    watches_until: Instant | None = None


class Gateway(Protocol):
    """The running gateway as the API sees it. Reads are quick; blocking ones run in a worker thread."""

    async def submit(self, command: Command | Recorded) -> None:
        """Hand in what a person decided; returns once it is committed. Raises Refused, StoreUnavailable."""

    async def ask(self, ask: Ask) -> Answered:
        """Hand in what a person asks of a workflow; returns once it is stored. Raises like ``submit``."""
        ...

    def cases(self, workflow: str) -> list[Case]:
        """Its open cases, the oldest on top."""
        ...

    async def order(self, order: Order) -> None:
        """Hand in what a technician orders; returns once it is stored and in effect. Raises like ``submit``."""

    def rehearse(self, order: LastingOrder) -> list[Change]:
        """What an order would change now, without doing it. Raises Refused with every fault."""
        ...

    def areas(self) -> list[AreaView]: ...
    def devices(self) -> Sequence[Device]: ...
    def latest(self, device: str) -> list[Reading]: ...
    def last_heard(self, device: str) -> Instant | None: ...
    def upkeep(self, device: str) -> UpkeepView:
        """What is known of its supervision, battery, link, firmware and due dates; asks no store."""
        ...

    def series(
        self, device: str, signal: str, start: Instant, end: Instant, step: Instant | None, aggregate: Aggregate
    ) -> Sequence[Point]: ...
    def open_alerts(self) -> list[Alert]:
        """Every alert not closed, in display order, those set aside among them (their ``aside`` says why)."""
        ...

    def alert(self, alert_id: str) -> Alert | None: ...
    def alerts(
        self,
        *,
        area: str | None = None,
        before: Instant | None = None,
        open_only: bool = False,
        aside: bool | None = None,
        limit: int = 200,
    ) -> list[Alert]:
        """Stored alerts, newest first. ``aside``: only open ones that are (not) set aside, in display order."""
        ...

    def bypasses(self) -> list[Bypassed]:
        """Those that stand, the first to end on top."""
        ...

    def bypass_wishes(self) -> list[Bypassed]:
        """Those that wait for a second person, the oldest on top; nothing is out of service by them."""
        ...

    def outputs(self) -> list[OutputState]:
        """What alerts switch on, as it stands."""
        ...

    def walk_tests(self) -> list[WalkTest]:
        """Those that run."""
        ...

    def walk_test(self, test_id: str) -> WalkTest | None:
        """One that runs or has ended: its report."""
        ...

    def past_walk_tests(self, limit: int = 50) -> list[WalkTest]:
        """Those that have ended, newest first."""
        ...

    def last_tested(self) -> dict[str, Tested]:
        """The newest answer of each device in any walk test, by device."""
        ...

    def history(self, alert_id: str) -> list[AlertEvent]: ...
    def ledger(self, *, book: str | None = None, after: int = 0, limit: int = 200) -> list[Entry]: ...
    def books(self) -> Mapping[str, Book]:
        """The ledger's books by id."""
        ...

    def device_history(self, device: str) -> list[Change]:
        """What was done to a device while a gateway ran, its former hardware with it, oldest first."""
        ...

    def label_sheet(self, *, area: str, devices: Sequence[str], sheet: str, skip: int) -> LabelSheet:
        """Labels of an area's devices (or of those named). Takes seconds. Raises Refused for what cannot be printed."""
        ...

    def commissionings(self) -> list[CommissioningView]: ...
    def quarantine(self) -> list[QuarantinedSender]: ...
    def rejected(self) -> list[RejectedSender]: ...
    def malformed(self) -> list[MalformedSample]: ...
    def passed_over(self) -> dict[str, int]:
        """By family, the messages since the start in which it found nothing to read."""
        ...

    def health(self) -> Health: ...
    def now(self) -> Instant: ...
    def site_name(self, language: str) -> str: ...
    def time_zone(self) -> str: ...
    def area_name(self, area: str, language: str) -> str: ...
    def plan(self, area: str) -> tuple[bytes, str] | None:
        """The picture of an area's floor plan and its media type; blocks. None if there is none."""
        ...

    def device_name(self, key: str, language: str) -> str:
        """The name of a device, or the key itself."""
        ...

    def rule_words(self, rule: str, language: str) -> tuple[str, str]:
        """Title and procedure of a rule in a language; empty where the site gives none."""
        ...

    def silent_alarm_screens(self) -> Sequence[str]:
        """The accounts on whose screens a silent alarm sounds and shows."""
        ...

    def is_silent(self, device: str, signal: str) -> bool:
        """Whether that signal of the device raises a silent alarm; ``device`` "": of one that is not registered."""
        ...

    def rules(self) -> Sequence[tuple[Rule[Any], str]]:
        """Every rule in force with its version."""
        ...

    def metrics(self) -> bytes:
        """Prometheus text format."""
        ...

    def newest_id(self) -> int:
        """The id of the newest published event (0 if none)."""
        ...

    def subscribe(self, after: int | None) -> AsyncIterator[Sequence[Published]]:
        """Committed events with id > ``after`` (None: only new ones), first the missed ones, then live, as they come.

        Raises Refused if ``after`` is older than what is kept; the client then reloads.
        """
        ...

    def check_password(self, user: str, password: str) -> str | None:
        """The user's role (operator, technician, manager, admin, kiosk), or None. Slow on purpose (Argon2)."""
        ...

    def role(self, user: str) -> str | None: ...

    def set_password(self, user: str, password: str) -> None:
        """A person's own new password; ends every session of the account. Raises Refused. Slow on purpose."""

    def note_access(self, action: AccessAction, account: str, address: str) -> None:
        """For the ledger: what happened at the door. Cheap; what comes in a flood is counted."""


class Sessions(Protocol):
    """Who is signed in (gateway/stores/sessions.py). Methods may raise StoreUnavailable."""

    def open_session(self, name: str, now: Instant) -> str:
        """A fresh opaque token for a person who has just proved the password."""
        ...

    def signed_in(self, tokens: Collection[str], now: Instant) -> dict[str, SignedIn]:
        """Whose tokens these are; those left out count for nothing: unknown, ended, or the account is shut out."""
        ...

    def knows_browser(self, browser: str, name: str) -> bool:
        """Whether this account was signed in before in the browser that keeps this text."""
        ...

    def remember_browser(self, browser: str, name: str, now: Instant) -> None:
        """... as from now on."""

    def close_session(self, token: str) -> None:
        """Sign out."""
