"""The calendar of a site, made of its file: shifts, holidays, schedules; what is wrong with them, what is missing."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from alerts.calendar import Calendar
from alerts.rule import Rule
from alerts.schedule import Schedule, minutes
from devices.errors import ConfigError
from devices.message import Text
from devices.reading import Instant
from gateway.site import model
from gateway.site.fault import Fault, Path
from gateway.site.line_checks import twice, unknown
from gateway.site.public_holidays import public_holidays

_LONGEST_DAYS = 31


def calendar_of(site: model.Site) -> Calendar:
    """The site's days and shifts; what cannot be read is left out, and is a fault of the file.

    Of a day that the file names the file's word counts, of any other that of the public holidays.
    """
    public = public_holidays(site.public_holidays)
    off = frozenset(day.isoformat() for holiday in site.holidays for day in _days(holiday))
    worked = frozenset(day.isoformat() for holiday in site.holidays for day in map(_read, holiday.workdays) if day)
    return Calendar(
        zone=site.time_zone,
        holidays=off | (public.off - worked),
        workdays=worked | (public.worked - off),
        shifts=site.shifts,
    )


def schedules_of(site: model.Site) -> dict[str, Schedule]:
    """Each schedule by its name."""
    calendar, shifts = calendar_of(site), {shift.name: (shift.start, shift.end) for shift in site.shifts}
    found = {}
    for schedule in site.schedules:
        texts = [shifts[name] for name in schedule.shifts] or [(schedule.start, schedule.end)]
        spans = tuple((minutes(start), minutes(end)) for start, end in texts)
        found[schedule.name] = Schedule(frozenset(schedule.days), spans, calendar, schedule.only)
    return found


def year_wanting(
    site: model.Site,
    now: Callable[[], Instant],
    shipped: Sequence[Rule[Any]] = (),
    is_used: Callable[[], bool] = lambda: False,
    *,
    is_ahead: bool = False,
) -> Callable[[], Text | None]:
    """Says when nobody knows the holidays of this year, or (``is_ahead``) of the next; None where they count nothing.

    Schedules, rules (of the file, and those ``shipped`` with workflows), rounds and the timetable count them by
    ``only``, posts by ``holiday_times``. ``is_used``: whether a workflow that counts them by itself is in use here.
    """
    calendar = calendar_of(site)
    tables = msgspec.to_builtins((site.schedules, site.rules, site.workflows, shipped))
    counts = bool(site.holidays) or _counts(tables)

    def look() -> Text | None:
        at = now()
        year = calendar.year_without(at)
        if year is None or (year > calendar.day(at).year) != is_ahead or not (counts or is_used()):
            return None
        return Text.of("calendar.no_holidays", year=str(year))

    return look


def _counts(table: Any) -> bool:
    """Whether something in it is otherwise on days that are worked, or on those that are not."""
    if isinstance(table, dict):
        return bool(table.get("only")) or table.get("holiday_times", 1) != 1 or any(map(_counts, table.values()))
    return isinstance(table, list | tuple) and any(map(_counts, table))


def calendar_faults(site: model.Site) -> Iterator[Fault]:
    """Everything that is wrong with shifts, holidays and schedules."""
    for index, shift in enumerate(site.shifts):
        yield from _times((("start", shift.start), ("end", shift.end)), ("shifts", index))
    for index, holiday in enumerate(site.holidays):
        yield from _holiday(holiday, ("holidays", index))
    for index, schedule in enumerate(site.schedules):
        yield from _schedule(schedule, site, ("schedules", index))
    yield from twice("shifts", "name", [shift.name for shift in site.shifts])


def _schedule(schedule: model.Schedule, site: model.Site, path: Path) -> Iterator[Fault]:
    if not schedule.days or not all(1 <= day <= 7 for day in schedule.days):
        yield Fault((*path, "days"), "must be numbers from 1 (Monday) to 7 (Sunday), at least one")
    yield from _times((("start", schedule.start), ("end", schedule.end)), path)
    names = {shift.name for shift in site.shifts}
    for place, name in enumerate(schedule.shifts):
        if name not in names:
            yield unknown("shift", name, names, (*path, "shifts", place), "shifts", name)
    if schedule.shifts and (schedule.start, schedule.end) != ("00:00", "24:00"):
        yield Fault((*path, "shifts"), "say either shifts, or start and end")


def _times(times: tuple[tuple[str, str], ...], path: Path) -> Iterator[Fault]:
    for key, text in times:
        try:
            minutes(text)
        except ConfigError as error:
            yield Fault((*path, key), error.problem)


def _holiday(holiday: model.Holiday, path: Path) -> Iterator[Fault]:
    days = [(("first",), holiday.first), (("last",), holiday.last or holiday.first)]
    days += [(("workdays", place), day) for place, day in enumerate(holiday.workdays)]  # type: ignore[misc]
    for where, text in days:
        if _read(text) is None and not (where == ("last",) and not holiday.last):
            yield Fault((*path, *where), f"must be a day like '2026-10-01'; found {text[:40]!r}")
    first, last = _read(holiday.first), _read(holiday.last or holiday.first)
    if first is None or last is None:
        return
    if not 0 <= (last - first).days < _LONGEST_DAYS:
        yield Fault((*path, "last"), f"must be the first day or within {_LONGEST_DAYS} days after it")
    for place, day in enumerate(map(_read, holiday.workdays)):
        if day is not None and (day.isoweekday() < 6 or first <= day <= last):
            yield Fault((*path, "workdays", place), "must be a Saturday or Sunday outside the holiday")


def _days(holiday: model.Holiday) -> Iterator[date]:
    first, last = _read(holiday.first), _read(holiday.last or holiday.first)
    if first is not None and last is not None:
        for after in range(min((last - first).days + 1, _LONGEST_DAYS)):
            yield first + timedelta(days=after)


def _read(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 and text.isascii() else None
    except ValueError:
        return None
