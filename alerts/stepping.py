"""Every step of a memory, and what follows from it: it is stored, waits, changes the whole, and so brings about alerts.

A rule with a bug costs its own step and no other: it is a fault alert (docs/adr/0070).
"""

from collections.abc import Iterable, Sequence

from alerts.effects import Effects
from alerts.event import Event, Members, Presence
from alerts.register import Register
from alerts.rule import Memory
from alerts.settlement import Settlement
from alerts.timers import Timers
from alerts.watch import Post, Watch
from alerts.watches import Watches
from devices.device import Device
from devices.reading import Instant
from devices.supervision import Span


class Stepping:
    """What follows goes to ``effects``, which the engine sets anew for each of its steps."""

    def __init__(self, watches: Watches, register: Register, settlement: Settlement, runs: Sequence[Span]) -> None:
        """``runs``: when earlier runs of the gateway listened."""
        self._watches, self._register, self._settlement = watches, register, settlement
        self.runs = tuple(runs)
        self.effects = Effects()
        self.timers, self.patient = Timers(), Timers()
        self.missed: list[str] | None = None
        """Devices found lost in this look, while one is made."""
        self.failures: dict[str, int] = {}
        """How often each rule raised an exception."""

    def try_(self, watch: Watch, event: Event, now: Instant) -> None:
        try:
            new = watch.rule.step(watch.memory, event, now)
        except Exception as error:  # noqa: BLE001 - docs/adr/0070
            self.failed(watch, error, now)
            return
        if new is not watch.memory:
            self.change(watch, new, now)

    def failed(self, watch: Watch, error: Exception, now: Instant) -> None:
        rule, area = watch.rule, (watch.whole or watch).area
        self.failures[rule.name] = self.failures.get(rule.name, 0) + 1
        event = self._register.failed(rule, area, error, now)
        if event is not None:
            self.effects.alerts.append(event)

    def change(self, watch: Watch, new: Memory, now: Instant) -> None:
        old, watch.memory = watch.memory, new
        if new.wake_at is not None and new.wake_at != old.wake_at:
            self.push(watch, new.wake_at)
        if watch.rule.is_worth_storing(old, new):
            self.effects.memories[(watch.rule.name, watch.key)] = new
        whole = watch.whole
        if whole is not None:
            self._combine(whole, watch, old, now)
            return
        if new.breach is old.breach:
            return
        self._settlement.settle(watch, now)
        if watch.rule.supervises and (new.breach is None) != (old.breach is None):
            self.presence(watch, new.breach is None, now)

    def _combine(self, whole: Watch, part: Watch, old: Memory, now: Instant) -> None:
        """A part has changed: so may the whole that it belongs to."""
        new, before = part.memory, whole.memory
        try:
            together = part.rule.combined(before, part.name, old, new, now)  # type: ignore[attr-defined]
        except Exception as error:  # noqa: BLE001 - docs/adr/0070
            self.failed(whole, error, now)
            return
        if new.breach is not old.breach:
            whole.note(part)
        if together is not before:
            self.change(whole, together, now)
        if new.breach is not old.breach and together.breach is before.breach:
            self._settlement.review(whole, now)

    def assemble(self, whole: Watch, devices: Sequence[Device], now: Instant) -> None:
        """These devices belong to it now: parts of others are gone, and the rest are counted anew."""
        rule = whole.rule
        for gone in self._watches.parts_of_others(whole, {device.id for device in devices}):
            self.effects.memories[rule.name, gone.key] = gone.memory
        try:
            if Members in rule.listens:
                for device in devices:
                    part = self._watches.part(whole, device.id)
                    part.memory = rule.step(part.memory, Members((device,)), now)
            together = self._watches.assembled(whole, now)
        except Exception as error:  # noqa: BLE001 - docs/adr/0070
            self.failed(whole, error, now)
            return
        if together is not whole.memory:
            self.change(whole, together, now)
        self._settlement.review(whole, now)

    def push(self, watch: Watch, at: Instant) -> None:
        (self.patient if watch.rule.patient else self.timers).push(at, watch)

    def presence(self, watch: Watch, present: bool, now: Instant) -> None:
        post = self._watches.post(watch.key)
        post.lost = [other for other in post.lost if other is not watch] + ([] if present else [watch])
        if self.missed is not None and not present:
            self.missed.append(watch.key)
        else:
            self.tell_groups([watch.key], not post.lost, "lost", now)

    def tell_groups(self, devices: Sequence[str], present: bool, why: str, now: Instant) -> None:
        """Each rule over several devices is told of all of its own at once: it looks at every member each time."""
        members: dict[Watch, list[str]] = {}
        for device in devices:
            for group in self._watches.post(device).groups:
                members.setdefault(group, []).append(device)
        for group, its in members.items():
            self.tell(group, its, present, why, now)

    def tell(self, group: Watch, devices: Iterable[str], present: bool, why: str, now: Instant) -> None:
        """A group that counts its members is told of each by itself."""
        if Presence not in group.rule.listens:
            return
        if not group.rule.parted:
            its = frozenset(devices)
            if its:
                self.try_(group, Presence(its, present, why), now)
        else:
            for device in sorted(devices):
                self.try_(self._watches.part(group, device), Presence(frozenset({device}), present, why), now)

    def supervise(self, watch: Watch, now: Instant) -> None:
        """Look at the last word only when the deadline after an earlier one is due: a word costs no timer."""
        post = self._watches.post(watch.key)
        if watch.memory.breach is None:
            self.try_(watch, self.last_heard(watch, post, post.heard, now), now)

    def last_heard(self, watch: Watch, post: Post, heard: Instant, now: Instant) -> Event:
        """What a rule that supervises the device is told."""
        return self._watches.last_heard(watch, post, heard, now, self.runs)
