"""Whether the linkage of fire equipment has the two inputs that it needs: a fault that stands while it has not.

No rule of the site: the gateway brings one for each output that starts fire equipment, and each place where its inputs
count together. A member that is faulty, switched off, lost, bypassed or says that it is being tested is taken out of
the count; one in a walk test is not, because what breaks in there is real (docs/adr/0202). With one left the equipment
starts by that one (EN 54-2 dependency, T8), or by hand alone where the site says so; with none left it starts by hand
alone. Either way people see it before the fire: this breach stands until the members are back.
"""

from collections.abc import Mapping
from typing import ClassVar

from msgspec.structs import replace

from alerts.event import Event, Members, Presence
from alerts.linkage import INPUTS, WhenShort, is_input
from alerts.parted import PartedRule, listed
from alerts.rule import Breach, Memory
from devices.device import Device
from devices.message import Text
from devices.reading import Instant, Reading
from devices.signals import base_name

_UNHEALTHY = frozenset({"fault", "disabled", "online", "test"})
_MOST_NAMED = 20


class Health(Memory, frozen=True):
    """One device. ``out``: why it cannot be counted on; ``counts``: it is an input."""

    out: frozenset[str] = frozenset()
    counts: bool = False


class Quorum(Memory, frozen=True):
    """All of them: how many are inputs, how many of those are out, and some of these by name."""

    counted: int = 0
    counted_out: int = 0
    absent: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        """How many can be counted on."""
        return self.counted - self.counted_out


class LinkageRule(PartedRule[Health], frozen=True, kw_only=True, tag="linkage"):
    """``output``: the device and output that it starts; ``starts``: what that moves; ``panels`` are no inputs."""

    listens = (Reading, Members, Presence)
    of_type: ClassVar[type[bool]] = bool

    output: tuple[str, str]
    starts: str
    when_short: WhenShort = "one_input"
    panels: frozenset[str] = frozenset()

    def longest_delay_s(self) -> float:
        return 0

    def selects(self, device: Device) -> bool:
        return is_input(device) and device.id not in self.panels and super().selects(device)

    def watches(self, device: Device, signal: str) -> bool:
        return base_name(signal) in _UNHEALTHY

    def part_of(self, device: str, signal: str) -> str:
        return device

    def start(self) -> Health:
        return Health()

    def start_together(self) -> Quorum:
        return Quorum()

    def is_worth_storing(self, old: Memory, new: Memory) -> bool:
        return not isinstance(new, Quorum) or new.breach is not old.breach  # counted anew at each start

    def needed(self, quorum: Quorum) -> int | None:
        """How many independent inputs start it now; None: none does, a person has to."""
        if quorum.left >= INPUTS:
            return INPUTS
        return 1 if quorum.left == 1 and self.when_short == "one_input" else None

    def step(self, memory: Health, event: Event, now: Instant) -> Health:
        match event:
            case Reading():
                is_up = event.value is True
                return _with(memory, event.signal, is_up != (base_name(event.signal) == "online"))
            case Presence():
                return _with(memory, event.why, not event.present)
            case Members(devices=(_,)) if not memory.counts:
                return replace(memory, counts=True)
        return memory

    def combined(self, whole: Quorum, part: str, old: Health, new: Health, now: Instant) -> Quorum:
        return self._judged(whole, _counted(whole, part, old, new), now)

    def assembled(self, whole: Quorum, parts: Mapping[str, Health], now: Instant) -> Quorum:
        counted = Quorum(breach=whole.breach)
        for device, member in parts.items():
            counted = _counted(counted, device, Health(), member)
        counted = self._judged(whole, counted, now)
        return whole if counted == whole else counted

    def _judged(self, before: Quorum, whole: Quorum, now: Instant) -> Quorum:
        needed = self.needed(whole)
        if needed == INPUTS:
            return whole if whole.breach is None else replace(whole, breach=None)
        text = Text.of(
            "linkage_rule.by_one" if needed == 1 else "linkage_rule.by_hand",
            output=self.output[0],
            starts=self.starts,
            absent=listed(sorted(whole.absent), whole.counted_out - len(whole.absent)),
            out=whole.counted_out,
        )
        was = before.breach
        if was is not None and was.text == text:
            return replace(whole, breach=was)
        since = now if was is None else max(now, was.since + 1)  # what is said anew in the same instant is told, too
        return replace(whole, breach=Breach(since=since, text=text))


def _with(memory: Health, why: str, is_out: bool) -> Health:
    if is_out == (why in memory.out):
        return memory
    return replace(memory, out=memory.out | {why} if is_out else memory.out - {why})


def _counted(whole: Quorum, device: str, old: Health, new: Health) -> Quorum:
    was, is_out = old.counts and bool(old.out), new.counts and bool(new.out)
    absent = tuple(name for name in whole.absent if name != device)
    if is_out and len(absent) < _MOST_NAMED:
        absent = (*absent, device)
    counted = whole.counted + new.counts - old.counts
    return replace(whole, counted=counted, counted_out=whole.counted_out + is_out - was, absent=absent)
