"""Stints as a calendar file: what RFC 5545 asks of one, whatever people are called."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.calendar import Calendar
from ledger.icalendar import calendar_file
from ledger.roster import Line, Stint, all_stints

SHANGHAI = Calendar("Asia/Shanghai")


def test_a_stint_is_an_event_in_utc() -> None:
    line = Line(id="l1", post="gate", person="an", first="2026-12-31", start="20:00", end="04:00")
    since = SHANGHAI.at(date(2026, 12, 31), 0)
    stints = all_stints([line], SHANGHAI, since, since + 10**15)
    made = calendar_file(stints, {"gate": "Gate, north; 北门"}.__getitem__, since, {"an": "安"}.__getitem__)
    assert made.split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//keyarea//duty roster//EN",
        "CALSCALE:GREGORIAN",
        "BEGIN:VEVENT",
        "UID:l1-2026-12-31@keyarea",
        "DTSTAMP:20261230T160000Z",
        "DTSTART:20261231T120000Z",
        "DTEND:20261231T200000Z",
        "SUMMARY:Gate\\, north\\; 北门 · 安",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


@pytest.mark.slow
@given(st.text(max_size=120))
def test_no_name_breaks_a_line_or_makes_another(name: str) -> None:
    file = calendar_file([Stint(0, 10**9, "gate", name, "l1", "1970-01-01")], lambda _: name, 0)
    assert all(len(line.encode("utf-8", "replace")) <= 75 for line in file.split("\r\n"))
    unfolded = file.replace("\r\n ", "")
    assert 12 == unfolded.count("\r\n")
    assert not re.search(r"[\r\n](?!\n)", unfolded.replace("\r\n", ""))
