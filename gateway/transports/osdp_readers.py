"""Whether a card reader is there, and when it is asked again: what libosdp leaves to whoever uses it.

The library gives a reader up for five minutes once it is silent or sends one odd frame. So a reader that drops out is
taken up again at once, and told lost only when it stays away as long as OSDP says; one that is gone is switched off
in the library and tried for a moment with growing pauses, because each try holds the bus from the others.

No I/O and no clock: times are seconds of any clock that only runs forwards.

Of the dead one is tried at a time, each so much more seldom as there are more of them while any reader lives, and after
three tries in vain with one question (0.2 s) instead of two. When one is back the others are tried at once, for the
power may be back; of ten dead readers one is found after two and a half minutes at worst.

The library gives up for 300 s after eight seconds of silence, one bad sum or one refused command. A reader is lost
after the eight seconds of IEC 60839-11-5, pauses grow to 15 s, each try holds the bus for 0.4 s; one that refuses a
question drops out for 0.1 s once.
"""

import math
from collections.abc import Iterable, Sequence
from enum import Enum

import msgspec

from devices.message import Text

OFFLINE_AFTER_S = 8.0
"""IEC 60839-11-5, 5.7."""
_TRY_S, _SHORT_TRY_S = 1.5, 0.5
"""Two questions of the library's, 1 s apart, and time for the second answer; or one, of 0.2 s, for one long dead."""
_FAILS_UNTIL_SHORT = 3
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 15.0


class Phase(Enum):
    """OFF: switched off in the library until it is tried again."""

    OFF = "off"
    TRIED = "tried"
    ONLINE = "online"


class Why(Enum):
    """Why a reader is not there."""

    SILENT = "silent"
    WRONG_KEY = "wrong_key"
    NO_CHANNEL = "no_channel"
    ODD = "odd"
    LINE = "line"

    @property
    def text(self) -> Text:
        return Text.of(f"osdp_bus.{self.value}")

    @property
    def is_fault(self) -> bool:
        """Something is there that is not as it must be; silence alone is a loss and no fault."""
        return self in (Why.WRONG_KEY, Why.NO_CHANNEL, Why.ODD)


class News(msgspec.Struct, frozen=True):
    """What is to be told of a reader: it is there, or it is not and why; or it was away for a moment only."""

    is_online: bool
    why: Why | None = None
    away_s: float = 0.0


class Reader(msgspec.Struct, eq=False):
    """One reader that is asked. ``online`` and ``why`` are what was told last, None before anything was."""

    address: int
    is_keyed: bool
    phase: Phase = Phase.TRIED
    asked_at: float = math.inf
    retry_at: float = 0.0
    up_at: float = -1.0
    fails: int = 0
    is_secured: bool = False
    has_answered: bool = False
    has_shown_key: bool = False
    online: bool | None = None
    why: Why | None = None
    failed: Why | None = None
    """Why the last try came to nothing."""

    def tried(self) -> None:
        """The library was told to ask it."""
        self.phase, self.asked_at = Phase.TRIED, math.inf
        self.is_secured = self.has_answered = self.has_shown_key = False

    def asked(self, now: float) -> None:
        """A question to it went out."""
        self.asked_at = min(self.asked_at, now)

    def heard(self, now: float, *, is_key_answer: bool) -> None:
        """A frame of it came."""
        if self.phase is Phase.ONLINE:
            self.up_at = now
        self.has_answered = True
        self.has_shown_key |= is_key_answer

    def came(self, now: float) -> News | None:
        """The library has it online, in the way that it must be."""
        away_s, was_dropped = now - self.up_at, self.failed is not None
        self.phase, self.fails, self.failed, self.up_at = Phase.ONLINE, 0, None, now
        if self.online:
            return News(is_online=True, away_s=away_s) if was_dropped else None
        self.online, self.why = True, None
        return News(is_online=True)

    def answers(self, now: float) -> bool:
        """It was told to be there, and a frame of it came a moment ago."""
        return bool(self.online) and self.phase is Phase.ONLINE and now - self.up_at < OFFLINE_AFTER_S

    def dropped(self, now: float, dead: int = 1) -> None:
        """The library has lost it, or it was not to be had: it is to be switched off there.

        Of many that are ``dead`` each is tried so much more seldom: together they hold the bus no longer than one does.
        """
        was_online = self.phase is Phase.ONLINE
        self.failed = self._reason(was_online=was_online)
        self.phase = Phase.OFF
        pause = 0.0 if was_online else min(_FIRST_PAUSE_S * 2**self.fails, _LONGEST_PAUSE_S * max(dead, 1))
        self.fails = 0 if was_online else min(self.fails + 1, 16)
        self.retry_at = now + pause

    def line_back(self, now: float) -> None:
        """The cable may be in again: try it soon."""
        self.phase, self.retry_at, self.fails, self.failed = Phase.OFF, now, 0, None

    def is_hopeless(self, now: float) -> bool:
        """It is tried and says nothing: the others wait."""
        patience_s = _TRY_S if self.fails < _FAILS_UNTIL_SHORT else _SHORT_TRY_S
        return self.is_tried_in_vain and now - self.asked_at > patience_s

    @property
    def is_tried_in_vain(self) -> bool:
        """It is asked and has not answered yet."""
        return self.phase is Phase.TRIED and not self.has_answered

    def is_due(self, now: float) -> bool:
        return self.phase is Phase.OFF and now >= self.retry_at

    def overdue(self, now: float) -> News | None:
        """What has to be told because it stays away."""
        if self.phase is Phase.ONLINE or self.failed is None:
            return None
        if self.online and now - self.up_at < OFFLINE_AFTER_S and self.failed is not Why.LINE:
            return None
        if self.online is False and self.why is self.failed:
            return None
        self.online, self.why = False, self.failed
        return News(is_online=False, why=self.failed)

    def lost_with_its_line(self) -> News | None:
        """What has to be told when the port itself is gone."""
        self.phase, self.failed = Phase.OFF, Why.LINE
        if not self.online:
            return None
        self.online, self.why = False, Why.LINE
        return News(is_online=False, why=Why.LINE)

    def _reason(self, *, was_online: bool) -> Why:
        if not self.has_answered or was_online:
            return Why.SILENT
        if not self.is_keyed:
            return Why.ODD
        return Why.WRONG_KEY if self.has_shown_key else Why.NO_CHANNEL


def dead(readers: Sequence[Reader]) -> int:
    """How many have not answered in their last try; none where nobody else would wait for them."""
    if not any(reader.phase is Phase.ONLINE for reader in readers):
        return 0
    return sum(1 for reader in readers if reader.fails and reader.failed is Why.SILENT)


def one_is_back(readers: Iterable[Reader], now: float) -> None:
    """The power may be: the others are due now."""
    for reader in readers:
        if reader.fails:
            reader.retry_at = min(reader.retry_at, now)


def due(readers: Sequence[Reader], now: float) -> list[int]:
    """Whom to take up again now, by place: all that were there a moment ago, and of the others one at a time."""
    places = [place for place, reader in enumerate(readers) if reader.is_due(now)]
    fresh = [place for place in places if not readers[place].fails]
    if any(reader.fails and reader.is_tried_in_vain for reader in readers):
        return fresh
    return fresh + sorted((place for place in places if readers[place].fails), key=lambda p: readers[p].retry_at)[:1]


def all_silent(readers: Iterable[Reader]) -> bool:
    """Nobody is there, which is a matter of the cable rather than of each reader."""
    known = list(readers)
    return bool(known) and all(
        reader.phase is not Phase.ONLINE and reader.online is False and reader.why in (Why.SILENT, Why.LINE)
        for reader in known
    )
