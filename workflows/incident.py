"""Incidents 事件: alerts of one area and one cause, from the first to the last of them closed.

An alert that is raised or brought back joins the open incident of its group (alerts/incident.py), if the last joined no
longer ago than the window, or opens one, with the next number of the day. The alert knows its incident, so no case
holds a list that grows in a storm. An incident is over when its last alert is closed. Verbs on it act on its alerts;
whatever came or came again after what their giver saw stays as it is, unacknowledged and sounding. People join two
incidents that are one, and split what is not. First-out, numbers and this grouping: docs/adr/0279; one verb that
clears: docs/adr/0280.

Standard: first-out and grouping of consequences as in ISA-18.2 and EEMUA 191; the window is our choice.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.alert import Alert, AlertEvent, State
from alerts.facts import Fact
from alerts.heard import Installed, Listens
from alerts.incident import Group, Incident, Kind, Stage, belongs, group_of, next_number
from alerts.incident_asks import Acknowledge, Close, Comment, Join, OfIncident, Reset, Seen, Silence, Split
from alerts.incident_verbs import MOST_AT_ONCE, verbs_of
from alerts.lifecycle import Action
from alerts.moves import Grouped
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import At, Text
from devices.reading import SECOND, Instant

_MINUTE: Instant = 60 * SECOND
_JOIN = (Action.RAISED, Action.BROUGHT_BACK, Action.CAUSE_AGAIN)
_NOTHING = Moves()


class IncidentConfig(Config, frozen=True, kw_only=True):
    """How alerts are put together.

    ``window_min``: an alert joins an incident no longer than so many minutes after the last that joined or came again
    """

    window_min: float = 30

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        if not 1 <= self.window_min <= 24 * 60:
            yield ConfigFault(("window_min",), Text.of("incident.minutes"))


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """An incident as programs read it: ``first`` is the alert that was first out, ``joined`` how many there were."""

    number: str
    kind: Kind
    stage: Stage
    first: str
    first_key: str
    text: Text
    joined: int
    opened: At
    last_joined: At
    over: At | None
    into: str
    with_numbers: tuple[str, ...]


class Incidents(Workflow[Incident]):
    """One incident is one case, under its number."""

    name, book, case = "incident", "incidents", Incident
    asks = (Acknowledge, Silence, Reset, Close, Comment, Join, Split)
    config_type = IncidentConfig
    listens = Listens(alerts=True, installed=True)
    address = "incidents"
    has_reports = True
    by_area = True

    config: IncidentConfig

    def __init__(self, config: IncidentConfig | None = None) -> None:
        super().__init__(config)
        self._newest: dict[Group, str] | None = None
        """The incident that each group joins: follows from the cases, and is made once for a storm."""

    @classmethod
    def shown(cls, case: Incident) -> Shown:
        return Shown(
            number=case.id,
            kind=case.kind,
            stage=case.stage,
            first=case.first,
            first_key=case.first_key,
            text=case.first_text,
            joined=case.joined,
            opened=At(case.opened),
            last_joined=At(case.last_at),
            over=At(case.over_at) if case.over_at is not None else None,
            into=case.into,
            with_numbers=case.with_numbers,
        )

    @classmethod
    def runs(cls, case: Incident) -> bool:
        return case.over_at is None

    def waits_for(self, case: Incident, account: str, role: str) -> bool:
        """In the control room, where its alerts are; among what waits for people it would be said twice."""
        return False

    def _runs(self, number: str, cases: Mapping[str, Incident]) -> bool:
        return number in cases and self.runs(cases[number])

    # -- what speaks against it ----------------------------------------------------------------------------

    def check(self, ask: Any, cases: Mapping[str, Incident], world: World, now: Instant) -> None:
        case = cases.get(ask.case)
        if case is None:
            raise Refused(Text.of("incident.no_case", number=ask.case[:32]))
        if case.over_at is not None:
            raise Refused(Text.of("incident.is_over", number=case.id))
        match ask:
            case Join():
                _check_join(case, cases.get(ask.other.strip()), world)
            case Split():
                _check_split(case, ask, world)
            case Comment() if not ask.note.strip():
                raise Refused(Text.of("incident.say_what"))

    # -- what follows --------------------------------------------------------------------------------------

    def step(self, event: Heard, cases: Mapping[str, Incident], world: World, now: Instant) -> Moves:
        match event:
            case AlertEvent(alert=alert):
                return self._alert(event, alert, cases, world, now)
            case Installed():
                return self._looked(cases, world, now)
            case Join():
                return self._joined(event, cases, world, now)
            case Split():
                return self._split(event, cases, world, now)
            case Acknowledge() | Silence() | Reset() | Close() | Comment():
                return _acted(event, cases[event.case], world, now)
        return _NOTHING

    def turn(self, due: Sequence[Incident], world: World, now: Instant) -> Moves:
        """Those that were kept for their numbers."""
        return Moves(cases=tuple(replace(case, is_open=False, wake_at=None) for case in due if not self.runs(case)))

    def _alert(
        self, event: AlertEvent, told: Alert, cases: Mapping[str, Incident], world: World, now: Instant
    ) -> Moves:
        if told.state is State.CLOSED:
            case = cases.get(told.incident)
            is_last = case is not None and case.over_at is None and not world.alerts.has_members(told.incident)
            return _over(case, world, now) if case is not None and is_last else _NOTHING
        if event.action not in _JOIN or not belongs(told):
            return _NOTHING
        alert = world.alerts.find(told.id)  # as it stands by now: more may have become of it in this turn
        if alert is None or not belongs(alert):
            return _NOTHING
        if not alert.incident:
            return self._placed(alert, cases, world, now)
        case = cases.get(alert.incident)
        if case is None or case.over_at is not None or now - case.last_at < self._window // 10:
            return _NOTHING  # a case is written now and then, however often an alert comes again
        return Moves(cases=(replace(case, last_at=now),))

    @property
    def _window(self) -> Instant:
        return int(self.config.window_min * _MINUTE)

    def _placed(self, alert: Alert, cases: Mapping[str, Incident], world: World, now: Instant) -> Moves:
        """In the incident of its group, or in a new one."""
        group = group_of(alert, world.devices)
        case = self._open(group, cases, now)
        if case is None:
            case = _new(next_number(cases, world.site.calendar, now), group, alert, now)
            self._joins(cases)[group] = case.id
            opened = _fact(case, "opened", now, alert=alert.id)
            return Moves(cases=(case,), facts=(opened,), grouped=(Grouped(alert.id, case.id, 1),))
        earliest = min(case.first_at, alert.raised)
        case = replace(case, joined=case.joined + 1, first_at=earliest, last_at=now)
        return Moves(cases=(case,), grouped=(Grouped(alert.id, case.id, case.joined),))

    def _open(self, group: Group, cases: Mapping[str, Incident], now: Instant) -> Incident | None:
        """The open incident of that group whose window has not passed."""
        known = cases.get(self._joins(cases).get(group, ""))
        if known is None or known.over_at is not None:
            return None
        return known if now - known.last_at <= self._window else None

    def _joins(self, cases: Mapping[str, Incident]) -> dict[Group, str]:
        if self._newest is None:
            running = sorted(filter(self.runs, cases.values()), key=lambda case: case.last_at)
            self._newest = {case.group: case.id for case in running}
        return self._newest

    def _looked(self, cases: Mapping[str, Incident], world: World, now: Instant) -> Moves:
        """At a start: whatever is open belongs somewhere, and an incident without an open alert is over."""
        over = [
            _over(case, world, now)
            for case in cases.values()
            if self.runs(case) and not world.alerts.has_members(case.id)
        ]
        alone = [alert for alert in world.alerts.open() if belongs(alert) and not self._runs(alert.incident, cases)]
        stand, moves = dict(cases), list(over)
        for alert in sorted(alone, key=lambda alert: alert.raised):
            placed = self._placed(alert, stand, world, now)
            stand |= {case.id: case for case in placed.cases if isinstance(case, Incident)}
            moves.append(placed)
        joined = Moves.joined(moves)
        return replace(joined, cases=tuple({case.id: case for case in joined.cases}.values()))

    def _joined(self, ask: Join, cases: Mapping[str, Incident], world: World, now: Instant) -> Moves:
        pair = sorted((cases[ask.case], cases[ask.other.strip()]), key=lambda case: (case.opened, case.id))
        kept, gone = pair
        moved = [
            Grouped(alert.id, kept.id, kept.joined + place)
            for place, alert in enumerate(world.alerts.members(gone.id), 1)
        ]
        kept = replace(
            kept,
            joined=kept.joined + gone.joined,
            first_at=min(kept.first_at, gone.first_at),
            last_at=max(kept.last_at, gone.last_at),
            with_numbers=(*kept.with_numbers, gone.id, *gone.with_numbers)[:_MOST_NUMBERS],
        )
        gone = _kept_for_its_number(replace(gone, over_at=now, into=kept.id), world)
        facts = (_fact(kept, "joined", now, ask, other=gone.id), _fact(gone, "went", now, ask, other=kept.id))
        return Moves(cases=(kept, gone), facts=facts, grouped=tuple(moved))

    def _split(self, ask: Split, cases: Mapping[str, Incident], world: World, now: Instant) -> Moves:
        case = cases[ask.case]
        out = [alert for alert in world.alerts.members(case.id) if alert.id in ask.alerts]
        left = [alert for alert in world.alerts.members(case.id) if alert.id not in ask.alerts]
        new = _new(next_number(cases, world.site.calendar, now), group_of(out[0], world.devices), out[0], now)
        new = replace(new, joined=len(out), first_at=min(alert.raised for alert in out))
        if case.first in ask.alerts:  # whoever is first out of those that are left
            case = replace(case, **_first(left[0]))
        moved = tuple(Grouped(alert.id, new.id, place) for place, alert in enumerate(out, 1))
        facts = (_fact(case, "split", now, ask, other=new.id), _fact(new, "opened", now, alert=out[0].id))
        return Moves(cases=(case, new), facts=facts, grouped=moved)


_MOST_NUMBERS = 50
_STEPS = {
    Acknowledge: "acknowledged",
    Silence: "silenced",
    Reset: "reset",
    Close: "closed",
    Comment: "noted",
}


def _first(alert: Alert) -> dict[str, Any]:
    return {"first": alert.id, "first_text": alert.text, "first_key": alert.key}


def _new(number: str, group: Group, alert: Alert, now: Instant) -> Incident:
    area, kind, cause = group
    return Incident(
        id=number, area=area, kind=kind, cause=cause, first_at=alert.raised, last_at=now, opened=now, **_first(alert)
    )


def _over(case: Incident, world: World, now: Instant) -> Moves:
    case = _kept_for_its_number(replace(case, over_at=now), world)
    return Moves(cases=(case,), facts=(_fact(case, "over", now),))


def _kept_for_its_number(case: Incident, world: World) -> Incident:
    """Until the end of the next day of the site: the numbers of a day run on, also where a clock is set back."""
    calendar = world.site.calendar
    return replace(case, wake_at=calendar.at(calendar.day(max(case.opened, case.over_at or 0)), 2 * 24 * 60))


def _check_join(case: Incident, other: Incident | None, world: World) -> None:
    if other is None or other.over_at is not None or other.id == case.id:
        raise Refused(Text.of("incident.no_other"))
    later = max(case, other, key=lambda each: (each.opened, each.id))
    if len(world.alerts.members(later.id)) > MOST_AT_ONCE:
        raise Refused(Text.of("incident.too_many", most=MOST_AT_ONCE))


def _check_split(case: Incident, ask: Split, world: World) -> None:
    members = {alert.id for alert in world.alerts.members(case.id)}
    wanted = members.intersection(ask.alerts)
    if not wanted or len(wanted) < len(set(ask.alerts)):
        raise Refused(Text.of("incident.not_in_it", number=case.id))
    if len(wanted) == len(members):
        raise Refused(Text.of("incident.nothing_left", number=case.id))
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(Text.of("incident.too_many", most=MOST_AT_ONCE))


def _acted(ask: OfIncident, case: Incident, world: World, now: Instant) -> Moves:
    verbs, later = verbs_of(ask, world.alerts.members(case.id), Seen.of(ask.saw), now)
    done = len({verb.alert for verb in verbs})
    step = _STEPS[type(ask)]
    finding = {"disposition": str(ask.disposition)} if isinstance(ask, Close) else {}
    fact = _fact(case, step, now, ask, count=done, later=later, **finding)
    return Moves(cases=(case,), facts=(fact,), verbs=tuple(verbs))


def _fact(case: Incident, step: str, now: Instant, ask: Join | Split | OfIncident | None = None, **fields: Any) -> Fact:
    """What happened to it, as its book says it."""
    note = {"note": ask.note} if ask is not None and ask.note else {}
    return Fact(
        workflow="incident",
        case=case.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        area=case.area,
        text=Text.of(
            f"incident.{step}",
            number=case.id,
            kind=case.kind,
            first=case.first_text,
            joined=case.joined,
            other=fields.get("other", ""),
            count=fields.get("count", 0),
            later=fields.get("later", 0),
        ),
        fields={"number": case.id, "kind": case.kind, "joined": case.joined, **fields, **note},
    )


WORKFLOW = Incidents
