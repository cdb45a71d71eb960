"""Foreign affairs 涉外安全: a visit is planned, approved by another leader before it begins, and reported on after it.

The areas that are closed to it are armed for its time, and given back as they were. They are armed as a person would
do it: not over an open sensor, which is an alert and tried again each minute. Somebody who disarms one of them decides
that: it is an alert, and is not undone. Who wants such an area armed meanwhile (a person, the timetable) finds it armed
after the visit, and so does another visit to which it is closed. Arming touches intrusion sensors only: what warns of
fire, gas or a hold-up, and what counts for 24 hours, is in every mode as it is.

A visit that begins without approval is an alert until it is approved, and closes nothing before. Who stays over night
is registered with the police within 24 hours (Exit and Entry Administration Law, article 39). The report is due within
three days, counted as the Civil Code does (articles 201, 203: without the first, to the end of the last); that it is
due is told a day before. Both numbers are settings. While the gateway was off nothing was armed, which is told, too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from alerts.area_mode import ARMED, is_armed
from alerts.facts import MODE_WANTED, Fact
from alerts.foreign_visit_facts import RULES, fact_of
from alerts.foreign_visit_faults import faults_of
from alerts.foreign_visits import Approve, Cancel, Closed, End, Lodge, Plan, Report, Visit
from alerts.heard import Listens, ModeSet
from alerts.moves import SetMode
from alerts.ready import in_the_way, listed_points, meant_mode, name_of
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Ask, Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant
from ledger.timestamp import text_of

_HOUR: Instant = 3_600 * SECOND
_AGAIN: Instant = 60 * SECOND


class ForeignAffairsConfig(Config, frozen=True, kw_only=True):
    """The terms.

    ``report_days``: within so many days after a visit it is reported on
    ``lodging_h``: within so many hours a lodging is registered; the law says 24
    ``lodging_notice_h``: so many hours before that it is told
    """

    report_days: int = 3
    lodging_h: float = 24
    lodging_notice_h: float = 4

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        if not 1 <= self.report_days <= 30:
            yield ConfigFault(("report_days",), Text.of("foreign_affairs.config_days"))
        if not 0 < self.lodging_h <= 24:
            yield ConfigFault(("lodging_h",), Text.of("foreign_affairs.config_hours"))
        if not 0 <= self.lodging_notice_h < self.lodging_h:
            yield ConfigFault(("lodging_notice_h",), Text.of("foreign_affairs.config_notice"))


class ForeignAffairs(Workflow[Visit]):
    """One visit is one case."""

    name, book, case = "foreign_affairs", "foreign_affairs", Visit
    asks = (Plan, Approve, Lodge, End, Cancel, Report)
    config_type = ForeignAffairsConfig
    personal = ("persons", "passports")
    listens = Listens(modes=True, topics=frozenset({MODE_WANTED}))

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    def choices(self, site: SiteFacts) -> Mapping[str, Sequence[str]]:
        return {"closed_areas": [area.id for area in site.areas.values() if any(map(is_armed, area.modes))]}

    def waits_for(self, case: Visit, account: str, role: str) -> bool:
        if not case.approved_by:
            return role in Approve.ROLES and account != case.by
        return bool({"lodging_due", "lodging_late"} & {*case.told}) or (case.stage == "over" and role in Report.ROLES)

    def shows(self, case: Visit, now: Instant) -> dict[str, Any]:
        closed = (Text.of("foreign_affairs.closed_area", area=each.area, hold=each.hold) for each in case.closed)
        return {"closed": tuple(closed)}

    # -- what speaks against it ----------------------------------------------------------------------------

    def check(self, ask: Any, cases: Mapping[str, Visit], world: World, now: Instant) -> None:
        faults = [(0, name, text) for name, text in faults_of(ask, cases, world, now)]
        if faults:
            raise Refused(faults[0][2], faults)

    # -- what follows --------------------------------------------------------------------------------------

    def step(self, event: Heard, cases: Mapping[str, Visit], world: World, now: Instant) -> Moves:
        match event:
            case ModeSet() if event.workflow != self.name:
                each = (_mode_set(case, event.area, event.mode, now) for case in _closing(cases, event.area))
                return Moves.joined(each)
            case Fact() if event.fields.get("mode"):
                mode = str(event.fields["mode"])
                return Moves.joined(_mode_set(case, event.area, mode, now) for case in _closing(cases, event.area))
            case Plan():
                return self._went_on(_planned(event), "planned", cases, world, now, event)
            case Approve():
                before = cases[event.case]
                step = "approved" if before.stage == "planned" and now < before.begins_at else "approved_late"
                case = replace(before, approved_by=event.by, approved_at=now)
                return self._went_on(case, step, cases, world, now, event)
            case Lodge():
                at = event.done_at or now
                case = replace(cases[event.case], lodging=event.lodging.strip(), lodging_at=at)
                return self._went_on(case, "lodged", cases, world, now, event)
            case End():
                case = replace(cases[event.case], ends_at=now)
                return self._went_on(case, "", cases, world, now)
            case Cancel() | Report():
                case, opened, facts = self._given_back(cases[event.case], cases, world, now)
                case = replace(case, is_open=False, wake_at=None)
                step = "reported" if isinstance(event, Report) else "cancelled"
                return Moves.joined([opened, Moves(cases=(case,), facts=(*facts, _fact(case, step, now, event)))])
        return Moves()

    def turn(self, due: Sequence[Visit], world: World, now: Instant) -> Moves:
        """Each sees what the one before has given back."""
        cases = dict(world.own_cases(self))
        moves = []
        for case in due:
            moves.append(self._went_on(cases.get(case.id, case), "", cases, world, now))
            cases |= {each.id: each for each in moves[-1].cases if isinstance(each, Visit)}
        newest = {each.id: each for each in Moves.joined(moves).cases}
        return replace(Moves.joined(moves), cases=tuple(newest.values()))

    def _went_on(
        self,
        case: Visit,
        step: str,
        cases: Mapping[str, Visit],
        world: World,
        now: Instant,
        ask: Ask | None = None,
    ) -> Moves:
        """All that the clock asks for by now, in its order."""
        facts = [_fact(case, step, now, ask)] if step else []
        opened = Moves()
        modes: tuple[SetMode, ...] = ()
        if case.stage == "planned" and case.begins_at <= now:
            case = replace(case, stage="running")
            facts.append(_fact(case, "begun", now))
        if case.stage != "planned" and not case.approved_by:
            case, facts = _tell(case, "unapproved", facts, now)
        elif "unapproved" in case.told:
            case = replace(case, told=tuple(word for word in case.told if word != "unapproved"))
        if case.stage == "running" and case.ends_at <= now:
            if any(each.hold == "waits" for each in case.closed) and case.approved_by:
                case, facts = _tell(case, "not_observed", facts, now)
            case, opened, more = self._given_back(case, cases, world, now)
            case = replace(case, stage="over")
            facts += [*more, _fact(case, "over", now)]
        elif case.stage == "running" and case.approved_by:
            case, modes, more = _armed(case, world, now)
            facts += more
        case, facts = self._terms(case, facts, world, now)
        case = replace(case, wake_at=min((at for at in self._times(case, world) if at > now), default=None))
        if any(each.hold == "waits" for each in case.closed) and case.stage == "running" and case.approved_by:
            case = replace(case, wake_at=min(case.wake_at or now + _AGAIN, now + _AGAIN))
        return Moves.joined([opened, Moves(cases=(case,), facts=tuple(facts), modes=modes)])

    def _terms(self, case: Visit, facts: list[Fact], world: World, now: Instant) -> tuple[Visit, list[Fact]]:
        """Lodging and report: what is due, and what is late."""
        if case.lodges and case.lodging_at is None and case.stage != "planned":
            late = case.begins_at + int(self.config.lodging_h * _HOUR)
            if now >= late:
                case, facts = _tell(case, "lodging_late", facts, now)
            elif now >= late - int(self.config.lodging_notice_h * _HOUR):
                case, facts = _tell(case, "lodging_due", facts, now)
        if case.lodging_at is not None:
            case = replace(case, told=tuple(word for word in case.told if not word.startswith("lodging")))
        if case.stage == "over":
            due, late = self._report(case, world)
            if now >= late:
                case, facts = _tell(case, "report_late", facts, now)
            elif now >= due:
                case, facts = _tell(case, "report_due", facts, now)
        return case, facts

    def _report(self, case: Visit, world: World) -> tuple[Instant, Instant]:
        """When the report is told of, and when it is late: at the end of the last day."""
        calendar = world.site.calendar
        last = calendar.day(case.ends_at) + timedelta(days=self.config.report_days)
        return calendar.at(last, 0), calendar.at(last + timedelta(days=1), 0)

    def _times(self, case: Visit, world: World) -> Iterator[Instant]:
        yield from (case.begins_at, case.ends_at)
        if case.lodges and case.lodging_at is None:
            late = case.begins_at + int(self.config.lodging_h * _HOUR)
            yield from (late - int(self.config.lodging_notice_h * _HOUR), late)
        yield from self._report(case, world)

    def _given_back(
        self, case: Visit, cases: Mapping[str, Visit], world: World, now: Instant
    ) -> tuple[Visit, Moves, list[Fact]]:
        """What it armed is as it was before, unless another visit needs it closed: that one gives it back then."""
        others, modes, given = dict[str, Visit](), list[SetMode](), list[str]()
        for each in case.closed:
            if each.hold != "armed" or world.modes.get(each.area) != each.mode:
                continue
            heir = next((other for other in _closing(cases, each.area) if other.id != case.id), None)
            if heir is not None:
                heir = others.get(heir.id, heir)
                own = tuple(each if one.area == each.area else one for one in heir.closed)
                others[heir.id] = replace(heir, closed=own)
            else:
                modes.append(SetMode(each.area, each.before, case.approved_by))
                given.append(each.area)
        is_standing = any(each.hold != "waits" for each in case.closed) or "not_closed" in case.told
        facts = [_fact(case, "given_back", now, areas=given)] if is_standing else []
        freed = tuple(word for word in case.told if word not in ("not_closed", "opened"))
        case = replace(case, closed=tuple(Closed(each.area) for each in case.closed), told=freed)
        return case, Moves(cases=tuple(others.values()), modes=tuple(modes)), facts


# -- small parts ----------------------------------------------------------------------------------------------------


def _fact(case: Visit, step: str, now: Instant, ask: Ask | None = None, **more: Any) -> Fact:
    times = {"begins": text_of(case.begins_at), "ends": text_of(case.ends_at)}
    return fact_of(case, step, now, ask, times=times, **more)


def _planned(ask: Plan) -> Visit:
    return Visit(
        id=ask.id,
        by=ask.by,
        organisation=ask.organisation.strip(),
        nationality=ask.nationality.strip(),
        purpose=ask.purpose.strip(),
        escort=ask.escort.strip(),
        begins_at=ask.start_at,
        ends_at=ask.until or ask.start_at,
        persons=tuple(line.strip() for line in ask.persons),
        passports=tuple(line.strip() for line in ask.passports),
        areas=ask.areas,
        closed=tuple(Closed(area) for area in dict.fromkeys(ask.closed_areas)),
        lodges=ask.lodges,
    )


def _closing(cases: Mapping[str, Visit], area: str) -> list[Visit]:
    """The visits that go on and to which the area is closed."""
    running = (case for case in cases.values() if case.stage == "running" and case.approved_by)
    return [case for case in running if any(each.area == area for each in case.closed)]


def _armed(case: Visit, world: World, now: Instant) -> tuple[Visit, tuple[SetMode, ...], list[Fact]]:
    """What waits to be armed, as far as nothing is open there."""
    closed, modes, facts, open_areas = list[Closed](), list[SetMode](), list[Fact](), list[Text]()
    for each in case.closed:
        mode, before = meant_mode(each.area, ARMED, world), world.modes.get(each.area)
        if each.hold != "waits" or before is None:
            closed.append(each)
        elif is_armed(before):
            closed.append(Closed(each.area, "was_armed", before, before))
        elif found := in_the_way(each.area, mode, world):
            where = name_of(each.area, world)
            open_areas.append(Text.of("foreign_affairs.is_open", area=where, found=listed_points(found)))
            closed.append(each)
        else:
            modes.append(SetMode(each.area, mode, case.approved_by))
            closed.append(Closed(each.area, "armed", mode, before))
    case = replace(case, closed=tuple(closed))
    if open_areas:
        case, facts = _tell(case, "not_closed", facts, now, found=tuple(open_areas))
    elif (modes or "not_closed" in case.told) and not any(each.hold == "opened" for each in case.closed):
        case = replace(case, told=tuple(word for word in case.told if word != "not_closed"))
        facts.append(_fact(case, "closed", now, areas=[each.area for each in case.closed]))
    return case, tuple(modes), facts


def _mode_set(case: Visit, area: str, mode: str, now: Instant) -> Moves:
    """Somebody else set it, or wants it as it is: from now on it is theirs."""
    (before,) = (each for each in case.closed if each.area == area)
    hold = "was_armed" if is_armed(mode) else "opened"
    if before.hold == hold or (before.hold == "waits" and hold == "opened"):
        return Moves()
    after = Closed(area, "was_armed" if is_armed(mode) else "opened", mode, mode)
    case = replace(case, closed=tuple(after if each.area == area else each for each in case.closed))
    facts: list[Fact] = []
    if hold == "opened":
        case, facts = _tell(case, "opened", facts, now, areas=[area])
    elif "opened" in case.told and not any(each.hold == "opened" for each in case.closed):
        case = replace(case, told=tuple(word for word in case.told if word != "opened"))
        facts = [_fact(case, "closed", now, areas=[area])]
    return Moves(cases=(case,), facts=tuple(facts))


def _tell(case: Visit, step: str, facts: list[Fact], now: Instant, **more: Any) -> tuple[Visit, list[Fact]]:
    """Once, until it stands no more."""
    if step in case.told:
        return case, facts
    return replace(case, told=(*case.told, step)), [*facts, _fact(case, step, now, **more)]


WORKFLOW = ForeignAffairs
