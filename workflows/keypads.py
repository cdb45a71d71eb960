"""Keypads and card readers 布撤防键盘: people arm and disarm their area with a code or a card, under their name.

The rim has found out who it is (devices/keypad.py); here it is decided what follows, and what the keypad shows. A
duress code does what the user's own would do, and shows the same; that they were forced is told by the device's
``duress`` (a silent hold-up). A wrong code, a locked keypad and a duress at a locked one are answered alike.

Panels and key fobs tagged ``arming`` have asked for no code of ours, or checked their own: what they say counts, under
the name that the site file gives their user, else under the device's.

A keypad may stand for several areas: they are armed and disarmed together, all of them or none, by whose code counts in
each, and it shows armed once all of them are.

While people may leave or have entered, a keypad shows that delay, and when it is over how the area stands: one case for
each area for so long.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from alerts.area_mode import ARMED, DISARMED, WHOLE, is_armed
from alerts.case import Case
from alerts.facts import ALSO_ARMS, Fact
from alerts.heard import Delayed, Installed, Listens, ModeSet
from alerts.kinds import kinds
from alerts.moves import SetMode
from alerts.ready import in_the_way, meant_mode
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Config, Heard, Moves, Workflow, World
from devices.device import Device
from devices.keypad import ARMS_TAG, PERSON, Presented
from devices.message import Text
from devices.output_orders import OutputOrder
from devices.reading import Instant, Quality, Reading
from devices.signals import base_name

_ROLES = frozenset({"operator", "technician", "manager", "admin", PERSON})
_WORDS = {"armed_home": "home", "armed_night": "night", "armed_away": "away", "armed_vacation": "holiday"}
_NO_WORD = int(Quality.SNAPSHOT | Quality.DEDUCED)
_KEYPAD = "keypad"


class RunningDelay(Case, frozen=True, kw_only=True):
    """A delay runs in that area, since ``since``, and until it is to be looked at. ``shows``: which one."""

    since: Instant = 0
    shows: Literal["exit_delay", "entry_delay"] = "exit_delay"


class KeypadsConfig(Config, frozen=True, kw_only=True):
    """Whose the users of alarm panels are, which know their own codes; and what is armed beside a keypad's own area.

    ``users``: by device, the panel's user = the account: ``{ panel = { "user 3" = "li" } }``
    ``areas``: by device, areas that it arms together with its own, all or none: ``{ lobby = ["office", "store"] }``
    """

    users: dict[str, dict[str, str]] = {}
    areas: dict[str, tuple[str, ...]] = {}

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        known = {device.id for device in site.devices}
        for name in ("users", "areas"):
            for device in getattr(self, name):
                if device not in known:
                    yield ConfigFault((name, device), Text.of("keypads.no_device", device=device))
        for device, areas in self.areas.items():
            for place, area in enumerate(areas):
                if area not in site.areas:
                    yield ConfigFault(("areas", device, place), Text.of("applicability.no_area", area=area))


class Keypads(Workflow[RunningDelay]):
    """How an area stands is in the case of arming; here is only what keypads show meanwhile."""

    name, book, case = "keypads", "arming", RunningDelay
    config_type = KeypadsConfig
    listens = Listens(
        signals=frozenset({"arm_request", "action"}), modes=True, delays=True, keypads=True, installed=True
    )

    def __init__(self, config: Config | None = None) -> None:
        super().__init__(config)
        self.provides = {ALSO_ARMS: lambda about, _cases, _world, _now: self.config.areas.get(about["device"], ())}

    def rules(self) -> Sequence[Rule[Any]]:
        return DURESS, LOCKED

    def step(self, event: Heard, cases: Mapping[str, RunningDelay], world: World, now: Instant) -> Moves:
        match event:
            case Presented():
                return self._presented(event, world, now)
            case Reading() if base_name(event.signal) == "arm_request":
                return self._asked(event, world, now)
            case ModeSet():
                delay = cases.get(event.area)
                begins = delay is not None and delay.shows == "exit_delay" and delay.since == now
                return (
                    Moves() if begins else self._over(event.area, cases, world, now)
                )  # heard before the mode it began with
            case Delayed() if event.area in world.modes:
                if event.until <= now:
                    return self._over(event.area, cases, world, now)
                shows: Literal["exit_delay", "entry_delay"] = "exit_delay" if event.kind == "exit" else "entry_delay"
                delay = RunningDelay(id=event.area, area=event.area, since=now, shows=shows, wake_at=event.until)
                running = {**cases, event.area: delay}
                return Moves(cases=(delay,), orders=self._shown(event.area, running, world, now))
            case Installed():
                pads = (each for each in _keypads(world) if each.area in world.modes)
                return Moves(orders=tuple(self._showing(pad, cases, world, now) for pad in pads))
        return Moves()

    def turn(self, due: Sequence[RunningDelay], world: World, now: Instant) -> Moves:
        over = {case.area for case in due}
        left = {area: case for area, case in world.own_cases(self).items() if area not in over}
        return Moves.joined(self._over(case.area, {**left, case.area: case}, world, now) for case in due)

    def _asked(self, said: Reading, world: World, now: Instant) -> Moves:
        """A panel or a fob says that it was armed or disarmed: so it is."""
        device = world.devices.get(said.device)
        if device is None or ARMS_TAG not in device.tags or said.quality & _NO_WORD or said.value == "":
            return Moves()
        modes = {area: _mode(area, str(said.value), world) for area in self._areas(device)}
        told = world.recent(device.id, "action.operator", 0)
        user = str(told[-1].value) if told and told[-1].received == said.received else ""
        by = self.config.users.get(device.id, {}).get(user) or f"{device.id} {user}".strip()
        new = {area: mode for area, mode in modes.items() if mode is not None and world.modes.get(area) != mode}
        return Moves(modes=tuple(SetMode(area, mode, by, "machine") for area, mode in new.items()))

    def _areas(self, device: Device) -> tuple[str, ...]:
        """What it arms: its own area first."""
        return tuple(dict.fromkeys((device.area, *self.config.areas.get(device.id, ()))))

    def _presented(self, said: Presented, world: World, now: Instant) -> Moves:
        device = world.devices.get(said.device)
        if device is None or device.area not in world.modes:
            return Moves()
        areas = [area for area in self._areas(device) if area in world.modes]
        if said.verdict not in ("known", "duress") or said.role not in _ROLES:
            facts = (_locked(device, now),) if said.locks else ()
            return Moves(facts=facts, orders=(_order(device, "invalid_code", said.transaction, now),))
        is_on = any(is_armed(world.modes[area]) for area in areas)
        modes = {area: _mode(area, said.action or (DISARMED if is_on else ARMED), world) for area in areas}
        new = {area: mode for area, mode in modes.items() if mode is not None and mode != world.modes[area]}
        if None in modes.values() or any(in_the_way(area, mode, world) for area, mode in new.items()):
            return Moves(orders=(_order(device, "not_ready", said.transaction, now),))
        shows = (_order(device, modes[device.area] or DISARMED, said.transaction, now),)
        if not new:
            return Moves(orders=shows)
        proof = "card" if said.is_card else "code"
        answer = shows if said.transaction is not None else ()
        return Moves(modes=tuple(SetMode(area, mode, said.who, proof) for area, mode in new.items()), orders=answer)

    def _over(self, area: str, cases: Mapping[str, RunningDelay], world: World, now: Instant) -> Moves:
        """No delay runs there any more: keypads show how the area stands."""
        delay, left = cases.get(area), {name: case for name, case in cases.items() if name != area}
        over = (replace(delay, is_open=False, wake_at=None),) if delay is not None else ()
        orders = self._shown(area, left, world, now) if area in world.modes else ()
        return Moves(cases=over, orders=orders)

    def _shown(
        self, area: str, delays: Mapping[str, RunningDelay], world: World, now: Instant
    ) -> tuple[OutputOrder, ...]:
        """What the keypads that arm an area show from now on."""
        here = (each for each in _keypads(world) if area in self._areas(each))
        return tuple(self._showing(device, delays, world, now) for device in here)

    def _showing(self, device: Device, delays: Mapping[str, RunningDelay], world: World, now: Instant) -> OutputOrder:
        """A delay of one of its areas before anything else; armed only if all of them are."""
        words = [
            delays[area].shows if area in delays else world.modes[area]
            for area in self._areas(device)
            if area in delays or area in world.modes
        ]
        running = [word for word in ("entry_delay", "exit_delay") if word in words]
        off = [word for word in words if word not in running and not is_armed(word)]
        return _order(device, (*running, *off, *words)[0], None, now)


def _keypads(world: World) -> list[Device]:
    return sorted((each for each in world.devices.values() if each.kind == _KEYPAD), key=lambda device: device.id)


def _mode(area: str, word: str, world: World) -> str | None:
    """The area's mode of that word; None if it has none."""
    place = world.site.areas.get(area)
    choices = place.modes if place is not None else ()
    mode = meant_mode(area, _WORDS.get(word, word), world)
    if choices and mode not in choices:
        return next((each for each in choices if each in WHOLE), None) if mode == "away" else None
    return mode


def _order(device: Device, mode: str, transaction: int | None, now: Instant) -> OutputOrder:
    return OutputOrder(
        id=f"keypad {device.id} {now} {mode}",
        device=device.id,
        what="keypad",
        value=mode,
        at=now,
        reason=Text.of("keypads.shows"),
        channel="" if transaction is None else str(transaction),
        area=device.area,
    )


def _locked(device: Device, now: Instant) -> Fact:
    return Fact(
        workflow="keypads",
        case=device.id,
        step="locked",
        at=now,
        area=device.area,
        devices=(device.id,),
        text=Text.of("keypads.locked", device=device.id),
        fields={"mode": "locked"},
    )


DURESS = msgspec.convert(
    {
        "kind": "state",
        "name": "duress-code",
        "title": "Duress",
        "title_zh": "胁迫报警",
        "alert_class": "hold_up",
        "priority": 1,
        "device_kinds": ["keypad", "reader"],
        "signals": ["duress"],
        "pulse_s": 10,
        "procedure": "1. Call nobody on site.\n2. Call the police.\n3. Watch the cameras.",
        "procedure_zh": "1. 不要致电现场。\n2. 报警。\n3. 查看监控。",
    },
    kinds()["state"],
)
LOCKED = msgspec.convert(
    {
        "kind": "fact",
        "name": "keypad-locked",
        "title": "Wrong codes",
        "title_zh": "密码多次错误",
        "alert_class": "access",
        "priority": 3,
        "begins": ["keypads.locked"],
        "procedure": "1. Look at the camera.\n2. Ask who it is.",
        "procedure_zh": "1. 查看监控。\n2. 核实身份。",
    },
    kinds()["fact"],
)
"""Rules of these names in the site file take their place."""

WORKFLOW = Keypads
