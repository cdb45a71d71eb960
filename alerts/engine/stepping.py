"""Every step of a memory, and what follows from it: it is stored, waits, changes the whole, and so brings about alerts.

A rule with a bug costs its own step and no other: it is a fault alert (docs/adr/0070).
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from alerts.effects import Effects
from alerts.engine.breach_to_alert import BreachToAlert
from alerts.event import Event, Members, Presence, Tick
from alerts.heard import Lost
from alerts.open_alerts import OpenAlerts
from alerts.rule import Memory
from alerts.rule_instance import DeviceState, RuleInstance
from alerts.rule_instances import RuleInstances
from alerts.timers import NEVER, Timers
from devices.device import Device
from devices.reading import SECOND, Instant
from devices.supervision import Span, next_look


class Stepping:
    """What follows goes to ``effects``, which the engine sets anew for each of its steps."""

    def __init__(
        self, watches: RuleInstances, register: OpenAlerts, settlement: BreachToAlert, runs: Sequence[Span]
    ) -> None:
        """``runs``: when earlier runs of the gateway listened."""
        self._instances, self._open_alerts, self._breach_to_alert = watches, register, settlement
        self.runs = tuple(runs)
        self.listening: Instant = 0
        """Since when this run has listened without a pause."""
        self.effects = Effects()
        self.timers, self.patient = Timers(), Timers()
        self.missed: list[str] | None = None
        """Devices found lost in this look, while one is made."""
        self.hears_presence = False
        self.heard: list[Lost] = []
        """Who was lost or is back, for workflows that want to hear it."""
        self.failures: dict[str, int] = {}
        """How often each rule raised an exception."""

    def try_(self, instance: RuleInstance, event: Event, now: Instant) -> None:
        try:
            new = instance.rule.step(instance.memory, event, now)
        except Exception as error:  # noqa: BLE001 - docs/adr/0070
            self.failed(instance, error, now)
            return
        if new is not instance.memory:
            self.change(instance, new, now)

    def failed(self, instance: RuleInstance, error: Exception, now: Instant) -> None:
        rule, area = instance.rule, (instance.whole or instance).area
        self.failures[rule.name] = self.failures.get(rule.name, 0) + 1
        event = self._open_alerts.failed(rule, area, error, now)
        if event is not None:
            self.effects.alerts.append(event)

    def change(self, instance: RuleInstance, new: Memory, now: Instant) -> None:
        old, instance.memory = instance.memory, new
        if new.wake_at is not None and new.wake_at != old.wake_at:
            self.push(instance, new.wake_at)
        if instance.rule.is_worth_storing(old, new):
            self.effects.memories[(instance.rule.name, instance.key)] = new
        whole = instance.whole
        if whole is not None:
            self._combine(whole, instance, old, now)
            return
        if new.breach is old.breach:
            return
        self._breach_to_alert.settle(instance, now)
        if instance.supervises and (new.breach is None) != (old.breach is None):
            self.presence(instance, new.breach is None, now)

    def _combine(self, whole: RuleInstance, part: RuleInstance, old: Memory, now: Instant) -> None:
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
            self._breach_to_alert.review(whole, now)

    def assemble(self, whole: RuleInstance, devices: Sequence[Device], now: Instant) -> None:
        """These devices belong to it now: parts of others are gone, and the rest are counted anew."""
        rule = whole.rule
        for gone in self._instances.parts_of_others(whole, {device.id for device in devices}):
            self.effects.memories[rule.name, gone.key] = gone.memory
        try:
            if Members in rule.listens:
                for device in devices:
                    part = self._instances.part(whole, device.id)
                    part.memory = rule.step(part.memory, Members((device,)), now)
            together = self._instances.assembled(whole, now)
        except Exception as error:  # noqa: BLE001 - docs/adr/0070
            self.failed(whole, error, now)
            return
        if together is not whole.memory:
            self.change(whole, together, now)
        self._breach_to_alert.review(whole, now)

    def outages(self, since: Instant) -> tuple[Span, ...]:
        """When nobody listened after that, as far as it is known."""
        gaps = ((ended, begun) for (_, ended), (begun, _) in pairwise((*self.runs, (self.listening, self.listening))))
        return tuple((max(ended, since), begun) for ended, begun in gaps if begun > max(ended, since))

    def run(self, timers: Timers, tick: Tick, now: Instant, most: int | None = None) -> None:
        """Whoever wanted to be looked at by now."""
        if timers.next is None or timers.next > now or (timers is self.patient and self.put_off(now + 1) > now):
            return
        self.missed = []
        for at, instance in timers.due(now, most):
            if instance.memory.wake_at != at or instance.is_retired:
                continue
            if instance.supervises:
                self.supervise(instance, now)
            else:
                self.try_(instance, tick, now)
            if instance.memory.wake_at == at:  # it failed, or is not content: not so fast again
                timers.push(at, instance, now + SECOND)
        missed, self.missed = self.missed, None
        if missed:
            self.tell_groups(missed, False, "lost", now)

    def push(self, instance: RuleInstance, at: Instant) -> None:
        (self.patient if instance.rule.patient else self.timers).push(at, instance)

    def presence(self, instance: RuleInstance, present: bool, now: Instant) -> None:
        device_state = self._instances.post(instance.key)
        device_state.lost = [other for other in device_state.lost if other is not instance] + (
            [] if present else [instance]
        )
        if self.hears_presence:
            self.heard.append(Lost(frozenset({instance.key}), not device_state.lost, "lost"))
        if self.missed is not None and not present:
            self.missed.append(instance.key)
        else:
            self.tell_groups([instance.key], not device_state.lost, "lost", now)

    def tell_groups(self, devices: Sequence[str], present: bool, why: str, now: Instant) -> None:
        """Each rule over several devices is told of all of its own at once: it looks at every member each time."""
        members: dict[RuleInstance, list[str]] = {}
        for device in devices:
            for group in self._instances.post(device).groups:
                members.setdefault(group, []).append(device)
        for group, its in members.items():
            self.tell(group, its, present, why, now)

    def tell(self, group: RuleInstance, devices: Iterable[str], present: bool, why: str, now: Instant) -> None:
        """A group that counts its members is told of each by itself."""
        if Presence not in group.rule.listens:
            return
        if not group.rule.parted:
            its = frozenset(devices)
            if its:
                self.try_(group, Presence(its, present, why), now)
        else:
            for device in sorted(devices):
                self.try_(self._instances.part(group, device), Presence(frozenset({device}), present, why), now)

    def put_off(self, until: Instant) -> Instant:
        """Look at devices that have spoken meanwhile, before ``until`` and each in its turn, and when the next look is.

        Before ``until`` if that must be a look in full. The daily bread of a site: a memory stays as it is, and with it
        the time at which it wanted to be looked at. No look is put off for longer than one that is told (LOOK_EVERY),
        whatever interval a device names.
        """
        patient, device_states = self.patient, self._instances.device_states
        heap = patient.heap
        while heap:
            now, _, key, _, at, instance = heap[0]
            if now >= until:
                return now
            memory, state = instance.memory, device_states.get(key)
            if not instance.supervises or memory.wake_at != at or memory.breach is not None or instance.is_retired:
                return now
            if state is None or state.device is None or state.panel is not None or state.heard < instance.begun:
                return now
            try:
                due = instance.rule.lost_at(state.device, state.heard)
            except Exception:  # noqa: BLE001 - docs/adr/0070: it fails again, and is told, where it is looked at in full
                return now
            if due is None or due <= now:
                return now
            state.pause = 0
            patient.put_off(next_look(due, now))
        return NEVER

    def supervise(self, instance: RuleInstance, now: Instant) -> None:
        """Look at the last word only when the deadline after an earlier one is due: a word costs no timer."""
        if instance.memory.breach is None:
            device_state = self._instances.post(instance.key)
            self.try_(instance, self.last_heard(instance, device_state, device_state.heard, now), now)

    def last_heard(self, instance: RuleInstance, device_state: DeviceState, heard: Instant, now: Instant) -> Event:
        """What a rule that supervises the device is told."""
        return self._instances.last_heard(instance, device_state, heard, now, self.runs)
