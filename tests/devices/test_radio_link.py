"""How good a radio link was, and when it is weak."""

import pytest

from devices.radio_link import RadioLink, link


@pytest.mark.parametrize(
    ("signal", "said", "family", "expected"),
    [
        ("linkquality", [], "zigbee2mqtt", None),
        ("linkquality", [40, 80, 120], "zigbee2mqtt", RadioLink("linkquality", 40, 80, is_weak=False)),
        ("linkquality", [20, 30], "zigbee2mqtt", RadioLink("linkquality", 20, 25, is_weak=True)),
        ("rssi", [-85, -80.5], "shelly", RadioLink("rssi", -85, -82.8, is_weak=True)),
        ("rssi", [-60], "shelly", RadioLink("rssi", -60, -60, is_weak=False)),
        ("rssi", [-100], "chirpstack", RadioLink("rssi", -100, -100, is_weak=False)),
        ("rssi", [-120], "things_stack", RadioLink("rssi", -120, -120, is_weak=True)),
    ],
)
def test_what_a_day_says_of_a_link(signal: str, said: list[float], family: str, expected: RadioLink | None) -> None:
    assert expected == link(signal, said, said, family)


def test_one_bad_moment_is_shown_and_makes_no_link_weak() -> None:
    assert RadioLink("linkquality", 0, 120, is_weak=False) == link("linkquality", [0, 90], [110, 130], "zigbee2mqtt")
