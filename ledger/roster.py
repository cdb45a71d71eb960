"""The duty roster: who is planned for which post and when, and what is wrong with the plan. Pure.

A *line* puts one person at one post on the days of a recurrence rule (ledger/recurrence.py), from one local time to
another; each of its days is a *stint*. A swap gives one stint to somebody else. ``findings`` holds the stints of all
lines against what the posts need: gaps, people at two places at once, people without rest, people who may not be
there. The workflow that alerts, the page that shows it and the calendar file all ask these functions.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice, pairwise, takewhile
from typing import Literal, TypeAlias

import msgspec

from alerts.calendar import Calendar
from alerts.schedule import minutes
from devices.reading import SECOND, Instant
from ledger.posts import Need, Post, Raised, needs
from ledger.recurrence import LONGEST_DAYS, days_of

_HOUR = 3_600 * SECOND
_DAY_MIN = 1_440
_LONGEST = 50 * _HOUR
"""No stint is longer: a day from its begin to its end, and a change of the clock."""
_days = lru_cache(maxsize=4_096)(days_of)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """``first``: local day (ISO); ``start``, ``end``: local times, an end not after the start is on the next day.

    ``last``: the line ends with that day, "" for the end of its ``rule``. ``given``: (day, person) of
    each swap, the newest last.
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


class Swap(msgspec.Struct, frozen=True):
    """``person`` shall have the stint of that ``day``; in return theirs of ``other_day`` on the line ``other``.

    ``by``: who asked for it.
    """

    day: str
    person: str
    by: str
    other: str = ""
    other_day: str = ""


class Stint(msgspec.Struct, frozen=True, order=True):
    """One person at one post, once. ``day``: the local day on which it begins, by which its line knows it."""

    begins: Instant
    ends: Instant
    post: str
    person: str
    line: str = ""
    day: str = ""


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
    stints, begins = _of_line(line, calendar)
    for each in stints[bisect_left(begins, since - _LONGEST) : bisect_left(begins, until)]:
        if each.ends > since:
            yield each


@lru_cache(maxsize=1_024)  # lines change seldom, and whoever hears a person asks for all of them
def _of_line(line: Line, calendar: Calendar) -> tuple[tuple[Stint, ...], list[Instant]]:
    """Every stint of it, and when each begins."""
    start, end = minutes(line.start), minutes(line.end)
    if end <= start:
        end += _DAY_MIN
    given, found = dict(line.given), []
    for day in _days(date.fromisoformat(line.first), line.rule):
        text = day.isoformat()
        if not line.last or text <= line.last:
            begins, ends = calendar.at(day, start), calendar.at(day, end)
            if begins < ends:  # a change of the clock may leave nothing of it
                found.append(Stint(begins, ends, line.post, given.get(text, line.person), line.id, text))
    return tuple(found), [each.begins for each in found]


def all_stints(lines: Iterable[Line], calendar: Calendar, since: Instant, until: Instant) -> tuple[Stint, ...]:
    """Of all lines, in time order."""
    return tuple(sorted(stint for line in lines for stint in stints_of(line, calendar, since, until)))


def next_edge(line: Line, calendar: Calendar, now: Instant) -> Instant | None:
    """When a stint begins or ends next; None: its last one is over. Stints of one line touch at most."""
    far = now + 2 * LONGEST_DAYS * 24 * _HOUR
    edges = (edge for each in stints_of(line, calendar, now, far) for edge in (each.begins, each.ends))
    return next((edge for edge in edges if edge > now), None)


def holder(line: Line, day: str) -> str:
    """Who has the stint of that day now."""
    return dict(line.given).get(day, line.person)


def had_it(line: Line, day: str, person: str) -> bool:
    """Whether the stint of that day is or was that person's."""
    return person == line.person or (day, person) in line.given


def given_to(line: Line, day: str, person: str) -> Line:
    """After a swap; who had it before stays known."""
    return msgspec.structs.replace(line, given=(*line.given, (day, person)))


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
            later = takewhile(lambda each: each.begins < stint.ends, islice(own, place + 1, None))  # noqa: B023 - used at once
            found += [
                Finding(each.begins, min(stint.ends, each.ends), "double", each.post, each.person) for each in later
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
    stints: Sequence[Stint],
    calendar: Calendar,
    raised: Sequence[Raised],
    unfit: Unfit,
    since: Instant,
    until: Instant,
) -> tuple[Finding, ...]:
    """All that is wrong with the plan from ``since`` to ``until``, in time order.

    ``stints`` of all lines from two days before: who has been on duty since then is on duty too long now.
    """
    by_id = {post.id: post for post in posts}
    known = [each for each in stints if each.post in by_id]
    found: list[Finding] = []
    reasons = {each: unfit(each.person, by_id[each.post], date.fromisoformat(each.day)) for each in known}
    for stint, reason in reasons.items():
        if reason:
            found.append(Finding(stint.begins, stint.ends, reason, stint.post, stint.person))
    for post in posts:
        own = [each for each in known if each.post == post.id and not reasons[each]]
        found += gaps(post, needs(post, calendar, raised, since, until), own, since, until)
    found += doubles(known)
    found += too_long(known, lambda post: by_id[post].longest_h)
    return tuple(sorted(each for each in set(found) if each.begins < until and each.ends > since))
