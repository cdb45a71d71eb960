"""What edge nodes call our signals: tables, and nothing else.

Words are normalised: ``Door Open`` and ``doorOpen`` are ``door_open``.
"""

from devices.signals import SIGNALS

FLAGS: dict[str, tuple[str, bool]] = {
    **{name: (name, True) for name, signal in SIGNALS.items() if signal.python_type is bool},
    **dict.fromkeys(("smoke_alarm", "smoke_detected", "fire", "fire_alarm", "fire_detected"), ("smoke", True)),
    **dict.fromkeys(("heat_alarm", "heat_detected", "overheat"), ("heat", True)),
    **dict.fromkeys(("flame_detected", "flame_alarm"), ("flame", True)),
    **dict.fromkeys(("gas", "gas_detected", "gas_leak"), ("gas_alarm", True)),
    **dict.fromkeys(("co", "carbon_monoxide", "co_detected", "carbon_monoxide_alarm"), ("co_alarm", True)),
    **dict.fromkeys(("manual_call_point", "mcp", "pull_station", "break_glass"), ("call_point", True)),
    **dict.fromkeys(("waterflow", "flow_switch", "sprinkler_flow"), ("water_flow", True)),
    **dict.fromkeys(("door_open", "door_opened", "window", "window_open", "gate_open"), ("door", True)),
    **dict.fromkeys(("door_closed", "window_closed", "gate_closed"), ("door", False)),
    **dict.fromkeys(("unlocked", "lock_open", "door_unlocked"), ("lock", True)),
    **dict.fromkeys(("locked", "door_locked"), ("lock", False)),
    **dict.fromkeys(("motion_detected", "pir", "movement"), ("motion", True)),
    **dict.fromkeys(("occupied", "presence"), ("occupancy", True)),
    **dict.fromkeys(("water_leak", "leak_detected", "flood", "flooded"), ("leak", True)),
    **dict.fromkeys(("panic_button", "panic_alarm", "hold_up", "holdup"), ("panic", True)),
    **dict.fromkeys(("tampered", "tamper_alarm", "cover_open"), ("tamper", True)),
    **dict.fromkeys(("trouble", "faulted", "device_fault"), ("fault", True)),
    **dict.fromkeys(("low_battery", "battery_alarm"), ("battery_low", True)),
    **dict.fromkeys(("mains_power", "ac_power", "mains_ok", "mains_present"), ("mains", True)),
    **dict.fromkeys(("mains_fail", "mains_failure", "power_fail", "power_failure", "ac_fail"), ("mains", False)),
    **dict.fromkeys(("sounder", "siren_on"), ("siren", True)),
    **dict.fromkeys(("relay", "digital_input", "digital_output"), ("switch", True)),
    "glass_broken": ("glass_break", True),
    "running": ("started", True),
}
"""Word -> (signal, whether true means true there)."""

NUMBERS: dict[str, str] = {
    **{name: name for name, signal in SIGNALS.items() if signal.python_type is float},
    **dict.fromkeys(("temp", "air_temperature", "ambient_temperature", "room_temperature"), "temperature"),
    **dict.fromkeys(("relative_humidity", "rh"), "humidity"),
    **dict.fromkeys(("smoke_obscuration", "obscuration"), "smoke_density"),
    **dict.fromkeys(("carbon_monoxide", "co_level", "co_concentration"), "co"),
    **dict.fromkeys(("carbon_dioxide", "co2_level", "co2_concentration"), "co2"),
    **dict.fromkeys(("gas_level", "gas_concentration", "lel", "methane"), "gas"),
    **dict.fromkeys(("voc", "total_voc"), "tvoc"),
    **dict.fromkeys(("pm2_5", "pm25"), "pm"),
    **dict.fromkeys(("battery_level", "battery_percent", "battery_charge"), "battery"),
    **dict.fromkeys(("signal_strength",), "rssi"),
    **dict.fromkeys(("lux", "light_level", "brightness"), "illuminance"),
    **dict.fromkeys(("water_level", "tank_level"), "level"),
    **dict.fromkeys(("flow_rate", "water_flow_rate"), "flow"),
    **dict.fromkeys(("water_pressure", "line_pressure"), "pressure"),
    **dict.fromkeys(("leakage_current", "earth_leakage"), "residual_current"),
}
TEXTS: dict[str, str] = {
    **{name: name for name, signal in SIGNALS.items() if signal.python_type is str},
    **dict.fromkeys(("card", "card_number", "badge", "badge_id", "card_id"), "credential"),
    "access_result": "access",
}
NOT_SENSED = {
    *("node_control", "device_control", "setpoint", "setpoints", "limit", "limits", "threshold", "thresholds"),
    *("config", "configuration", "settings", "parameters", "command", "commands", "node_info", "device_info"),
}
LEAVES = {"value", "state", "status", "pv", "reading", "live", "current_value", "measurement", "active"}
"""Last segments that say nothing of their own: ``Smoke/Value`` is smoke."""
