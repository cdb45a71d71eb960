"""Which rule is at work where: each instance, made as devices are installed and as signals are first heard."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from alerts.event import Due, Event, LastHeard, Members, Recorded, Stranger, Tick
from alerts.facts import Fact
from alerts.parted import PartedRule
from alerts.rule import Memory, Rule
from alerts.rule_instance import PARTS, SITE, DeviceState, RuleInstance
from devices.device import Device
from devices.reading import Instant, Reading
from devices.signals import base_name
from devices.supervision import Span


class RuleInstances:
    """Owns device states and instances. ``fresh`` holds the instances made since the engine looked last."""

    def __init__(
        self, rules: Sequence[Rule[Any]], stored: Mapping[tuple[str, str], bytes], areas: Collection[str] = ()
    ) -> None:
        """``areas``: where facts may be stated, whether or not devices hang there."""
        self.rules = tuple(rules)
        self._areas = frozenset(areas)
        self.of_strangers: list[RuleInstance] = []
        """Those that hear what unregistered devices say."""
        self._listening: dict[type[Event], list[Rule[Any]]] = {}
        self._of_topics: dict[tuple[str, ...], list[Rule[Any]]] = {}
        self.device_states: dict[str, DeviceState] = {}
        self._ears: dict[str, RuleInstance] = {}
        self.fresh: list[RuleInstance] = []
        self._instances: dict[tuple[str, str], RuleInstance] = {}
        self._selecting: dict[str, list[Rule[Any]]] = {}
        """The rules that select a device, by its id: asked for with the first value of each of its signals."""
        self._supervisors: dict[str, tuple[RuleInstance, ...]] = {}
        """Who waits for a word of a device, by its id: asked for with each look; forgotten when one comes or goes."""
        self._stored: dict[tuple[str, str], bytes] = {}
        self._stored_parts: dict[tuple[str, str], dict[str, bytes]] = {}
        for (rule, key), memory in stored.items():
            whole, _, part = key.partition(PARTS)
            if part:
                self._stored_parts.setdefault((rule, whole), {})[part] = memory
            else:
                self._stored[rule, key] = memory
        self._starts = {rule.name: rule.start() for rule in self.rules}
        """A fresh memory of each rule, shared by all its instances: most of them never change it."""

    def set_rules(self, rules: Sequence[Rule[Any]]) -> tuple[list[RuleInstance], list[RuleInstance]]:
        """These rules from now on: the instances that go on under changed parameters, and those that end.

        What a rule of the same kind remembers goes on, as after a restart. Signals that a changed rule looks at are
        looked at anew with their next value. Afterwards the devices are placed.
        """
        before, self.rules = {rule.name: rule for rule in self.rules}, tuple(rules)
        after = {rule.name: rule for rule in self.rules}
        changed = {name for name in (*before, *after) if before.get(name) != after.get(name)}
        self._listening.clear()
        self._of_topics.clear()
        self._selecting.clear()
        self._supervisors.clear()
        self._starts.update({name: after[name].start() for name in changed if name in after})
        going_on, ended = [], []
        for (name, key), instance in list(self._instances.items()):
            if name not in changed:
                continue
            if goes_on(instance.rule, after.get(name)):
                for each in (instance, *(instance.parts or {}).values()):
                    each.rule = after[name]
                going_on.append(instance)
            else:
                del self._instances[name, key]
                instance.is_retired = True
                ended.append(instance)
        for device_state in self.device_states.values():
            self._look_again(device_state, [*(before[n] for n in changed & before.keys()), *map(after.get, changed)])
            device_state.lost = [instance for instance in device_state.lost if not instance.is_retired]
        return going_on, ended

    def _look_again(self, device_state: DeviceState, changed: Sequence[Rule[Any] | None]) -> None:
        device = device_state.device
        concerned = [rule for rule in changed if rule is not None and device is not None and rule.selects(device)]
        if concerned:
            device_state.online = None
        for signal in list(device_state.signals) if concerned else ():
            if device is not None and any(rule.watches(device, signal) for rule in concerned):
                del device_state.signals[signal]

    def __iter__(self) -> Iterator[RuleInstance]:
        return iter(list(self._instances.values()))

    def __contains__(self, instance: tuple[str, str]) -> bool:
        return instance in self._instances

    def find(self, rule: str, key: str) -> RuleInstance | None:
        return self._instances.get((rule, key))

    def listening(self, event: type[Event]) -> Sequence[Rule[Any]]:
        """The rules that are given such events."""
        if event not in self._listening:
            self._listening[event] = [rule for rule in self.rules if event in rule.listens]
        return self._listening[event]

    def of_book(self, book: str) -> list[RuleInstance]:
        """The instances of rules that read the book."""
        names = {rule.name for rule in self.listening(Recorded) if rule.hears(book)}
        return [instance for instance in self._instances.values() if instance.rule.name in names] if names else []

    def _hearing(self, topics: tuple[str, ...]) -> Sequence[Rule[Any]]:
        """The rules that listen to one of these topics; sought once, for there are few such tuples."""
        if topics not in self._of_topics:
            self._of_topics[topics] = [rule for rule in self.listening(Fact) if any(map(rule.hears, topics))]
        return self._of_topics[topics]

    def of_fact(self, fact: Fact) -> list[RuleInstance]:
        """The instances of rules that listen to one of its topics, by where it happened or its devices; made if new."""
        rules = self._hearing(fact.heard_as)
        devices = [device for name in fact.devices if (device := self.post(name).device) is not None] if rules else []
        found: dict[tuple[str, str], RuleInstance] = {}
        for rule in rules:
            for device in devices if rule.per == "device" else ():
                if rule.selects(device):
                    found[rule.name, device.id] = self._watch(rule, device.id, device.area)
            key = {"site": SITE, "case": fact.case}.get(rule.per, fact.area)
            if rule.per != "device" and self._is_place_of(rule, fact.area) and _is_about(rule, devices):
                found[rule.name, key] = self._watch(rule, key, fact.area)
        return [found[name] for name in sorted(found)]

    def _is_place_of(self, rule: Rule[Any], area: str) -> bool:
        return (rule.per != "area" or area in self._areas) and (not rule.areas or area in rule.areas)

    def post(self, device: str) -> DeviceState:
        """What is known of the device; a stranger has an empty state."""
        device_state = self.device_states.get(device)
        if device_state is None:
            device_state = self.device_states[device] = DeviceState()
        return device_state

    def of(
        self, device_state: DeviceState, signal: str, only: Collection[str] | None = None
    ) -> tuple[RuleInstance, ...]:
        """The instances of that signal of that device, made if need be; ``only``: of the rules of these names."""
        device = device_state.device
        if device is None:
            return ()
        selecting = self._selecting.get(device.id)
        if selecting is None:
            reading = self.listening(Reading)
            selecting = self._selecting[device.id] = [rule for rule in reading if rule.selects(device)]
        rules = [rule for rule in selecting if rule.watches(device, signal) and (only is None or rule.name in only)]
        its = ((rule, self._watch(rule, _key(rule, device), device.area)) for rule in rules)
        found = tuple(
            self.part(instance, rule.part_of(device.id, signal)) if isinstance(rule, PartedRule) else instance
            for rule, instance in its
        )
        ear = self._ears.get(base_name(signal)) if self._ears else None
        return found if ear is None else (*found, ear)

    def listen(self, signals: Iterable[str], ear: RuleInstance) -> None:
        """The ear is told of each reading of these signals, whatever their channel."""
        self._ears = dict.fromkeys(signals, ear)

    def part(self, whole: RuleInstance, name: str) -> RuleInstance:
        """The part of that name, made if need be."""
        parts = whole.parts if whole.parts is not None else {}
        part = parts.get(name)
        if part is None:
            part = parts[name] = RuleInstance(
                whole.rule, f"{whole.key}{PARTS}{name}", whole.area, self._starts[whole.rule.name]
            )
            part.name, part.whole, part.parts = name, whole, None
        return part

    def assembled(self, whole: RuleInstance, now: Instant) -> Memory:
        """The memory of the whole with its parts counted anew."""
        parts = whole.parts if whole.parts is not None else {}
        rule: PartedRule[Any] = whole.rule  # type: ignore[assignment]
        memory: Memory = rule.assembled(whole.memory, {name: part.memory for name, part in parts.items()}, now)
        return memory

    def parts_of_others(self, whole: RuleInstance, devices: Collection[str]) -> list[RuleInstance]:
        """Those of devices that do not belong to it: they are gone from it, and remember nothing any more."""
        parts = whole.parts if whole.parts is not None else {}
        return [self._gone(parts.pop(name)) for name in [*parts] if name.partition(PARTS)[0] not in devices]

    def forgotten(self, instance: RuleInstance) -> list[RuleInstance]:
        """An instance that has ended, and its parts: they remember nothing any more."""
        rule = instance.rule
        instance.memory = rule.start_together() if isinstance(rule, PartedRule) else self._starts[rule.name]
        return [instance, *self.parts_of_others(instance, ())]

    def _gone(self, part: RuleInstance) -> RuleInstance:
        part.is_retired, part.memory = True, self._starts[part.rule.name]
        if part.whole is not None:
            part.whole.note(part)
        return part

    def of_due(self, due: Due) -> list[RuleInstance]:
        """The instances that wait for what the device is due for, made if it is due for anything."""
        device = self.post(due.device).device
        if device is None:
            return []
        rules = [rule for rule in self.listening(Due) if rule.selects(device)]
        keys = [(rule, _key(rule, device)) for rule in rules]
        return [self._watch(rule, key, device.area) for rule, key in keys if due.dates or (rule.name, key) in self]

    def of_outputs(self, rule: Rule[Any], device: str) -> RuleInstance | None:
        """The one that remembers what was ordered of a device's outputs, made if need be; None if it isn't there."""
        found = self.post(device).device
        return self._watch(rule, device, found.area) if found is not None and rule.selects(found) else None

    def of_stranger(self, at: str, signal: str) -> list[RuleInstance]:
        """The instances for a danger that an unregistered device tells there, made if need be."""
        device = self.post(at).device
        if device is None:
            return []
        rules = [rule for rule in self.listening(Stranger) if rule.hears(signal) and rule.selects(device)]
        return [self._watch(rule, _key(rule, device), device.area) for rule in rules]

    def supervisors(self, device: str) -> tuple[RuleInstance, ...]:
        """The instances that wait for a word of that device."""
        found = self._supervisors.get(device)
        if found is None:
            its = (self._instances.get((rule.name, device)) for rule in self.listening(LastHeard))
            found = self._supervisors[device] = tuple(instance for instance in its if instance is not None)
        return found

    def last_heard(
        self, instance: RuleInstance, device_state: DeviceState, heard: Instant, now: Instant, runs: Sequence[Span]
    ) -> Event:
        """What its rule is told; every supervision of the device is told of each pause once."""
        if device_state.device is None:
            return Tick(now)
        longest = device_state.pause
        for each in self.supervisors(instance.key) if longest else ():
            each.pause = max(each.pause, longest)
        pause, device_state.pause, instance.pause = instance.pause, 0, 0
        if device_state.panel is not None:
            heard = max(heard, self._panel_heard(device_state.panel, now))
        return LastHeard(device_state.device, heard or None, instance.begun, pause, tuple(runs))

    def _panel_heard(self, panel: DeviceState, now: Instant) -> Instant:
        """A part behind a panel is there until its panel is lost; whose own interval says when that is."""
        is_watched = panel.device is not None and bool(self.supervisors(panel.device.id))
        return now if is_watched and not panel.lost else panel.heard

    def place(
        self, devices: Sequence[Device]
    ) -> tuple[list[tuple[RuleInstance, tuple[Device, ...]]], list[RuleInstance]]:
        """These devices are installed now: the instances over several with their members, and those that end."""
        self._selecting.clear()
        self._supervisors.clear()
        moved = self._set_posts(devices)
        members: list[tuple[RuleInstance, tuple[Device, ...]]] = []
        areas: dict[tuple[str, str], str] = {}
        for rule in self.rules:
            if rule.per == "case":
                continue
            chosen = [device for device in devices if rule.selects(device)]
            if rule.per == "device":
                areas.update({(rule.name, device.id): device.area for device in chosen})
                for device in chosen:
                    if _from_the_start(rule, device) or self._has_stored(rule, device.id):
                        self._watch(rule, device.id, device.area)
                continue
            for key, group in _groups(rule, chosen).items():
                areas[rule.name, key] = area = key if key != SITE else next(iter([d.area for d in group]), "")
                instance = self._watch(rule, key, area)
                members.append((instance, tuple(group)))
                for device in group:
                    self.device_states[device.id].groups.append(instance)
        areas.update(self._places_of_facts())
        ended = [instance for name, instance in self._instances.items() if name not in areas]
        for instance in ended:
            del self._instances[instance.rule.name, instance.key]
            self._supervisors.pop(instance.key, None)
            instance.is_retired = True
        self.of_strangers = [instance for instance in self.of_strangers if not instance.is_retired]
        for name, instance in self._instances.items():
            instance.area = areas[name]
        for device_state in moved:
            device_state.online = None
            device_state.signals = {signal: self.of(device_state, signal) for signal in device_state.signals}
        return members, ended

    def _places_of_facts(self) -> dict[tuple[str, str], str]:
        """Where rules listen to facts, though no device hangs there: each with its area.

        Made where one is stored, and where a rule runs on the clock and names the area.
        """
        places: dict[tuple[str, str], str] = {}
        for rule in self.listening(Fact):
            for area in sorted(self._areas) if rule.per == "area" else ():
                if self._is_place_of(rule, area):
                    places[rule.name, area] = area
                    if self._has_stored(rule, area) or (rule.eager and area in rule.areas):
                        self._watch(rule, area, area)
            if rule.per == "case":
                for key in [key for name, key in self._stored if name == rule.name]:
                    instance = self._watch(rule, key, "")
                    instance.area = getattr(instance.memory, "area", "")
                places.update(
                    {name: instance.area for name, instance in self._instances.items() if instance.rule is rule}
                )
        return places

    def set_panels(self, panels: Mapping[str, str]) -> None:
        """Which device answers for which others, by id: part, panel."""
        for device_state in self.device_states.values():
            device_state.panel, device_state.parts = None, []
        for part, panel in panels.items():
            device_state = self.post(part)
            device_state.panel = self.post(panel)
            device_state.panel.parts.append(device_state)

    def _set_posts(self, devices: Sequence[Device]) -> list[DeviceState]:
        """Posts for these devices and no others; returns those whose device is new or has changed."""
        present = {device.id for device in devices}
        for name, device_state in self.device_states.items():
            device_state.groups = []
            if name not in present:
                device_state.device, device_state.lost = None, []
                device_state.signals.clear()
                device_state.online = None
        moved = []
        for device in devices:
            device_state = self.post(device.id)
            if device_state.device != device:
                device_state.device = device
                moved.append(device_state)
        return moved

    def _has_stored(self, rule: Rule[Any], key: str) -> bool:
        return (rule.name, key) in self._stored or (rule.name, key) in self._stored_parts

    def _watch(self, rule: Rule[Any], key: str, area: str) -> RuleInstance:
        instance = self._instances.get((rule.name, key))
        if instance is None:
            start = rule.start_together() if isinstance(rule, PartedRule) else self._starts[rule.name]
            instance = self._instances[rule.name, key] = RuleInstance(rule, key, area, start)
            self._supervisors.pop(key, None)
            stored = self._stored.pop((rule.name, key), None)
            if stored is not None:
                instance.memory = _restored(stored, instance.memory)
            if isinstance(rule, PartedRule) and (stored is not None or (rule.name, key) in self._stored_parts):
                self._restore_parts(instance, rule, stored)
            self.fresh.append(instance)
            if Stranger in rule.listens:
                self.of_strangers.append(instance)
        return instance

    def _restore_parts(self, whole: RuleInstance, rule: PartedRule[Any], stored: bytes | None) -> None:
        parts = self._stored_parts.pop((rule.name, whole.key), {})
        before = rule.parts_before(stored) if stored is not None and not parts else {}
        memories = {name: _restored(memory, self._starts[rule.name]) for name, memory in parts.items()}
        for name, memory in {**before, **memories}.items():
            part = self.part(whole, name)
            part.memory = memory
            whole.note(part)
        if Members not in rule.listens:  # else it is counted when its members are told
            whole.memory = rule.assembled(
                whole.memory, {name: part.memory for name, part in (whole.parts or {}).items()}, 0
            )


def goes_on(old: Rule[Any], new: Rule[Any] | None) -> bool:
    """Whether what the old one remembers is of use to the new one."""
    return new is not None and type(old) is type(new) and old.per == new.per


def _restored(stored: bytes, start: Memory) -> Memory:
    """What was stored; a memory that has changed its shape since starts anew, and the next readings tell it."""
    try:
        return msgspec.msgpack.decode(stored, type=type(start))
    except (msgspec.DecodeError, ValueError):
        return start


def _is_about(rule: Rule[Any], devices: Sequence[Device]) -> bool:
    """Whether what happened concerns a device that the rule names, has the kind or the tag of; if it wants one."""
    wants = rule.devices or rule.device_kinds or rule.tags
    return not wants or any(map(rule.selects, devices))


def _key(rule: Rule[Any], device: Device) -> str:
    return device.id if rule.per == "device" else device.area if rule.per == "area" else SITE


def _from_the_start(rule: Rule[Any], device: Device) -> bool:
    is_concerned = rule.supervises or any(rule.watches(device, signal) for signal in device.signals)
    return rule.eager and is_concerned


def _groups(rule: Rule[Any], chosen: Sequence[Device]) -> dict[str, list[Device]]:
    groups: dict[str, list[Device]] = {SITE: []} if rule.per == "site" else {}
    for device in chosen:
        groups.setdefault(_key(rule, device), []).append(device)
    return groups
