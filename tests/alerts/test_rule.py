"""What every rule kind shares: selecting devices, parameters that are none, and being found."""

from typing import Any

import msgspec
import pytest

from alerts.kinds import kinds
from alerts.rule import Rule
from tests.alerts.timeline import device, rule

DEVICE = device("a", kind="smoke_detector", tags=("radio", "new"))


@pytest.mark.parametrize(
    ("selectors", "expected"),
    [
        ({}, True),
        ({"areas": ["store"]}, True),
        ({"areas": ["hall"]}, False),
        ({"areas": ["store"], "devices": ["b"]}, False),
        ({"devices": ["b", "a"]}, True),
        ({"device_kinds": ["smoke_detector"], "tags": ["new"]}, True),
        ({"device_kinds": ["call_point"]}, False),
        ({"tags": ["old"]}, False),
    ],
)
def test_a_device_is_selected_if_all_that_is_given_fits(selectors: dict[str, Any], expected: bool) -> None:
    assert expected is rule("state", signals=["smoke"], **selectors).selects(DEVICE)


@pytest.mark.parametrize(
    ("kind", "parameters", "expected"),
    [
        ("state", {"signals": []}, "at least one"),
        ("state", {"signals": ["smoke"], "hold_s": -1}, "hold_s must be 0 or more"),
        ("state", {"signals": ["smoke"], "hold_s": float("nan")}, "hold_s must be 0 or more"),
        ("state", {"signals": ["smoke"], "hold_s": float("inf")}, "a year"),
        ("threshold", {"signal": "temperature"}, "above, below or both"),
        ("threshold", {"signal": "temperature", "above": float("nan")}, "finite"),
        ("threshold", {"signal": "temperature", "above": 5, "below": 5}, "less than above"),
        ("threshold", {"signal": "temperature", "above": 5, "hysteresis": -1}, "hysteresis"),
        ("coincidence", {"signals": []}, "at least one"),
        ("coincidence", {"signals": ["smoke"], "count": 1}, "2 or more"),
        ("coincidence", {"signals": ["smoke"], "within_s": 0}, "within_s must be 1 or more"),
        ("coincidence", {"signals": ["smoke"], "per": "device"}, "device"),
        ("held_open", {"open_s": -1}, "open_s must be 0 or more"),
        ("supervision", {"interval_s": 0}, "interval_s must be 1 or more"),
        ("supervision", {"per": "area"}, "per = "),
        ("patrol", {"checkpoints_zh": {"gate": "大门"}}, "no checkpoint of this route"),
        ("patrol", {"checkpoints": ["gate"], "every_s": 0}, "every_s must be 1 or more"),
        ("patrol", {"checkpoints": ["gate"], "grace_s": -1}, "grace_s must be 0 or more"),
        ("patrol", {"checkpoints": ["gate"], "colour": "red"}, "unknown field"),
        ("state", {"signals": ["smoke"], "priority": 5}, "5"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_was_expected(
    kind: str, parameters: dict[str, Any], expected: str
) -> None:
    with pytest.raises(msgspec.ValidationError, match=expected):
        rule(kind, **parameters)


def test_the_kinds_are_found() -> None:
    assert {"state", "threshold", "coincidence", "held_open", "supervision", "patrol"} <= kinds().keys()
    assert all(issubclass(kind, Rule) for kind in kinds().values())


def test_two_kinds_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from alerts import kinds as finder
    from alerts.rules import held_open, state

    monkeypatch.setattr(held_open, "KIND", state.KIND)
    finder.kinds.cache_clear()
    try:
        with pytest.raises(ValueError, match="two rule kinds are called 'state'"):
            finder.kinds()
    finally:
        monkeypatch.undo()
        finder.kinds.cache_clear()
