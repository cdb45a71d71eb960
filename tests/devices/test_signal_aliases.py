"""What people call a danger: before its place, behind it, and what only sounds like one."""

import pytest

from devices.payloads.signal_aliases import called


@pytest.mark.parametrize(
    ("name", "signal", "rest"),
    [
        *(("smoke_hall", "smoke", "hall"), ("fire_zone_2", "smoke", "zone_2"), ("panic_bedroom", "panic", "bedroom")),
        *(("Smoke detector pump room", "smoke", "pump_room"), ("co_alarm_boiler", "co_alarm", "boiler")),
        *(("gas_leak_kitchen", "gas_alarm", "kitchen"), ("gas_leak_detected", "gas_alarm", "")),
        *(
            ("leak_sensor_rack_7", "leak", "rack_7"),
            ("tamper_front", "tamper", "front"),
            ("pir_hall", "motion", "hall"),
        ),
        *(
            ("smoke_alarm_triggered", "smoke", ""),
            ("panic_pressed", "panic", ""),
            ("kitchen_smoke_detector", "smoke", "kitchen"),
        ),
        *(("front_door", "door", "front"), ("door_front", "door", "front")),
    ],
)
def test_a_danger_may_stand_before_or_behind_its_place(name: str, signal: str, rest: str) -> None:
    found = called(name, bool)
    assert found is not None
    assert (found.signal, "_".join(found.rest)) == (signal, rest)


@pytest.mark.parametrize(
    "name",
    [
        *("smoke_extraction", "smoke_machine", "gas_valve", "gas_boiler", "fire_alarm_muted", "smoke_alarm_enabled"),
        *("fire_curtain", "leak_sensor_sensitivity", "tamper_alarm_switch", "smoke_detector_link", "fire_alarm_siren"),
        *("panic_light", "gas_alarm_relay", "smoke_alarm_cleared", "fireplace", "no_smoke", "heat_pump", "heat_zone"),
    ],
)
def test_what_tells_of_something_else_is_no_danger(name: str) -> None:
    found = called(name, bool)
    assert found is None or found.signal not in {"smoke", "heat", "gas_alarm", "leak", "panic", "tamper"}
