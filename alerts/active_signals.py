"""One signal that may be active: since when by our clock, what said so, and whether we saw it begin or found it so.

Several rule kinds ask the same of a signal that is on for a while; each signal is a part of its own (parted.py), so one
that ends does not end the others. ``judged`` turns what is remembered of it into a breach.
"""

from collections.abc import Mapping
from typing import ClassVar, TypeVar

import msgspec
from msgspec.structs import replace

from alerts.parted import BeforeParts, PartedRule
from alerts.rule import Breach, Direction, Memory
from devices.reading import Instant, Quality, Reading
from devices.signals import counts_in_snapshot

_SNAPSHOT = int(Quality.SNAPSHOT)
_EVENT = int(Quality.EVENT)


class ActiveSignal(Memory, frozen=True):
    """``reading``: what first said that the signal is active, None while it is not; ``since`` when, by our clock.

    ``found``: it was found so. ``known``: its state was heard before, of a signal that is no alarm by itself (a door,
    motion): for these it makes the difference between what has just happened and what was found.
    """

    reading: Reading | None = None
    since: Instant = 0
    found: bool = False
    known: bool = False


A = TypeVar("A", bound=ActiveSignal)


class ActiveSignalRule(PartedRule[ActiveSignal], frozen=True):
    """A rule about signals that are active for a while."""

    listens = (Reading,)
    sooner: ClassVar[Mapping[str, Direction]] = {
        "areas": "wider",
        "devices": "wider",
        "device_kinds": "wider",
        "tags": "wider",
    }

    def start(self) -> ActiveSignal:
        return ActiveSignal()

    def knows(self, memory: ActiveSignal, reading: Reading) -> bool:
        return memory.known

    def over(self, memory: ActiveSignal) -> ActiveSignal:
        return ActiveSignal(known=memory.known)

    def parts_before(self, stored: bytes) -> dict[str, ActiveSignal]:
        try:
            before = msgspec.msgpack.decode(stored, type=BeforeParts)
        except (msgspec.DecodeError, ValueError):
            return {}
        parts = {self.part_of(device, signal): ActiveSignal(known=True) for device, signal in before.known}
        for entry in before.active:
            name = self.part_of(entry.reading.device, entry.reading.signal)
            breach = Breach(entry.since, causes=(entry.reading,), found=entry.found)
            parts[name] = ActiveSignal(breach, None, entry.reading, entry.since, entry.found, name in parts)
        return parts


def learns(memory: A, reading: Reading) -> A:
    """With the knowledge of the signal's state that a snapshot gives; the very same object if that is nothing new."""
    if memory.known or not reading.quality & _SNAPSHOT or counts_in_snapshot(reading.signal):
        return memory
    return replace(memory, known=True)


def is_found(reading: Reading) -> bool:
    """Whether it tells how a signal was found, of which only a change would be an alarm."""
    return bool(reading.quality & _SNAPSHOT) and not counts_in_snapshot(reading.signal)


def heard(memory: A, reading: Reading, now: Instant, *, is_active: bool, found: bool = False) -> A:
    """What is remembered after the reading; the very same object if nothing began or ended.

    An event that is told again is a cause of its own, of something that has been active all the while.
    """
    if not is_active:
        return memory if memory.reading is None else replace(memory, reading=None, since=0, found=False)
    if memory.reading is None:
        return replace(memory, reading=reading, since=now, found=found)
    return replace(memory, reading=reading, found=False) if reading.quality & _EVENT else memory


def judged(memory: A, hold: Instant, now: Instant) -> A:
    """The memory with the breach of what has been active for ``hold`` ns, and the time to look again."""
    breach, wake_at, old, reading = None, None, memory.breach, memory.reading
    if reading is not None and memory.since + hold > now:
        wake_at = memory.since + hold
    elif reading is not None:
        is_same = old is not None and old.causes == (reading,)
        breach = old if is_same else Breach(since=now, causes=(reading,), found=memory.found)
    if breach is old and wake_at == memory.wake_at:
        return memory
    return replace(memory, breach=breach, wake_at=wake_at)
