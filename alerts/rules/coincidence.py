"""``coincidence``: at least ``count`` distinct devices of one area are active within ``within_s`` seconds.

Double knock; EN 54-2 dependency type B. A device counts while it is active and for ``within_s`` after, so two
detectors that are active together count however far apart they began. When members are faulty, switched off, lost or
bypassed, the rule needs no more than are left, down to one: a pair with one member out must still alarm. That a member
is lost is known from a ``supervision`` rule, so give its devices one. A manual call point never waits for a second.

Protects against false alarms of single detectors where evacuation is costly, and fires that two detectors confirm.

Standard: EN 54-2 (dependency type B), UL 864; falls back to one detector while its partner is faulty, disabled or
silent.

Costs: a fire that only one healthy detector sees is missed by this rule: give the single detectors a rule of their
own (``state``, ``fusion``), of lower priority if need be.

Not known: how far apart two detectors of one room see a smouldering fire; one that goes on alarming is waited for
without end.

[[rules]]
kind = "coincidence"
name = "store-fire-confirmed"
alert_class = "fire"
priority = 1
per = "area"
signals = ["smoke", "heat"]
count = 2
within_s = 60
procedure = "1. Evacuate. 2. Call 119."
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from alerts.active_signals import is_found
from alerts.event import Event, Members, Presence
from alerts.parted import NAMED, BeforeParts, PartedRule, listed, named
from alerts.rule import Breach, Direction, Memory, check_seconds
from devices.device import Device
from devices.message import Text
from devices.reading import SECOND, Instant, Quality, Reading
from devices.signals import base_name, counts_in_snapshot

_UNHEALTHY = ("fault", "disabled", "online")
_NEVER_WAITS = "call_point"
_MOST_ABSENT = 20
_SNAPSHOT, _EVENT = int(Quality.SNAPSHOT), int(Quality.EVENT)


class Ended(Struct, frozen=True):
    """An activity that is over; it counts until ``within_s`` after."""

    reading: Reading
    at: Instant


class Member(Memory, frozen=True):
    """One device. Its breach is that it is active and was seen to begin.

    ``active``: readings that say so; ``found``: those of them that tell only how it was found; ``known``: signals, no
    alarms by themselves, whose state was heard before. ``out``: why it cannot be counted on. ``counts``: it can report
    one of the signals; a ``call_point`` needs no second.
    """

    active: tuple[Reading, ...] = ()
    found: tuple[Reading, ...] = ()
    known: frozenset[str] = frozenset()
    out: frozenset[str] = frozenset()
    counts: bool = False
    call_point: bool = False


class Pairing(Memory, frozen=True):
    """All members together: how many are active, call for help by hand, count at all, count but are out.

    ``first``: readings of those active that began first. ``ended``: the newest that were active a short time ago, no
    more than can matter. ``absent``: some of those that are out, by name, and ``absentees`` how many are.

    Counting beginnings only, two detectors that both stand in alarm, the second five minutes after the first, would be
    no confirmed fire. Members are devices that declare one of the signals, and others from the first time they report
    one, so that a temperature sensor in the room is no partner. If a partner fails while one stands active, that is
    the alarm: a pair with one member out could never alarm otherwise.
    """

    actives: int = 0
    calling: int = 0
    counted: int = 0
    counted_out: int = 0
    absentees: int = 0
    absent: tuple[str, ...] = ()
    first: tuple[Reading, ...] = ()
    ended: tuple[Ended, ...] = ()


class CoincidenceRule(PartedRule[Member], frozen=True, kw_only=True, tag="coincidence"):
    """It ends when none is active any more. Motion or a door found active after a start does not count.

    ``signals``: boolean signals; any of them counts
    ``count``: how many distinct devices
    ``within_s``: seconds within which they count together
    ``per``: where they count together
    """

    of_type = bool

    listens = (Reading, Members, Presence)
    sooner: ClassVar[Mapping[str, Direction]] = {"count": "less", "within_s": "more"}
    """One more member may be one more that is needed while another is out."""

    signals: tuple[str, ...]
    count: int = 2
    within_s: float = 60
    per: Literal["area", "site"] = "area"

    def __post_init__(self) -> None:
        if not self.signals:
            raise ValueError("signals must name at least one signal")
        if self.count < 2:
            raise ValueError("count must be 2 or more; for a single device there is the kind state")
        check_seconds("within_s", self.within_s, least=1)

    def watched_signals(self) -> tuple[str, ...]:
        return self.signals

    def longest_delay_s(self) -> float:
        """None: what it is about stands once enough of them are active together, and is told then."""
        return 0

    def watches(self, device: Device, signal: str) -> bool:
        base = base_name(signal)
        return base in self.signals or base in _UNHEALTHY

    def part_of(self, device: str, signal: str) -> str:
        return device

    def start(self) -> Member:
        return Member()

    def start_together(self) -> Pairing:
        return Pairing()

    def knows(self, memory: Member, reading: Reading) -> bool:
        return reading.signal in memory.known

    def is_worth_storing(self, old: Memory, new: Memory) -> bool:
        if isinstance(old, Pairing) and isinstance(new, Pairing):
            return new.breach is not old.breach or new.ended != old.ended  # the rest is counted anew at each start
        return True

    # -- one device ----------------------------------------------------------------------------------------

    def step(self, memory: Member, event: Event, now: Instant) -> Member:
        if type(event) is Reading and not event.quality and not memory.out:
            value, signal = event.value, event.signal  # the daily bread, kept short
            if value is False and memory.counts and not memory.active and not memory.found and signal[:6] != "online":
                return memory
            if value is True and signal == "online" and signal not in self.signals:
                return memory
        match event:
            case Reading() if base_name(event.signal) in self.signals:
                return self._signalled(memory, event, now)
            case Reading():
                return self._told_of_itself(memory, event)
            case Presence():
                return _health(memory, event.why, is_out=not event.present)
            case Members(devices=(device,)):
                return self._member(memory, device)
        return memory

    def _told_of_itself(self, memory: Member, event: Reading) -> Member:
        return _health(memory, event.signal, is_out=event.value is not (base_name(event.signal) == "online"))

    def _signalled(self, memory: Member, event: Reading, now: Instant) -> Member:
        is_active = event.value is True
        old = next((cause for cause in (*memory.active, *memory.found) if cause.signal == event.signal), None)
        changed = memory if memory.counts else replace(memory, counts=True)
        if event.quality & _SNAPSHOT and not counts_in_snapshot(event.signal) and event.signal not in memory.known:
            changed = replace(changed, known=memory.known | {event.signal})
        if is_active == (old is not None) and not (is_active and event.quality & _EVENT):
            return changed
        active = tuple(cause for cause in memory.active if cause is not old)
        found = tuple(cause for cause in memory.found if cause is not old)
        if is_active and old is None and is_found(event):
            found = (*found, event)
        elif is_active:
            active = (*active, event)
        breach = memory.breach
        if active != memory.active:
            breach = Breach(now, causes=active) if active else None
        return replace(changed, active=active, found=found, breach=breach)

    def _member(self, memory: Member, device: Device) -> Member:
        """A member by what it declares; one that declares nothing joins when it first reports one of the signals."""
        is_able = any(base_name(signal) in self.signals for signal in device.signals)
        counts = is_able or (not device.signals and memory.counts)
        is_call_point = device.kind == _NEVER_WAITS
        if (counts, is_call_point) == (memory.counts, memory.call_point):
            return memory
        return replace(memory, counts=counts, call_point=is_call_point)

    # -- all of them ---------------------------------------------------------------------------------------

    def combined(self, whole: Pairing, part: str, old: Member, new: Member, now: Instant) -> Pairing:
        was, breach = old.breach, new.breach
        joined = () if breach is None else breach.causes if was is None else _new(breach.causes, was.causes)
        over = () if was is None else _new(was.causes, () if breach is None else breach.causes)
        first, causes = named(tuple(cause for cause in whole.first if cause not in over), joined)
        ended = whole.ended
        if was is not None and breach is None:
            ended = (*_others(ended, was.causes), Ended(was.causes[-1], now))[-self.count :]
        elif breach is not None and was is None:
            ended = _others(ended, breach.causes)
        whole = _counted(replace(whole, first=first, ended=self._recent(ended, now)), part, old, new)
        return self._judged(whole, causes, joined, now)

    def assembled(self, whole: Pairing, parts: Mapping[str, Member], now: Instant) -> Pairing:
        standing = [member.breach for member in parts.values() if member.breach is not None]
        standing.sort(key=lambda breach: breach.since)
        causes = tuple(cause for breach in standing for cause in breach.causes)
        counted = Pairing(
            breach=whole.breach if standing else None,
            first=tuple(cause for cause in whole.first if cause in causes) or causes[:NAMED],
            ended=tuple(one for one in self._recent(whole.ended, now) if one.reading.device in parts),
        )
        for device, member in parts.items():
            counted = _counted(counted, device, Member(), member)
        counted = self._judged(counted, counted.first, (), now)
        return whole if counted == whole else counted

    def _judged(
        self, whole: Pairing, causes: tuple[Reading, ...], joined: tuple[Reading, ...], now: Instant
    ) -> Pairing:
        if not whole.actives:
            return whole if whole.breach is None else replace(whole, breach=None)
        needed = max(1, min(self.count, whole.counted - whole.counted_out))
        recent = self._recent(whole.ended, now)
        if whole.breach is None and whole.actives + len(recent) < needed and not whole.calling:
            return whole
        if whole.breach is not None and not joined:
            return whole
        shown = (*(ended.reading for ended in recent), *causes) if whole.breach is None else causes
        devices = list(dict.fromkeys(cause.device for cause in shown))
        text = Text.of(
            "coincidence.active", devices=listed(devices, whole.actives - len({cause.device for cause in causes}))
        )
        if len(devices) < self.count and whole.absent:
            absent = listed(sorted(whole.absent), whole.absentees - len(whole.absent))
            text = Text.of("coincidence.enough", active=text, absent=absent)
        return replace(whole, breach=Breach(since=now, text=text, causes=shown))

    def _recent(self, ended: tuple[Ended, ...], now: Instant) -> tuple[Ended, ...]:
        if not ended:
            return ended
        kept = tuple(one for one in ended if now - one.at <= int(self.within_s * SECOND))
        return ended if len(kept) == len(ended) else kept

    def parts_before(self, stored: bytes) -> dict[str, Member]:
        try:
            before = msgspec.msgpack.decode(stored, type=_Before)
        except (msgspec.DecodeError, ValueError):
            return {}
        parts: dict[str, Member] = {}
        for device, why in before.out:
            parts[device] = replace(parts.get(device, Member()), out=parts.get(device, Member()).out | {why})
        for device, signal in before.known:
            parts[device] = replace(parts.get(device, Member()), known=parts.get(device, Member()).known | {signal})
        for entry in before.active:
            device, member = entry.reading.device, parts.get(entry.reading.device, Member())
            if entry.found:
                parts[device] = replace(member, found=(*member.found, entry.reading))
            else:
                active = (*member.active, entry.reading)
                parts[device] = replace(member, active=active, breach=Breach(entry.since, causes=active))
        return parts


class _Before(BeforeParts, frozen=True):
    out: tuple[tuple[str, str], ...] = ()


def _counted(whole: Pairing, device: str, old: Member, new: Member) -> Pairing:
    """The counts with ``new`` in the stead of ``old``."""
    absent = whole.absent
    if new.out and not old.out and len(absent) < _MOST_ABSENT:
        absent = (*absent, device)
    elif old.out and not new.out:
        absent = tuple(name for name in absent if name != device)
    return replace(
        whole,
        actives=whole.actives + (new.breach is not None) - (old.breach is not None),
        calling=whole.calling + _calls(new) - _calls(old),
        counted=whole.counted + new.counts - old.counts,
        counted_out=whole.counted_out + (new.counts and bool(new.out)) - (old.counts and bool(old.out)),
        absentees=whole.absentees + bool(new.out) - bool(old.out),
        absent=absent,
    )


def _calls(member: Member) -> bool:
    """Whether a person calls for help there: that waits for nobody."""
    return any(member.call_point or base_name(cause.signal) == _NEVER_WAITS for cause in member.active)


def _health(memory: Member, why: str, *, is_out: bool) -> Member:
    if is_out == (why in memory.out):
        return memory
    return replace(memory, out=memory.out | {why} if is_out else memory.out - {why})


def _new(causes: tuple[Reading, ...], known: tuple[Reading, ...]) -> tuple[Reading, ...]:
    return tuple(cause for cause in causes if cause not in known)


def _others(ended: tuple[Ended, ...], causes: tuple[Reading, ...]) -> tuple[Ended, ...]:
    """Without those of the device of these causes."""
    return tuple(one for one in ended if one.reading.device != causes[0].device)


KIND = CoincidenceRule
