"""Arming by the clock 定时布撤防: areas are set to a mode at their times, and who wrote the timetable is who did it.

An area with an open or silent sensor is not armed behind anybody's back: it stays as it is, which is a fact, and an
alert of the rule shipped here until its mode is set. After an outage only the newest of what fell into it is made up
for, each area once. The case of an area is what was last tried there.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from alerts.case import Case
from alerts.facts import MODE_WANTED, Fact
from alerts.heard import Slot
from alerts.kinds import kinds
from alerts.moves import SetMode
from alerts.ready import in_the_way, listed_points, meant_mode, name_of
from alerts.rule import Rule
from alerts.schedule import Only, minutes
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Config, Heard, Moves, Workflow, World
from devices.errors import ConfigError
from devices.message import Text
from devices.reading import Instant

_AHEAD = 9


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the timetable.

    ``name``: of the line; stands where else a person's name does
    ``areas``: which areas
    ``mode``: what they are set to
    ``at``: local time
    ``days``: weekdays, 1 is Monday
    ``only``: of these days only those that are worked (``"workdays"``) or not (``"holidays"``)
    ``force``: though sensors are open: they alarm then
    """

    name: str
    areas: tuple[str, ...]
    mode: str
    at: str
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    only: Only = ""
    force: bool = False

    def counts(self, day: date, world: World) -> bool:
        """Whether it is a line of that local day."""
        is_its = not self.only or (self.only == "holidays") == world.site.calendar.is_day_off(day)
        return is_its and day.isoweekday() in self.days


class TimetableConfig(Config, frozen=True, kw_only=True):
    """When areas are armed and disarmed by the clock.

    ``entries``: its lines
    """

    entries: tuple[Entry, ...] = ()

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for index, entry in enumerate(self.entries):
            for place, area in enumerate(entry.areas):
                known = site.areas.get(area)
                path = ("entries", index, "areas", place)
                if known is None:
                    yield ConfigFault(path, Text.of("applicability.no_area", area=area))
                elif known.modes and entry.mode not in known.modes:
                    text = Text.of("applicability.no_mode", mode=entry.mode, choices=known.modes)
                    yield ConfigFault(("entries", index, "mode"), text)
            try:
                minutes(entry.at)
            except ConfigError:
                yield ConfigFault(("entries", index, "at"), Text.of("timetable.not_a_time"))
            if not entry.days or any(not 1 <= day <= 7 for day in entry.days):
                yield ConfigFault(("entries", index, "days"), Text.of("timetable.not_a_day"))


class Tried(Case, frozen=True, kw_only=True):
    """What was last tried in an area: by which line of the timetable, and whether it was armed."""

    entry: str
    mode: str
    is_done: bool


class Timetable(Workflow[Tried]):
    """One area is one case, under the area's id."""

    name, book, case = "timetable", "arming", Tried
    config_type = TimetableConfig

    def rules(self) -> Sequence[Rule[Any]]:
        return (NOT_ARMED,)

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        """The next line; with nothing made up for at the very first start."""
        after = last or now
        times = (at for at, _ in self._lines(world, after, _AHEAD))
        return min((at for at in times if at > after), default=None)

    def step(self, event: Heard, cases: Mapping[str, Tried], world: World, now: Instant) -> Moves:
        if not isinstance(event, Slot):
            return Moves()
        since = event.last or event.at - 1
        newest: dict[str, tuple[Instant, Entry]] = {}
        for at, entry in self._lines(world, since, 1 + (event.at - since) // 86_400_000_000_000):
            if since < at <= event.at:
                for area in entry.areas:
                    newest[area] = max(newest.get(area, (0, entry)), (at, entry), key=lambda each: each[0])
        return Moves.joined(self._set(area, entry, world, now) for area, (_, entry) in sorted(newest.items()))

    def turn(self, due: Sequence[Tried], world: World, now: Instant) -> Moves:
        return Moves()

    def _lines(self, world: World, after: Instant, days: int) -> Iterable[tuple[Instant, Entry]]:
        calendar = world.site.calendar
        today = calendar.day(after)
        for offset in range(min(days, 400) + 1):
            day = today + timedelta(days=offset)
            for entry in self.config.entries:
                if entry.counts(day, world):
                    yield calendar.at(day, minutes(entry.at)), entry

    def _set(self, area: str, entry: Entry, world: World, now: Instant) -> Moves:
        mode = meant_mode(area, entry.mode, world)
        if area not in world.modes:
            return Moves()
        if world.modes[area] == mode:  # as it is, and so it is to be when whoever set it gives it back
            return Moves(facts=(_stands(area, mode, entry, world, now),))
        found = in_the_way(area, mode, world)
        is_done = entry.force or not found
        name = name_of(area, world)
        text = Text.of("timetable.armed", area=name, mode=mode, entry=entry.name)
        if not is_done:
            text = Text.of("timetable.failed", area=name, mode=mode, entry=entry.name, found=listed_points(found))
        fact = Fact(
            workflow=self.name,
            case=area,
            step="armed" if is_done else "failed",
            at=now,
            by=entry.name,
            area=area,
            devices=tuple(point.device for point in found),
            text=text,
            fields={"mode": mode, "before": world.modes[area]},
            book="" if is_done else None,
        )
        tried = Tried(id=area, area=area, by=entry.name, entry=entry.name, mode=mode, is_done=is_done)
        modes = (SetMode(area, mode, entry.name),) if is_done else ()
        return Moves(cases=(tried,), facts=(fact,), modes=modes)


def _stands(area: str, mode: str, entry: Entry, world: World, now: Instant) -> Fact:
    return Fact(
        workflow="timetable",
        case=area,
        step="stands",
        at=now,
        by=entry.name,
        area=area,
        text=Text.of("timetable.stands", area=name_of(area, world), mode=mode, entry=entry.name),
        fields={"mode": mode},
        topics=(MODE_WANTED,),
        book="",
    )


NOT_ARMED = msgspec.convert(
    {
        "kind": "fact",
        "name": "not-armed-by-the-clock",
        "title": "Not armed by the clock",
        "title_zh": "定时布防失败",
        "alert_class": "supervisory",
        "priority": 2,
        "per": "area",
        "begins": ["timetable.failed"],
        "ends": ["timetable.armed", "arming.set"],
        "procedure": "1. Send somebody to close what is open.\n2. Arm the area by hand.",
        "procedure_zh": "1. 派人关闭未关闭的门窗。\n2. 手动布防。",
    },
    kinds()["fact"],
)
"""What this workflow's facts mean to an operator; a rule of this name in the site file takes its place."""

WORKFLOW = Timetable
