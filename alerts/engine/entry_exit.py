"""Entry and exit delays (EN 50131-1): intrusion alarms of a route's sensors wait before they are alerts.

They stand between breach and alert. In an exit delay what people on their way out set off is no alarm; what is still
open when it ends is one, told as found; what only moves (motion, occupancy) is written down as found and counts when it
moves again. In an entry delay what was held is an alert at the deadline, though its cause may be over by then, unless
the area was disarmed. Nothing else waits: no other class, no signal that is an alarm by itself (tamper, panic; but the
``intrusion`` of a panel's zone that a route names does), no sensor off the route, no rule without modes, no sensor
tagged ``24h``.

What is held is stored like a rule's memory: a restart alarms at the deadline, or at once if that has passed. One that
was set by a clock that ran ahead is never further away than its delay is long.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec
from msgspec.structs import replace

from alerts.alert import Alert, AlertClass
from alerts.area_mode import counts_in
from alerts.effects import Effects, Found
from alerts.engine.applicability import Applicability
from alerts.engine.breach_to_alert import BreachToAlert
from alerts.heard import Delayed
from alerts.open_alerts import OpenAlerts
from alerts.open_point import ALWAYS_TAG, OpenPoint, never_waits
from alerts.route import LONGEST_EXIT_S, Route
from alerts.rule import Breach, Memory
from alerts.rule_instance import RuleInstance
from alerts.rule_instances import RuleInstances
from alerts.system_alerts import entry_unread
from devices.device import Device
from devices.message import Text
from devices.reading import SECOND, Instant, Reading
from devices.signals import base_name

_NAME = "gateway:entry_exit"
"""Under which name, as that of a rule, it is stored how delays stand."""
_AREA, _ROUTE = "area:", "route:"
_MOVES = frozenset({"motion", "occupancy"})


class Held(msgspec.Struct, frozen=True):
    """What one instance told since the entry began; ``area``: where."""

    rule: str
    key: str
    area: str
    breach: Breach


class Entry(Memory, frozen=True):
    """On a route; without anything ``held`` there is none."""

    begun: Instant = 0
    until: Instant = 0
    held: tuple[Held, ...] = ()


class Armed(Memory, frozen=True):
    """Since when an area is in its mode."""

    since: Instant = 0


class EntryExit:
    """Owns what is held. ``tell`` hands on that a delay has begun; ``effects`` are set anew for each step."""

    def __init__(
        self,
        routes: Iterable[Route],
        instances: RuleInstances,
        open_alerts: OpenAlerts,
        applicability: Applicability,
        breach_to_alert: BreachToAlert,
        stored: Mapping[tuple[str, str], bytes],
        tell: Callable[[Delayed], None],
    ) -> None:
        self._instances, self._open_alerts, self._applicability = instances, open_alerts, applicability
        self._breach_to_alert, self._tell = breach_to_alert, tell
        self._routes: dict[str, list[Route]] = {}
        for route in routes:
            for device in (*route.devices, *route.through):
                self._routes.setdefault(device, []).append(route)
        self._longest_exit = max((r.exit(device) for device, each in self._routes.items() for r in each), default=0)
        """Whoever set a mode longer ago has no exit delay any more, whatever they have armed."""
        self._since: dict[str, Instant] = {}
        self._leaving: dict[str, set[str]] = {}
        """Areas in an exit delay that ends when the last of these doors is closed, which were opened in it."""
        self._entries: dict[str, Entry] = {}
        self._unread: list[str] = []
        """Routes of which an entry was stored that cannot be read."""
        for (name, key), memory in stored.items():
            if name == _NAME:
                self._restore(key, memory)
        self._looked: Instant = 0
        self.effects = Effects()
        breach_to_alert.holds, breach_to_alert.closes = self._holds, self._closes

    def _restore(self, key: str, memory: bytes) -> None:
        try:
            if key.startswith(_AREA):
                self._since[key.removeprefix(_AREA)] = msgspec.msgpack.decode(memory, type=Armed).since
            elif (entry := msgspec.msgpack.decode(memory, type=Entry)).held:
                self._entries[key.removeprefix(_ROUTE)] = entry
        except (msgspec.DecodeError, ValueError):
            if key.startswith(_ROUTE):  # of an area: without it there is no exit delay, so alarms come at once
                self._unread.append(key.removeprefix(_ROUTE))

    # -- time ----------------------------------------------------------------------------------------------

    @property
    def wake_at(self) -> Instant | None:
        if not (self._entries or self._since):
            return None
        leaving = (area for area, since in self._since.items() if since + self._longest_exit > self._looked)
        ends = (end for area in leaving for end in self._exit_ends(area) if end > self._looked)
        return min((*(entry.until for entry in self._entries.values()), *ends), default=None)

    def turn(self, now: Instant) -> None:
        """What is over by now."""
        looked, self._looked = self._looked, now
        for route in [route for route, entry in self._entries.items() if entry.until <= now]:
            entry = self._entries.pop(route)
            self._keep(_ROUTE + route, Entry())
            for held in entry.held:
                self._alarm(held, now)
        leaving = [area for area, since in self._since.items() if since + self._longest_exit > looked]
        for area in [area for area in leaving if any(looked < end <= now for end in self._exit_ends(area))]:
            self._look_again(area, Text.of("entry_exit.exit_over"), now, spares_motion=True)

    def begin(self, now: Instant) -> None:
        """Before anything is looked at after a start: what a clock set that was ahead of this one."""
        self._since = {area: min(since, now) for area, since in self._since.items()}
        for route, entry in self._entries.items():
            if entry.begun > now:
                self._entries[route] = replace(
                    entry, begun=now, until=min(entry.until, now + entry.until - entry.begun)
                )

    def tell_unread(self, now: Instant) -> None:
        """What was held and cannot be read alarms: nobody knows any more whether its deadline has passed."""
        for route in self._unread:
            devices = (self._device(name) for name, routes in self._routes.items() if route in {r.name for r in routes})
            areas = [device.area for device in devices if device is not None]
            area = next(iter([*areas, *self._applicability.modes]), "")
            self.effects.alerts += self._open_alerts.says(entry_unread(route, area), now, is_loud=True)
            self._keep(_ROUTE + route, Entry())
        self._unread.clear()

    def _exit_ends(self, area: str) -> Iterator[Instant]:
        since, mode = self._since[area], self._applicability.modes.get(area, "")
        for device, routes in self._routes.items():
            known = self._device(device)
            if known is not None and known.area == area:
                yield from (
                    since + route.exit(device) for route in routes if route.applies(mode) and route.exit(device)
                )

    def _keep(self, key: str, memory: Memory) -> None:
        self.effects.memories[_NAME, key] = memory

    # -- modes ---------------------------------------------------------------------------------------------

    def mode_set(self, area: str, now: Instant) -> None:
        """By whoever may: what was held there is no alarm; what still stands is looked at by ``mode_applies``."""
        if not self._routes:
            return
        self._since[area] = now
        self._leaving.pop(area, None)
        self._keep(_AREA + area, Armed(since=now))
        for route, entry in [*self._entries.items()]:
            held = tuple(each for each in entry.held if each.area != area)
            if held != entry.held:
                self._keep(_ROUTE + route, replace(entry, held=held) if held else Entry())
                self._entries[route] = replace(entry, held=held)
                if not held:
                    del self._entries[route]
        until = max(self._exit_ends(area), default=now)
        if until > now:
            self._tell(Delayed(area, "exit", until))

    def mode_applies(self, area: str, now: Instant) -> None:
        """Rules that applied before, too, and were held back."""
        if self._routes:
            self._look_again(area, Text.of("installing.armed"), now)

    def _look_again(self, area: str, begins: Text, now: Instant, *, spares_motion: bool = False) -> None:
        for instance in self._instances:
            breach = instance.memory.breach
            if instance.area != area or breach is None or breach is instance.dealt or not instance.applies:
                continue
            if not _may_wait(instance) or breach.found:
                continue
            causes = [*instance.causes()]
            if spares_motion and all(base_name(cause.signal) in _MOVES for cause in causes):
                if not self._is_held(instance):
                    self.effects.found += [Found(area, cause) for cause in causes]
                    instance.dealt = breach
                continue
            self._breach_to_alert.settle(instance, now, begins)

    # -- breach and alert ----------------------------------------------------------------------------------

    def _holds(self, instance: RuleInstance, alert: Alert | None, is_found: bool, now: Instant) -> bool:
        """Whether this breach is no alert yet; an entry begins with it, if none runs and it was not only found."""
        if not self._routes or not _may_wait(instance) or (alert is not None and alert.active):
            return False
        dealt = instance.dealt.causes if instance.dealt is not None else ()
        causes, ways = [], []
        for cause in instance.causes():
            if cause in dealt:
                continue
            way = self._way(cause, now)
            if way is None:
                return False
            causes.append(cause)
            ways.append(way)
        entries = dict[str, Instant]()
        for route, until in ways:
            if route:
                entries[route] = min(until, entries.get(route, until))
        if not causes or (is_found and entries and not self._is_held(instance)):
            return False
        for route, until in entries.items():
            self._hold(route, until, instance, tuple(causes), now)
        return True

    def _closes(self, instance: RuleInstance, now: Instant) -> None:
        """Whoever closes the last door behind them has left: nobody waits for the end of the exit delay."""
        doors = self._leaving.get(instance.area) if self._leaving else None
        if not doors:
            return
        open_ = {cause.device for each in self._instances if each.area == instance.area for cause in each.causes()}
        if not doors & open_:
            area, since = instance.area, now - LONGEST_EXIT_S * SECOND
            del self._leaving[area]
            self._since[area] = since
            self._keep(_AREA + area, Armed(since=since))
            self._tell(Delayed(area, "exit", now))
            self._look_again(area, Text.of("entry_exit.exit_over"), now, spares_motion=True)

    def _is_held(self, instance: RuleInstance) -> bool:
        held = (each for entry in self._entries.values() for each in entry.held)
        return any((each.rule, each.key) == (instance.rule.name, instance.key) for each in held)

    def _way(self, cause: Reading, now: Instant) -> tuple[str, Instant] | None:
        """The route on which it enters, and until when it may; no route: it leaves. None: neither."""
        device, routes = self._device(cause.device), self._routes.get(cause.device)
        if routes is None or device is None or ALWAYS_TAG in device.tags or never_waits(cause.signal):
            return None
        mode, since = self._applicability.modes.get(device.area, ""), self._since.get(device.area)
        routes = [route for route in routes if route.applies(mode)]
        if since is not None and (left := [route for route in routes if now < since + route.exit(device.id)]):
            if any(route.arm_on_close and device.id in route.devices for route in left):
                self._leaving.setdefault(device.area, set()).add(device.id)
            return "", 0
        begins: tuple[str, Instant] | None = None
        for route in routes:
            entry, until = self._entries.get(route.name), now + route.entry(device.id)
            if entry is not None:
                return (route.name, min(entry.until, until)) if min(entry.until, until) > now else None
            if begins is None and device.id in route.devices and until > now:
                begins = route.name, until
        return begins

    def _hold(
        self, route: str, until: Instant, instance: RuleInstance, causes: tuple[Reading, ...], now: Instant
    ) -> None:
        breach = instance.memory.breach
        assert breach is not None
        old = self._entries.get(route)
        entry = old if old is not None else Entry(begun=now, until=until)
        before = next(
            (each for each in entry.held if (each.rule, each.key) == (instance.rule.name, instance.key)), None
        )
        if before is None:
            held = (*entry.held, Held(instance.rule.name, instance.key, instance.area, replace(breach, causes=causes)))
        else:
            more = tuple(cause for cause in causes if cause not in before.breach.causes)
            both = replace(before, breach=replace(before.breach, causes=(*before.breach.causes, *more)))
            held = tuple(both if each is before else each for each in entry.held)
        new = replace(entry, until=min(until, entry.until), held=held)
        if new == old:
            return
        self._entries[route] = new
        self._keep(_ROUTE + route, new)
        if before is None:
            devices = tuple(dict.fromkeys(cause.device for cause in causes))
            self._tell(Delayed(instance.area, "entry", new.until, route, devices, is_first=old is None))

    def _alarm(self, held: Held, now: Instant) -> None:
        """Nobody disarmed in time: what was held is an alert, though it may be over."""
        instance = self._instances.find(held.rule, held.key)
        alert = self._open_alerts.of(held.rule, held.key)
        if instance is not None and instance.applies and (alert is None or not alert.active):
            self._breach_to_alert.alarm(instance, held.breach, now)

    # -- what is open --------------------------------------------------------------------------------------

    def open_points(self, area: str, mode: str) -> tuple[OpenPoint, ...]:
        """alerts.open_point.SeesOpen."""
        found: dict[str, OpenPoint] = {}
        for instance in self._instances:
            rule = instance.rule
            if not (_may_wait(instance) and counts_in(rule.modes, mode)) or instance.applies:
                continue
            for cause in instance.causes() if instance.memory.breach is not None else ():
                device = self._device(cause.device)
                if device is not None and device.area == area and ALWAYS_TAG not in device.tags:
                    found.setdefault(device.id, self._open(cause, mode))
        for state in self._instances.device_states.values():
            device = state.device
            if device is not None and device.area == area and state.lost and self._counts(device, mode):
                found.setdefault(device.id, OpenPoint(device.id, since=state.heard, why="lost"))
        return tuple(sorted(found.values()))

    def _open(self, cause: Reading, mode: str) -> OpenPoint:
        routes = self._routes.get(cause.device, ())
        is_on_it = not never_waits(cause.signal) and any(
            route.applies(mode) and route.exit(cause.device) for route in routes
        )
        return OpenPoint(cause.device, cause.signal, cause.received, on_route=is_on_it)

    def _counts(self, device: Device, mode: str) -> bool:
        rules = (rule for rule in self._instances.rules if rule.alert_class is AlertClass.INTRUSION and rule.modes)
        return any(
            counts_in(rule.modes, mode)
            and rule.selects(device)
            and any(rule.watches(device, signal) for signal in device.signals)
            for rule in rules
        )

    def _device(self, name: str) -> Device | None:
        state = self._instances.device_states.get(name)
        return state.device if state is not None else None


def _may_wait(instance: RuleInstance) -> bool:
    return instance.rule.alert_class is AlertClass.INTRUSION and bool(instance.rule.modes)
