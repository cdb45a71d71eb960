"""A case: one thing that people do, as it stands now, and what it holds back while it is open."""

from typing import ClassVar

import msgspec

from devices.message import Text
from devices.reading import Instant, Origin


class Window(msgspec.Struct, frozen=True):
    """A person triggered that device at ``since``: what it says of that quantity ``until`` then is held back.

    Each word of it for so long as the case says, and no longer than alerts/kernel/guard.py lets it.
    """

    device: str
    signal: str
    since: Instant
    until: Instant


class Holds(msgspec.Struct, frozen=True):
    """Devices about which the case is asked before an alert of theirs is raised; over at ``until`` by itself.

    ``alerts``, by rule and key: each of these is held back whole, whatever devices tell it (shelved, ISA-18.2), with
    ``reason``, the words of whoever asked. ``is_out``: rules over several devices do not count on the devices.
    ``windows``: all that one person alone may hold back of fire, gas and hold-up, and of a call point. ``is_test``:
    they are being tested; what they say is told to the workflow before the rules are stepped (InTest), so that it can
    open a window for it.
    """

    devices: tuple[str, ...]
    until: Instant
    is_out: bool = True
    windows: tuple[Window, ...] = ()
    is_test: bool = False
    alerts: tuple[tuple[str, str], ...] = ()
    reason: str = ""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One case as it stands; a change is a new value. ``wake_at``: when ``turn`` is wanted.

    ``hears``: devices of which everything said is told to ``step``. A reading of any other device costs nothing.
    ``notes``: the only signals of theirs, without channels, that it takes note of; none: any of them. Whoever may not
    know of a silent alarm sees no case that may hold one.
    ``opened``, ``revision`` and ``asks`` (ids of the newest asks about it) are kept by the kernel. Fields are only
    ever added; for any other change ``VERSION`` is raised and Workflow.upgrade turns what was stored into what it is
    now.
    """

    VERSION: ClassVar[int] = 1

    id: str
    area: str = ""
    by: str = ""
    second: str = ""
    opened: Instant = 0
    wake_at: Instant | None = None
    is_open: bool = True
    origin: Origin = "real"
    holds: Holds | None = None
    hears: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    version: int = 1
    revision: int = 0
    asks: tuple[str, ...] = ()

    @property
    def next_at(self) -> Instant | None:
        """When it is to be looked at: it asked to be woken, or what it holds back is over."""
        if self.holds is None:
            return self.wake_at
        return self.holds.until if self.wake_at is None else min(self.wake_at, self.holds.until)


class Hold(msgspec.Struct, frozen=True):
    """Do not shout, until then at most, and why: the workflow's own text, or the words of whoever asked."""

    until: Instant
    reason: Text | str | None = None


class HeldBack(msgspec.Struct, frozen=True):
    """What a case holds back now, whosever it is, and since when it is open."""

    workflow: str
    case: str
    by: str
    second: str
    holds: Holds
    since: Instant = 0
    area: str = ""


class AskedFor(msgspec.Struct, frozen=True):
    """What waits for a second person: an ask of that workflow, about these devices. ``id``: of the case that waits."""

    workflow: str
    id: str
    by: str
    devices: tuple[str, ...]
