"""What a receiving centre is told, whatever is spoken with it, and the one interface of whoever speaks.

EN 50136-1 calls the speaker a supervised premises transceiver (SPT), GB 26875.1 a user information transmission device
(用户信息传输装置). A family that can speak to a centre has ``centre``, a Centre, beside what it hears from devices.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, Literal, Protocol, TypeAlias

import msgspec

from devices.codec import Key
from devices.message import Text
from devices.reading import Instant

Condition: TypeAlias = Literal[
    "call_point", "fire", "smoke", "heat", "flame", "water_flow", "gas", "co",
    "hold_up", "silent_hold_up", "duress", "intrusion", "perimeter", "interior", "forced_door", "access",
    "tamper", "leak", "supervisory", "fault", "battery_low", "mains", "lost", "gateway", "transmission",
    "opening", "closing", "drill_begun", "drill_over", "test", "duty_answer",
]  # fmt: skip
"""What an event is about. ``gateway``: this gateway itself is at fault; ``transmission``: its way to a centre is;
``opening``: an area is disarmed, ``closing``: it is armed; ``drill_begun``, ``drill_over``: people practise, of which
nothing else is told; ``duty_answer``: somebody on duty has answered the centre; ``test``: nothing has happened."""

_RANKS: tuple[tuple[Condition, ...], ...] = (
    ("call_point",),
    ("fire", "smoke", "heat", "flame", "water_flow"),
    ("gas", "co"),
    ("hold_up", "silent_hold_up", "duress"),
    ("intrusion", "perimeter", "interior", "forced_door"),
    ("duty_answer",),
    ("tamper", "access"),
    ("leak", "supervisory"),
    ("fault", "battery_low", "mains", "lost", "gateway", "transmission"),
    ("opening", "closing"),
    ("test", "drill_begun", "drill_over"),
)
RANK: dict[Condition, int] = {condition: rank for rank, row in enumerate(_RANKS) for condition in row}
"""Who goes first: fire before all else but what a person has set off (GB 26875.1-2011, 4.1.1), then after NFPA 72."""
RESTORE_RANK = len(_RANKS)
"""An end goes after every beginning."""
FIRE_RANK = RANK["fire"]
"""What is of this rank, or before it, interrupts whatever is being sent."""


class CentreEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a centre is told. ``id``: told twice, it is one.

    ``point``: the device that it is about, "" for none, in ``area``; ``partition`` and ``zone`` are their numbers at
    the centre (0: none), ``user`` whose act it was, by the centre's numbers (0: nobody that has one there).
    ``is_restore``: it is over. ``standing``: all that stands at the point with this.
    ``text`` says it in the site's language. ``alert``: of which alert it is.
    """

    id: str
    condition: Condition
    at: Instant
    area: str = ""
    point: str = ""
    partition: int = 0
    zone: int = 0
    user: int = 0
    is_restore: bool = False
    standing: tuple[Condition, ...] = ()
    text: str = ""
    alert: str = ""

    @property
    def rank(self) -> int:
        """The lower goes first."""
        return RESTORE_RANK if self.is_restore else RANK[self.condition]

    @property
    def is_urgent(self) -> bool:
        """Whether it interrupts what is being sent."""
        return self.rank <= FIRE_RANK

    @property
    def place(self) -> tuple[str, str]:
        return self.area, self.point


class Confirmed(msgspec.Struct, frozen=True):
    """The centre has taken the event of that id."""

    id: str


class Denied(msgspec.Struct, frozen=True):
    """The centre has heard it and does not take it."""

    id: str
    reason: Text


class Alive(msgspec.Struct, frozen=True):
    """The centre has said something: the path to it works."""


class DutyAsked(msgspec.Struct, frozen=True):
    """The centre wants to know within that many minutes whether somebody is on duty (查岗).

    ``confirm`` goes back when it is stored: a crash must not lose what was confirmed.
    """

    id: str
    minutes: int
    confirm: bytes = b""


class ClockTold(msgspec.Struct, frozen=True):
    """By so many seconds the centre's clock is ahead of ours."""

    ahead_s: float


Told: TypeAlias = Confirmed | Denied | Alive | DutyAsked | ClockTold


class Transceiver(Protocol):
    """One connection to a centre (sans-I/O): values to bytes and back. What all share comes with the factory."""

    def hello(self, now: Instant) -> bytes:
        """What is said first on a new connection."""
        ...

    def tell(self, event: CentreEvent, now: Instant) -> bytes:
        """The event as it goes on the wire; said again it has the same number."""
        ...

    def probe(self, now: Instant) -> bytes:
        """A message that tells nothing: the centre answers it if it is there."""
        ...

    def receive(self, data: bytes, now: Instant) -> Sequence[Told]:
        """What the centre says. Nothing is raised, whatever the bytes."""
        ...

    def to_send(self) -> bytes:
        """What is to be answered."""
        ...


class Centre(Protocol):
    """What a family can tell a centre. ``options``: its own settings in the site file.

    ``open(name, options, key)`` returns what makes a Transceiver for each connection to the centre of that name.
    """

    options: type[msgspec.Struct]
    conditions: Collection[Condition]

    def open(self, name: str, options: Any, key: Key) -> Callable[[], Transceiver]: ...
    def keys(self, name: str, options: Any) -> Sequence[str]:
        """The names of the keys that it needs in the key file."""
        ...
