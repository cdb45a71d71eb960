"""Which rule is at work where: every post and watch, made as devices are installed and as signals are first heard."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from alerts.event import Due
from alerts.rule import Memory, Rule
from alerts.watch import SITE, Post, Watch
from devices.device import Device


class Watches:
    """Owns posts and watches. ``fresh`` holds the watches made since the engine looked last."""

    def __init__(self, rules: Sequence[Rule[Any]], stored: Mapping[tuple[str, str], bytes]) -> None:
        self.rules = tuple(rules)
        self._hearing = [rule for rule in self.rules if rule.strangers]
        self.of_strangers: list[Watch] = []
        """Those that hear what unregistered devices say."""
        self._supervising = [rule for rule in self.rules if rule.supervises]
        self.posts: dict[str, Post] = {}
        self.fresh: list[Watch] = []
        self._watches: dict[tuple[str, str], Watch] = {}
        self._stored = dict(stored)

    def __iter__(self) -> Iterator[Watch]:
        return iter(list(self._watches.values()))

    def __contains__(self, watch: tuple[str, str]) -> bool:
        return watch in self._watches

    def find(self, rule: str, key: str) -> Watch | None:
        return self._watches.get((rule, key))

    def post(self, device: str) -> Post:
        """What is known of the device; a stranger has an empty post."""
        return self.posts.setdefault(device, Post())

    def of(self, post: Post, signal: str) -> tuple[Watch, ...]:
        """The watches of that signal of that device, made if need be."""
        device = post.device
        if device is None:
            return ()
        rules = [rule for rule in self.rules if rule.selects(device) and rule.watches(device, signal)]
        return tuple(self._watch(rule, _key(rule, device), device.area) for rule in rules)

    def upkeeps(self, due: Due) -> list[Watch]:
        """The watches that wait for what the device is due for, made if it is due for anything."""
        device = self.post(due.device).device
        if device is None:
            return []
        rules = [rule for rule in self.rules if rule.upkeeps and rule.selects(device)]
        keys = [(rule, _key(rule, device)) for rule in rules]
        return [self._watch(rule, key, device.area) for rule, key in keys if due.dates or (rule.name, key) in self]

    def strangers(self, at: str, signal: str) -> list[Watch]:
        """The watches for a danger that an unregistered device tells there, made if need be."""
        device = self.post(at).device
        if device is None:
            return []
        rules = [rule for rule in self._hearing if rule.hears(signal) and rule.selects(device)]
        return [self._watch(rule, _key(rule, device), device.area) for rule in rules]

    def supervisors(self, device: str) -> list[Watch]:
        """The watches that wait for a word of that device."""
        names = ((rule.name, device) for rule in self._supervising)
        return [watch for name in names if (watch := self._watches.get(name)) is not None]

    def place(self, devices: Sequence[Device]) -> tuple[list[tuple[Watch, tuple[Device, ...]]], list[Watch]]:
        """These devices are installed now: the watches over several with their members, and those that end."""
        moved = self._set_posts(devices)
        members: list[tuple[Watch, tuple[Device, ...]]] = []
        areas: dict[tuple[str, str], str] = {}
        for rule in self.rules:
            chosen = [device for device in devices if rule.selects(device)]
            if rule.per == "device":
                areas.update({(rule.name, device.id): device.area for device in chosen})
                for device in chosen:
                    if _from_the_start(rule, device) or (rule.name, device.id) in self._stored:
                        self._watch(rule, device.id, device.area)
                continue
            for key, group in _groups(rule, chosen).items():
                areas[rule.name, key] = area = key if key != SITE else next(iter([d.area for d in group]), "")
                watch = self._watch(rule, key, area)
                members.append((watch, tuple(group)))
                for device in group:
                    self.posts[device.id].groups.append(watch)
        ended = [watch for name, watch in self._watches.items() if name not in areas]
        for watch in ended:
            del self._watches[watch.rule.name, watch.key]
            watch.is_retired = True
        self.of_strangers = [watch for watch in self.of_strangers if not watch.is_retired]
        for name, watch in self._watches.items():
            watch.area = areas[name]
        for post in moved:
            post.signals = {signal: self.of(post, signal) for signal in post.signals}
        return members, ended

    def set_panels(self, panels: Mapping[str, str]) -> None:
        """Which device answers for which others, by id: part, panel."""
        for post in self.posts.values():
            post.panel, post.parts = None, []
        for part, panel in panels.items():
            post = self.post(part)
            post.panel = self.post(panel)
            post.panel.parts.append(post)

    def _set_posts(self, devices: Sequence[Device]) -> list[Post]:
        """Posts for these devices and no others; returns those whose device is new or has changed."""
        present = {device.id for device in devices}
        for name, post in self.posts.items():
            post.groups = []
            if name not in present:
                post.device, post.lost = None, []
                post.signals.clear()
        moved = []
        for device in devices:
            post = self.post(device.id)
            if post.device != device:
                post.device = device
                moved.append(post)
        return moved

    def _watch(self, rule: Rule[Any], key: str, area: str) -> Watch:
        watch = self._watches.get((rule.name, key))
        if watch is None:
            watch = self._watches[rule.name, key] = Watch(rule, key, area)
            stored = self._stored.pop((rule.name, key), None)
            if stored is not None:
                watch.memory = _restored(stored, watch.memory)
            self.fresh.append(watch)
            if rule.strangers:
                self.of_strangers.append(watch)
        return watch


def _restored(stored: bytes, start: Memory) -> Memory:
    """What was stored; a memory that has changed its shape since starts anew, and the next readings tell it."""
    try:
        return msgspec.msgpack.decode(stored, type=type(start))
    except (msgspec.DecodeError, ValueError):
        return start


def _key(rule: Rule[Any], device: Device) -> str:
    return device.id if rule.per == "device" else device.area if rule.per == "area" else SITE


def _from_the_start(rule: Rule[Any], device: Device) -> bool:
    return rule.eager and (rule.supervises or any(rule.watches(device, signal) for signal in device.signals))


def _groups(rule: Rule[Any], chosen: Sequence[Device]) -> dict[str, list[Device]]:
    groups: dict[str, list[Device]] = {SITE: []} if rule.per == "site" else {}
    for device in chosen:
        groups.setdefault(_key(rule, device), []).append(device)
    return groups
