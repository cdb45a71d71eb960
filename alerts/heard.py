"""What a workflow may hear beside its asks: each a value, told by the kernel after the rules have been stepped."""

from typing import Literal

import msgspec

from alerts.alert import AlertClass
from alerts.suppression_reason import Suppression
from devices.device import Device
from devices.reading import Instant, Reading
from devices.supervision import Span


class Listens(msgspec.Struct, frozen=True):
    """What else than its asks a workflow wants to hear. ``signals`` without channels; ``topics`` of facts.

    ``books``: of which it is told what people record there themselves.

    ``while_open``: alerts only while it has an open case, so that it costs an alarm nothing else.

    ``window_s``: how far back ``World.recent`` reaches after a start.
    """

    signals: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    books: frozenset[str] = frozenset()
    alerts: bool = False
    while_open: bool = False
    receipts: bool = False
    modes: bool = False
    presence: bool = False
    window_s: float = 0
    installed: bool = False
    delays: bool = False
    keypads: bool = False


class Slot(msgspec.Struct, frozen=True):
    """A time at which a workflow opens cases by itself; after an outage one for all that fell into it.

    ``last``: the slot before, 0 if there was none. ``missed``: when nobody listened since then: what fell into it is
    not observed.
    """

    at: Instant
    last: Instant
    missed: tuple[Span, ...] = ()


class ModeSet(msgspec.Struct, frozen=True):
    """An area's armed mode was set, by that workflow ("" for the engine itself)."""

    area: str
    mode: str
    by: str
    workflow: str = ""
    proof: str = ""


class Delayed(msgspec.Struct, frozen=True):
    """From now until ``until`` intrusion alarms of a route's sensors in that area wait: people leave, or come in.

    ``devices``: who came in on which ``route``; ``is_first``: the entry has begun with them.
    """

    area: str
    kind: Literal["exit", "entry"]
    until: Instant
    route: str = ""
    devices: tuple[str, ...] = ()
    is_first: bool = False


class Lost(msgspec.Struct, frozen=True):
    """Devices cannot be counted on, or can be again (``is_present``); ``why``: ``lost`` or ``bypassed``."""

    devices: frozenset[str]
    is_present: bool
    why: str


class Spoken(msgspec.Struct, frozen=True):
    """All that a device has just said: to the workflow of each case that ``hears`` it."""

    device: str
    readings: tuple[Reading, ...]


class Installed(msgspec.Struct, frozen=True):
    """Devices were installed, moved or retired, or the gateway was started: look anew at what stands."""


class InTest(msgspec.Struct, frozen=True):
    """A device that the case holds as one in test has said something: told before the rules are stepped."""

    case: str
    reading: Reading


class Pending(msgspec.Struct, frozen=True):
    """One device's part in an alert that is about to be raised, or is looked at anew.

    ``begun``: since when it breaches the rule; ``told``: when it gave its newest reason. ``so_far``: why it was not
    shouted until now.
    """

    device: Device
    alert_class: AlertClass
    signals: frozenset[str]
    begun: Instant
    told: Instant
    now: Instant
    so_far: Suppression | None = None
