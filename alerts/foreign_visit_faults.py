"""What speaks against an ask about a foreign visit, field by field."""

from collections.abc import Iterator, Mapping
from typing import Any

from alerts.area_mode import is_armed
from alerts.foreign_visits import DAY, Approve, Cancel, End, Lodge, Plan, Report, Visit
from alerts.person import person_of
from alerts.ready import name_of
from alerts.workflow import World
from devices.message import At, Text
from devices.reading import Instant

_LONGEST, _MOST_PERSONS = 200, 100
_FURTHEST, _LONGEST_VISIT = 366 * DAY, 31 * DAY


def faults_of(ask: Any, cases: Mapping[str, Visit], world: World, now: Instant) -> Iterator[tuple[str, Text]]:
    if isinstance(ask, Plan):
        yield from _plan_faults(ask, world, now)
        return
    case = cases.get(ask.case)
    if case is None:
        yield "case", Text.of("foreign_affairs.none")
        return
    match ask:
        case Approve():
            if case.approved_by:
                yield "case", Text.of("foreign_affairs.is_approved", by=case.approved_by)
            elif ask.by.casefold() == case.by.casefold():
                yield "case", Text.of("foreign_affairs.approves_himself", by=ask.by)
        case Lodge():
            if not case.lodges or case.stage == "planned":
                yield "case", Text.of("foreign_affairs.no_lodging")
            elif not ask.lodging.strip() or len(ask.lodging) > _LONGEST:
                yield "lodging", Text.of("foreign_affairs.say_lodging", most=_LONGEST)
        case End() if case.stage != "running":
            yield "case", Text.of("foreign_affairs.not_running")
        case Cancel():
            if case.stage != "planned":
                yield "case", Text.of("foreign_affairs.has_begun")
            if not ask.note.strip():
                yield "note", Text.of("foreign_affairs.say_why")
        case Report():
            if case.stage != "over":
                yield "case", Text.of("foreign_affairs.goes_on", until=At(case.ends_at))
            elif not case.approved_by:
                yield "case", Text.of("foreign_affairs.approve_first")
            if not ask.note.strip():
                yield "note", Text.of("foreign_affairs.say_how")


def _plan_faults(ask: Plan, world: World, now: Instant) -> Iterator[tuple[str, Text]]:
    for name in ("organisation", "nationality", "purpose"):
        if not getattr(ask, name).strip():
            yield name, Text.of("form.wanting")
        elif len(getattr(ask, name)) > _LONGEST:
            yield name, Text.of("gate.too_long", most=_LONGEST)
    if not 0 < len(ask.persons) <= _MOST_PERSONS or any(len(line) > _LONGEST for line in ask.persons):
        yield "persons", Text.of("foreign_affairs.bad_persons", most=_MOST_PERSONS)
    if len(ask.passports) > len(ask.persons) or any(len(line) > _LONGEST for line in ask.passports):
        yield "passports", Text.of("foreign_affairs.bad_passports")
    escort = person_of(world, person=ask.escort.strip())
    if escort is None or not escort.is_here(world.site.calendar.day(now)):
        yield "escort", Text.of("vehicles.nobody", person=ask.escort[:64])
    if not now - DAY <= ask.start_at <= now + _FURTHEST:
        yield "start_at", Text.of("foreign_affairs.bad_start")
    if ask.until is None or not max(ask.start_at, now) < ask.until <= ask.start_at + _LONGEST_VISIT:
        yield "until", Text.of("foreign_affairs.bad_end")
    for name in ("areas", "closed_areas"):
        for area in getattr(ask, name):
            place = world.site.areas.get(area)
            if place is None:
                yield name, Text.of("dated_register.no_area", area=area[:64], known=tuple(world.site.areas))
            elif name == "closed_areas" and not any(map(is_armed, place.modes)):
                yield name, Text.of("foreign_affairs.never_armed", area=place.name)
    if both := sorted({*ask.areas} & {*ask.closed_areas}):
        yield "closed_areas", Text.of("foreign_affairs.both", area=name_of(both[0], world))
