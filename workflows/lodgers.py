"""Lodgers 流动人口: who lives here and is registered elsewhere, reported to the police within the term of the place.

Each province has its own term, after somebody comes and after they leave (Zhejiang: three working days; Regulations on
Residence Permits, article 10: the permit is stamped every year). Working days are those of the site's calendar. The
last day of a term is told in the morning; when it is over without a report that is an alert, until the report is
entered. A residence permit is told 30 days before it runs out. What is said aloud names the room, never the person.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from alerts.calendar import Calendar
from alerts.case import Case
from alerts.facts import Fact, FieldValue
from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Ask, Config, Heard, Moves, Workflow, World
from devices.errors import Fault, Refused
from devices.message import Text
from devices.reading import Instant

_EDITORS = frozenset({"operator", "manager", "admin"})
_LONGEST, _MOST_YEARS = 100, 10
_DAY = timedelta(days=1)
_PERSONAL = ("person", "document", "home", "note")
State: TypeAlias = Literal["report_due", "report_late", "permit_due", "permit_over"]
_ENDS: dict[str, str] = {
    "report_due": "none_due",
    "report_late": "reported_all",
    "permit_due": "no_permit_due",
    "permit_over": "permits_held",
}
"""The step that says that it is no longer so."""


class LodgersConfig(Config, frozen=True, kw_only=True):
    """The local terms.

    ``arrival_days``: somebody is reported within so many days after they came
    ``leaving_days``: and within so many days after they left
    ``working_days``: whether days off do not count
    ``permit_days_ahead``: so many days before a residence permit runs out it is told
    """

    arrival_days: int = 3
    leaving_days: int = 3
    working_days: bool = True
    permit_days_ahead: int = 30

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for name in ("arrival_days", "leaving_days", "permit_days_ahead"):
            if not 1 <= getattr(self, name) <= 90:
                yield ConfigFault((name,), Text.of("lodgers.config_days"))


class Lodger(Case, frozen=True, kw_only=True):
    """``came``, ``left``: days; ``came_reported``, ``left_reported``: when each was reported. ``told``: what was told.

    The names of the fields are those of the book: a value that is erased there goes from here, too.
    """

    person: str = ""
    document: str = ""
    home: str = ""
    room: str = ""
    employer: str = ""
    came: date | None = None
    came_reported: date | None = None
    left: date | None = None
    left_reported: date | None = None
    permit_until: date | None = None
    told: tuple[State, ...] = ()


class MoveIn(Ask, tag="move_in", frozen=True, kw_only=True):
    """Somebody lives here from that day on (today if it is left out)."""

    ROLES = _EDITORS
    PERSONAL = frozenset({"person", "document", "home"})

    person: str
    document: str
    room: str
    home: str = ""
    employer: str = ""
    came: date | None = None
    permit_until: date | None = None


class Report(Ask, tag="report", frozen=True, kw_only=True):
    """The police were told, on that day (today if it is left out): that they came, or that they left."""

    ROLES = _EDITORS

    about: Literal["arrival", "leaving"] = "arrival"
    reported_on: date | None = None


class Permit(Ask, tag="permit", frozen=True, kw_only=True):
    """Their residence permit was issued or stamped: until when it counts."""

    ROLES = _EDITORS

    permit_until: date


class MoveOut(Ask, tag="move_out", frozen=True, kw_only=True):
    """They live here no more, from that day on (today if it is left out)."""

    ROLES = _EDITORS

    left: date | None = None


class Lodgers(Workflow[Lodger]):
    """One person is one case, until the police were told that they left."""

    name, book, case = "lodgers", "lodgers", Lodger
    asks = (MoveIn, Report, Permit, MoveOut)
    config_type = LodgersConfig
    personal = ("person", "document", "home")
    counts_holidays = True

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    def waits_for(self, case: Lodger, account: str, role: str) -> bool:
        """Somebody has to be reported."""
        return role in _EDITORS and (case.came_reported is None or case.left is not None or bool(case.told))

    def shows(self, case: Lodger, now: Instant) -> dict[str, Any]:
        return {"told": tuple(Text.of(f"lodgers.state_{state}") for state in case.told)}

    def check(self, ask: Any, cases: Mapping[str, Lodger], world: World, now: Instant) -> None:
        today = world.site.calendar.day(now)
        if isinstance(ask, MoveIn):
            if ask.id in cases:
                raise Refused(Text.of("lodgers.is_known"))
            lodger = Lodger(id=ask.id)
        elif ask.case not in cases:
            raise Refused(Text.of("lodgers.none"))
        else:
            lodger = cases[ask.case]
        faults = [*_faults(ask, lodger, today)]
        if faults:
            raise Refused(Text.of("lodgers.look_at_fields", faults=tuple(text for *_, text in faults)), faults)

    def step(self, event: Heard, cases: Mapping[str, Lodger], world: World, now: Instant) -> Moves:
        today = world.site.calendar.day(now)
        match event:
            case MoveIn():
                names = ("person", "document", "home", "room", "employer")
                own = {name: getattr(event, name).strip() for name in names}
                lodger = Lodger(
                    id=event.id, by=event.by, came=event.came or today, permit_until=event.permit_until, **own
                )
                permit = {"permit_until": str(event.permit_until)} if event.permit_until is not None else {}
                return self._told(lodger, "in", {**own, "on": str(lodger.came), **permit}, event, world, now)
            case Report():
                day, before = event.reported_on or today, cases[event.case]
                name = "came_reported" if event.about == "arrival" else "left_reported"
                said = {"reported_on": str(day), "about": event.about, "on": str(today)}
                return self._told(replace(before, **{name: day}), "reported", said, event, world, now)
            case Permit():
                until = {"permit_until": str(event.permit_until), "on": str(today)}
                after = replace(cases[event.case], permit_until=event.permit_until)
                return self._told(after, "permit", until, event, world, now)
            case MoveOut():
                after = replace(cases[event.case], left=event.left or today)
                return self._told(after, "out", {"on": str(after.left)}, event, world, now)
        return Moves()

    def turn(self, due: Sequence[Lodger], world: World, now: Instant) -> Moves:
        looked = [self._looked_at(lodger, world, now) for lodger in due]
        return Moves(
            cases=tuple(lodger for lodger, _ in looked), facts=tuple(fact for _, facts in looked for fact in facts)
        )

    def _told(
        self, lodger: Lodger, step: str, fields: Mapping[str, FieldValue], ask: Ask, world: World, now: Instant
    ) -> Moves:
        said = {name: value for name, value in fields.items() if value}
        said |= {"note": ask.note.strip()} if ask.note.strip() else {}
        is_done = lodger.left is not None and lodger.left_reported is not None
        lodger, facts = self._looked_at(replace(lodger, is_open=not is_done), world, now)
        return Moves(cases=(lodger,), facts=(_fact(lodger, step, said, now, ask), *facts))

    def _looked_at(self, lodger: Lodger, world: World, now: Instant) -> tuple[Lodger, list[Fact]]:
        """What is otherwise than it was told; woken on the day on which that may be so again."""
        calendar, today = world.site.calendar, world.site.calendar.day(now)
        terms = [*self._terms(lodger, calendar)] if lodger.is_open else []
        states: list[State] = []
        for first, late, near, over in terms:
            states += [over] if today >= late else [near] if today >= first else []
        states = list(dict.fromkeys(states))
        facts = [_fact(lodger, state, {"room": lodger.room}, now) for state in states if state not in lodger.told]
        facts += [_fact(lodger, _ENDS[state], {}, now) for state in lodger.told if state not in states]
        next_day = min((day for first, late, *_ in terms for day in (first, late) if day > today), default=None)
        wake_at = calendar.at(next_day, 0) if next_day is not None else None
        return replace(lodger, told=tuple(states), wake_at=wake_at), facts

    def _terms(self, lodger: Lodger, calendar: Calendar) -> Iterable[tuple[date, date, State, State]]:
        """(the day on which it is told, the day from which on it is late, both words) of each that runs."""
        for since, reported, days in (
            (lodger.came, lodger.came_reported, self.config.arrival_days),
            (lodger.left, lodger.left_reported, self.config.leaving_days),
        ):
            if since is not None and reported is None:
                last = self._last_day(since, days, calendar)
                yield last, last + _DAY, "report_due", "report_late"
        if lodger.permit_until is not None and lodger.left is None:
            ahead = timedelta(days=self.config.permit_days_ahead)
            yield lodger.permit_until - ahead, lodger.permit_until + _DAY, "permit_due", "permit_over"

    def _last_day(self, since: date, days: int, calendar: Calendar) -> date:
        """The last day of the term: the day itself does not count, nor do days off where they are left out."""
        day, left = since, days
        while left:
            day += _DAY
            left -= 0 if self.config.working_days and calendar.is_day_off(day) else 1
        return day


def _faults(ask: Any, lodger: Lodger, today: date) -> Iterable[Fault]:
    """(0, field, what is wrong with it)"""
    for name in ("person", "document", "room", "home", "employer"):
        text = getattr(ask, name, "")
        if len(text) > _LONGEST:
            yield 0, name, Text.of("lodgers.too_long", most=_LONGEST)
        if hasattr(ask, name) and name in ("person", "document", "room") and not text.strip():
            yield 0, name, Text.of("form.wanting")
    far = timedelta(days=366 * _MOST_YEARS)
    for name in ("came", "left", "reported_on", "permit_until"):
        day = getattr(ask, name, None)
        if day is not None and not today - far <= day <= (today + far if name == "permit_until" else today):
            yield 0, name, Text.of("lodgers.not_that_day")
    if isinstance(ask, MoveOut):
        if lodger.left is not None:
            yield 0, "left", Text.of("lodgers.has_left")
        elif lodger.came is not None and (ask.left or today) < lodger.came:
            yield 0, "left", Text.of("lodgers.not_that_day")
    if isinstance(ask, Report):
        since, reported = (
            (lodger.came, lodger.came_reported) if ask.about == "arrival" else (lodger.left, lodger.left_reported)
        )
        if since is None or reported is not None:
            yield 0, "about", Text.of("lodgers.nothing_to_report")
        elif (ask.reported_on or today) < since:
            yield 0, "reported_on", Text.of("lodgers.not_that_day")


def _fact(lodger: Lodger, step: str, fields: Mapping[str, FieldValue], now: Instant, ask: Ask | None = None) -> Fact:
    own: dict[str, FieldValue | Text] = {"action": step, "room": lodger.room, **fields}
    return Fact(
        workflow="lodgers",
        case=lodger.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        area=lodger.area,
        text=Text.of(f"lodgers.{step}", room=lodger.room),
        fields=own,
        personal=tuple(name for name in _PERSONAL if name in own),
    )


_MADE = {"kind": "fact", "per": "case", "alert_class": "duty"}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "lodger-report-due",
            "title": "Lodger to be reported to the police today",
            "title_zh": "流动人口须于今日申报",
            "priority": 4,
            "begins": ["lodgers.report_due"],
            "ends": ["lodgers.none_due"],
            "procedure": "1. Report to the police station.\n2. Enter the report.",
            "procedure_zh": "1. 向派出所申报。\n2. 登记申报日期。",
        },
        {
            "name": "lodger-report-late",
            "title": "Lodger not reported to the police in time",
            "title_zh": "流动人口逾期未申报",
            "priority": 3,
            "begins": ["lodgers.report_late"],
            "ends": ["lodgers.reported_all"],
            "procedure": "1. Report to the police station at once, and say why it is late.\n2. Enter the report.",
            "procedure_zh": "1. 立即向派出所补报并说明原因。\n2. 登记申报日期。",
        },
        {
            "name": "lodger-permit-due",
            "title": "Residence permit running out",
            "title_zh": "居住证即将到期",
            "priority": 4,
            "begins": ["lodgers.permit_due"],
            "ends": ["lodgers.no_permit_due"],
            "procedure": "1. Have the permit stamped.\n2. Enter until when it counts.",
            "procedure_zh": "1. 办理居住证签注。\n2. 登记有效期。",
        },
        {
            "name": "lodger-permit-over",
            "title": "Residence permit is over",
            "title_zh": "居住证已到期",
            "priority": 3,
            "begins": ["lodgers.permit_over"],
            "ends": ["lodgers.permits_held"],
            "procedure": "1. Have the permit stamped.\n2. Enter until when it counts.",
            "procedure_zh": "1. 补办居住证签注。\n2. 登记有效期。",
        },
    )
)
"""What this workflow's facts mean to an operator; a rule of one of these names in the site file takes its place."""

WORKFLOW = Lodgers
