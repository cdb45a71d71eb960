"""The sans-I/O engine: events and ``now`` in, effects and the next wake-up time out.

Theory of operation. Each rule keeps one frozen memory for each device or area it is about: a *watch*. A reading is
looked up once by (device, signal) in an index that is filled as signals appear; a signal that no rule watches maps
to an empty tuple and costs that one look-up. A rule's step returns the very same memory if nothing changed, and
then nothing else happens. If the memory changed, its breach is compared with the alert that stands for it.

Rules run on the clock, not on the next message: a memory names the time at which it wants a Tick, the engine
keeps these in a heap and answers ``wake_at``. Nothing here waits, logs, or looks anywhere, so any stretch of
recorded events can be replayed, and the same events give the same effects.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.alert import Alert, AlertEvent, Disposition, State, display_order
from alerts.command import Acknowledge, Arm, Close, Comment, Reset
from alerts.effects import Effects, Found, ModeChanged
from alerts.event import Event, LastHeard, Members, Presence, Recorded, Tick
from alerts.lifecycle import MANNERS, Action, Manner, after
from alerts.rule import Breach, Memory, Rule
from alerts.schedule import Schedule
from devices.device import Device
from devices.errors import Refused
from devices.reading import Instant, Quality, Reading
from devices.signals import counts_in_snapshot

_SNAPSHOT = int(Quality.SNAPSHOT)


class _Watch:
    """One rule's memory for one device or area, and whether a breach counts at present."""

    __slots__ = ("area", "key", "memory", "open", "rule", "standing")

    def __init__(self, rule: Rule[Any], key: str, device: Device) -> None:
        self.rule, self.key, self.area = rule, key, device.area
        self.memory: Memory = rule.start_for(device)
        self.open = True
        self.standing: Breach | None = None
        """The breach that an alert stands for."""


class Engine:
    """Owns every rule's memory and every open alert. ``step`` is the only way to change them."""

    def __init__(
        self,
        *,
        rules: Sequence[Rule[Any]],
        devices: Sequence[Device],
        area_modes: Mapping[str, str],
        schedules: Mapping[str, Schedule],
        restored_alerts: Sequence[Alert] = (),
        restored_memories: Mapping[tuple[str, str], bytes] | None = None,
        area_choices: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """``area_choices``: the modes that each area may be set to (missing: any)."""
        self._rules = list(rules)
        self._versions = {rule.name: rule_version(rule) for rule in rules}
        self._modes = dict(area_modes)
        self._choices = dict(area_choices or {})
        self._schedules = dict(schedules)
        self._stored = dict(restored_memories or {})
        self._alerts: dict[str, Alert] = {alert.id: alert for alert in restored_alerts}
        self._open_by_watch = {(alert.rule, alert.key): alert.id for alert in restored_alerts}
        self._devices: dict[str, Device] = {}
        self._watches: dict[tuple[str, str], _Watch] = {}
        self._gated: list[_Watch] = []
        self._index: dict[tuple[str, str], tuple[_Watch, ...]] = {}
        self._heap: list[tuple[Instant, int, _Watch | None]] = []
        self._pushed = 0
        self._last_heard: dict[str, Instant] = {}
        self._lost: dict[str, list[_Watch]] = {}
        self._members: dict[str, list[_Watch]] = {}
        self._started: Instant | None = None
        self._now: Instant = 0
        self._effects = Effects()
        self.failures: dict[str, str] = {}
        """Rules that raised an exception, by name: a bug in one must not silence the others."""
        self._set_devices(devices)

    # -- what others ask -----------------------------------------------------------------------------------

    @property
    def wake_at(self) -> Instant | None:
        """When a Tick is wanted next; None if no rule waits for anything."""
        if self._started is None:
            return 0
        return self._heap[0][0] if self._heap else None

    @property
    def modes(self) -> Mapping[str, str]:
        return self._modes

    def open_alerts(self) -> list[Alert]:
        """Every alert that is not closed, in the operator's order."""
        return sorted(self._alerts.values(), key=display_order)

    def last_heard(self, device: str) -> Instant | None:
        return self._last_heard.get(device)

    def prime(self, readings: Iterable[Reading], now: Instant) -> None:
        """Remember from stored readings when each device was last heard; causes nothing."""
        last_heard = self._last_heard
        for reading in readings:
            last_heard[reading.device] = max(reading.received, last_heard.get(reading.device, 0))
        self._now = max(self._now, now)

    def set_devices(self, devices: Sequence[Device], now: Instant) -> None:
        """A technician adopted, moved or retired a device; memories and alerts stay."""
        self._now = max(self._now, now)
        self._set_devices(devices)
        if self._started is not None:
            self._push(self._now, None)

    # -- events in, effects out ----------------------------------------------------------------------------

    def step(self, events: Sequence[Event], now: Instant) -> Effects:
        """All that follows from these events at ``now``. Time never goes backwards: an earlier ``now`` is raised."""
        if now < self._now:
            now = self._now
        self._now = now
        self._effects = effects = Effects()
        if self._started is None:
            self._start(now)
        index, last_heard, lost = self._index, self._last_heard, self._lost
        for place, event in enumerate(events):
            if type(event) is Reading:
                device = event.device
                last_heard[device] = now
                if lost and device in lost:
                    self._found_again(device, event, now)
                watches = index.get((device, event.signal))
                if watches is None:
                    watches, event = self._first_value(event)
                for watch in watches:
                    memory = watch.memory
                    try:
                        new = watch.rule.step(memory, event, now)
                    except Exception as error:  # noqa: BLE001 - one rule's bug must not silence the others
                        self._failed(watch.rule, error)
                        continue
                    if new is not memory:
                        self._change(watch, new, now)
            elif type(event) is not Tick:
                self._other(place, event, now)
        self._wake(now)
        return effects

    def _other(self, place: int, event: Event, now: Instant) -> None:
        try:
            match event:
                case Acknowledge(alert=alert, by=by, note=note):
                    self._person(alert, Action.ACKNOWLEDGE, now, by=by, note=note)
                case Reset(alert=alert, by=by, note=note):
                    self._person(alert, Action.RESET, now, by=by, note=note)
                case Close(alert=alert, by=by, disposition=disposition, note=note):
                    self._person(alert, Action.CLOSE, now, by=by, note=note, disposition=disposition)
                case Comment(alert=alert, by=by, note=note):
                    self._person(alert, Action.COMMENT, now, by=by, note=note)
                case Arm():
                    self._arm(event, now)
                case Recorded():
                    self._effects.recorded.append((event, now))
                case _:
                    raise Refused(f"the engine does not take {type(event).__name__} from outside")
        except Refused as refusal:
            self._effects.refused.append((place, str(refusal)))

    # -- devices, watches, the index -----------------------------------------------------------------------

    def _set_devices(self, devices: Sequence[Device]) -> None:
        self._devices = {device.id: device for device in devices}
        self._index.clear()
        for rule in self._rules:
            chosen = [device for device in devices if rule.selects(device)]
            if rule.eager:
                for device in chosen:
                    if rule.supervises or any(rule.watches(device, signal) for signal in device.signals):
                        self._watch(rule, device)
            if rule.per == "area":
                for area in {device.area for device in chosen}:
                    members = tuple(
                        device.id
                        for device in chosen
                        if device.area == area
                        and (not device.signals or any(rule.watches(device, signal) for signal in device.signals))
                    )
                    if members:
                        watch = self._watch(rule, self._devices[members[0]])
                        watch.memory = rule.step(watch.memory, Members(members), self._now)
                        for member in members:
                            if watch not in self._members.setdefault(member, []):
                                self._members[member].append(watch)

    def _watch(self, rule: Rule[Any], device: Device) -> _Watch:
        key = device.id if rule.per == "device" else device.area
        watch = self._watches.get((rule.name, key))
        if watch is not None:
            return watch
        watch = _Watch(rule, key, device)
        stored = self._stored.pop((rule.name, key), None)
        if stored is not None:
            try:
                watch.memory = msgspec.msgpack.decode(stored, type=type(watch.memory))
            except (msgspec.DecodeError, ValueError):
                watch.memory = rule.start_for(device)  # the rule's parameters or memory changed shape since
        alert = self._alerts.get(self._open_by_watch.get((rule.name, key), ""))
        if alert is not None and alert.active:
            watch.standing = watch.memory.breach
        if rule.modes or rule.schedule:
            self._gated.append(watch)
            watch.open = self._is_open(watch)
        self._watches[(rule.name, key)] = watch
        if watch.memory.wake_at is not None:
            self._push(watch.memory.wake_at, watch)
        elif rule.eager:
            self._push(self._now, watch)
        return watch

    def _first_value(self, reading: Reading) -> tuple[tuple[_Watch, ...], Reading]:
        """The watches of a signal that was not heard since the start, and its first value marked as a snapshot."""
        device = self._devices.get(reading.device)
        watches: tuple[_Watch, ...] = ()
        if device is not None:
            watches = tuple(
                self._watch(rule, device)
                for rule in self._rules
                if rule.selects(device) and rule.watches(device, reading.signal)
            )
        self._index[(reading.device, reading.signal)] = watches
        if reading.quality & _SNAPSHOT == 0:
            reading = replace(reading, quality=reading.quality | _SNAPSHOT)
        if reading.value is True and not counts_in_snapshot(reading.signal) and any(watch.open for watch in watches):
            self._effects.found.append(Found(device.area if device is not None else "", reading))
        return watches, reading

    # -- supervision ---------------------------------------------------------------------------------------

    def _start(self, now: Instant) -> None:
        self._started = now
        for watch in self._watches.values():
            if watch.rule.eager and watch.memory.wake_at is None:
                self._push(now, watch)
        self._regate(self._gated, now)
        self._push_schedules(now)

    def _found_again(self, device: str, reading: Reading, now: Instant) -> None:
        """A lost device speaks; only its saying that it is offline does not count."""
        if reading.signal == "online" and reading.value is False:
            return
        for watch in self._lost.pop(device):
            self._try(watch, LastHeard(device, now), now)
        for key in [key for key in self._index if key[0] == device]:
            del self._index[key]  # what it says now is how it was found, not what has just happened

    def _supervise(self, watch: _Watch, now: Instant) -> None:
        """Give a supervising rule the time of the last word, or of the start if that is later."""
        heard = max(self._last_heard.get(watch.key, 0), self._started or 0)
        if watch.memory.breach is not None:
            return
        self._try(watch, LastHeard(watch.key, heard), now)

    # -- time ----------------------------------------------------------------------------------------------

    def _push(self, at: Instant, watch: _Watch | None) -> None:
        self._pushed += 1
        heapq.heappush(self._heap, (at, self._pushed, watch))

    def _wake(self, now: Instant) -> None:
        heap = self._heap
        while heap and heap[0][0] <= now:
            at, _, watch = heapq.heappop(heap)
            if watch is None:
                self._regate(self._gated, now)
                self._push_schedules(now)
            elif watch.rule.supervises:
                self._supervise(watch, now)
            elif watch.memory.wake_at == at or watch.memory.wake_at is None:
                self._try(watch, Tick(now), now)

    def _push_schedules(self, now: Instant) -> None:
        names = {watch.rule.schedule for watch in self._gated if watch.rule.schedule}
        changes = [self._schedules[name].next_change(now) for name in names if name in self._schedules]
        times = [change for change in changes if change is not None]
        if times:
            self._push(min(times), None)

    # -- breaches and alerts -------------------------------------------------------------------------------

    def _try(self, watch: _Watch, event: Event, now: Instant) -> None:
        try:
            new = watch.rule.step(watch.memory, event, now)
        except Exception as error:  # noqa: BLE001 - one rule's bug must not silence the others
            self._failed(watch.rule, error)
            return
        if new is not watch.memory:
            self._change(watch, new, now)

    def _failed(self, rule: Rule[Any], error: Exception) -> None:
        self.failures[rule.name] = f"{type(error).__name__}: {error}"

    def _change(self, watch: _Watch, new: Memory, now: Instant) -> None:
        old, watch.memory = watch.memory, new
        if new.wake_at is not None and new.wake_at != old.wake_at:
            self._push(new.wake_at, watch)
        if new.breach is not old.breach or not watch.rule.reprimed:
            self._effects.memories[(watch.rule.name, watch.key)] = new
        self._settle(watch, now)

    def _settle(self, watch: _Watch, now: Instant, armed_at: Instant = 0) -> None:
        breach = watch.memory.breach if watch.open else None
        standing = watch.standing
        if breach is standing or breach == standing:
            return
        watch.standing = breach
        if watch.rule.supervises:
            self._presence(watch, breach is None, now)
        alert = self._alerts.get(self._open_by_watch.get((watch.rule.name, watch.key), ""))
        if breach is None:
            if alert is not None and alert.active:
                self._alter(alert, Action.CAUSE_GONE, now)
        elif alert is None:
            self._raise(watch, breach, now, armed_at)
        else:
            known = standing.causes if standing is not None else ()
            causes = tuple(cause for cause in breach.causes if cause not in known)
            if standing is None or causes:
                self._alter(alert, Action.CAUSE_AGAIN, now, causes=causes)

    def _presence(self, watch: _Watch, present: bool, now: Instant) -> None:
        if not present:
            lost = self._lost.setdefault(watch.key, [])
            if watch not in lost:
                lost.append(watch)
        for other in self._members.get(watch.key, ()):
            self._try(other, Presence(watch.key, present), now)

    def _raise(self, watch: _Watch, breach: Breach, now: Instant, armed_at: Instant) -> None:
        rule = watch.rule
        text = f"{breach.text}, found when armed" if armed_at else breach.text
        alert = Alert(
            id=alert_id(rule.name, watch.key, breach, armed_at),
            rule=rule.name,
            rule_version=self._versions[rule.name],
            area=watch.area,
            key=watch.key,
            alert_class=rule.alert_class,
            priority=rule.priority,
            text=f"{rule.title}: {text}" if rule.title else text,
            state=State.UNACKNOWLEDGED,
            raised=now,
            changed=now,
            causes=breach.causes,
            latched=MANNERS[rule.alert_class] is Manner.LATCHING,
            procedure=rule.procedure,
        )
        self._keep(AlertEvent(alert, Action.RAISED, now, causes=breach.causes))

    def _alter(self, alert: Alert, action: Action, now: Instant, *, causes: tuple[Reading, ...] = ()) -> None:
        self._keep(AlertEvent(after(alert, action, now), action, now, causes=causes))

    def _keep(self, event: AlertEvent) -> None:
        alert = event.alert
        self._effects.alerts.append(event)
        if alert.state is State.CLOSED:
            self._alerts.pop(alert.id, None)
            self._open_by_watch.pop((alert.rule, alert.key), None)
        else:
            self._alerts[alert.id] = alert
            self._open_by_watch[(alert.rule, alert.key)] = alert.id

    # -- people --------------------------------------------------------------------------------------------

    def _person(
        self,
        name: str,
        action: Action,
        now: Instant,
        *,
        by: str,
        note: str,
        disposition: Disposition | None = None,
    ) -> None:
        alert = self._alerts.get(name)
        if alert is None:
            raise Refused("there is no open alert of that number; it may have been closed meanwhile")
        changed = after(alert, action, now, by=by, disposition=disposition, note=note)
        self._keep(AlertEvent(changed, action, now, by=by, note=note))

    def _arm(self, command: Arm, now: Instant) -> None:
        if command.area not in self._modes:
            raise Refused(f"there is no key area {command.area!r}")
        choices = self._choices.get(command.area)
        if choices is not None and command.mode not in choices:
            raise Refused(f"{command.mode!r} is not a mode of this area; choose one of {', '.join(choices)}")
        self._modes[command.area] = command.mode
        self._effects.modes.append(ModeChanged(command.area, command.mode, command.by, now))
        self._regate([watch for watch in self._gated if watch.area == command.area], now)

    def _regate(self, watches: Sequence[_Watch], now: Instant) -> None:
        for watch in watches:
            is_open = self._is_open(watch)
            if is_open != watch.open:
                watch.open = is_open
                # The same readings may breach again each time the rule is armed: each is an alert of its own.
                self._settle(watch, now, armed_at=now)

    def _is_open(self, watch: _Watch) -> bool:
        rule = watch.rule
        if rule.modes and self._modes.get(watch.area) not in rule.modes:
            return False
        schedule = self._schedules.get(rule.schedule)
        return schedule is None or schedule.is_on(self._now)


def alert_id(rule: str, key: str, breach: Breach, armed_at: Instant = 0) -> str:
    """The same breach told twice is the same alert: a hash of the rule, the key and what first showed it."""
    if breach.causes:
        first = breach.causes[0]
        told = (rule, key, first.device, first.signal, first.time, armed_at)
    else:
        told = (rule, key, "", "", breach.since, armed_at)
    return blake2b(msgspec.json.encode(told), digest_size=8).hexdigest()


def rule_version(rule: Rule[Any]) -> str:
    """A short hash of a rule's parameters: each alert says which version raised it."""
    return blake2b(msgspec.json.encode(rule, order="sorted"), digest_size=4).hexdigest()
