"""Hours of training 学时: whether everybody has so many in a year as their level or post needs.

Heads and safety staff have 32 hours before they begin and 12 each year after, 48 and 16 where the trade is dangerous;
a new worker 24 (72 and 20 there): provisions on safety training, Order 3 of the safety authority, art. 9 and 13. A site
sets its own. Looked at each day, and when a training was held; from so long before the end of the year what is lacking
is told. What was lacking when the year ended is owed on top of the next one, and stands until it was made up.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.facts import Fact, FieldValue
from alerts.heard import Listens, Slot
from alerts.kinds import kinds
from alerts.period import Period
from alerts.person import Level, Person, people_in
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.training import Hours, HoursRow, trained_in
from alerts.workflow import Config, Heard, Moves, Workflow, World
from devices.message import Text
from devices.reading import Instant

STAFF = "staff"
_HEARD = ("education.held", "education.made_up", "people.added", "people.imported", "people.changed", "people.left")
_MOST_HOURS, _MOST_NAMED = 400, 50


class Need(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who needs so many hours in a year: everybody, where neither levels nor posts are named.

    ``hours``: each year
    ``first``: in the year in which somebody came, if others
    ``levels``: of people: staff, team, department, leader
    ``posts``: of people, by their ids
    """

    hours: float
    first: float | None = None
    levels: tuple[Level, ...] = ()
    posts: tuple[str, ...] = ()

    def is_of(self, person: Person) -> bool:
        is_all = not self.levels and not self.posts
        return is_all or person.level in self.levels or bool(set(person.posts) & set(self.posts))


class HoursConfig(Config, frozen=True, kw_only=True):
    """Who needs how many hours; of several needs of one person the largest counts.

    ``needs``: tables with ``hours``, ``first``, ``levels`` and ``posts``; none: nothing is looked at
    ``warn_days``: so long before the end of the year what is lacking is told
    """

    needs: tuple[Need, ...] = ()
    warn_days: float = 60

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for place, need in enumerate(self.needs):
            if not all(0 < hours <= _MOST_HOURS for hours in (need.hours, need.first or need.hours)):
                yield ConfigFault(("needs", place), Text.of("training_hours.no_hours", most=_MOST_HOURS))
        if not 0 < self.warn_days <= 366:
            yield ConfigFault(("warn_days",), Text.of("training_hours.no_days"))


class TrainingHours(Workflow[Hours]):
    """One case, for all."""

    name, book, case = "training_hours", "trainings", Hours
    config_type = HoursConfig
    listens = Listens(topics=frozenset(_HEARD))
    personal = ("rows", "came")
    page = "/console/education"

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        """Each midnight, and at a start."""
        if not self.config.needs:
            return None
        span = Period("day").span(world.site.calendar, last or now)
        return now if not last or span is None else span[1]

    def step(self, event: Heard, cases: Mapping[str, Hours], world: World, now: Instant) -> Moves:
        if not self.config.needs or not isinstance(event, Slot | Fact):
            return Moves()
        case = cases.get(STAFF, Hours(id=STAFF))
        if isinstance(event, Fact) and event.step == "added":
            year = world.site.calendar.day(event.at).year
            others = tuple(one for one in case.came if one[0] != event.case)
            case = replace(case, came=(*others, (event.case, year)))
        return self._looked(case, cases.get(STAFF), world, now)

    def turn(self, due: Sequence[Hours], world: World, now: Instant) -> Moves:
        return Moves.joined(self._looked(case, case, world, now) for case in due)

    def waits_for(self, case: Hours, account: str, role: str) -> bool:
        return (case.is_near or case.owing) and role in ("manager", "admin")

    def _looked(self, case: Hours, before: Hours | None, world: World, now: Instant) -> Moves:
        today = world.site.calendar.day(now)
        owed = {row.person: row.owed for row in case.rows}
        facts = []
        if case.year and case.year < today.year:
            rows = self._rows(case, case.year, owed, world)
            owed = {row.person: row.lacking for row in rows if row.lacking}
            if owed:
                text = Text.of("training_hours.missed", year=case.year, count=len(owed))
                facts.append(_fact("missed", now, text, owed))
        rows = self._rows(case, today.year, owed, world)
        lacking = {row.person: row.lacking for row in rows if row.lacking}
        is_near = bool(lacking) and (date(today.year + 1, 1, 1) - today).days <= self.config.warn_days
        owing = any(row.owed > row.done for row in rows)
        if is_near and not case.is_near:
            text = Text.of("training_hours.lacking", year=today.year, count=len(lacking))
            facts.append(_fact("lacking", now, text, lacking))
        if case.is_near and not is_near:
            facts.append(_fact("whole", now, Text.of("training_hours.whole"), {}))
        if case.owing and not owing:
            facts.append(_fact("made_good", now, Text.of("training_hours.made_good"), {}))
        here = {row.person for row in rows}
        came = tuple(one for one in case.came if one[0] in here)
        after = replace(case, year=today.year, rows=rows, came=came, is_near=is_near, owing=owing)
        return Moves(cases=() if after == before else (after,), facts=tuple(facts))

    def _rows(self, case: Hours, year: int, owed: Mapping[str, float], world: World) -> tuple[HoursRow, ...]:
        done = trained_in(world, year)
        found = []
        for person in people_in(world):
            needs = [need for need in self.config.needs if need.is_of(person)]
            is_new = (person.id, year) in case.came
            hours = [need.first if is_new and need.first is not None else need.hours for need in needs]
            if hours or owed.get(person.id):
                late = owed.get(person.id, 0.0)
                found.append(HoursRow(person.id, max(hours, default=0.0) + late, done.get(person.id, 0.0), late))
        return tuple(found)


def _fact(step: str, now: Instant, text: Text, hours: Mapping[str, float]) -> Fact:
    rows: FieldValue = tuple({"person": person, "hours": short} for person, short in [*hours.items()][:_MOST_NAMED])
    return Fact(
        workflow="training_hours",
        case=STAFF,
        step=step,
        at=now,
        text=text,
        fields={"count": len(hours), "lacking": rows} if rows else {},
        personal=("lacking",) if rows else (),
    )


_MADE = {
    "kind": "fact",
    "alert_class": "duty",
    "procedure": "1. See under Education who lacks how many hours.\n2. Plan trainings for them.",
    "procedure_zh": "1. 在“教育培训”中查看缺少学时的人员。\n2. 安排补训。",
}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "training-hours-lacking",
            "title": "Hours of training lacking this year",
            "title_zh": "本年学时不足",
            "priority": 4,
            "begins": ["training_hours.lacking"],
            "ends": ["training_hours.whole"],
        },
        {
            "name": "training-hours-missed",
            "title": "Hours of training of last year still owed",
            "title_zh": "上年学时未补足",
            "priority": 3,
            "begins": ["training_hours.missed"],
            "ends": ["training_hours.made_good"],
        },
    )
)
WORKFLOW = TrainingHours
