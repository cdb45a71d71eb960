"""What an alert of the kind ``upkeep`` says."""

import pytest

from alerts.rules.upkeep import UpkeepRule
from tests.alerts.timeline import START, Room, device, rule
from tests.words import english


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("due a test=0", "test of a due"),
        ("due a test=-3", "test of a due, 3 days overdue"),
        ("due a calibration=5", "calibration of a due in 5 days"),
        ("due a battery=12", "battery of a likely empty in 12 days"),
        ("due a battery=-1", "battery of a likely empty"),
        ("due a calibration=-1 test=1", "calibration of a due, 1 day overdue, test of a due in 1 day"),
    ],
)
def test_the_text_says_what_is_due_and_when(due: str, expected: str) -> None:
    room = Room((rule("upkeep", alert_class="supervisory", ahead_days=7),), (device("a"),))
    (event,) = room.step([room.event(due, START)], START).alerts
    assert expected == english(event.alert.text)


@pytest.mark.parametrize("parameters", [{"what": ()}, {"ahead_days": -1}, {"battery_ahead_days": 1e9}])
def test_parameters_that_make_no_sense_are_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must"):
        UpkeepRule(name="u", alert_class="fault", priority=3, procedure="look", **parameters)  # type: ignore[arg-type]
