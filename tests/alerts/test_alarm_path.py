"""Which link of the alarm path is named, when, and when it is well again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alarm_path import LINKS, Check, Link, PathState, Screen, broken
from devices.message import Text
from devices.reading import SECOND
from tests.words import chinese, english

T0 = 1_000 * SECOND
MS = 1_000_000


def check(**said: Any) -> Check:
    """One that went well, but for what is said."""
    times = {"decided": 5, "stored": 11, "streamed": 60, "sent": 300}
    well: dict[str, Any] = {name: T0 + ms * MS for name, ms in times.items()}
    well |= {"waits_for": "mail", "screens": (screen("olga", 150), screen("kim", 210))}
    return Check(**{"id": "1", "begun": T0, **well, **said})


def screen(account: str, after_ms: int | None) -> Screen:
    return Screen(account, account, "/", None if after_ms is None else T0 + after_ms * MS, "tone")


GONE: dict[str, Any] = {"decided": None, "stored": None, "streamed": None, "sent": None}
NOBODY: dict[str, Any] = {"screens": (screen("olga", None), screen("kim", None))}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, {}),
        (GONE | NOBODY, {"engine": "was not decided within 10 s"}),
        ({"stored": None, "streamed": None, "sent": None}, {"store": "the store did not commit"}),
        ({"streamed": None} | NOBODY, {"stream": "committed and not handed to the screens"}),
        (
            {"streamed": None, "sent": None} | NOBODY,
            {"stream": "not handed", "messages": "mail did not"},
        ),
        (NOBODY, {"screens": "no screen drew a check of the alarm path: olga (/), kim (/)"}),
        ({"screens": (screen("olga", 9), screen("kim", None))}, {"screens": "1 screens did not draw"}),
        ({"screens": ()}, {}),
        ({"screens": (), "needs_screen": True}, {"screens": "no screen of a control room is open"}),
        ({"sent": None}, {"messages": "the message channel mail did not accept"}),
        ({"sent": None, "unsent": Text.of("notify.status", status=500)}, {"messages": "500"}),
        ({"sent": None, "waits_for": ""}, {}),
    ],
    ids=lambda value: "" if isinstance(value, dict) else str(value),
)
def test_the_first_link_that_did_not_hold_is_named(said: dict[str, Any], expected: dict[str, str]) -> None:
    found = broken(check(**said))
    assert list(expected) == list(found)
    for link, words in expected.items():
        assert words in english(found[link])  # type: ignore[index]
        assert chinese(found[link]) != english(found[link])  # type: ignore[index]


def test_what_is_whole_is_waited_for_no_longer() -> None:
    assert check().is_whole
    assert not check(streamed=None).is_whole
    assert not check(sent=None).is_whole
    assert not check(**NOBODY).is_whole
    assert not check(screens=(), needs_screen=True).is_whole
    assert check(screens=(), sent=None, waits_for="").is_whole


def test_a_link_is_broken_when_it_did_not_hold_twice_and_mended_by_one_that_gets_through() -> None:
    state = PathState().looked_at(check(**NOBODY))
    assert ({}, True) == (state.faults, state.wants_another), "a page may just have been loaded"
    state = state.looked_at(check(**NOBODY))
    assert (["screens"], False) == (list(state.faults), state.wants_another)
    state = state.looked_at(check(**GONE, **NOBODY))
    assert ["screens"] == list(state.faults), "of screens this one says nothing"
    state = state.looked_at(check())
    assert ({}, 3) == (state.faults, state.failed)
    assert set(LINKS) == state.proved.keys()


def test_one_miss_between_two_good_ones_is_no_fault() -> None:
    state = PathState().looked_at(check(sent=None)).looked_at(check()).looked_at(check(sent=None))
    assert {} == state.faults
    assert state.wants_another


def test_what_another_fault_says_already_is_not_said_again() -> None:
    gone = check(stored=None, streamed=None, sent=None)
    told: frozenset[Link] = frozenset({"store"})
    state = PathState().looked_at(gone, is_told=told).looked_at(gone, is_told=told)
    assert {} == state.faults
    assert "store" not in state.proved


def test_times_are_those_of_checks_that_reached_the_link() -> None:
    state = PathState()
    for ms in range(100, 0, -1):
        state = state.looked_at(check(streamed=T0 + ms * MS))
    state = state.looked_at(check(streamed=None))
    median, p95 = state.times("stream") or (0, 0)
    assert (50, 95) == (median // MS, p95 // MS)
    assert (210 * MS, 210 * MS) == state.times("screens"), "the slowest screen counts"
    assert 100 == len(state.checks)


def test_a_link_that_is_not_used_any_more_is_no_fault_for_ever() -> None:
    state = PathState().looked_at(check(sent=None)).looked_at(check(sent=None))
    assert ["messages"] == list(state.faults)
    assert {} == state.looked_at(check(sent=None, waits_for="")).faults


OUTCOMES: dict[str, dict[str, Any]] = {
    "well": {},
    "engine": GONE | NOBODY,
    "store": {"stored": None, "streamed": None, "sent": None} | NOBODY,
    "stream": {"streamed": None} | NOBODY,
    "screens": NOBODY,
    "messages": {"sent": None},
    "both": NOBODY | {"sent": None},
    "nobody": {"screens": ()},
}


@given(st.lists(st.sampled_from(sorted(OUTCOMES)), max_size=12))
def test_whatever_happens_a_fault_follows_two_misses_and_one_good_check_ends_it(outcomes: list[str]) -> None:
    """And no check that says nothing of a link raises or ends its fault."""
    state = PathState()
    for outcome in outcomes:
        one = check(**OUTCOMES[outcome])
        missing, before = broken(one), state
        state = state.looked_at(one)
        for link in LINKS:
            if link in missing:
                assert (link in state.faults) == (link in before.doubtful or link in before.faults)
            elif one.took(link) is not None:
                assert link not in state.faults
            elif one.uses(link):
                assert (link in state.faults) == (link in before.faults)
    assert {} == state.looked_at(check()).faults
