"""Which signals are active: since when by our clock, what said so, and whether we saw it begin or found it so.

Several rule kinds ask the same of a signal that is on for a while: several devices or channels may be active at
once, each for so long, and one that ends must not end the others. ``judged`` turns that into a breach.
"""

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from alerts.rule import Breach, Memory
from devices.device import Device
from devices.reading import Instant, Quality, Reading
from devices.signals import counts_in_snapshot

_SNAPSHOT = int(Quality.SNAPSHOT)
_EVENT = int(Quality.EVENT)


class Active(msgspec.Struct, frozen=True):
    """One active signal: the reading that first said so, since when (the gateway's time), whether it was found so."""

    reading: Reading
    since: Instant
    found: bool = False


class Activity(Memory, frozen=True):
    """``active``, in the order in which they began; ``known``: (device, signal) whose state was heard before.

    ``known`` holds only signals that are no alarm by themselves (a door, motion): for these it makes the difference
    between what has just happened and what was found.
    """

    active: tuple[Active, ...] = ()
    known: frozenset[tuple[str, str]] = frozenset()


def knows(memory: Activity, reading: Reading) -> bool:
    """Whether this signal was heard before, so that its next value can be told to be a change."""
    return (reading.device, reading.signal) in memory.known


def learnt(memory: Activity, reading: Reading) -> frozenset[tuple[str, str]]:
    """``known`` after a snapshot of that signal; the very same object if it tells nothing new."""
    if counts_in_snapshot(reading.signal) or knows(memory, reading):
        return memory.known
    return memory.known | {(reading.device, reading.signal)}


def is_found(reading: Reading) -> bool:
    """Whether it tells how a signal was found, of which only a change would be an alarm."""
    return bool(reading.quality & _SNAPSHOT) and not counts_in_snapshot(reading.signal)


def heard(
    active: tuple[Active, ...], reading: Reading, now: Instant, *, is_active: bool, found: bool = False
) -> tuple[Active, ...]:
    """What is active after the reading; the very same object if nothing began or ended.

    An event that is told again is a cause of its own, of something that has been active all the while.
    """
    device, signal = reading.device, reading.signal
    for entry in active:
        if entry.reading.signal == signal and entry.reading.device == device:
            others = tuple(other for other in active if other is not entry)
            if not is_active:
                return others
            return (*others, Active(reading, entry.since)) if reading.quality & _EVENT else active
    return (*active, Active(reading, now, found)) if is_active else active


def remaining(memory: Activity, devices: tuple[Device, ...]) -> Activity:
    """Without what was active at devices that are no longer there; the very same object if all are."""
    ids = {device.id for device in devices}
    active = tuple(entry for entry in memory.active if entry.reading.device in ids)
    return memory if len(active) == len(memory.active) else replace(memory, active=active)


def judged(memory: Activity, hold: Instant, now: Instant, text_of: Callable[[tuple[Reading, ...]], str]) -> Activity:
    """The memory with the breach of all that has been active for ``hold`` ns, and the time to look again."""
    due = tuple(entry for entry in memory.active if entry.since + hold <= now)
    waiting = [entry.since + hold for entry in memory.active if entry.since + hold > now]
    wake_at = min(waiting) if waiting else None
    causes = tuple(entry.reading for entry in due)
    old = memory.breach
    if not due:
        breach = None
    elif old is not None and old.causes == causes:
        breach = old
    else:
        has_joined = old is None or any(cause not in old.causes for cause in causes)
        since = now if has_joined or old is None else old.since
        breach = Breach(since=since, text=text_of(causes), causes=causes, found=all(entry.found for entry in due))
    if breach is old and wake_at == memory.wake_at:
        return memory
    return replace(memory, breach=breach, wake_at=wake_at)
