"""What the engine is told: a reading, that time passed, what a person asked, recorded, what happened in a case."""

import msgspec

from alerts.ask import Ask
from alerts.calendar import Calendar
from alerts.canary import Canary
from alerts.command import Command
from alerts.facts import Fact
from alerts.moves import Receipt, SetMode
from alerts.output_event import OutputAnswered
from devices.device import Device, SenderKey
from devices.keypad import Presented
from devices.maintenance_dates import What
from devices.reading import Instant, Reading
from devices.supervision import Span

SIGNATURES = "signatures"
"""The book of signatures: each is a record of its own."""


class Tick(msgspec.Struct, frozen=True):
    """Time has passed: it is now ``now``; to a rule that asked to be woken with the site's ``calendar``."""

    now: Instant
    calendar: Calendar = Calendar()


class Corrected(msgspec.Struct, frozen=True):
    """What a record corrects: its ``book``, what it said, and when it was done, whatever corrected it before."""

    book: str
    at: Instant
    fields: dict[str, str]


class Signed(msgspec.Struct, frozen=True):
    """What a signature signs: an entry of ``book``, what it says, when it was done; ``signer``: as which of them."""

    book: str
    at: Instant
    fields: dict[str, str]
    signer: str


class Recorded(msgspec.Struct, frozen=True):
    """A person's record on its way into a ledger book (a checkpoint scan, an inspection, a handover).

    ``corrects``: the entry that it stands for from now on. ``signs``: of a record in the book of signatures, what.
    """

    area: str
    book: str
    by: str
    fields: dict[str, str]
    corrects: Corrected | None = None
    signs: Signed | None = None


class LastHeard(msgspec.Struct, frozen=True):
    """The engine, to a rule that supervises: when that device was heard last, None if never.

    ``begun``: since when this run of the gateway waits for it. ``pause``: the longest between two words of it since
    the rule was told last, in nanoseconds. ``runs``: when earlier runs listened.
    """

    device: Device
    heard: Instant | None
    begun: Instant
    pause: Instant = 0
    runs: tuple[Span, ...] = ()


class Presence(msgspec.Struct, frozen=True):
    """The engine, to a rule over several devices: members cannot be counted on, or can be again, and ``why``."""

    devices: frozenset[str]
    present: bool
    why: str = "lost"


class Members(msgspec.Struct, frozen=True):
    """The engine, to a rule over several devices: which devices it selects in this area."""

    devices: tuple[Device, ...]


class Due(msgspec.Struct, frozen=True):
    """The gateway: all that a device is due for, and when; what is not in it, it is not due for."""

    device: str
    dates: tuple[tuple[What, Instant], ...]


class Stranger(msgspec.Struct, frozen=True):
    """An unregistered device says of a danger that it stands, or that it does not.

    ``at``: the registered panel that carries the device, else the line that it speaks on. ``is_event``: told again it
    has happened again.
    """

    at: str
    sender: SenderKey
    signal: str
    is_active: bool
    is_event: bool = False


class Identified(msgspec.Struct, frozen=True):
    """That sender is a stranger no more: a technician has registered it or turned it away."""

    sender: SenderKey


class PanelReset(msgspec.Struct, frozen=True):
    """A panel was reset: what it and unregistered parts behind it had told of dangers is over."""

    panel: SenderKey


class Applies(msgspec.Struct, frozen=True):
    """The engine, to a rule with modes or a schedule: from now on it applies."""


Event = (
    Reading
    | Tick
    | Recorded
    | Fact
    | Command
    | LastHeard
    | Presence
    | Members
    | Applies
    | Due
    | Stranger
    | Identified
    | PanelReset
    | OutputAnswered
    | Ask
    | Receipt
    | Presented
    | SetMode
    | Canary
)
