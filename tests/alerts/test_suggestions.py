"""What no rule watches is named, area by area, with a rule that a site may run and that meets it."""

from typing import Any

import pytest

from alerts.rule import Rule
from alerts.site_facts import Place
from alerts.suggestions import suggestions
from devices.device import Device
from devices.message import Name
from tests.alerts.timeline import device, rule
from tests.words import readable

LOST = rule("supervision", name="lost", alert_class="fault")
HELD = rule("held_open", name="held", alert_class="access")
DOOR, SMOKE, CO = device("d", signals=("door",)), device("s", signals=("smoke",)), device("c", signals=("co",))
PANIC, HEAT = device("p", kind="panic_button"), device("t", signals=("temperature",))


def keys(devices: list[Device], *rules: Rule[Any], risk: int = 3) -> list[str]:
    found = suggestions({"store": Place("store", Name("Store"), risk)}, devices, rules)
    for each in found:
        readable(each.text)
    return [each.key for each in found]


@pytest.mark.parametrize(
    ("devices", "rules", "risk", "expected"),
    [
        ([DOOR], [LOST], 3, ["held_open"]),
        ([DOOR], [LOST, HELD], 3, []),
        ([DOOR], [LOST, rule("held_open", name="x", alert_class="access", areas=["hall"])], 3, ["held_open"]),
        ([CO], [LOST], 3, ["co"]),
        ([CO], [LOST, rule("threshold", signal="co", above=30, alert_class="information")], 3, ["co"]),
        ([CO], [LOST, rule("threshold", signal="co", above=30, alert_class="gas")], 3, []),
        ([SMOKE], [LOST], 3, ["smoke"]),
        ([SMOKE], [LOST, rule("state", signals=["smoke"])], 3, []),
        ([SMOKE], [LOST, rule("state", signals=["smoke"])], 2, ["one_detector"]),
        ([HEAT], [LOST], 3, []),
        ([HEAT], [LOST], 2, ["temperature"]),
        ([PANIC], [LOST], 4, ["panic"]),
        ([PANIC], [], 4, ["panic", "supervision"]),
        ([], [], 1, []),
    ],
)
def test_what_is_missing(devices: list[Device], rules: list[Rule[Any]], risk: int, expected: list[str]) -> None:
    assert expected == keys(devices, *rules, risk=risk)


def test_the_ready_rules_meet_what_is_missing() -> None:
    areas = {"store": Place("store", Name("Store"), 2)}
    devices = [DOOR, SMOKE, CO, PANIC, HEAT, device("m", signals=("motion", "tamper", "leak", "gas_alarm"))]
    found = suggestions(areas, devices, ())
    names = [each.rule.name for each in found]
    assert len(set(names)) == len(names) > 8
    assert all(each.rule.selects(device) for each in found for device in devices if device.id in each.devices)
    left = [each.key for each in suggestions(areas, devices, [each.rule for each in found])]
    assert ["one_detector"] == left  # a second detector must be hung up


def test_a_name_that_is_taken_is_not_given_twice() -> None:
    areas = {"store": Place("store", Name("Store"), 4)}
    taken = rule("held_open", name="store-held-open", alert_class="access", areas=["hall"])
    (found, _) = suggestions(areas, [DOOR], [taken])
    assert "store-held-open-2" == found.rule.name
