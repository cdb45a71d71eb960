"""Drills 演练: shadow points say what a fire would make devices say, people act, and the drill scores itself.

A drill is planned, begins by hand or at its time, and is over when everything is handled, when its time is up, or when
somebody breaks it off. What it makes devices say goes to shadows (alerts/engine/shadows.py), so its alerts are marked,
listed after all that is real, and start only outputs that the site gives to drills. That a drill was held is itself
real: its plan, begin and result are; what is told of its alerts is of the drill. One runs at a time.

A real fire, gas or hold-up alert anywhere on the site breaks the drill off at once: its alerts are closed as tests, its
outputs end, and it counts as not held (docs/adr/0285). A silent one does not: what ends at that moment would give it
away (EN 50131-1). What is timed against which target: alerts/drill.py.

Standard: emergency drills with plan, course, assessment and record (AQ/T 9009; Order 61 art. 40: twice a year).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from msgspec.structs import replace

from alerts.alert import Alert, AlertEvent, State
from alerts.drill import REACHES, Drill, Happened, Measured, Outcome, Shown, outcome_of, reached, resumed
from alerts.drill_asks import Arrived, Assess, Pause, Plan, Resume, Start, Stop
from alerts.drill_scenarios import steps_of
from alerts.drill_words import REAL, ended_fact, fact, messages, reached_fact
from alerts.facts import DISPATCH, ON_DUTY, PRESENT, SCAN, Fact
from alerts.heard import Installed, Listens
from alerts.lifecycle import Action
from alerts.moves import Notification, Stimulus
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.suppression.danger import DEADLY
from alerts.workflow import Ask, Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import At, Text
from devices.reading import SECOND, Instant

_MINUTE: Instant = 60 * SECOND
_DAY: Instant = 86_400 * SECOND
_MOST_PLANNED, _MOST_COURSE, _MOST_ALERTS = 20, 200, 200
_MOST_PEOPLE, _LONGEST_NAME = 100, 64
_FURTHEST: Instant = 92 * _DAY
_GRACE: Instant = 10 * _MINUTE
"""So late a drill still begins at its time: after that nobody waits for it any more."""
_ASSESSED_WITHIN: Instant = 14 * _DAY
_BREAKS_IN = (Action.RAISED, Action.CAUSE_AGAIN, Action.BROUGHT_BACK, Action.EXPIRED)


_WHEN: Mapping[Any, Sequence[str]] = {
    Start: ("planned",),
    Pause: ("running",),
    Resume: ("paused",),
    Stop: ("planned", "running", "paused"),
    Arrived: ("running",),
    Assess: ("ended",),
}
"""In which stages what may be asked."""


class DrillConfig(Config, frozen=True, kw_only=True):
    """Drills: how long they may last, and what they are scored against.

    ``longest_min``: a drill ends by itself after so many minutes at most
    ``clears_after_s``: so long after the last of them all that was said to be on is off again, so that it can be closed
    ``detected_s``: target from the first word of a shadow point to its alert
    ``acknowledged_s``: target from that alert to its acknowledgement
    ``on_scene_s``: target from that alert to somebody on the scene
    ``handled_s``: target from that alert to the last one closed
    ``consent``: when somebody else has to consent to a drill of fire, gas or hold-up: where people are on duty
    (``manned``), ``always`` or ``never``
    """

    longest_min: float = 60
    clears_after_s: float = 60
    detected_s: float = 10
    acknowledged_s: float = 30
    on_scene_s: float = 60
    handled_s: float = 180
    consent: Literal["manned", "always", "never"] = "manned"

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for name in ("longest_min", "clears_after_s", *(f"{reach}_s" for reach in REACHES)):
            if not 1 <= getattr(self, name) <= 3_600:
                yield ConfigFault((name,), Text.of("drills.not_a_length", field=Text.of(f"drills.field_{name}")))


class Drills(Workflow[Drill]):
    """One drill is one case; it stays one until it is assessed."""

    name, book, case = "drills", "drills", Drill
    asks = (Plan, Start, Pause, Resume, Stop, Arrived, Assess)
    config_type = DrillConfig
    listens = Listens(alerts=True, while_open=True, installed=True, topics=frozenset({SCAN, DISPATCH}))
    address = "drills"
    has_reports = True
    page = "/console/drills"
    by_area = True

    config: DrillConfig

    @classmethod
    def shown(cls, case: Drill) -> Shown:
        return Shown.of(case)

    @classmethod
    def runs(cls, case: Drill) -> bool:
        return case.stage != "ended"

    def waits_for(self, case: Drill, account: str, role: str) -> bool:
        """Whoever leads it has to assess it; those who are drilled are not told of it before."""
        return case.stage == "ended" and role in Assess.ROLES

    # -- what speaks against it ----------------------------------------------------------------------------

    def takes_two(self, ask: Any, world: World) -> bool:
        if not isinstance(ask, Plan) or self.config.consent == "never":
            return False
        devices = [world.devices[step.device] for step in steps_of(ask, world, self.config.clears_after_s)]
        if not any(world.is_danger_point(device) for device in devices):
            return False
        return self.config.consent == "always" or _is_manned(ask.area, world)

    def wanted(self, ask: Any, world: World) -> Text | None:
        return Text.of("drills.wanted", purpose=ask.purpose[:200], area=_place(ask.area, world), minutes=ask.lasts_min)

    def check(self, ask: Any, cases: Mapping[str, Drill], world: World, now: Instant) -> None:
        if isinstance(ask, Plan):
            self._check_plan(ask, cases, world, now)
            return
        case = cases.get(ask.case)
        if case is None:
            raise Refused(Text.of("drills.no_drill"))
        if case.stage not in _WHEN[type(ask)]:
            raise Refused(Text.of("drills.not_now", stage=case.stage))
        match ask:
            case Start():
                why = _stands_against(case, cases, world)
                if why is not None:
                    raise Refused(why)
            case Arrived() if case.alarm_at is None:
                raise Refused(Text.of("drills.nothing_yet"))
            case Assess() if not ask.assessment.strip():
                raise Refused(Text.of("drills.say_how"))

    def _check_plan(self, ask: Plan, cases: Mapping[str, Drill], world: World, now: Instant) -> None:
        if ask.area not in world.site.areas:
            raise Refused(Text.of("drills.no_area", area=ask.area[:32]))
        if not ask.purpose.strip():
            raise Refused(Text.of("drills.no_purpose"))
        if not 1 <= ask.lasts_min <= self.config.longest_min:
            raise Refused(Text.of("drills.too_long", longest=self.config.longest_min))
        if ask.start_at is not None and not now <= ask.start_at <= now + _FURTHEST:
            raise Refused(Text.of("drills.no_time"))
        if len(ask.participants) > _MOST_PEOPLE or any(len(name) > _LONGEST_NAME for name in ask.participants):
            raise Refused(Text.of("drills.too_many_people", most=_MOST_PEOPLE))
        if sum(case.stage != "ended" for case in cases.values()) >= _MOST_PLANNED:
            raise Refused(Text.of("drills.most", most=_MOST_PLANNED))
        last = steps_of(ask, world, self.config.clears_after_s)[-1].after_s
        if last > ask.lasts_min * 60:
            raise Refused(Text.of("drills.too_short", seconds=last))

    # -- what follows --------------------------------------------------------------------------------------

    def step(self, event: Heard, cases: Mapping[str, Drill], world: World, now: Instant) -> Moves:
        match event:
            case AlertEvent():
                return self._heard(event, cases, world, now)
            case Fact():
                return self._arrived(event, cases, world, now)
            case Installed():  # begun at a time that is yet to come: the clock was wrong, and with it the end
                ahead = [case for case in cases.values() if case.is_on and (case.started_at or 0) > now]
                why = Text.of("drills.why_clock")
                return Moves.joined(_ended(case, "broken_off", why, world, now) for case in ahead)
            case Plan():
                return self._planned(event, world, now)
        return self._asked(event, cases, world, now) if isinstance(event, Ask) else Moves()

    def _asked(self, ask: Ask, cases: Mapping[str, Drill], world: World, now: Instant) -> Moves:
        case = cases[ask.case]
        match ask:
            case Start():
                return self._begun(case, world, now, by=ask.by)
            case Pause():
                return _moved(replace(case, stage="paused", paused_at=now), "paused", now, ask)
            case Resume():
                return _moved(resumed(case, now), "resumed", now, ask)
            case Stop() if case.stage == "planned":
                return _ended(case, "cancelled", Text.of("drills.why_stopped", by=ask.by), world, now, ask)
            case Stop():
                return _ended(case, "broken_off", Text.of("drills.why_stopped", by=ask.by), world, now, ask)
            case Arrived():
                return self._there(case, world, now, ask.by)
            case Assess():
                closed = replace(case, is_open=False, wake_at=None)
                names = ("assessment", "problems", "plan_changes", "reported_to")
                said = {name: getattr(ask, name).strip() for name in names}
                return Moves(cases=(closed,), facts=(fact(case, "assessed", now, by=ask.by, **said),))
        return Moves()

    def turn(self, due: Sequence[Drill], world: World, now: Instant) -> Moves:
        cases = world.own_cases(self)
        return Moves.joined(self._due(case, cases, world, now) for case in due)

    def _due(self, case: Drill, cases: Mapping[str, Drill], world: World, now: Instant) -> Moves:
        if case.stage == "ended":  # nobody has assessed it
            return Moves(cases=(replace(case, is_open=False, wake_at=None),))
        if case.is_on:
            if case.ends_at is not None and case.ends_at <= now:
                return _ended(case, outcome_of(case.measured), Text.of("drills.why_time"), world, now)
            return _played(case, now)
        why = _stands_against(case, cases, world)
        if why is None and case.start_at is not None and now - case.start_at > _GRACE:
            why = Text.of("drills.why_late", at=At(case.start_at))
        if why is not None:
            return _ended(case, "not_held", why, world, now)
        return self._begun(case, world, now)

    def _planned(self, ask: Plan, world: World, now: Instant) -> Moves:
        targets = [(reach, float(getattr(self.config, f"{reach}_s"))) for reach in REACHES]
        case = Drill(
            id=ask.id,
            area=ask.area,
            by=ask.by,
            second=ask.second,
            purpose=ask.purpose.strip(),
            scenario=ask.scenario,
            steps=steps_of(ask, world, self.config.clears_after_s),
            lasts=int(ask.lasts_min * _MINUTE),
            leader=ask.leader.strip() or ask.by,
            plan=ask.plan.strip(),
            participants=tuple(dict.fromkeys(name.strip() for name in ask.participants if name.strip())),
            is_announced=ask.is_announced,
            tells_people=ask.tells_people,
            tells_centre=ask.tells_centre,
            start_at=ask.start_at,
            wake_at=ask.start_at,
            measured=tuple(Measured(reach, target) for reach, target in targets),
        )
        return _moved(case, "planned", now, ask)

    def _begun(self, case: Drill, world: World, now: Instant, by: str = "") -> Moves:
        begun = replace(case, stage="running", started_at=now, started_by=by, ends_at=now + case.lasts)
        begun = _noted(begun, "started", now, by=by)
        told = messages(begun, "began", Text.of("drills.told_began", until=At(now + case.lasts)), world)
        said = fact(begun, "started", now, by=by)
        return Moves.joined([Moves(facts=(said,), notifications=told), _played(begun, now)])

    # -- the scene -----------------------------------------------------------------------------------------

    def _arrived(self, event: Fact, cases: Mapping[str, Drill], world: World, now: Instant) -> Moves:
        """Somebody is in the area: by a scan, or whoever was sent says so."""
        case = next((case for case in cases.values() if case.is_on and case.area == event.area), None)
        is_there = SCAN in event.topics or bool(event.fields.get("is_there"))
        if case is None or not is_there or case.alarm_at is None or event.at < (case.started_at or 0):
            return Moves()
        return self._there(case, world, now, event.by or str(event.fields.get("person", "")))

    def _there(self, case: Drill, world: World, now: Instant, by: str) -> Moves:
        case, facts = _done(case, "on_scene", now, by)
        moves = Moves(cases=(case,), facts=facts)
        if not facts or not case.is_scored:
            return moves if facts else Moves()
        return Moves.joined([moves, _ended(case, outcome_of(case.measured), Text.of("drills.why_done"), world, now)])

    # -- alerts --------------------------------------------------------------------------------------------

    def _heard(self, event: AlertEvent, cases: Mapping[str, Drill], world: World, now: Instant) -> Moves:
        case = next((case for case in cases.values() if case.is_on), None)
        if case is None:
            return Moves()
        alert = event.alert
        if alert.origin == "drill":
            return self._drilled(event, case, world, now)
        if alert.origin == "real" and event.action in _BREAKS_IN and _is_danger(alert):
            why = Text.of(REAL, alert_class=str(alert.alert_class), area=_place(alert.area, world))
            return _ended(case, "broken_off", why, world, now)
        return Moves()

    def _drilled(self, event: AlertEvent, case: Drill, world: World, now: Instant) -> Moves:
        """One of its own alerts, after one more step of its life."""
        alert, by, reach = event.alert, event.by, ""
        told: tuple[Notification, ...] = ()
        if event.action == Action.RAISED and len(case.open_alerts) < _MOST_ALERTS:
            if case.alarm_at is None:
                told = messages(case, "alarm", Text.of("drills.told_alarm", text=alert.text), world)
            case = replace(case, open_alerts=(*case.open_alerts, alert.id), raised=case.raised + 1)
            case = _noted(replace(case, alarm_at=case.alarm_at or now), "raised", now, about=alert.key)
            reach = "detected"
        elif event.action == Action.ACKNOWLEDGE:
            reach = "acknowledged"
        elif alert.state is State.CLOSED and by and alert.id in case.open_alerts:
            case = replace(case, open_alerts=tuple(each for each in case.open_alerts if each != alert.id))
            case = _noted(case, "closed", now, about=alert.key, by=by)
            reach = "handled" if not case.open_alerts and case.has_said_all else ""
        case, facts = _done(case, reach, now, by)
        moves = Moves(cases=(case,), facts=facts, notifications=told)
        if not case.is_scored:
            return moves
        return Moves.joined([moves, _ended(case, outcome_of(case.measured), Text.of("drills.why_done"), world, now)])


# -- small parts --------------------------------------------------------------------------------------------------


def _played(case: Drill, now: Instant) -> Moves:
    """What is due by now is said, and when the next is."""
    stimuli: list[Stimulus] = []
    while (at := case.next_step_at) is not None and at <= now:
        step = case.steps[case.played]
        stimuli.append(Stimulus(step.device, step.signal, step.value, "drill"))
        case = replace(case, played=case.played + 1, told_at=case.told_at or now)
        word = "on" if step.value is True else "off" if step.value is False else step.value
        case = _noted(case, "said", now, about=f"{step.device} {step.signal} {word}")
    wakes = [at for at in (case.next_step_at, case.ends_at) if at is not None]
    return Moves(cases=(replace(case, wake_at=min(wakes)),), stimuli=tuple(stimuli))


def _moved(case: Drill, step: str, now: Instant, ask: Ask) -> Moves:
    if step != "planned":
        case = _noted(case, step, now, by=ask.by)
        wakes = [at for at in (case.next_step_at, case.ends_at) if at is not None]
        case = replace(case, wake_at=min(wakes))
    return Moves(cases=(case,), facts=(fact(case, step, now, by=ask.by, note=ask.note),))


def _done(case: Drill, reach: str, now: Instant, by: str) -> tuple[Drill, tuple[Fact, ...]]:
    """It was reached, if it was not before."""
    new = reached(case, reach, now, by) if reach else case
    if new is case:
        return case, ()
    return _noted(new, reach, now, by=by), (reached_fact(new, reach, now),)


def _ended(case: Drill, outcome: Outcome, why: Text, world: World, now: Instant, ask: Ask | None = None) -> Moves:
    """With its result in the book; nothing of it stays on a screen or on an output."""
    by = ask.by if ask is not None else ""
    was_on, is_over = case.is_on, outcome in ("cancelled", "not_held")
    ended = _noted(replace(case, stage="ended", outcome=outcome, why=why, ended_at=now), "ended", now, by=by)
    ended = replace(ended, is_open=not is_over, wake_at=None if is_over else now + _ASSESSED_WITHIN, open_alerts=())
    told = messages(ended, "over", Text.of("drills.told_over", why=why), world) if was_on else ()
    return Moves(
        cases=(ended,),
        facts=(ended_fact(ended, now, by),),
        notifications=told,
        shadows_over=("drill",) if was_on else (),
    )


def _noted(case: Drill, what: str, now: Instant, *, about: str = "", by: str = "") -> Drill:
    return replace(case, course=(*case.course, Happened(now, what, about, by))[-_MOST_COURSE:])


def _stands_against(case: Drill, cases: Mapping[str, Drill], world: World) -> Text | None:
    """Why it cannot begin now."""
    other = next((each for each in cases.values() if each.is_on and each.id != case.id), None)
    if other is not None:
        return Text.of("drills.one_runs", purpose=other.purpose)
    gone = [step.device for step in case.steps if step.device not in world.devices]
    if gone:
        return Text.of("drills.gone", devices=tuple(dict.fromkeys(gone)))
    real = [each for each in world.alerts.open() if each.origin == "real" and _is_danger(each)]
    standing = next((each for each in real if each.active or each.state is not State.ACKNOWLEDGED), None)
    if standing is not None:
        return Text.of("drills.real_stands", alert_class=str(standing.alert_class), area=_place(standing.area, world))
    return None


def _is_danger(alert: Alert) -> bool:
    """That people must act on at once; a silent one is left out, a drill must not give it away."""
    return alert.alert_class in DEADLY and alert.suppression is None and not alert.silent


def _is_manned(area: str, world: World) -> bool:
    """Whether anybody is on duty there, as far as a roster or a sign of them tells."""
    return any(world.ask_of(ON_DUTY, role="operator", area=area, at=world.now)) or any(world.ask_of(PRESENT, area=area))


def _place(area: str, world: World) -> Any:
    place = world.site.areas.get(area)
    return place.name if place is not None else area


WORKFLOW = Drills
