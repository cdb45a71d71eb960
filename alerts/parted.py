"""Rules that remember each signal by itself, and of all that belong together only how many there are.

A storm may set off every detector of an area at once. So nothing that a step looks at, stores or tells may grow with
what is active: a *part* is what a rule remembers of one signal (or one device), in a memory and a row of its own; the
*whole* is the verdict over the parts of one device, area or site: counts, the readings that began first, a breach. A
step changes one part and counts on; who belongs to a whole is counted anew when devices are installed.

With one memory for all, 9,001 detectors in alarm at 1,000 a second held a fire in their midst back for 21 s: each
joiner copied and compared all others. The price is a second row in the store for an alarm; where many joined, an alert
names the first five and the newest, and its history all of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

import msgspec
from msgspec.structs import replace

from alerts.rule import Breach, Memory, Rule
from devices.message import Param, Text
from devices.reading import Instant, Reading

NAMED = 5
"""So many of those that began first are named; the newest always is, the others are counted."""

P = TypeVar("P", bound=Memory)


class Whole(Memory, frozen=True):
    """What is breached together. ``count``: parts in breach; ``begun``: those of them that were seen to begin.

    ``first``: the readings of those that began first and still stand, five at most.
    """

    count: int = 0
    begun: int = 0
    first: tuple[Reading, ...] = ()


class PartedRule(Rule[P], frozen=True):
    """``step`` is of one part; ``combined`` and ``assembled`` of the whole that it belongs to."""

    parted: ClassVar[bool] = True
    """One that listens to Members counts them: each device has a part from the start, and is told (Members, Presence)
    whether it can be counted on."""

    def part_of(self, device: str, signal: str) -> str:
        """The name of the part that a signal belongs to: begins with the device and a line break, or is the device."""
        return f"{device}\n{signal}"

    def over(self, memory: P) -> P:
        """What is remembered of a part once somebody has said that it is over."""
        return self.start()

    def told(self, causes: Sequence[Reading], more: int) -> Text:
        """The breach in words: these readings, and how many ``more`` there are."""
        raise NotImplementedError

    def start_together(self) -> Any:
        """The whole before anything was heard."""
        return Whole()

    def combined(self, whole: Any, part: str, old: P, new: P, now: Instant) -> Any:
        """The whole after that part has changed; the very same object if that is nothing to it."""
        return self._joined(whole, old.breach, new.breach, now)

    def assembled(self, whole: Any, parts: Mapping[str, P], now: Instant) -> Any:
        """The whole, its parts counted anew: others may belong to it now than when it was stored."""
        standing = [part.breach for part in parts.values() if part.breach is not None]
        if not standing:
            return whole if whole == Whole() else Whole()
        standing.sort(key=lambda breach: breach.since)
        causes = tuple(cause for breach in standing for cause in breach.causes)
        first = tuple(cause for cause in whole.first if cause in causes) or causes[:NAMED]
        begun = sum(not breach.found for breach in standing)
        breach = whole.breach
        if breach is None:
            text = self.told(first, len(standing) - len(first))
            breach = Breach(standing[-1].since, text, first, found=not begun)
        counted = Whole(breach, None, len(standing), begun, first)
        return whole if counted == whole else counted

    def parts_before(self, stored: bytes) -> dict[str, P]:
        """The parts in a memory of a gateway that kept all of them in one, by name."""
        return {}

    def is_worth_storing(self, old: Memory, new: Memory) -> bool:
        """A whole is counted anew at each start."""
        return not isinstance(new, Whole) or new.breach is not old.breach

    def _joined(self, whole: Whole, was: Breach | None, breach: Breach | None, now: Instant) -> Whole:
        if was is breach:
            return whole
        count = whole.count + (breach is not None) - (was is not None)
        begun = whole.begun + int(breach is not None and not breach.found) - int(was is not None and not was.found)
        if count <= 0:
            return Whole()
        over = was.causes if was is not None else ()
        first = tuple(cause for cause in whole.first if cause not in over)
        if breach is None:
            return replace(whole, count=count, begun=begun, first=first)
        first, causes = named(first, breach.causes)
        text = self.told(causes, count - len(causes))
        return Whole(Breach(now, text, causes, found=not begun), None, count, begun, first)


def named(first: tuple[Reading, ...], new: tuple[Reading, ...]) -> tuple[tuple[Reading, ...], tuple[Reading, ...]]:
    """Those that began first, with the new ones if there is room for them; and all that are to be named."""
    first += new[: max(0, NAMED - len(first))]
    return first, (*first, *(cause for cause in new if cause not in first))


def listed(words: Iterable[str | Text], more: int) -> Param:
    """``a, b and 217 more``; each word once."""
    each = tuple(dict.fromkeys(words))
    return Text.of("parted.more", words=each, more=more) if more > 0 else each


class _Active(msgspec.Struct, frozen=True):
    reading: Reading
    since: Instant
    found: bool = False


class BeforeParts(msgspec.Struct, frozen=True):
    """What a memory held when it held all signals of a device or area in one."""

    active: tuple[_Active, ...] = ()
    known: tuple[tuple[str, str], ...] = ()
