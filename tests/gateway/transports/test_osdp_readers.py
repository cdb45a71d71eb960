"""Whether a reader is there: told when OSDP says so, tried with growing pauses, at once when it only stumbled."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.transports.osdp_readers import (
    OFFLINE_AFTER_S,
    News,
    Phase,
    Reader,
    Why,
    all_silent,
    dead,
    due,
    one_is_back,
)


def online(now: float = 0.0, *, is_keyed: bool = True) -> Reader:
    reader = Reader(1, is_keyed)
    reader.asked(now)
    reader.heard(now, is_key_answer=is_keyed)
    assert News(is_online=True) == reader.came(now)
    return reader


def again(reader: Reader, now: float) -> None:
    """The library asks it anew."""
    reader.tried()
    reader.asked(now)


def test_a_reader_that_stumbles_is_taken_up_at_once_and_not_told_lost() -> None:
    reader = online()
    reader.heard(10.0, is_key_answer=False)
    reader.dropped(10.1)
    assert reader.is_due(10.1)
    assert reader.overdue(10.1) is None
    again(reader, 10.1)
    reader.heard(10.2, is_key_answer=True)
    news = reader.came(10.5)
    assert news == News(is_online=True, away_s=0.5)
    assert reader.overdue(100.0) is None


def test_a_reader_that_stays_away_is_told_lost_after_eight_seconds_once() -> None:
    reader = online()
    reader.heard(10.0, is_key_answer=False)
    reader.dropped(10.5)
    again(reader, 10.5)
    reader.dropped(12.1)
    assert reader.overdue(10.0 + OFFLINE_AFTER_S - 0.1) is None
    assert News(is_online=False, why=Why.SILENT) == reader.overdue(10.0 + OFFLINE_AFTER_S)
    assert reader.overdue(30.0) is None
    again(reader, 31.0)
    reader.heard(31.1, is_key_answer=True)
    assert News(is_online=True) == reader.came(31.2)


def test_a_reader_answers_while_its_frames_come() -> None:
    reader = online()
    assert reader.answers(7.9)
    assert not reader.answers(OFFLINE_AFTER_S)
    reader.heard(OFFLINE_AFTER_S, is_key_answer=False)
    assert reader.answers(OFFLINE_AFTER_S + 1)
    reader.dropped(OFFLINE_AFTER_S + 1)
    assert not reader.answers(OFFLINE_AFTER_S + 1)


def test_at_a_start_the_first_try_is_told() -> None:
    reader = Reader(1, is_keyed=True)
    assert reader.overdue(60.0) is None
    reader.asked(60.0)
    assert not reader.is_hopeless(61.0)
    assert reader.is_hopeless(62.0)
    reader.dropped(62.0)
    assert News(is_online=False, why=Why.SILENT) == reader.overdue(62.0)


@pytest.mark.parametrize(
    ("is_keyed", "answers", "expected"),
    [
        (True, [], Why.SILENT),
        (False, [], Why.SILENT),
        (True, [False], Why.NO_CHANNEL),
        (True, [False, True], Why.WRONG_KEY),
        (False, [False], Why.ODD),
    ],
)
def test_why_it_is_not_there_is_seen_from_what_it_said(is_keyed: bool, answers: list[bool], expected: Why) -> None:
    reader = Reader(1, is_keyed)
    reader.asked(0.0)
    for is_key_answer in answers:
        reader.heard(0.1, is_key_answer=is_key_answer)
    assert reader.is_hopeless(60.0) == (not answers)
    reader.dropped(1.0)
    assert News(is_online=False, why=expected) == reader.overdue(1.0)
    assert (expected is not Why.SILENT) == expected.is_fault


def test_another_reason_is_told_too() -> None:
    """It was silent; now it answers, but under another key."""
    reader = Reader(1, is_keyed=True)
    reader.dropped(1.0)
    assert News(is_online=False, why=Why.SILENT) == reader.overdue(1.0)
    again(reader, 2.0)
    reader.heard(2.1, is_key_answer=True)
    reader.dropped(2.2)
    assert News(is_online=False, why=Why.WRONG_KEY) == reader.overdue(2.2)
    assert reader.overdue(2.3) is None


def test_one_whose_key_no_longer_fits_is_told_although_it_answers_all_the_time() -> None:
    reader = online()
    reader.dropped(1.0)
    told = []
    for now in range(1, 20):
        again(reader, now)
        reader.heard(now, is_key_answer=True)
        reader.dropped(now)
        told.append(reader.overdue(now))
    assert [News(is_online=False, why=Why.WRONG_KEY)] == [news for news in told if news is not None]


def test_pauses_grow_to_their_limit_and_begin_anew_when_the_line_is_back() -> None:
    reader, now, pauses = Reader(1, is_keyed=True), 0.0, []
    for _ in range(8):
        reader.dropped(now)
        assert not reader.is_due(reader.retry_at - 0.01)
        pauses.append(reader.retry_at - now)
        now = reader.retry_at
        again(reader, now)
    assert [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0] == pauses
    reader.line_back(now)
    assert reader.is_due(now)


def test_ten_dead_readers_hold_the_bus_no_longer_than_one() -> None:
    """Each is tried ten times more seldom, with one question, and never two at once; one that stumbles at once."""
    readers = [Reader(address, is_keyed=True) for address in range(10)] + [online()]
    for _ in range(12):
        for reader in readers[:10]:
            again(reader, 0.0)
            reader.dropped(1.5, dead(readers))
    assert (10, {1.5 + 150}) == (dead(readers), {reader.retry_at for reader in readers[:10]})
    assert [] == due(readers, 151.4)
    assert [0] == due(readers, 151.5)
    again(readers[0], 151.5)
    assert [] == due(readers, 151.7)
    assert (False, True) == (readers[0].is_hopeless(152.0), readers[0].is_hopeless(152.1))
    readers[10].dropped(151.8)
    assert [10] == due(readers, 151.8)
    readers[0].dropped(152.1, dead(readers))
    again(readers[10], 152.1)
    assert [1] == due(readers, 152.1)
    one_is_back(readers, 153.0)
    assert {151.5, 153.0} >= {reader.retry_at for reader in readers[1:10]}


def test_where_all_are_dead_nobody_waits_for_them() -> None:
    readers = [Reader(address, is_keyed=True) for address in range(10)]
    for _ in range(12):
        for reader in readers:
            again(reader, 0.0)
            reader.dropped(1.5, dead(readers))
    assert {16.5} == {reader.retry_at for reader in readers}


def test_a_reader_is_tried_with_two_questions_until_it_has_failed_three_times() -> None:
    reader = Reader(1, is_keyed=True)
    for _ in range(3):
        again(reader, 10.0)
        assert (False, True) == (reader.is_hopeless(11.5), reader.is_hopeless(11.6))
        reader.dropped(11.6)
    again(reader, 10.0)
    assert reader.is_hopeless(10.6)


def test_with_its_line_a_reader_is_lost_at_once_and_back_when_it_answers() -> None:
    reader = online()
    assert News(is_online=False, why=Why.LINE) == reader.lost_with_its_line()
    assert reader.lost_with_its_line() is None
    reader.line_back(5.0)
    assert reader.overdue(5.0) is None
    again(reader, 5.0)
    assert News(is_online=True) == reader.came(5.5)


def test_what_was_wrong_before_its_line_was_lost_is_not_told_anew() -> None:
    reader = Reader(1, is_keyed=True)
    reader.dropped(1.0)
    assert reader.overdue(1.0) is not None
    assert reader.lost_with_its_line() is None
    reader.line_back(5.0)
    assert reader.overdue(5.0) is None
    again(reader, 5.0)
    reader.dropped(6.0)
    assert reader.overdue(6.0) is None


def test_all_are_silent_when_none_answers_not_when_one_has_the_wrong_key() -> None:
    readers = [Reader(address, is_keyed=True) for address in (1, 2)]
    assert not all_silent([])
    assert not all_silent(readers)
    for reader in readers:
        reader.dropped(1.0)
        reader.overdue(1.0)
    assert all_silent(readers)
    again(readers[0], 2.0)
    readers[0].heard(2.0, is_key_answer=True)
    readers[0].dropped(2.1)
    readers[0].overdue(2.1)
    assert not all_silent(readers)


STEPS = st.lists(st.sampled_from(["heard", "key", "came", "dropped", "again", "cut", "back", "time"]), max_size=40)


@given(STEPS, st.lists(st.floats(0, 20), min_size=40, max_size=40))
def test_whatever_happens_what_was_told_is_what_is(steps: list[str], pauses: list[float]) -> None:
    """Nothing is told twice, and a reader that the library has online was told so."""
    reader, now, told = Reader(1, is_keyed=True), 0.0, None
    for step, now in zip(steps, itertools.accumulate(pauses), strict=False):
        news = None
        if step in ("heard", "key"):
            reader.heard(now, is_key_answer=step == "key")
        elif step == "came" and reader.phase is Phase.TRIED:
            news = reader.came(now)
        elif step == "dropped" and reader.phase is not Phase.OFF:
            reader.dropped(now)
        elif step == "again" and reader.is_due(now):
            again(reader, now)
        elif step == "cut":
            news = reader.lost_with_its_line()
        elif step == "back":
            reader.line_back(now)
        for fresh in (news, reader.overdue(now)):
            if fresh is not None:
                is_glitch = fresh.is_online and bool(told and told.is_online)
                assert is_glitch == (fresh.away_s > 0 or (fresh.is_online and told == fresh))
                assert fresh.is_online or fresh != told
                told = News(is_online=fresh.is_online, why=fresh.why)
        if reader.phase is Phase.ONLINE:
            assert told is not None
            assert told.is_online
        if told is not None:
            assert told.is_online == reader.online
