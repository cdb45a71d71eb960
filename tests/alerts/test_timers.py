"""Timers: what is due, in which order, and that they always come to an end."""

from alerts.rule_instance import RuleInstance
from alerts.timers import Timers
from tests.alerts.timeline import rule

A = RuleInstance(rule("state", name="a", signals=["smoke"]), "a", "store")
B = RuleInstance(rule("state", name="b", signals=["smoke"]), "a", "store")


def test_the_earliest_comes_first_and_at_one_instant_the_order_of_names_decides() -> None:
    timers = Timers()
    for at, watch in ((5, B), (3, B), (5, A), (9, A)):
        timers.push(at, watch)
    assert 3 == timers.next
    assert [(3, B), (5, A), (5, B)] == list(timers.due(5))
    assert 9 == timers.next
    assert [] == list(timers.due(8))


def test_what_is_pushed_meanwhile_waits_for_the_next_call() -> None:
    """Else a rule that always wants to be woken at once would stop the world."""
    timers = Timers()
    timers.push(1, A)
    for times, (at, watch) in enumerate(timers.due(5)):
        assert 0 == times
        timers.push(at, watch)
    assert [(1, A)] == list(timers.due(5))


def test_one_that_asks_too_often_is_put_off_and_told_the_time_it_asked_for() -> None:
    timers = Timers()
    timers.push(1, A, not_before=7)
    assert 7 == timers.next
    assert [(1, A)] == list(timers.due(7))


def test_what_there_is_more_of_waits_in_its_order() -> None:
    timers = Timers()
    for at, watch in ((3, A), (4, B), (5, A)):
        timers.push(at, watch)
    assert [(3, A), (4, B)] == list(timers.due(9, most=2))
    assert 5 == timers.next
    assert [(5, A)] == list(timers.due(9, most=2))


def test_without_timers_nothing_is_wanted() -> None:
    assert Timers().next is None
