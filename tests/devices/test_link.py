"""How good a radio link was, and when it is weak."""

import pytest

from devices.link import Link, link


@pytest.mark.parametrize(
    ("values", "family", "expected"),
    [
        ({}, "zigbee2mqtt", None),
        ({"linkquality": []}, "zigbee2mqtt", None),
        ({"linkquality": [40, 80, 120]}, "zigbee2mqtt", Link("linkquality", 40, 80, is_weak=False)),
        ({"linkquality": [20, 30]}, "zigbee2mqtt", Link("linkquality", 20, 25, is_weak=True)),
        ({"rssi": [-85, -80.5]}, "shelly", Link("rssi", -85, -82.8, is_weak=True)),
        ({"rssi": [-60]}, "shelly", Link("rssi", -60, -60, is_weak=False)),
        ({"rssi": [-100]}, "chirpstack", Link("rssi", -100, -100, is_weak=False)),
        ({"rssi": [-120]}, "things_stack", Link("rssi", -120, -120, is_weak=True)),
        ({"rssi": [-90], "linkquality": [200]}, "tasmota", Link("linkquality", 200, 200, is_weak=False)),
    ],
)
def test_what_a_day_says_of_a_link(values: dict[str, list[float]], family: str, expected: Link | None) -> None:
    assert expected == link(values, family)
