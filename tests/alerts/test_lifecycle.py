"""The life of an alert: the table, and random walks over it."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import Alert, AlertClass, Disposition, State, display_order
from alerts.lifecycle import MANNERS, TRANSITIONS, Action, Manner, after, check_seen
from alerts.suppression_reason import Suppression, SuppressionReason
from devices.errors import Refused
from tests.words import refused

ACTIONS = [action for action in Action if action is not Action.RAISED]
BY_MANNER = {
    Manner.LATCHING: AlertClass.FIRE,
    Manner.HELD: AlertClass.GAS,
    Manner.SELF_CLOSING: AlertClass.FAULT,
}


ASIDE = Suppression(SuppressionReason.BYPASS, "b1", 0, "li", 100, "welding")


TESTED = Suppression(SuppressionReason.WALK_TEST, "w1", 0, "wang", 100)


def alert(alert_class: AlertClass = AlertClass.FIRE, **fields: Any) -> Alert:
    raised: dict[str, Any] = {
        "id": "1", "rule": "r", "rule_version": "v", "area": "store", "key": "a", "alert_class": alert_class,
        "priority": 1, "text": "t", "state": State.UNACKNOWLEDGED, "raised": 0, "changed": 0, "causes": (),
        "latched": MANNERS[alert_class] is Manner.LATCHING,
    }  # fmt: skip
    return Alert(**(raised | fields))


def walked(start: Alert, *actions: Action) -> Alert:
    for now, action in enumerate(actions, 1):
        start = after(start, action, now, by="li", disposition=Disposition.CONFIRMED, note="n")
    return start


def test_every_class_has_a_manner() -> None:
    assert set(AlertClass) == set(MANNERS)


@pytest.mark.parametrize(("manner", "state", "action"), list(product(Manner, State, ACTIONS)))
def test_what_the_table_lacks_is_refused_and_what_it_has_is_done(manner: Manner, state: State, action: Action) -> None:
    if action is Action.COMMENT:
        return
    is_active = action is Action.CAUSE_GONE
    aside = TESTED if action is Action.LAPSED else None
    found = alert(BY_MANNER[manner], state=state, active=is_active, latched=action is Action.RESET, suppression=aside)
    expected = TRANSITIONS.get((manner, state, action))
    if expected is None:
        with pytest.raises(Refused):
            after(found, action, 1, by="li", disposition=Disposition.CONFIRMED)
    else:
        assert expected is after(found, action, 1, by="li", disposition=Disposition.CONFIRMED).state


A, R, C, GONE, AGAIN = Action.ACKNOWLEDGE, Action.RESET, Action.CLOSE, Action.CAUSE_GONE, Action.CAUSE_AGAIN


@pytest.mark.parametrize(
    ("name", "alert_class", "actions", "state"),
    [
        ("a fire goes the whole way", AlertClass.FIRE, (A, GONE, R, C), State.CLOSED),
        ("a fire that came back and went", AlertClass.FIRE, (A, GONE, AGAIN, GONE), State.UNACKNOWLEDGED),
        ("gas returns by itself", AlertClass.GAS, (GONE,), State.RETURNED),
        ("gas seen and gone waits for a finding", AlertClass.GAS, (A, GONE), State.ACKNOWLEDGED),
        ("gas is closed by a person", AlertClass.GAS, (A, GONE, C), State.CLOSED),
        ("a fault seen and gone is over", AlertClass.FAULT, (A, GONE), State.CLOSED),
        ("a fault gone and seen is over", AlertClass.FAULT, (GONE, A), State.CLOSED),
        ("a fault gone and not seen stays", AlertClass.FAULT, (GONE,), State.RETURNED),
        ("a fault that came back is to be seen again", AlertClass.FAULT, (GONE, AGAIN), State.UNACKNOWLEDGED),
    ],
)
def test_the_ways_that_an_alert_takes(
    name: str, alert_class: AlertClass, actions: tuple[Action, ...], state: State
) -> None:
    assert state is walked(alert(alert_class), *actions).state, name


@pytest.mark.parametrize(
    ("name", "alert_class", "before", "asked", "advice"),
    [
        ("a fire is not closed unseen", AlertClass.FIRE, (), C, "acknowledge the alert first"),
        ("nor reset unseen", AlertClass.FIRE, (GONE,), R, "acknowledge the alert first"),
        ("nor reset while it burns", AlertClass.FIRE, (A,), R, "cause still stands"),
        ("nor closed while latched", AlertClass.FIRE, (A, GONE), C, "latched"),
        ("nor reset twice", AlertClass.FIRE, (A, GONE, R), R, "reset already"),
        ("gas is not closed while it stands", AlertClass.GAS, (A,), C, "cause still stands"),
        ("nor reset", AlertClass.GAS, (A, GONE), R, "not possible"),
        ("nobody acknowledges twice", AlertClass.FIRE, (A,), A, "already acknowledged by li"),
        ("a closed alert is closed", AlertClass.FAULT, (A, GONE), C, "closed"),
        ("and stays silent", AlertClass.FAULT, (A, GONE), AGAIN, "closed"),
    ],
)
def test_a_refusal_says_what_to_do(
    name: str, alert_class: AlertClass, before: tuple[Action, ...], asked: Action, advice: str
) -> None:
    found = walked(alert(alert_class), *before)
    with refused(advice):
        after(found, asked, 9, by="li", disposition=Disposition.CONFIRMED)


def test_closing_needs_a_finding() -> None:
    with refused("choose a finding: confirmed, false alarm"):
        after(walked(alert(), A, GONE, R), C, 9, by="li")


def test_an_alert_is_raised_by_its_rule_only() -> None:
    with pytest.raises(Refused):
        after(alert(), Action.RAISED, 1)


def test_who_did_what_stands_in_the_alert() -> None:
    closed = walked(alert(), A, GONE, R, C)
    assert ("li", 1, "li", "li", 4, Disposition.CONFIRMED, "n") == (
        closed.acknowledged_by, closed.acknowledged, closed.reset_by, closed.closed_by, closed.closed,
        closed.disposition, closed.note,
    )  # fmt: skip


@given(st.sampled_from(AlertClass), st.lists(st.sampled_from(ACTIONS), max_size=30))
def test_a_random_walk_never_leaves_the_table(alert_class: AlertClass, actions: list[Action]) -> None:
    current = alert(alert_class)
    for now, action in enumerate(actions, 1):
        if action is Action.CAUSE_GONE and not current.active:
            continue  # the engine tells only what changes
        try:
            changed = after(current, action, now, by="li", disposition=Disposition.TEST, suppression=ASIDE)
        except Refused:
            continue
        assert current.state is not State.CLOSED or action is Action.COMMENT, "a closed alert never changes"
        assert (changed.state is State.CLOSED) == (changed.closed is not None)
        assert not (changed.state is State.CLOSED and changed.active)
        assert not (changed.state is State.RETURNED and changed.active)
        if MANNERS[alert_class] is Manner.LATCHING:
            by_person = changed.reset_by and changed.closed_by
            assert changed.state is not State.CLOSED or by_person or current.suppression is not None
            assert not (changed.active and not changed.latched)
        current = changed


def test_the_cause_of_any_open_alert_may_go_and_come_back() -> None:
    """What the engine does to an alert is never refused: a fault there would stop the pipeline."""
    for manner in Manner:
        for state in (State.UNACKNOWLEDGED, State.ACKNOWLEDGED):
            assert (manner, state, Action.CAUSE_GONE) in TRANSITIONS
        for state in (State.UNACKNOWLEDGED, State.ACKNOWLEDGED, State.RETURNED):
            assert (manner, state, Action.CAUSE_AGAIN) in TRANSITIONS


def test_priority_then_class_then_first_out() -> None:
    low_fire, gas = alert(priority=2), alert(AlertClass.GAS)
    early, late = alert(raised=1), alert(raised=2)
    assert [early, late, gas, low_fire] == sorted([low_fire, gas, late, early], key=display_order)


def test_what_comes_again_is_nobodys_and_its_clock_counts_from_then() -> None:
    first = walked(alert(), A, GONE)
    again = after(first, AGAIN, 90)
    assert (again.state, again.acknowledged_by, again.acknowledged) == (State.UNACKNOWLEDGED, "", None)
    assert (again.raised, again.again, again.newest, again.occurrences) == (0, 90, 90, 2)


def test_what_joins_a_cause_that_stands_is_nobodys_either_and_its_clock_goes_on() -> None:
    joined = after(walked(alert(), A), AGAIN, 90)
    assert (joined.state, joined.acknowledged_by, joined.newest) == (State.UNACKNOWLEDGED, "", 0)


def test_an_event_that_happens_once_more_has_a_clock_of_its_own() -> None:
    assert after(walked(alert(), A), AGAIN, 90, is_anew=True).newest == 90


def test_what_still_stands_is_above_what_is_gone_and_the_first_out_on_top() -> None:
    """A call point that is still pressed must not stand beneath fires of which the cause is gone."""
    gone, first = alert(id="gone", active=False), alert(id="first", raised=10)
    again = alert(id="again", raised=5, again=50)
    later, other = alert(id="later", raised=20), alert(AlertClass.GAS, id="gas")
    found = sorted([other, gone, again, later, first], key=display_order)
    assert ["first", "later", "again", "gone", "gas"] == [one.id for one in found]


@given(st.integers(1, 50), st.integers(1, 50))
def test_nobody_acknowledges_what_they_were_not_shown(occurrences: int, seen: int) -> None:
    """Fewer or more than there are: both are not what stands."""
    found = alert(occurrences=occurrences)
    if seen == occurrences:
        check_seen(found, seen)
    else:
        with refused("acknowledge it anew"):
            check_seen(found, seen)
    check_seen(found, None)


@given(
    st.sampled_from(AlertClass),
    st.lists(st.sampled_from(ACTIONS), max_size=12),
    st.booleans(),
    st.booleans(),
)
def test_nothing_closes_unseen(alert_class: AlertClass, actions: list[Action], aside: bool, tested: bool) -> None:
    """A person found something, or somebody had seen it, or it lapsed where the list of what is set aside showed it."""
    stands = alert(alert_class, suppression=(TESTED if tested else ASIDE) if aside else None)
    before = stands
    for now, action in enumerate(actions, 1):
        try:
            before, stands = stands, after(stands, action, now, by="li", disposition=Disposition.CONFIRMED)
        except Refused:
            continue
        if stands.state is State.CLOSED:
            break
    if stands.state is not State.CLOSED:
        return
    assert not stands.active
    closing = MANNERS[alert_class] is Manner.SELF_CLOSING
    if stands.disposition is Disposition.RETURNED:
        assert closing
        assert stands.acknowledged is not None or before.suppression is not None
    elif stands.disposition is Disposition.TEST:
        assert (True, True) == (before.suppression is not None, before.suppression == TESTED)
    else:
        assert ("li", False) == (stands.closed_by, stands.latched)
        assert stands.acknowledged is not None


def test_no_person_finds_that_it_has_returned() -> None:
    seen = walked(alert(AlertClass.GAS), A, GONE)
    with refused("choose a finding"):
        after(seen, C, 9, by="li", disposition=Disposition.RETURNED)


@pytest.mark.parametrize(
    ("name", "actions", "is_quiet"),
    [
        ("silenced", (Action.SILENCE,), True),
        ("silenced, and its cause is gone", (Action.SILENCE, GONE), True),
        ("what comes again sounds", (Action.SILENCE, AGAIN), False),
        ("what is brought back sounds", (Action.SILENCE, Action.BROUGHT_BACK), False),
        ("what expires sounds", (Action.SILENCE, A, Action.EXPIRED), False),
    ],
)
def test_a_silence_holds_until_anything_happens_anew(name: str, actions: tuple[Action, ...], is_quiet: bool) -> None:
    for alert_class in AlertClass:
        stands = walked(alert(alert_class), *actions)
        assert is_quiet == (stands.silenced_until is not None), name
        assert (State.UNACKNOWLEDGED, State.RETURNED)[stands.state is State.RETURNED] is stands.state


def test_a_silence_is_only_of_what_sounds() -> None:
    for silent in (alert(state=State.ACKNOWLEDGED), alert(suppression=ASIDE)):
        with refused("does not sound"):
            after(silent, Action.SILENCE, 1, by="li")
