"""How far receiving centres were told of an alert: of several events and centres what says most."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.transmission import Transmission, Transmitted, after, of_all

STATES: tuple[Transmitted, ...] = ("sending", "confirmed", "failed")


@pytest.mark.parametrize(
    ("news", "whole"),
    [
        ("", None),
        ("city sending 1", "sending"),
        ("city sending 1, city confirmed 1", "confirmed"),
        ("city sending 1, city failed 1", "failed"),
        ("city failed 1, city confirmed 2", "failed"),
        ("city failed 1, city confirmed 2, city confirmed 1", "confirmed"),
        ("city confirmed 1, arc sending 1", "sending"),
        ("city confirmed 1, arc failed 1", "failed"),
        ("city failed 1, arc confirmed 1", "failed"),
        ("city confirmed 1, city sending 2", "sending"),
    ],
)
def test_what_is_not_confirmed_says_more_than_what_is(news: str, whole: Transmitted | None) -> None:
    assert whole == of_all(told(news))


def told(news: str) -> tuple[Transmission, ...]:
    found: tuple[Transmission, ...] = ()
    for each in filter(None, news.split(", ")):
        centre, state, event = each.split()
        found = after(found, Transmission(centre, next(known for known in STATES if known == state), event))
    return found


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(STATES), st.sampled_from("123"))))
def test_it_is_confirmed_when_all_that_was_told_is_and_never_grows_without_end(
    news: list[tuple[str, Transmitted, str]],
) -> None:
    found: tuple[Transmission, ...] = ()
    newest: dict[tuple[str, str], Transmitted] = {}
    for centre, state, event in news:
        found = after(found, Transmission(centre, state, event))
        newest[centre, event] = state
    assert len(found) <= len(newest) + 2
    assert ("confirmed" == of_all(found)) == (bool(newest) and set(newest.values()) == {"confirmed"})
