"""Recurrence rules: the days that they mean, and which are refused with which reason."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import Refused
from ledger.recurrence import LONGEST_DAYS, MOST_DAYS, days_of

MONDAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("first", "rule", "expected"),
    [
        ("2026-11-30", "", "2026-11-30"),
        ("2026-11-30", "FREQ=DAILY;COUNT=3", "2026-11-30 2026-12-01 2026-12-02"),
        ("2026-12-30", "RRULE:FREQ=DAILY;INTERVAL=2;UNTIL=20270103", "2026-12-30 2027-01-01 2027-01-03"),
        ("2028-02-28", "FREQ=DAILY;COUNT=3", "2028-02-28 2028-02-29 2028-03-01"),
        ("2026-12-28", "freq=weekly;byday=mo,fr;count=4", "2026-12-28 2027-01-01 2027-01-04 2027-01-08"),
        ("2026-12-28", "FREQ=WEEKLY;INTERVAL=2;COUNT=2", "2026-12-28 2027-01-11"),  # 2026 has an ISO week 53
        ("2027-01-31", "FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "2027-01-31 2027-02-28 2027-03-31"),
        ("2027-01-29", "FREQ=MONTHLY;BYMONTHDAY=29;COUNT=2", "2027-01-29 2027-03-29"),
        ("2027-01-29", "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270228T000000Z;", "2027-01-29 2027-02-26"),
        ("2026-10-01", "FREQ=YEARLY;COUNT=2", "2026-10-01 2027-10-01"),
        ("2027-02-26", "FREQ=YEARLY;BYMONTH=2,3;BYDAY=-1FR;COUNT=3", "2027-02-26 2027-03-26 2028-02-25"),
        ("2026-12-31", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", "2026-12-31 2027-01-29 2027-02-26"),
        ("2026-12-01", "FREQ=DAILY;BYMONTH=12;UNTIL=20261203", "2026-12-01 2026-12-02 2026-12-03"),
        ("2026-12-28", "FREQ=WEEKLY;BYMONTH=12,1;COUNT=3", "2026-12-28 2027-01-04 2027-01-11"),
        ("2028-02-29", "FREQ=MONTHLY;BYMONTHDAY=29;BYMONTH=2;COUNT=1", "2028-02-29"),
    ],
)
def test_the_days_of_a_rule(first: str, rule: str, expected: str) -> None:
    assert expected.split() == [day.isoformat() for day in days_of(date.fromisoformat(first), rule)]


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        ("FREQ=DAILY", "endless"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20261231", "two_ends"),
        ("FREQ=DAILY;UNTIL=20281203", "too_far"),
        ("FREQ=DAILY;UNTIL=20261129", "too_far"),
        ("FREQ=DAILY;INTERVAL=10;COUNT=100", "too_far"),
        ("FREQ=DAILY;UNTIL=20280601", "too_many"),
        ("FREQ=DAILY;COUNT=401", "no_number"),
        ("FREQ=DAILY;COUNT=0", "no_number"),
        ("FREQ=DAILY;COUNT=²", "no_number"),
        ("FREQ=DAILY;INTERVAL=0;COUNT=2", "no_number"),
        ("FREQ=HOURLY;COUNT=2", "no_frequency"),
        ("COUNT=2", "no_frequency"),
        ("FREQ=DAILY;BYMONTH=13;COUNT=2", "no_month"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0;COUNT=2", "no_place"),
        ("FREQ=MONTHLY;BYSETPOS=1;COUNT=2", "no_set"),
        ("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1;COUNT=2", "of_months"),
        ("FREQ=YEARLY;BYYEARDAY=7;COUNT=2", "no_part"),
        ("FREQ=YEARLY;COUNT=4", "too_far"),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=MO;BYSETPOS=300;COUNT=2", "not_its_first"),
        ("FREQ=DAILY;INTERVAL=30;BYMONTH=2;COUNT=2", "not_its_first"),
        ("FREQ=DAILY;BYHOUR=1;COUNT=2", "no_part"),
        ("FREQ=DAILY;COUNT=2;COUNT=2", "no_part"),
        ("every day", "no_part"),
        ("FREQ=DAILY;UNTIL=20270229", "no_day"),
        ("FREQ=DAILY;UNTIL=tomorrow", "no_day"),
        ("FREQ=WEEKLY;BYDAY=XX;COUNT=2", "no_weekday"),
        ("FREQ=WEEKLY;WKST=XX;COUNT=2", "no_weekday"),
        ("FREQ=MONTHLY;BYDAY=6MO;COUNT=2", "no_weekday"),
        ("FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2", "no_day_of_month"),
        ("FREQ=MONTHLY;BYMONTHDAY=0;COUNT=2", "no_day_of_month"),
        ("FREQ=WEEKLY;BYDAY=1MO;COUNT=2", "of_months"),
        ("FREQ=WEEKLY;BYMONTHDAY=30;COUNT=2", "of_months"),
        ("FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=30;COUNT=2", "one_of_them"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU;COUNT=2", "not_its_first"),
        ("FREQ=MONTHLY;BYMONTHDAY=29;COUNT=2", "not_its_first"),
    ],
)
def test_what_nobody_can_plan_with_is_refused(rule: str, key: str) -> None:
    with pytest.raises(Refused) as refused:
        days_of(MONDAY, rule)
    assert f"recurrence.{key}" == refused.value.text.key


@pytest.mark.slow
@given(st.text(alphabet="FREQ=DAILYWKMONTHCUBS;,123456789-+0 ", max_size=60))
def test_whatever_is_written_has_an_end_or_is_refused(rule: str) -> None:
    try:
        found = days_of(MONDAY, f"FREQ=DAILY;{rule}")
    except Refused:
        return
    assert MONDAY == found[0]
    assert len(found) <= MOST_DAYS
    assert found[-1] <= MONDAY + timedelta(days=LONGEST_DAYS)
