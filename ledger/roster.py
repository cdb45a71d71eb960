"""The duty roster: who is planned for which post and when, and what is wrong with the plan. Pure.

A *line* puts one person at one post on the days of a recurrence rule (ledger/recurrence.py), from one local time to
another; each of its days is a *stint*. A swap gives one stint to somebody else. ``findings`` holds the stints of all
lines against what the posts need: gaps, people at two places at once, people without rest, people who may not be
there. The workflow that alerts, the page that shows it and the calendar file all ask these functions.

In the fire control room at least two certified people, day and night, 8 h each at most (GB 25506; a site file that asks
for less is refused). Leaders every day, holidays doubled: settings of a post.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeAlias

import msgspec

from alerts.calendar import Calendar
from alerts.schedule import minutes
from devices.message import Name
from devices.reading import SECOND, Instant
from ledger.recurrence import days_of

FIRE_CONTROL_ROOM = "fire_control_room"
CONTROL_ROOM_LEAST, CONTROL_ROOM_LONGEST_H = 2, 8
_HOUR = 3_600 * SECOND
_DAY_MIN = 1_440
_days = lru_cache(maxsize=4_096)(days_of)
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


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """``first``: local day (ISO); ``start``, ``end``: local times, an end not after the start is on the next day.

    ``last``: the line ends with that day, "" for the end of its ``rule``. ``given``: (day, person) that were swapped.
    """

    id: str
    post: str
    person: str
    first: str
    start: str
    end: str
    rule: str = ""
    last: str = ""
    given: tuple[tuple[str, str], ...] = ()


class Stint(msgspec.Struct, frozen=True, order=True):
    """One person at one post, once. ``day``: the local day on which it begins, by which its line knows it."""

    begins: Instant
    ends: Instant
    post: str
    person: str
    line: str = ""
    day: str = ""


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """A sensitive period or a major event: days (ISO, both within) on which more is asked than else.

    ``duty``: so many times as many people at ``posts`` (none named: at all); ``patrols``: so many times as many rounds;
    ``coverage``: the least prevention coverage of key areas, 0 to 1.
    """

    name: str
    first: str
    last: str
    duty: int = 1
    patrols: float = 1
    coverage: float = 0
    posts: tuple[str, ...] = ()

    def holds_on(self, day: date) -> bool:
        """Whether it is one of its days."""
        return self.first <= day.isoformat() <= self.last


class Need(msgspec.Struct, frozen=True):
    """``people`` at once from ``begins`` to ``ends``; not ``is_throughout``: at some time within."""

    begins: Instant
    ends: Instant
    people: int
    is_throughout: bool = True


class Finding(msgspec.Struct, frozen=True, order=True):
    """What is wrong with the plan. ``gap``: ``people`` of ``needed``; the others say who.

    ``double``: at ``post`` and elsewhere at once; ``too_long``: without a break; ``uncertified``, ``left``: may not be
    there, and is not counted.
    """

    begins: Instant
    ends: Instant
    kind: Literal["gap", "double", "too_long", "uncertified", "left"]
    post: str
    person: str = ""
    people: int = 0
    needed: int = 0


def stints_of(line: Line, calendar: Calendar, since: Instant, until: Instant) -> Iterator[Stint]:
    """Those that touch the time from ``since`` to ``until``, oldest first. Raises Refused for a rule that is none."""
    start, end = minutes(line.start), minutes(line.end)
    if end <= start:
        end += _DAY_MIN
    first, last = calendar.day(since) - timedelta(days=2), calendar.day(until)
    given = dict(line.given)
    for day in _days(date.fromisoformat(line.first), line.rule):
        text = day.isoformat()
        if first <= day <= last and (not line.last or text <= line.last):
            begins, ends = calendar.at(day, start), calendar.at(day, end)
            if begins < until and ends > since and begins < ends:  # a change of the clock may leave nothing of it
                yield Stint(begins, ends, line.post, given.get(text, line.person), line.id, text)


def all_stints(lines: Iterable[Line], calendar: Calendar, since: Instant, until: Instant) -> tuple[Stint, ...]:
    """Of all lines, in time order."""
    return tuple(sorted(stint for line in lines for stint in stints_of(line, calendar, since, until)))


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


def gaps(post: Post, wanted: Iterable[Need], stints: Sequence[Stint], since: Instant, until: Instant) -> list[Finding]:
    """When too few are there; one person at the post twice is one person. Times that touch are one gap."""
    found: list[Finding] = []
    for need in wanted:
        begins, ends = max(need.begins, since), min(need.ends, until)
        if not need.is_throughout:
            people = len({each.person for each in stints if each.begins < need.ends and each.ends > need.begins})
            # a day that has begun before is judged as a whole, but only one that lies within
            if people < need.people and need.ends <= until and need.ends > since:
                found.append(Finding(need.begins, need.ends, "gap", post.id, "", people, need.people))
            continue
        edges = {begins, ends, *(edge for each in stints for edge in (each.begins, each.ends) if begins < edge < ends)}
        for left, right in pairwise(sorted(edges)):
            people = len({each.person for each in stints if each.begins <= left and each.ends >= right})
            if people < need.people:
                _join(found, Finding(left, right, "gap", post.id, "", people, need.people))
    return found


def _join(found: list[Finding], gap: Finding) -> None:
    """One gap of what touches: with the fewest people of it, and what was needed then."""
    if not found or found[-1].ends < gap.begins:
        found.append(gap)
        return
    worst = min(found[-1], gap, key=lambda each: each.people - each.needed)
    found[-1] = msgspec.structs.replace(worst, begins=found[-1].begins, ends=gap.ends)


def doubles(stints: Iterable[Stint]) -> list[Finding]:
    """Where one person is planned at two places, or twice at one, at once."""
    found: list[Finding] = []
    for own in _by_person(stints).values():
        for place, stint in enumerate(own):
            overlaps = [other for other in own[place + 1 :] if other.begins < stint.ends]
            found += [
                Finding(other.begins, min(stint.ends, other.ends), "double", other.post, other.person)
                for other in overlaps
            ]
    return found


def too_long(stints: Iterable[Stint], longest_h: Callable[[str], float]) -> list[Finding]:
    """Where one person is on duty without a break for longer than any post of that time allows."""
    found: list[Finding] = []
    for own in _by_person(stints).values():
        runs: list[list[Stint]] = []
        for stint in own:
            if runs and stint.begins <= max(each.ends for each in runs[-1]):
                runs[-1].append(stint)
            else:
                runs.append([stint])
        for run in runs:
            begins, ends = run[0].begins, max(each.ends for each in run)
            strictest = min(run, key=lambda each: longest_h(each.post))
            if ends - begins > longest_h(strictest.post) * _HOUR:
                found.append(Finding(begins, ends, "too_long", strictest.post, strictest.person))
    return found


def _by_person(stints: Iterable[Stint]) -> dict[str, list[Stint]]:
    found: dict[str, list[Stint]] = {}
    for stint in sorted(stints):
        found.setdefault(stint.person, []).append(stint)
    return found


Unfit: TypeAlias = Callable[[str, Post, date], Literal["", "uncertified", "left"]]
"""(person, post, day): why they are not counted there, "" if they are."""


def findings(
    posts: Sequence[Post],
    lines: Sequence[Line],
    calendar: Calendar,
    raised: Sequence[Raised],
    unfit: Unfit,
    since: Instant,
    until: Instant,
) -> tuple[Finding, ...]:
    """All that is wrong with the plan from ``since`` to ``until``, in time order."""
    by_id = {post.id: post for post in posts}
    # two days before: who has been on duty since then is on duty too long now
    stints = [each for each in all_stints(lines, calendar, since - 48 * _HOUR, until) if each.post in by_id]
    found: list[Finding] = []
    reasons = {each: unfit(each.person, by_id[each.post], date.fromisoformat(each.day)) for each in stints}
    for stint, reason in reasons.items():
        if reason:
            found.append(Finding(stint.begins, stint.ends, reason, stint.post, stint.person))
    for post in posts:
        own = [each for each in stints if each.post == post.id and not reasons[each]]
        found += gaps(post, needs(post, calendar, raised, since, until), own, since, until)
    found += doubles(stints)
    found += too_long(stints, lambda post: by_id[post].longest_h)
    return tuple(sorted(each for each in set(found) if each.begins < until and each.ends > since))
