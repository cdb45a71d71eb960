"""Bypass 屏蔽: devices taken out of service for work, by a person, with a reason and an end that comes by itself.

Who bypasses a detector of fire or gas answers for it for a shift at most, together with a second person who consents,
and somebody walks through the area in its stead; others may be out for a day. What calls for help by hand is never
bypassed. docs/adr/0105 and docs/adr/0134 say why. A bypass is a disabled condition, indicated for as long as it lasts
(EN 54-2, ISO 7240-2): one alert for each area, and one more where no fire detector of it is left.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.case import Case, Holds
from alerts.chosen_devices import choose, united
from alerts.facts import Fact
from alerts.heard import Installed, Listens, Pending
from alerts.moves import FireWatch, StandingAlert
from alerts.parted import listed
from alerts.workflow import Ask, Heard, Hold, Moves, Workflow, World
from devices.detector_trigger import detects_fire, is_worked_by_hand
from devices.errors import Refused
from devices.message import At, Param, Text
from devices.reading import SECOND, Instant
from ledger.timestamp import text_of

_HOUR: Instant = 3_600 * SECOND
LONGEST: Instant = 24 * _HOUR
LONGEST_FOR_LIFE: Instant = 8 * _HOUR
"""For fire and gas detectors."""
REMIND_BEFORE: Instant = 900 * SECOND
REMIND_EVERY: Instant = 8 * _HOUR
"""At least once in each shift."""
ROUND_EVERY: Instant = 1_800 * SECOND
"""While a fire or gas detector is out, somebody goes and looks in its stead."""
_MOST_STANDING = 500
_NAMED = 20
_MOST_SHOWN = 200
_ROLES = frozenset({"technician", "admin"})


class Bypassed(Case, frozen=True, kw_only=True):
    """``devices`` are those still in it; it began when it was ``opened``. ``reminded``: when it last said so again."""

    VERSION: ClassVar[int] = 2

    devices: tuple[str, ...]
    reason: str
    until: Instant
    reminded: Instant | None = None
    ended: Instant | None = None
    ended_by: str = ""
    note: str | Text = ""


class Begin(Ask, tag="begin", frozen=True, kw_only=True):
    """Take these devices, or all of an area that may be, out of service.

    With a fire or gas detector among them it is only asked for, until somebody else consents. ``reason``: the work.
    """

    ROLES = _ROLES
    ADDRESS = "bypasses"

    area: str = ""
    devices: tuple[str, ...] = ()
    reason: str


class End(Ask, tag="end", frozen=True, kw_only=True):
    """Put back into service all of a bypass, or these of its devices."""

    ROLES = _ROLES
    ADDRESS = "bypasses/{case}/end"

    devices: tuple[str, ...] = ()


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A bypass as programs read it; ``asked`` and ``order`` are those of a wish, among which they list it."""

    devices: tuple[str, ...]
    reason: str | Text
    since: At
    until: At
    reminded: At | None
    asked: At | None = None
    consented_by: str
    order: str = ""


class Bypass(Workflow[Bypassed]):
    """One bypass is one case; all of an area are told together."""

    name, book, case = "bypass", "bypasses", Bypassed
    asks = (Begin, End)
    listens = Listens(installed=True)
    address = "bypasses"

    @classmethod
    def shown(cls, case: Bypassed) -> Standing:
        return Standing(
            devices=case.devices,
            reason=case.reason,
            since=At(case.opened),
            until=At(case.until),
            reminded=At(case.reminded) if case.reminded is not None else None,
            consented_by=case.second,
        )

    def filled(self, ask: Any, cases: Mapping[str, Bypassed], world: World) -> Any:
        if not isinstance(ask, Begin):
            return ask
        chosen = choose(ask.area, ask.devices, world.devices)
        if ask.area:
            taken = {*_standing(cases), *_asked_for(self.name, ask, world)}
            chosen = [device for device in chosen if not is_worked_by_hand(device) and device.id not in taken]
        return replace(ask, area="" if chosen else ask.area, devices=tuple(device.id for device in chosen))

    def wanted(self, ask: Any, world: World) -> Text:
        return Text.of(
            "bypass.wanted", devices=_names(ask.devices), reason=ask.reason[:_MOST_SHOWN], until=At(ask.until or 0)
        )

    def takes_two(self, ask: Any, world: World) -> bool:
        known = [world.devices[name] for name in getattr(ask, "devices", ()) if name in world.devices]
        return isinstance(ask, Begin) and any(map(world.guards_life, known))

    def check(self, ask: Any, cases: Mapping[str, Bypassed], world: World, now: Instant) -> None:
        if isinstance(ask, Begin):
            self._check_begin(ask, cases, world, now)
            return
        standing = cases.get(ask.case)
        if standing is None:
            raise Refused(Text.of("bypass.gone"))
        strangers = [device[:64] for device in ask.devices if device not in standing.devices]
        if strangers:
            raise Refused(Text.of("bypass.not_in_it", devices=tuple(strangers[:_NAMED])))

    def step(self, event: Heard, cases: Mapping[str, Bypassed], world: World, now: Instant) -> Moves:
        match event:
            case Begin():
                return self._begun(event, cases, world, now)
            case End():
                return self._all([_without(cases[event.case], event.devices, now, event.by, event.note)], cases, world)
            case Installed():
                return self._installed(cases, world, now)
        return Moves()

    def turn(self, due: Sequence[Bypassed], world: World, now: Instant) -> Moves:
        """End what is over and remind of what is not."""
        over = [_without(case, (), now, "", Text.of("permits.time_over")) for case in due if case.until <= now]
        again = [replace(case, reminded=now) for case in due if now < case.until and _remind_at(case) <= now]
        told = [Moves(cases=(_timed(case),), facts=(_fact(case, "reminded", case.devices, now),)) for case in again]
        loud = {case.area for case in again}
        return self._all([*over, *told], world.own_cases(self), world, loud)

    def sets_aside(self, case: Bypassed, pending: Pending, world: World) -> Hold | None:
        """Everything but a call for help (GB 50394-2007 5.2.2); what one person alone may not is not asked here."""
        return Hold(case.until, case.reason) if pending.alert_class is not AlertClass.HOLD_UP else None

    def upgrade(self, version: int, stored: dict[str, Any]) -> dict[str, Any]:
        """Before it was a workflow's: ``consented_by`` was the second person, ``since`` the beginning."""
        kept = {name: stored[name] for name in ("id", "area", "by", "devices", "until", "reason")}
        is_open = stored.get("ended") is None
        reason = stored["reason"] if isinstance(stored["reason"], str) else ""
        holds: dict[str, Any] | None = {"devices": stored["devices"], "until": stored["until"]} if is_open else None
        more: dict[str, Any] = {
            name: stored[name] for name in ("reminded", "ended", "ended_by", "note") if name in stored
        }
        case: dict[str, Any] = {**kept, **more, "reason": reason}
        case |= {"second": stored.get("consented_by", ""), "opened": stored["since"]}
        return {**case, "is_open": is_open, "holds": holds, "wake_at": stored["until"] if is_open else None}

    # -- what speaks against it ----------------------------------------------------------------------------

    def _check_begin(self, ask: Begin, cases: Mapping[str, Bypassed], world: World, now: Instant) -> None:
        if not ask.reason.strip():
            raise Refused(Text.of("bypass.no_reason"))
        if len(cases) >= _MOST_STANDING:
            raise Refused(Text.of("bypass.most_standing", most=_MOST_STANDING))
        if not ask.devices:
            raise Refused(Text.of("bypass.nothing_left", area=ask.area[:64]))
        chosen = choose(ask.area, ask.devices, world.devices)
        standing, asked = _standing(cases), _asked_for(self.name, ask, world)
        faults = [Text.of("bypass.by_hand", device=device.id) for device in chosen if is_worked_by_hand(device)]
        for device in chosen:
            if device.id in standing:
                faults.append(Text.of("bypass.already", device=device.id, by=standing[device.id]))
            elif device.id in asked:
                faults.append(Text.of("bypass.asked_already", device=device.id, by=asked[device.id]))
        areas = sorted({device.area for device in chosen})
        if len(areas) > 1:
            faults.append(Text.of("bypass.several_areas", areas=tuple(areas)))
        longest, key = LONGEST, "bypass.longest"
        if self.takes_two(ask, world):
            longest, key = LONGEST_FOR_LIFE, "bypass.longest_for_life"
        if ask.until is None or not now < ask.until <= now + longest:
            faults.append(Text.of(key, hours=longest // _HOUR))
        if faults:
            raise Refused(united(faults))
        tested = {device for held in world.alerts.suppressions() if held.holds.is_test for device in held.holds.devices}
        tested &= set(ask.devices)
        if tested:
            raise Refused(Text.of("permits.in_walk_test", devices=tuple(sorted(tested)[:_NAMED])))

    # -- what follows --------------------------------------------------------------------------------------

    def _begun(self, ask: Begin, cases: Mapping[str, Bypassed], world: World, now: Instant) -> Moves:
        begun = _timed(
            Bypassed(
                id=ask.id,
                area=world.devices[ask.devices[0]].area,
                by=ask.by,
                second=ask.second,
                opened=now,
                devices=ask.devices,
                reason=ask.reason.strip(),
                until=ask.until or now,
                holds=Holds(ask.devices, ask.until or now, reason=ask.reason.strip()),
            )
        )
        fact = _fact(begun, "begun", begun.devices, now, ask.by, ask.note)
        return self._all([Moves(cases=(begun,), facts=(fact,))], cases, world, {begun.area})

    def _installed(self, cases: Mapping[str, Bypassed], world: World, now: Instant) -> Moves:
        """What else was bypassed is so no more, nor what hangs in another area now.

        Nor what was bypassed at a time that is yet to come: the clock was wrong then, and with it the end.
        """
        moves: list[Moves] = []
        for case in cases.values():
            if case.opened > now:
                moves.append(_without(case, (), now, "", Text.of("permits.wrong_clock")))
                continue
            gone = [device for device in case.devices if device not in world.devices]
            moved = [name for name in case.devices if name not in gone and world.devices[name].area != case.area]
            left: Any = case
            for out, why in ((gone, "retired"), (moved, "moved")):
                if out:
                    moves.append(_without(left, out, now, "", Text.of(f"permits.{why}")))
                    left = moves[-1].cases[0]
        return self._all(moves, cases, world, areas={case.area for case in cases.values()})

    def _all(
        self,
        moves: Iterable[Moves],
        cases: Mapping[str, Bypassed],
        world: World,
        loud: Collection[str] = (),
        areas: Collection[str] = (),
    ) -> Moves:
        """These, and what is said of their areas then."""
        joined = Moves.joined(moves)
        changed: dict[str, Any] = {case.id: case for case in joined.cases}
        after = [case for case in {**cases, **changed}.values() if case.is_open]
        concerned = sorted({*areas, *(case.area for case in changed.values())})
        alerts = [alert for area in concerned for alert in _alerts(area, after, world, is_loud=area in loud)]
        watches = [_watch(case) for case in after if case.second and case.area in concerned]
        return replace(joined, cases=tuple(changed.values()), alerts=tuple(alerts), compensations=tuple(watches))


def _standing(cases: Mapping[str, Bypassed]) -> dict[str, str]:
    """Who has bypassed each device."""
    return {device: case.by for case in cases.values() for device in case.devices}


def _asked_for(name: str, ask: Ask, world: World) -> dict[str, str]:
    """Who has asked for the bypass of each device, and waits for a second person."""
    waiting = (each for each in world.alerts.waiting() if each.workflow == name and each.id != ask.id)
    return {device: each.by for each in waiting for device in each.devices}


def _remind_at(case: Bypassed) -> Instant:
    """When people are told again that it stands: in each shift, and before it ends."""
    last = case.reminded if case.reminded is not None else case.opened
    near = case.until - REMIND_BEFORE
    return min(last + REMIND_EVERY, near if near > last else case.until)


def _timed(case: Bypassed) -> Bypassed:
    return replace(case, wake_at=min(case.until, _remind_at(case)))


def _without(case: Bypassed, out: Collection[str], now: Instant, by: str, note: str | Text) -> Moves:
    """Without these devices, or over."""
    left = tuple(device for device in case.devices if out and device not in out)
    gone = tuple(device for device in case.devices if device not in left)
    fact = _fact(case, "ended", gone, now, by, note)
    if left:
        return Moves(
            cases=(replace(case, devices=left, holds=Holds(left, case.until, reason=case.reason)),), facts=(fact,)
        )
    over = replace(case, is_open=False, holds=None, wake_at=None, ended=now, ended_by=by, note=note)
    return Moves(cases=(over,), facts=(fact,))


def _fact(
    case: Bypassed, step: str, devices: tuple[str, ...], now: Instant, by: str = "", note: str | Text = ""
) -> Fact:
    shown: dict[str, Any] = {
        "devices": _names(devices),
        "by": case.by,
        "reason": case.reason[:_MOST_SHOWN],
        "until": At(case.until),
    }
    fields: dict[str, Any] = {
        "bypass": case.id,
        "count": len(devices),
        "reason": case.reason,
        "begun": text_of(case.opened),
        "until": text_of(case.until),
        "bypassed_by": case.by,
        "consented_by": case.second,
        "note": note,
    }
    if step == "ended":
        fields["lasted_s"] = (now - case.opened) // SECOND
    return Fact(
        workflow="bypass",
        case=case.id,
        step=step,
        at=now,
        by=by,
        second=case.second,
        area=case.area,
        devices=devices,
        text=Text.of(f"bypass.{step}", **shown),
        fields={name: value for name, value in fields.items() if value != ""},
        book="" if step == "reminded" else None,
    )


def _watch(case: Bypassed) -> FireWatch:
    return FireWatch("watch", case.area, case.devices, ROUND_EVERY, is_shared=True, case=case.id)


def _alerts(area: str, cases: Sequence[Bypassed], world: World, *, is_loud: bool) -> Iterable[StandingAlert]:
    here = sorted((case for case in cases if case.area == area), key=lambda case: (case.opened, case.id))
    out = {device for case in here for device in case.devices}
    yield StandingAlert(
        key=area,
        area=area,
        text=Text.of("system_alerts.bypassed", count=len(out), bypasses=tuple(map(_of_one, here))),
        procedure=Text.of("system_alerts.bypassed_procedure"),
        is_loud=is_loud,
        is_active=bool(here),
    )
    eyes = sorted(device.id for device in world.devices.values() if device.area == area and detects_fire(device))
    yield StandingAlert(
        key=f"no_fire_detection {area}",
        area=area,
        text=Text.of("system_alerts.blind", devices=_names(eyes)),
        priority=2,
        procedure=Text.of("system_alerts.blind_procedure"),
        is_loud=is_loud,
        is_active=bool(eyes) and out.issuperset(eyes),
    )


def _of_one(case: Bypassed) -> Text:
    devices, reason = _names(case.devices), case.reason[:_MOST_SHOWN]
    if case.second:
        return Text.of("system_alerts.bypassed_by_two", devices=devices, by=case.by, second=case.second, reason=reason)
    return Text.of("system_alerts.bypassed_by", devices=devices, by=case.by, reason=reason)


def _names(devices: Sequence[str]) -> Param:
    """A list of devices, cut where it grows long, with how many there are more."""
    return listed(devices[:_NAMED], len(devices) - _NAMED)


WORKFLOW = Bypass
