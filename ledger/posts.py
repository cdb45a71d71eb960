"""The posts of a site: what each needs on which day, and what a site file may not ask of one. Pure.

In the fire control room at least two certified people, day and night, 8 h each at most (GB 25506). Leaders every day
and holidays doubled are settings of a post; sensitive periods and major events raise what is needed for their days.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Literal, TypeAlias

import msgspec

from alerts.calendar import Calendar
from alerts.facts import RAISED
from alerts.schedule import minutes
from alerts.world import World
from devices.message import Name
from devices.reading import Instant

FIRE_CONTROL_ROOM = "fire_control_room"
CONTROL_ROOM_LEAST, CONTROL_ROOM_LONGEST_H = 2, 8
_DAY_MIN = 1_440
_MOST_PEOPLE, _MOST_TIMES, _LONGEST_H = 50, 10, 24 * 31
Cover: TypeAlias = Literal["always", "shifts", "day"]


class Post(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One post that people are rostered for.

    ``id``: as people are assigned to it
    ``name``: what it is called
    ``name_zh``: the name on the Chinese console
    ``area``: where it is; empty: the whole site
    ``role``: what others ask for: ``fire_control_room``, ``guard``, ``leader``; empty: the id
    ``least``: how many people at once
    ``cover``: ``"always"``: day and night; ``"shifts"``: in the shifts named; ``"day"``: some time on each day
    ``shifts``: of ``[[shifts]]``, with ``cover = "shifts"``
    ``certificate``: the kind that everybody there holds; who does not is not counted
    ``longest_h``: how long one person may be on duty without a break, in hours
    ``holiday_times``: so many times as many people on public holidays
    """

    id: str
    name: str = ""
    name_zh: str = ""
    area: str = ""
    role: str = ""
    least: int = 1
    cover: Cover = "always"
    shifts: tuple[str, ...] = ()
    certificate: str = ""
    longest_h: float = 12
    holiday_times: int = 1

    @property
    def called(self) -> Name:
        """For a Text."""
        return Name(self.name or self.id, self.name_zh)

    def is_meant(self, role: str, area: str) -> bool:
        """Whether somebody who asks for that role in that area means it; "" is any."""
        return role in ("", self.id, self.role) and (not area or self.area in ("", area))


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """A sensitive period or a major event: days (ISO, both within) on which more is asked than else.

    ``duty``: so many times as many people at ``posts`` (none named: at all); ``patrols``: so many times as many rounds;
    ``coverage``: the least prevention coverage of key areas, 0 to 1. ``since``: when it was approved; it asks for
    nothing that had to be done before.
    """

    name: str
    first: str
    last: str
    duty: int = 1
    patrols: float = 1
    coverage: float = 0
    posts: tuple[str, ...] = ()
    since: Instant = 0

    def holds_on(self, day: date) -> bool:
        """Whether it is one of its days."""
        return self.first <= day.isoformat() <= self.last


def raised_periods(world: World) -> tuple[Raised, ...]:
    """All that whoever keeps sensitive periods knows of: those to come, at work, and waiting for their report."""
    return tuple(one for each in world.ask_of(RAISED) for one in each)


class Need(msgspec.Struct, frozen=True):
    """``people`` at once from ``begins`` to ``ends``; not ``is_throughout``: at some time within."""

    begins: Instant
    ends: Instant
    people: int
    is_throughout: bool = True


def wrong(post: Post, shifts: Collection[str], areas: Collection[str]) -> Iterator[tuple[str, str]]:
    """(field, what is wrong with it, as ``duty.post_...`` calls it); a fire control room needs what GB 25506 says."""
    is_control_room = FIRE_CONTROL_ROOM in (post.role, post.id)
    if not 0 < len(post.id) <= 64:
        yield "id", "id"
    if post.area and post.area not in areas:
        yield "area", "area"
    if not 1 <= post.least <= _MOST_PEOPLE:
        yield "least", "people"
    if not 1 <= post.holiday_times <= _MOST_TIMES:
        yield "holiday_times", "times"
    if not 0 < post.longest_h <= _LONGEST_H:
        yield "longest_h", "hours"
    if (post.cover == "shifts") != bool(post.shifts) or not set(post.shifts) <= set(shifts):
        yield "shifts", "shifts"
    if is_control_room and post.least < CONTROL_ROOM_LEAST:
        yield "least", "control_room_least"
    if is_control_room and post.longest_h > CONTROL_ROOM_LONGEST_H:
        yield "longest_h", "control_room_longest"
    if is_control_room and post.cover != "always":
        yield "cover", "control_room_always"
    if is_control_room and not post.certificate:
        yield "certificate", "control_room_certified"


def needs(post: Post, calendar: Calendar, raised: Sequence[Raised], since: Instant, until: Instant) -> Iterator[Need]:
    """What the post needs from ``since`` to ``until``, day by day, in time order."""
    day, last = calendar.day(since) - timedelta(days=1), calendar.day(until)
    spans = [(minutes(each.start), minutes(each.end)) for each in calendar.shifts if each.name in post.shifts]
    while day <= last:
        people = post.least * _times(post, day, calendar, raised)
        for start, end in sorted(spans) if post.cover == "shifts" else [(0, _DAY_MIN)]:
            begins, ends = calendar.at(day, start), calendar.at(day, end if end > start else end + _DAY_MIN)
            if begins < until and ends > since:
                yield Need(begins, ends, people, post.cover != "day")
        day += timedelta(days=1)


def _times(post: Post, day: date, calendar: Calendar, raised: Sequence[Raised]) -> int:
    """How many times as many people that day: the most that anything asks for."""
    times = [each.duty for each in raised if each.holds_on(day) and (not each.posts or post.id in each.posts)]
    return max([1, *times, *([post.holiday_times] if day.isoformat() in calendar.holidays else [])])
