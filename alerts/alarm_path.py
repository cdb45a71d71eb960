"""The alarm path 报警通路: its links in the order in which an alarm passes them, and which a check found broken.

A check (alerts/canary.py) is looked at when all that was waited for has come, or its time is over. A link is broken if
what must come from it did not, while the link before it held: of a chain only the first broken link is named. One check
may fail for a reason of its own (a screen that was just being loaded), so it is made once more before a link is called
broken; one that gets through mends it. The two branches behind the stream, screens and messages, are told apart.

Within 10 s an alarm must be seen (standards: T1, never over 10 s). The second look and the branches are our choice.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

from devices.message import Text
from devices.reading import SECOND, Instant

Link: TypeAlias = Literal["engine", "store", "stream", "screens", "messages"]
LINKS: tuple[Link, ...] = ("engine", "store", "stream", "screens", "messages")
LIMIT: Instant = 10 * SECOND
"""So long a check may take as a whole."""
KEPT = 100
"""So many checks are kept for their times."""
_MOST_NAMED = 5


class Screen(msgspec.Struct, frozen=True):
    """A page of the console that a check was meant for: ``shown`` when it had it, ``sound`` what its tone did."""

    page: str
    account: str
    path: str
    shown: Instant | None = None
    sound: str = ""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One check, as far as it has come; None: not yet, or not at all.

    ``waits_for``: by which channel a message is sent, "" by none. ``needs_screen``: a site that counts on a screen.
    """

    id: str
    begun: Instant
    decided: Instant | None = None
    stored: Instant | None = None
    streamed: Instant | None = None
    screens: tuple[Screen, ...] = ()
    needs_screen: bool = False
    waits_for: str = ""
    sent: Instant | None = None
    unsent: str | Text = ""

    @property
    def is_whole(self) -> bool:
        """Everything that was waited for has come."""
        return self.streamed is not None and self._is_shown and self._is_sent

    @property
    def _is_shown(self) -> bool:
        return all(each.shown is not None for each in self.screens) and (bool(self.screens) or not self.needs_screen)

    @property
    def _is_sent(self) -> bool:
        return not self.waits_for or self.sent is not None

    def took(self, link: Link) -> Instant | None:
        """From its begin until that link held, in nanoseconds; None where it did not, or nothing was waited for."""
        at = {"engine": self.decided, "store": self.stored, "stream": self.streamed, "messages": self.sent}.get(link)
        if link == "screens":
            shown = [each.shown for each in self.screens if each.shown is not None]
            at = max(shown) if shown and len(shown) == len(self.screens) else None
        return None if at is None else max(0, at - self.begun)

    def uses(self, link: Link) -> bool:
        """Whether anything was waited for from that link."""
        if link == "screens":
            return bool(self.screens) or self.needs_screen
        return link != "messages" or bool(self.waits_for)


def broken(check: Check) -> dict[Link, Text]:
    """The links that did not hold, and what is missing; to be asked when its time is over."""
    if check.decided is None:
        return {"engine": Text.of("alarm_path.engine", seconds=LIMIT // SECOND)}
    if check.stored is None:
        return {"store": Text.of("alarm_path.store", seconds=LIMIT // SECOND)}
    found: dict[Link, Text] = {}
    if check.streamed is None:
        found["stream"] = Text.of("alarm_path.stream", seconds=LIMIT // SECOND)
    elif check.needs_screen and not check.screens:
        found["screens"] = Text.of("alarm_path.no_screen")
    elif missing := [each for each in check.screens if each.shown is None]:
        names = tuple(f"{each.account} ({each.path})" for each in missing[:_MOST_NAMED])
        key = "alarm_path.none_drew" if len(missing) == len(check.screens) else "alarm_path.not_drawn"
        found["screens"] = Text.of(key, screens=names, count=len(missing))
    if check.waits_for and check.sent is None:
        key = "alarm_path.not_sent_why" if check.unsent else "alarm_path.not_sent"
        found["messages"] = Text.of(key, channel=check.waits_for, why=check.unsent)
    return found


class PathState(msgspec.Struct, frozen=True):
    """What the checks have shown so far. ``doubtful``: links that did not hold once; ``faults``: that are broken.

    ``proved``: when each link held last; ``checks``: the newest of them, the newest last; ``failed``: how many in all.
    """

    faults: Mapping[Link, Text] = {}
    doubtful: frozenset[Link] = frozenset()
    proved: Mapping[Link, Instant] = {}
    checks: tuple[Check, ...] = ()
    failed: int = 0

    def looked_at(self, check: Check, *, is_told: frozenset[Link] = frozenset()) -> "PathState":
        """After one more check, which is over. ``is_told``: links whose failing another fault says already."""
        found = {link: why for link, why in broken(check).items() if link not in is_told}
        faults = dict(self.faults)
        proved = dict(self.proved)
        for link in LINKS:
            if check.took(link) is not None and link not in found:
                proved[link] = check.begun + (check.took(link) or 0)
            if link in found and (link in self.doubtful or link in faults):
                faults[link] = found[link]
            elif link not in found and (check.took(link) is not None or link in is_told or not check.uses(link)):
                faults.pop(link, None)
        return PathState(
            faults=faults,
            doubtful=frozenset(found),
            proved=proved,
            checks=(*self.checks, check)[-KEPT:],
            failed=self.failed + bool(found),
        )

    @property
    def wants_another(self) -> bool:
        """Whether a link did not hold once, so that it is tried again at once."""
        return bool(self.doubtful - self.faults.keys())

    def times(self, link: Link) -> tuple[Instant, Instant] | None:
        """Median and 95th percentile of how long the kept checks took to that link; None: none did."""
        found = sorted(took for check in self.checks if (took := check.took(link)) is not None)
        return (_rank(found, 0.5), _rank(found, 0.95)) if found else None


def _rank(found: list[Instant], share: float) -> Instant:
    return found[min(len(found) - 1, int(share * len(found)))]
