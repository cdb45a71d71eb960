"""Arming 布撤防: the armed mode of a key area, who set it last, and how it was shown that they are who they say.

A case is an area: it stands from the first time that its mode is set and holds how it stands now: the mode, the delays
that run (alerts/engine/entry_exit.py), and the sensors that were open when it was armed all the same. What other
workflows set is noted here too; so each change of a mode has one entry with a name, whoever made it. What a drill sets
concerns its shadow only (docs/adr/0178), and is in no case of this one.

Nobody arms over an open sensor without being told (EN 50131-1, prevention of setting): the ask is refused with all that
is open, and so is one that only checks. With ``force`` those sensors are held back, each until it is closed, for a day
at most; fire, gas, hold-up and tamper are not among them, whatever the mode (gateway/site/safety.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.area_mode import is_armed, order_of
from alerts.case import Case, Holds
from alerts.chosen_devices import united
from alerts.facts import Fact
from alerts.heard import Delayed, Installed, Listens, ModeSet, Pending, Spoken
from alerts.moves import SetMode
from alerts.open_point import OpenPoint, never_waits
from alerts.ready import in_the_way, listed_points, meant_mode, name_of
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Ask, Config, Heard, Hold, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant

LONGEST_FORCED: Instant = 86_400 * SECOND
"""A sensor that was open at arming and still is a day later alarms."""


class Open(msgspec.Struct, frozen=True):
    """A sensor that was open when its area was armed, and by which signal."""

    device: str
    signal: str


class ArmedArea(Case, frozen=True, kw_only=True):
    """Its ``mode``, set at ``since`` after ``before``; ``proof``: how the one who set it was known.

    ``bypassed``: held back until they are closed. ``exit_until``, ``entry_until``: while a delay runs; who ``entered``.
    """

    mode: str
    since: Instant
    before: str = ""
    proof: str = ""
    note: str = ""
    bypassed: tuple[Open, ...] = ()
    exit_until: Instant | None = None
    entry_until: Instant | None = None
    entered: tuple[str, ...] = ()


class ChangeMode(Ask, tag="set_mode", frozen=True, kw_only=True):
    """Arm or disarm.

    ``mode``: one of those that the area has in the site file. ``force``: though sensors are open or lost; those that
    are open are held back until they are closed.
    """

    ROLES = frozenset({"operator", "admin"})
    ADDRESS = "areas/{area}/mode"

    area: str
    mode: str
    force: bool = False


class ChangeModes(Ask, tag="set_modes", frozen=True, kw_only=True):
    """Arm or disarm areas that belong together: all of them, or none.

    ``group``: one of ``[workflows.arming] groups`` in the site file. ``mode``, ``force``: as for one area.
    """

    ROLES = frozenset({"operator", "admin"})
    ADDRESS = "area-groups/{group}/mode"

    group: str
    mode: str
    force: bool = False


class ArmingConfig(Config, frozen=True, kw_only=True):
    """Areas that are armed together.

    ``groups``: by a name, the areas: ``{ building = ["store", "office"] }``
    """

    groups: dict[str, tuple[str, ...]] = {}

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for group, areas in self.groups.items():
            for place, area in enumerate(areas):
                if area not in site.areas:
                    yield ConfigFault(("groups", group, place), Text.of("applicability.no_area", area=area))


class Arming(Workflow[ArmedArea]):
    """One area is one case, under the area's id."""

    name, book, case = "arming", "arming", ArmedArea
    asks, config_type = (ChangeMode, ChangeModes), ArmingConfig
    listens = Listens(modes=True, delays=True, installed=True)

    def choices(self, site: SiteFacts) -> Mapping[str, Sequence[str]]:
        known = {mode: None for area in site.areas.values() for mode in area.modes}
        return {"mode": sorted(known, key=order_of), "group": sorted(self.config.groups)}

    def filled(self, ask: Any, cases: Mapping[str, ArmedArea], world: World) -> Any:
        return replace(ask, mode=meant_mode(ask.area, ask.mode, world)) if isinstance(ask, ChangeMode) else ask

    def check(self, ask: Any, cases: Mapping[str, ArmedArea], world: World, now: Instant) -> None:
        if ask.origin != "real":
            raise Refused(Text.of("arming.only_real"))
        if isinstance(ask, ChangeModes) and ask.group not in self.config.groups:
            raise Refused(Text.of("arming.no_group", group=ask.group, groups=tuple(sorted(self.config.groups))))
        faults = []
        for area in self._areas(ask):
            if area not in world.modes:
                raise Refused(Text.of("applicability.no_area", area=area))
            mode = meant_mode(area, ask.mode, world)
            found = in_the_way(area, mode, world)
            if found and not ask.force:
                where = name_of(area, world)
                faults.append(Text.of("arming.not_ready", area=where, mode=mode, found=listed_points(found)))
        if faults:
            raise Refused(united(faults))

    def step(self, event: Heard, cases: Mapping[str, ArmedArea], world: World, now: Instant) -> Moves:
        match event:
            case ChangeMode() | ChangeModes():
                each = (self._changed(area, event, world, now) for area in self._areas(event))
                return Moves.joined(each)
            case ModeSet() if event.workflow != self.name:  # the case is as things stand, should more than one set it
                before = cases[event.area].mode if event.area in cases else ""
                area = ArmedArea(
                    id=event.area,
                    area=event.area,
                    mode=world.modes[event.area],
                    since=now,
                    before=before,
                    by=event.by,
                    proof=event.proof,
                    exit_until=_exit(cases.get(event.area), now),
                )
                return Moves(cases=(_timed(area, now),), facts=(_set(area, event.mode, world, now),))
            case Delayed() if event.area in world.modes:
                return _delayed(event, cases.get(event.area), world, now)
            case Installed():
                return Moves.joined(
                    _removed(case, world, now) for name, case in cases.items() if name not in world.modes
                )
            case Spoken():
                return Moves.joined(_closed(event, case, world, now) for case in cases.values() if case.bypassed)
        return Moves()

    def turn(self, due: Sequence[ArmedArea], world: World, now: Instant) -> Moves:
        """A delay is over."""
        return Moves(cases=tuple(_timed(case, now) for case in due))

    def sets_aside(self, case: ArmedArea, pending: Pending, world: World) -> Hold | None:
        """Intrusion only, and only by the signals that were open."""
        if pending.alert_class is not AlertClass.INTRUSION:
            return None
        known = {each.signal for each in case.bypassed if each.device == pending.device.id}
        until = case.holds.until if case.holds is not None else pending.now
        return Hold(until, Text.of("arming.forced", by=case.by)) if pending.signals <= known else None

    def _areas(self, ask: ChangeMode | ChangeModes) -> tuple[str, ...]:
        return (ask.area,) if isinstance(ask, ChangeMode) else self.config.groups.get(ask.group, ())

    def _changed(self, where: str, ask: ChangeMode | ChangeModes, world: World, now: Instant) -> Moves:
        wanted = meant_mode(where, ask.mode, world)
        found = world.open_points(where, wanted) if is_armed(wanted) else ()
        kept = tuple(Open(each.device, each.signal) for each in found if _is_held_back(each))
        area = _bypassing(
            ArmedArea(
                id=where,
                area=where,
                mode=wanted,
                since=now,
                before=world.modes[where],
                by=ask.by,
                proof=ask.proof,
                note=ask.note,
            ),
            kept,
            now + LONGEST_FORCED,
        )
        mode = SetMode(where, wanted)
        return Moves(cases=(area,), facts=(_set(area, wanted, world, now, found),), modes=(mode,))


def _is_held_back(point: OpenPoint) -> bool:
    """By force: what is open; no tamper and nothing else that is an alarm by itself, whatever rule looks at it."""
    return point.why == "open" and not point.on_route and not never_waits(point.signal)


def _bypassing(area: ArmedArea, kept: tuple[Open, ...], until: Instant) -> ArmedArea:
    devices = tuple(dict.fromkeys(each.device for each in kept))
    return replace(area, bypassed=kept, hears=devices, holds=Holds(devices, until) if kept else None)


def _closed(said: Spoken, case: ArmedArea, world: World, now: Instant) -> Moves:
    """What was open at arming and is closed guards again."""
    shut = {reading.signal for reading in said.readings if reading.value is False}
    left = tuple(each for each in case.bypassed if each.device != said.device or each.signal not in shut)
    if left == case.bypassed:
        return Moves()
    until = case.holds.until if case.holds is not None else now
    text = Text.of("arming.closed", area=name_of(case.id, world), device=said.device)
    fact = _fact(case, "closed", text, now, (said.device,), {"mode": case.mode})
    return Moves(cases=(_bypassing(case, left, until),), facts=(fact,))


def _delayed(event: Delayed, case: ArmedArea | None, world: World, now: Instant) -> Moves:
    if event.kind == "exit":  # heard before the mode itself, if another workflow set that
        area = case if case is not None else ArmedArea(id=event.area, area=event.area, mode="", since=now)
        return Moves(cases=(_timed(replace(area, exit_until=event.until), now),))
    mode = world.modes[event.area]
    area = case if case is not None else ArmedArea(id=event.area, area=event.area, mode=mode, since=now)
    entered = tuple(dict.fromkeys((*area.entered, *event.devices)))
    area = _timed(replace(area, entry_until=event.until, entered=entered), now)
    text = Text.of("arming.entry", area=name_of(event.area, world), route=event.route, devices=event.devices)
    fields = {"mode": area.mode, "route": event.route}
    facts = (_fact(area, "entry", text, now, event.devices, fields),) if event.is_first else ()
    return Moves(cases=(area,), facts=facts)


def _timed(case: ArmedArea, now: Instant) -> ArmedArea:
    """With the delays that still run."""
    leaves = case.exit_until if case.exit_until is not None and case.exit_until > now else None
    enters = case.entry_until if case.entry_until is not None and case.entry_until > now else None
    wake_at = min((at for at in (leaves, enters) if at is not None), default=None)
    entered = case.entered if enters is not None else ()
    return replace(case, exit_until=leaves, entry_until=enters, entered=entered, wake_at=wake_at)


def _exit(case: ArmedArea | None, now: Instant) -> Instant | None:
    """An exit delay that has just begun is heard before the mode that it began with."""
    return case.exit_until if case is not None and case.exit_until is not None and case.exit_until > now else None


def _set(area: ArmedArea, mode: str, world: World, now: Instant, found: Sequence[OpenPoint] = ()) -> Fact:
    by_force = [point for point in found if not point.on_route]
    fields = {"mode": mode, "before": area.before, "proof": area.proof, "note": area.note}
    fields["bypassed"] = ", ".join(point.device for point in by_force if _is_held_back(point))
    fields["lost"] = ", ".join(point.device for point in by_force if point.why == "lost")
    text = Text.of("arming.set", area=name_of(area.id, world), mode=mode)
    if by_force:
        text = Text.of("arming.set_by_force", area=name_of(area.id, world), mode=mode, found=listed_points(by_force))
    devices = tuple(point.device for point in by_force)
    return _fact(area, "set", text, now, devices, {name: value for name, value in fields.items() if value})


def _removed(area: ArmedArea, world: World, now: Instant) -> Moves:
    """The site file has it no more: nothing is armed there, and nothing is held back."""
    over = replace(area, is_open=False, bypassed=(), holds=None, wake_at=None)
    text = Text.of("arming.removed", area=name_of(area.id, world), mode=area.mode)
    return Moves(cases=(over,), facts=(_fact(over, "removed", text, now, (), {"mode": area.mode}),))


def _fact(
    area: ArmedArea, step: str, text: Text, now: Instant, devices: tuple[str, ...], fields: dict[str, Any]
) -> Fact:
    return Fact(
        workflow="arming",
        case=area.id,
        step=step,
        at=now,
        by=area.by if step == "set" else "",
        area=area.id,
        devices=devices,
        text=text,
        fields=fields,
    )


WORKFLOW = Arming
