"""What can only add or hasten alarms waits for nobody; the rest waits, when in doubt too."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.rule_comparison import Difference, difference, is_guarded
from devices.reading import SECOND
from tests.alerts.timeline import START, Room, device, rule

HOT = {"signal": "temperature", "above": 57.0}
SMOKE = {"signals": ["smoke"], "hold_s": 10}
FAULT = {"signals": ["fault", "battery"], "battery_below": 15}
DUTY = {"every": "day", "topics": ["a.b"]}
ROUTE = {"checkpoints": ["gate"], "every_s": 3600, "grace_s": 60}
PAIR = {"signals": ["smoke"], "count": 3, "within_s": 60}


@pytest.mark.parametrize(
    ("kind", "before", "after", "expected"),
    [
        ("threshold", HOT, HOT, "none"),
        ("threshold", HOT, {**HOT, "above": 50.0}, "adds"),
        ("threshold", HOT, {**HOT, "above": 57.1}, "waits"),
        ("threshold", HOT, {**HOT, "below": 0.0}, "adds"),
        ("threshold", {**HOT, "below": 0.0}, {**HOT, "below": 5.0}, "adds"),
        ("threshold", {**HOT, "below": 0.0}, HOT, "waits"),
        ("threshold", HOT, {**HOT, "hysteresis": 5.0}, "waits"),
        ("threshold", HOT, {**HOT, "above": 50.0, "hold_s": 5.0}, "waits"),
        ("threshold", HOT, {**HOT, "signal": "humidity"}, "waits"),
        ("threshold", HOT, {**HOT, "priority": 2}, "waits"),
        ("threshold", {**HOT, "priority": 2}, HOT, "adds"),
        ("threshold", HOT, {**HOT, "alert_class": "information"}, "waits"),
        ("threshold", HOT, {**HOT, "alert_class": "gas"}, "waits"),
        ("threshold", {**HOT, "modes": ["armed"]}, HOT, "waits"),
        ("threshold", {**HOT, "schedule": "night"}, HOT, "waits"),
        ("threshold", HOT, {**HOT, "per": "area"}, "waits"),
        ("threshold", HOT, {**HOT, "procedure": "2. Run."}, "words"),
        ("threshold", HOT, {**HOT, "title_zh": "高温", "procedure_zh": "看"}, "words"),
        ("threshold", HOT, {**HOT, "above": 50.0, "procedure": "2. Run."}, "waits"),
        ("state", SMOKE, {**SMOKE, "hold_s": 5}, "adds"),
        ("state", SMOKE, {**SMOKE, "hold_s": 11}, "waits"),
        ("state", SMOKE, {**SMOKE, "signals": ["heat", "smoke"]}, "adds"),
        ("state", SMOKE, {**SMOKE, "signals": ["heat"]}, "waits"),
        ("state", SMOKE, {**SMOKE, "active": False}, "waits"),
        ("state", SMOKE, {**SMOKE, "pulse_s": 20}, "waits"),
        ("state", {**SMOKE, "areas": ["a"]}, {**SMOKE, "areas": ["a", "b"]}, "adds"),
        ("state", {**SMOKE, "areas": ["a", "b"]}, {**SMOKE, "areas": ["a"]}, "waits"),
        ("state", {**SMOKE, "areas": ["a"]}, SMOKE, "waits"),
        ("state", {**SMOKE, "areas": ["a"], "tags": ["t"]}, {**SMOKE, "areas": ["a"]}, "adds"),
        ("state", SMOKE, {**SMOKE, "areas": ["a"]}, "waits"),
        ("state", {"signals": ["panic"]}, {"signals": ["panic"], "silent": False}, "waits"),
        ("coincidence", PAIR, {**PAIR, "count": 2}, "adds"),
        ("coincidence", PAIR, {**PAIR, "within_s": 90}, "adds"),
        ("coincidence", PAIR, {**PAIR, "count": 2, "within_s": 30}, "waits"),
        ("coincidence", {**PAIR, "areas": ["a"]}, {**PAIR, "areas": ["a", "b"]}, "waits"),
        ("rate_of_rise", {"signal": "co", "rise": 9.0}, {"signal": "co", "rise": 8.0}, "adds"),
        ("rate_of_rise", {"signal": "co", "rise": 9.0}, {"signal": "co", "rise": 9.0, "within_s": 90}, "waits"),
        ("held_open", {"open_s": 30}, {"open_s": 20}, "adds"),
        ("access_denied", {"areas": ["a"]}, {"areas": ["a", "b"], "count": 2, "within_s": 90}, "adds"),
        ("access_denied", {}, {"within_s": 30}, "waits"),
        ("access_denied", {}, {"reasons": ["unknown"]}, "waits"),
        ("forced_open", {}, {"granted_s": 10, "grace_s": 0.5}, "adds"),
        ("forced_open", {"areas": ["a"]}, {"areas": ["a", "b"]}, "waits"),
        ("two_person", {}, {"count": 3, "alone_s": 30}, "adds"),
        ("two_person", {}, {"empty_s": 600}, "waits"),
        ("fault", FAULT, {**FAULT, "battery_below": 20, "signals": ["fault", "battery", "mains"]}, "adds"),
        ("fault", FAULT, {**FAULT, "battery_below": 10}, "waits"),
        ("fusion", {}, {"smoke_limit": 3.0}, "adds"),
        ("fusion", {}, {"silent_s": 300}, "waits"),
        ("fact", {"begins": ["a.b"]}, {"begins": ["a.b", "a.c"]}, "adds"),
        ("fact", {"begins": ["a.b"]}, {"begins": ["a.b"], "ends": ["a.c"]}, "waits"),
        ("obligation", DUTY, {**DUTY, "times": 2, "warn_h": 4}, "adds"),
        ("obligation", DUTY, {**DUTY, "tolerance_h": 1}, "waits"),
        ("upkeep", {"what": ["test"]}, {"what": ["test", "battery"], "ahead_days": 7}, "adds"),
        ("upkeep", {}, {"battery_ahead_days": 7}, "waits"),
        ("supervision", {}, {"interval_s": 60}, "waits"),
        ("patrol", ROUTE, {**ROUTE, "checkpoints": ["gate", "store"], "every_s": 3600, "grace_s": 0}, "adds"),
        ("patrol", ROUTE, {**ROUTE, "every_s": 3601, "grace_s": 61}, "waits"),
        ("patrol", {"tells": ["missed"]}, {"tells": ["late", "missed"]}, "adds"),
        ("patrol", {}, {"tells": ["missed"]}, "waits"),
        ("patrol", {}, ROUTE, "waits"),
        ("absence", {"every_s": 60, "signals": ["motion"]}, {"every_s": 59, "signals": ["motion"]}, "waits"),
    ],
)
def test_from_two_versions(kind: str, before: dict[str, Any], after: dict[str, Any], expected: str) -> None:
    assert expected == difference(rule(kind, **before), rule(kind, **after))


def test_new_removed_and_other_kinds() -> None:
    hot, smoke = rule("threshold", name="one", **HOT), rule("state", name="one", **SMOKE)
    assert ["none", "adds", "waits", "waits"] == [
        *(difference(None, None), difference(None, hot), difference(hot, None), difference(hot, smoke))
    ]
    assert is_guarded(None, hot)
    assert is_guarded(rule("threshold", alert_class="hold_up", **HOT), None)
    assert not is_guarded(rule("threshold", alert_class="fault", **HOT), None)


def test_every_kind_says_which_parameters_of_its_own_hasten_alarms() -> None:
    """A kind that has none says so, and why."""
    for kind in kinds().values():
        assert kind.sooner is not Rule.sooner, f"{kind.__module__} does not say what hastens its alarms: Rule.sooner"
        assert set(kind.sooner) <= {field.name for field in msgspec.structs.fields(kind)}


LIMITS = st.sampled_from([20.0, 40.0, 57.0])
THRESHOLDS = st.builds(
    lambda above, hold_s, back: rule("threshold", signal="temperature", above=above, hold_s=hold_s, hysteresis=back),
    LIMITS,
    st.sampled_from([0, 5, 12]),
    st.sampled_from([0.0, 3.0]),
)
STORY = st.lists(st.tuples(st.integers(1, 9), st.sampled_from([10.0, 30.0, 41.0, 60.0])), min_size=1, max_size=8)


@pytest.mark.slow
@given(THRESHOLDS, THRESHOLDS, STORY)
def test_what_only_adds_alarms_no_later(old: Rule[Any], new: Rule[Any], story: list[tuple[int, float]]) -> None:
    if difference(old, new) is Difference.ADDS:
        before, after = _first_alarm(old, story), _first_alarm(new, story)
        assert before is None or (after is not None and after <= before)


def _first_alarm(one: Rule[Any], story: list[tuple[int, float]]) -> int | None:
    room = Room([one], [device("a")])
    at = START
    for pause_s, value in story:
        at += pause_s * SECOND
        room.run_until(at)
        room.step([room.event(f"a.temperature={value}", at)], at)
    room.run_until(at + 60 * SECOND)
    return min((alert.raised for alert in room.alerts.values()), default=None)
