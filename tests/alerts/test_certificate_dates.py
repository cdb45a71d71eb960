"""Certificates that a post needs: how a person stands on a day, and when that changes by itself."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts.certificate_dates import Standing, next_change, standings
from alerts.person import Certificate, Person

DAY = date(2028, 2, 1)
_OFFSETS = st.integers(-200, 200)


def person(*certificates: Certificate, left: date | None = None) -> Person:
    return Person(id="li", name="Li", certificates=certificates, left=left)


def held(issued: int, until: int | None) -> Certificate:
    end = DAY + timedelta(days=until) if until is not None else None
    return Certificate(kind="k", issued=DAY + timedelta(days=issued), expires=end)


def test_a_newer_one_that_begins_in_time_leaves_no_gap() -> None:
    assert {} == standings(person(held(-100, 5), held(6, 400)), ["k"], DAY)
    gap = standings(person(held(-100, 5), held(7, 400)), ["k"], DAY)
    assert {"k": Standing("expiring_7", DAY + timedelta(days=5))} == gap


def test_the_newest_end_is_told_of_those_that_are_over() -> None:
    found = standings(person(held(-100, -50), held(-90, -1)), ["k", "j"], DAY)
    assert {"k": Standing("expired", DAY - timedelta(days=1)), "j": Standing("missing")} == found


@given(
    st.lists(st.tuples(_OFFSETS, st.none() | st.integers(0, 200)), max_size=4),
    st.none() | _OFFSETS,
    st.integers(0, 260),
)
def test_nothing_changes_by_itself_before_the_day_that_was_told(
    pairs: list[tuple[int, int | None]], left: int | None, ahead: int
) -> None:
    one = person(
        *(held(issued, None if lasts is None else issued + lasts) for issued, lasts in pairs),
        left=None if left is None else DAY + timedelta(days=left),
    )
    then = next_change(one, ["k"], DAY)
    day = DAY + timedelta(days=ahead)
    if then is None or day < then:
        assert {kind: each.state for kind, each in standings(one, ["k"], DAY).items()} == {
            kind: each.state for kind, each in standings(one, ["k"], day).items()
        }
