"""The spans that figures are asked for, by the site's own time."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from alerts.calendar import Calendar, Shift
from alerts.kpi.spans import SpanOf, span_of
from devices.reading import SECOND

ZONE = ZoneInfo("Asia/Shanghai")
SHIFTS = Calendar("Asia/Shanghai", shifts=(Shift("day", "07:30", "19:30"), Shift("night", "19:30", "07:30")))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * SECOND


NOW = at("2026-12-01 03:00")
ROWS: list[tuple[SpanOf, int, str, str]] = [
    ("shift", 0, "2026-11-30 19:30", "2026-12-01 07:30"), ("shift", 1, "2026-11-30 07:30", "2026-11-30 19:30"),
    ("shift", 2, "2026-11-29 19:30", "2026-11-30 07:30"), ("day", 0, "2026-12-01 00:00", "2026-12-02 00:00"),
    ("day", 1, "2026-11-30 00:00", "2026-12-01 00:00"), ("week", 0, "2026-11-30 00:00", "2026-12-07 00:00"),
    ("month", 1, "2026-11-01 00:00", "2026-12-01 00:00"), ("quarter", 1, "2026-07-01 00:00", "2026-10-01 00:00"),
    ("year", 0, "2026-01-01 00:00", "2027-01-01 00:00"),
]  # fmt: skip


@pytest.mark.parametrize(("every", "back", "begins", "ends"), ROWS)
def test_this_one_and_those_before(every: SpanOf, back: int, begins: str, ends: str) -> None:
    assert (at(begins), at(ends)) == span_of(every, back, SHIFTS, NOW)


def test_a_site_without_shifts_has_none() -> None:
    assert span_of("shift", 0, Calendar("Asia/Shanghai"), NOW) is None
