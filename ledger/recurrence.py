"""On which days a thing comes again: a recurrence rule of RFC 5545 (section 3.3.10) with an end, read into days.

``FREQ=WEEKLY;BYDAY=MO,TU;UNTIL=20271231`` begins on a first day, which is one of its days. Days only: at which time
stands beside it, so that a change of the clock moves nothing. python-dateutil finds the days. It looks for the next one
up to the year 9999, for seconds where there is none. The calendar repeats itself every 400 years, weekdays and all, so
it is asked about the same days as late as it knows any, and gives up twenty times as soon. What comes again within a
day, and weeks and days of the year by their number, are left out.
"""

import re
from datetime import date, datetime, timedelta
from itertools import islice

from dateutil.rrule import DAILY, FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, YEARLY, rrule

from devices.errors import Refused
from devices.message import Text

MOST_DAYS = 400
LONGEST_DAYS = 732
"""From the first day to the last, two years at most: nobody plans people further ahead."""
_FREQUENCIES = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY, "YEARLY": YEARLY}
_OF_MONTHS = ("MONTHLY", "YEARLY")
_CYCLE = 400
_WEEKDAYS = {"MO": MO, "TU": TU, "WE": WE, "TH": TH, "FR": FR, "SA": SA, "SU": SU}
_PARTS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS")
_UNTIL = re.compile(r"(\d{8})(T\d{6}Z?)?", re.ASCII)
_WEEKDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_MONTH = re.compile(r"[1-9]|1[0-2]", re.ASCII)
_PLACE = re.compile(r"[+-]?[1-9]\d{0,2}", re.ASCII)
_DAY_OF_MONTH = re.compile(r"[+-]?([1-9]|[12]\d|3[01])", re.ASCII)


def days_of(first: date, rule: str) -> tuple[date, ...]:
    """The days, oldest first; without a rule the first alone. Raises Refused: what is wrong with the rule."""
    if not rule.strip():
        return (first,)
    parts = _parts(rule)
    until, count = parts.get("UNTIL"), parts.get("COUNT")
    if until is None and count is None:
        raise Refused(Text.of("recurrence.endless"))
    if until is not None and count is not None:
        raise Refused(Text.of("recurrence.two_ends"))
    last = first + timedelta(days=LONGEST_DAYS) if until is None else _last(until)
    if not 0 <= (last - first).days <= LONGEST_DAYS:
        raise Refused(Text.of("recurrence.too_far", most=LONGEST_DAYS))
    wanted = MOST_DAYS + 1 if count is None else _whole("COUNT", count, MOST_DAYS)
    found = _found(first, parts, last, wanted)
    if len(found) > MOST_DAYS:
        raise Refused(Text.of("recurrence.too_many", most=MOST_DAYS))
    if count is not None and len(found) < wanted:
        raise Refused(Text.of("recurrence.too_far", most=LONGEST_DAYS))
    return found


def _parts(rule: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in rule.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, _, value = part.partition("=")
        if name not in _PARTS or name in parts or not value:
            raise Refused(Text.of("recurrence.no_part", part=part[:64], parts=_PARTS))
        parts[name] = value
    if parts.get("FREQ") not in _FREQUENCIES:
        raise Refused(Text.of("recurrence.no_frequency", choices=tuple(_FREQUENCIES)))
    return parts


def _whole(name: str, value: str, most: int) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 4 and 1 <= int(value) <= most):
        raise Refused(Text.of("recurrence.no_number", part=name, most=most))
    return int(value)


def _last(until: str) -> date:
    try:
        match = _UNTIL.fullmatch(until)
        return date.fromisoformat(match.group(1) if match else "")
    except ValueError:
        raise Refused(Text.of("recurrence.no_day", found=until[:64])) from None


def _found(first: date, parts: dict[str, str], last: date, most: int) -> tuple[date, ...]:
    frequency, weekdays = parts["FREQ"], _weekdays(parts.get("BYDAY", ""))
    days = _numbers(parts.get("BYMONTHDAY", ""), _DAY_OF_MONTH, "no_day_of_month")
    months = _numbers(parts.get("BYMONTH", ""), _MONTH, "no_month")
    places = _numbers(parts.get("BYSETPOS", ""), _PLACE, "no_place")
    if parts.get("WKST", "MO") not in _WEEKDAYS:
        raise Refused(Text.of("recurrence.no_weekday", found=parts["WKST"][:64]))
    is_counted = any(number for number, _ in weekdays)
    if frequency not in _OF_MONTHS and (days or is_counted or places):
        raise Refused(Text.of("recurrence.of_months"))
    if days and weekdays:
        raise Refused(Text.of("recurrence.one_of_them"))
    if places and not (days or weekdays):
        raise Refused(Text.of("recurrence.no_set"))
    if weekdays and first.weekday() not in [_WEEKDAYS[name].weekday for _, name in weekdays]:
        raise Refused(Text.of("recurrence.not_its_first", first=first.isoformat()))
    later = (date.max.year - last.year) // _CYCLE * _CYCLE
    each = rrule(
        _FREQUENCIES[frequency],
        dtstart=datetime(first.year + later, first.month, first.day),  # noqa: DTZ001 - days have no zone
        interval=_whole("INTERVAL", parts.get("INTERVAL", "1"), LONGEST_DAYS),
        wkst=_WEEKDAYS[parts.get("WKST", "MO")],
        until=datetime(last.year + later, last.month, last.day),  # noqa: DTZ001
        byweekday=[_WEEKDAYS[name](number) if number else _WEEKDAYS[name] for number, name in weekdays] or None,
        bymonthday=days or None,
        bymonth=months or None,
        bysetpos=places or None,
    )
    found = tuple(date(moment.year - later, moment.month, moment.day) for moment in islice(each, most))
    if not found or found[0] != first:
        raise Refused(Text.of("recurrence.not_its_first", first=first.isoformat()))
    return found


def _weekdays(value: str) -> list[tuple[int, str]]:
    """(which of the month or 0, weekday)"""
    found = [(_WEEKDAY.fullmatch(part), part) for part in value.split(",") if value]
    for match, part in found:
        if match is None:
            raise Refused(Text.of("recurrence.no_weekday", found=part[:64]))
    return [(int(match[1] or 0), match[2]) for match, _ in found if match is not None]


def _numbers(value: str, form: re.Pattern[str], why: str) -> list[int]:
    parts = value.split(",") if value else []
    for part in parts:
        if not form.fullmatch(part):
            raise Refused(Text.of(f"recurrence.{why}", found=part[:64]))
    return [int(part) for part in parts]
