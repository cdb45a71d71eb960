"""Walk test 步行测试: a person walks and triggers each detector once; which answered, and which did not.

What the devices in it say by being triggered is not shouted: a danger only for the window of that device, which one
person may open for the quantity that they trip and no other. What breaks in is real and ends the test. docs/adr/0106
has the rules of it, devices/walk_test.py what a trigger is. It is a test condition, indicated for as long as it lasts
(EN 54-2, ISO 7240-2).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from alerts.alert import Alert, AlertClass, AlertEvent, State
from alerts.case import Case, Holds, Window
from alerts.chosen_devices import choose, united
from alerts.facts import DEVICE_TESTED, Fact
from alerts.heard import Installed, InTest, Listens, Pending
from alerts.lifecycle import Action
from alerts.moves import StandingAlert
from alerts.workflow import Ask, Heard, Hold, Moves, Workflow, World
from devices import walk_test as limits
from devices.detector_trigger import is_same_quantity, is_worked_by_hand
from devices.device import Device
from devices.errors import Refused
from devices.kinds import watched
from devices.message import At, Text
from devices.people import people
from devices.reading import SECOND, Instant, Reading
from devices.signals import base_name
from devices.walk_test import Answer, Outcome, WalkTest, heard, is_contradicted, report, triggered_together
from ledger.timestamp import text_of

_HOUR: Instant = 3_600 * SECOND
_REMIND_BEFORE: Instant = 900 * SECOND
_MOST_RUNNING = 50
_MOST_DEVICES = 1_000
_NAMED = 20
_ROLES = frozenset({"technician", "admin"})
_DEADLY = frozenset({AlertClass.FIRE, AlertClass.HOLD_UP, AlertClass.GAS})
_BY_THE_PERSON = frozenset({"tamper", "test", "fire"})


class Walk(Case, frozen=True, kw_only=True):
    """``test``: how it stands. ``first``: by device, the first value of each number, against which it has moved."""

    VERSION: ClassVar[int] = 2

    test: WalkTest
    first: dict[str, dict[str, float]] = {}


class Start(Ask, tag="start", frozen=True, kw_only=True):
    """I walk and trigger these devices, or the detectors of an area; without an end for two hours at most.

    ``window_s``: for how many seconds, after its trigger, a detector may be in alarm by the test.
    """

    ROLES = _ROLES
    ADDRESS = "walk-tests"
    WITH_UP = True

    area: str = ""
    devices: tuple[str, ...] = ()
    window_s: int = limits.WINDOW // SECOND
    up: tuple[tuple[str, str], ...] = ()


class End(Ask, tag="end", frozen=True, kw_only=True):
    """I have walked; write the report."""

    ROLES = _ROLES
    ADDRESS = "walk-tests/{case}/end"


class WalkTests(Workflow[Walk]):
    """One test is one case; its report is the case when it has ended."""

    name, book, case = "walk_test", "walk_tests", Walk
    asks = (Start, End)
    listens = Listens(alerts=True, installed=True)
    address, has_reports, kept = "walk-tests", True, {"last-tested": (DEVICE_TESTED, limits.Tested)}

    @classmethod
    def shown(cls, case: Walk) -> limits.Report:
        return report(case.test)

    def filled(self, ask: Any, cases: Mapping[str, Walk], world: World) -> Any:
        """Of a whole area all are in it that can be: what is worked by hand only where it is named."""
        if not isinstance(ask, Start):
            return ask
        chosen = choose(ask.area, ask.devices, world.devices)
        if ask.area:
            out = {*_running(cases), *_out_of_service(world)}
            chosen = [device for device in chosen if not is_worked_by_hand(device) and device.id not in out]
        return replace(ask, area="" if chosen else ask.area, devices=tuple(device.id for device in chosen))

    def check(self, ask: Any, cases: Mapping[str, Walk], world: World, now: Instant) -> None:
        if isinstance(ask, Start):
            _check_start(ask, cases, world, now)
        elif ask.case not in cases:
            raise Refused(Text.of("permits.no_walk_test"))

    def step(self, event: Heard, cases: Mapping[str, Walk], world: World, now: Instant) -> Moves:
        match event:
            case Start():
                return _started(event, world, now)
            case End():
                return _ended(cases[event.case], "finished", now, event.by, event.note)
            case InTest():
                return _heard(cases[event.case], event.reading, cases, world, now)
            case AlertEvent():
                return _interrupted(event, cases, world, now) if cases and _is_danger_told(event) else Moves()
            case Installed():
                return _installed(cases, world, now)
        return Moves()

    def turn(self, due: Sequence[Walk], world: World, now: Instant) -> Moves:
        return Moves.joined(
            _ended(case, "expired", now, "", Text.of("permits.time_over"))
            if case.test.until <= now
            else _reminded(case, world, now)
            for case in due
        )

    def sets_aside(self, case: Walk, pending: Pending, world: World) -> Hold | None:
        """Until the test ends; fire, gas and hold-up until the window of that device is over.

        What began before the test, and what a device says of itself (that it is lost, at fault, low on battery) is no
        test alarm.
        """
        test, device = case.test, pending.device
        triggered = watched(device.kind, device.signals) | _BY_THE_PERSON
        if pending.begun < test.started or not any(base_name(signal) in triggered for signal in pending.signals):
            return None
        until = test.until
        if pending.alert_class in _DEADLY:
            answer = test.answer_of(device.id)
            if answer is None:  # found in alarm, not triggered: a restart in the middle of a fire
                return None
            if not all(is_same_quantity(answer.signal, signal) for signal in pending.signals):  # test gas is not hot
                return None
            until = test.explains_until(answer, pending.told)
            if pending.now >= until:
                return None
            so_far = pending.so_far
            if so_far is not None and so_far.source == case.id and pending.now < (so_far.until or 0) < until:
                until = so_far.until or until  # looked at anew when that is due, and not before
        return Hold(until, test.note)

    def upgrade(self, version: int, stored: dict[str, Any]) -> dict[str, Any]:
        """Before it was a workflow's, the test itself was stored."""
        test = msgspec.convert(stored, WalkTest)
        case = Walk(id=test.id, area=test.area, by=test.by, opened=test.started, is_open=test.ended is None, test=test)
        upgraded: dict[str, Any] = msgspec.to_builtins(_standing(case, test) if case.is_open else case)
        return upgraded


def _running(cases: Mapping[str, Walk]) -> dict[str, str]:
    """Who walks past each device."""
    return {device: case.by for case in cases.values() for device in case.test.devices}


def _out_of_service(world: World) -> set[str]:
    return {device for held in world.alerts.suppressions() if held.holds.is_out for device in held.holds.devices}


def _check_start(ask: Start, cases: Mapping[str, Walk], world: World, now: Instant) -> None:
    """Raises Refused with all that speaks against it."""
    if len(cases) >= _MOST_RUNNING:
        raise Refused(Text.of("walking.most_running", most=_MOST_RUNNING))
    if not ask.devices:
        raise Refused(Text.of("walking.nothing_left", area=ask.area[:64]))
    running, out = _running(cases), _out_of_service(world)
    faults = [Text.of("walking.runs", device=name, by=running[name]) for name in ask.devices if name in running]
    faults += [Text.of("walking.bypassed", device=name) for name in ask.devices if name in out]
    if len(ask.devices) > _MOST_DEVICES:
        faults.append(Text.of("walking.too_many", count=len(ask.devices), most=_MOST_DEVICES))
    until = ask.until or now + limits.DEFAULT
    if not now < until <= now + limits.LONGEST:
        faults.append(Text.of("walking.longest", hours=limits.LONGEST // _HOUR))
    least, most = limits.SHORTEST_WINDOW // SECOND, limits.LONGEST_WINDOW // SECOND
    if not least <= ask.window_s <= most:
        faults.append(Text.of("walking.window", least=least, most=most))
    if faults:
        raise Refused(united(faults))
    areas = {device.area for device in choose("", ask.devices, world.devices)}
    standing = [alert for alert in world.alerts.open() if alert.area in areas and _stands(alert)]
    if standing:
        alerts = (Text.of("walking.alert_stands", area=alert.area, alert=alert.text) for alert in standing[:_NAMED])
        raise Refused(Text.of("walking.alerts_stand", alerts=tuple(alerts)))


def _stands(alert: Alert) -> bool:
    """A danger that nobody has acknowledged."""
    is_open = alert.suppression is None and alert.state in (State.UNACKNOWLEDGED, State.RETURNED)
    return is_open and alert.alert_class in _DEADLY


def _started(ask: Start, world: World, now: Instant) -> Moves:
    areas = sorted({world.devices[name].area for name in ask.devices})
    test = WalkTest(
        id=ask.id,
        area=areas[0] if len(areas) == 1 else "",
        devices=tuple(dict.fromkeys(ask.devices)),
        by=ask.by,
        started=now,
        until=ask.until or now + limits.DEFAULT,
        note=ask.note.strip(),
        window=ask.window_s * SECOND,
        up=frozenset(place for place in ask.up if place[0] in ask.devices),
    )
    case = _standing(Walk(id=ask.id, by=ask.by, area=test.area, test=test), test)
    fields = {"devices": ", ".join(test.devices)}
    return Moves(
        cases=(case,),
        facts=(_fact(case, "started", now, ask.by, test.note, fields),),
        alerts=(_alert(case, world, is_loud=True),),
    )


def _heard(case: Walk, reading: Reading, cases: Mapping[str, Walk], world: World, now: Instant) -> Moves:
    """Count a reading; two at once that were no one person's doing end the test."""
    device = world.devices.get(reading.device)
    if device is None:
        return Moves()
    before = case.first.get(device.id, {})
    first = dict(before)
    test = heard(case.test, device, reading, first)
    if test is case.test and first == before:
        return Moves()
    after = replace(_standing(case, test), first={**case.first, device.id: first} if first else case.first)
    if len(test.answers) == len(case.test.answers):
        return Moves(cases=(after,))
    answer = test.answers[-1]
    told = Moves(cases=(after,), facts=(_answered(after, answer, now),))
    beside = [other for other in {**cases, after.id: after}.values() if _is_beside(other, after, world.devices)]
    others = [each for other in beside for each in other.test.answers]
    real = triggered_together(answer, others, world.devices)
    over = [
        _ended(other, "interrupted", now, "", Text.of("permits.together"))
        for other in beside
        if real & set(other.test.devices)
    ]
    joined = Moves.joined([told, *over])
    cases_after = {each.id: each for each in joined.cases}.values()
    return replace(joined, cases=tuple(cases_after), real=tuple(sorted(real)))


def _is_danger_told(event: AlertEvent) -> bool:
    """In the open, now."""
    alert = event.alert
    is_told = event.action in (Action.RAISED, Action.CAUSE_AGAIN)
    return is_told and alert.suppression is None and alert.alert_class in _DEADLY and alert.origin == "real"


def _interrupted(event: AlertEvent, cases: Mapping[str, Walk], world: World, now: Instant) -> Moves:
    """A danger in the open in the area of a test ends it, unless the test's own devices have told of it.

    So does what they tell if it is more than a test makes them tell.
    """
    alert, causes, devices = event.alert, event.causes, world.devices
    about = {cause.device for cause in causes} or {alert.key}
    areas = {alert.area} | {devices[name].area for name in about if name in devices}
    over = [
        case
        for case in cases.values()
        if (areas & _areas(case, devices) and not about <= set(case.test.devices)) or is_contradicted(case.test, causes)
    ]
    why = Text.of("walking.real_alarm", alert=alert.text)
    ended = Moves.joined(_ended(case, "interrupted", now, "", why) for case in over)
    return replace(ended, real=tuple(sorted(about)) if over else ())


def _installed(cases: Mapping[str, Walk], world: World, now: Instant) -> Moves:
    """What began at a time that is yet to come ends: the clock was wrong then. The others are said to run."""
    return Moves.joined(
        _ended(case, "expired", now, "", Text.of("permits.wrong_clock"))
        if case.test.started > now
        else Moves(alerts=(_alert(case, world, is_loud=False),))
        for case in cases.values()
    )


def _areas(case: Walk, devices: Mapping[str, Device]) -> set[str]:
    return {devices[name].area for name in case.test.devices if name in devices}


def _is_beside(other: Walk, case: Walk, devices: Mapping[str, Device]) -> bool:
    """Whether one person may walk both, or two stand in the same room."""
    return bool(people(other.by) & people(case.by)) or bool(_areas(other, devices) & _areas(case, devices))


def _standing(case: Walk, test: WalkTest) -> Walk:
    windows = tuple(
        Window(answer.device, answer.signal, answer.at, answer.told_until(test.window)) for answer in test.answers
    )
    holds = Holds(test.devices, test.until, is_out=False, windows=windows, is_test=True)
    return replace(case, test=test, holds=holds, wake_at=min(test.until, _remind_at(test)))


def _remind_at(test: WalkTest) -> Instant:
    near = test.until - _REMIND_BEFORE
    return near if test.reminded is None and near > test.started else test.until


def _reminded(case: Walk, world: World, now: Instant) -> Moves:
    soon = _standing(case, replace(case.test, reminded=now))
    return Moves(cases=(soon,), facts=(_fact(soon, "reminded", now),), alerts=(_alert(soon, world, is_loud=True),))


def _ended(case: Walk, outcome: Outcome, now: Instant, by: str, note: str | Text) -> Moves:
    test = replace(case.test, outcome=outcome, ended=now, ended_by=by, note=note or case.test.note)
    over = replace(case, test=test, is_open=False, holds=None, wake_at=None)
    fields = {
        "outcome": outcome,
        "lasted_s": (now - test.started) // SECOND,
        "answered_count": len(test.answers),
        "answered": _answers(test.answers),
        "missing_count": len(test.missing),
        "missing": ", ".join(test.missing),
    }
    alert = StandingAlert(key=case.id, area=case.area, text=Text.of("walk_test.title"), is_active=False)
    return Moves(cases=(over,), facts=(_fact(over, "ended", now, by, note, fields),), alerts=(alert,))


def _answers(answers: Iterable[Answer]) -> str:
    """``s1 smoke 2026-11-24T08:30:15.000000000Z (0.4 s)``: device, signal, when, how long the word was on its way."""
    return "; ".join(f"{a.device} {a.signal} {text_of(a.at)} ({a.delay / SECOND:.1f} s)" for a in answers)


def _answered(case: Walk, answer: Answer, now: Instant) -> Fact:
    fields = {
        "signal": answer.signal,
        "delay_s": answer.delay / SECOND,
        "clear": None,
        "answered_count": len(case.test.answers),
        "count": len(case.test.devices),
    }
    fact = _fact(case, "answered", now, case.by, "", fields)
    return replace(fact, devices=(answer.device,), topics=(DEVICE_TESTED,), is_kept=True)


def _fact(
    case: Walk, step: str, now: Instant, by: str = "", note: str | Text = "", more: Mapping[str, Any] | None = None
) -> Fact:
    test = case.test
    fields: dict[str, Any] = {
        "test": test.id,
        "walked_by": test.by,
        "started": text_of(test.started),
        "until": text_of(test.until),
        "count": len(test.devices),
        "note": note,
        **(more or {}),
    }
    text = Text.of(
        f"walk_test.{step}",
        by=test.by,
        count=len(test.devices),
        answered=len(test.answers),
        until=At(test.until),
        outcome=test.outcome,
    )
    return Fact(
        workflow="walk_test",
        case=case.id,
        step=step,
        at=now,
        by=by,
        area=test.area,
        text=text,
        fields={name: value for name, value in fields.items() if value != ""},
        book=None if step in ("started", "ended") else "",
    )


def _alert(case: Walk, world: World, *, is_loud: bool) -> StandingAlert:
    test, count = case.test, len(case.test.devices)
    area = test.area or next((world.devices[name].area for name in test.devices if name in world.devices), "")
    return StandingAlert(
        key=case.id,
        area=area,
        text=Text.of("system_alerts.walk_test", by=test.by, devices=tuple(test.devices))
        if count <= _NAMED
        else Text.of("system_alerts.long_walk_test", by=test.by, count=count),
        procedure=Text.of("system_alerts.walk_test_procedure"),
        priority=4,
        alert_class=AlertClass.INFORMATION,
        is_loud=is_loud,
    )


WORKFLOW = WalkTests
