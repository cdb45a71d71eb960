"""What edge nodes call our signals, and the units they measure them in: tables, and nothing else.

Words are normalised: ``Door Open`` and ``doorOpen`` are ``door_open``; units lose case, blanks and degree signs.
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

_FACTORS: dict[str, dict[str, float]] = {
    "pressure": {"pa": 0.001, "hpa": 0.1, "mbar": 0.1, "kpa": 1, "bar": 100, "mpa": 1_000, "atm": 101.325}
    | {"psi": 6.894757, "psig": 6.894757, "mmhg": 0.1333224, "inhg": 3.386389, "mh2o": 9.80665},
    "level": {"m": 1, "cm": 0.01, "mm": 0.001, "ft": 0.3048, "in": 0.0254},
    "flow": {"l/s": 1, "l/min": 1 / 60, "lpm": 1 / 60, "l/h": 1 / 3_600, "gpm": 0.0630902}
    | {"m3/h": 1 / 3.6, "m3/s": 1_000},
    "voltage": {"v": 1, "mv": 0.001, "kv": 1_000, "volt": 1, "volts": 1},
    "current": {"a": 1, "ma": 0.001, "ka": 1_000, "amp": 1, "amps": 1},
    "residual_current": {"ma": 1, "a": 1_000, "ua": 0.001},
    "power": {"w": 1, "kw": 1_000, "watt": 1, "watts": 1},
    "co": {"ppm": 1, "ppb": 0.001, "%": 10_000},
    "co2": {"ppm": 1, "ppb": 0.001, "%": 10_000},
    "tvoc": {"ppb": 1, "ppm": 1_000},
    "pm": {"ug/m3": 1, "mg/m3": 1_000},
    "formaldehyde": {"mg/m3": 1, "ug/m3": 0.001},
    "gas": {"%lel": 1, "lel": 1, "lel%": 1, "%": 1},
    "humidity": {"%": 1, "%rh": 1, "rh%": 1, "rh": 1},
    "battery": {"%": 1},
    "smoke_density": {"%/m": 1, "%obs/m": 1},
    "illuminance": {"lx": 1, "lux": 1, "klx": 1_000, "fc": 10.7639},
    "rssi": {"dbm": 1},
}

UNITS: dict[str, dict[str, tuple[float, float]]] = {
    "temperature": {
        **dict.fromkeys(("c", "degc", "celsius", "degreecelsius", "degreescelsius"), (1.0, 0.0)),
        **dict.fromkeys(("f", "degf", "fahrenheit", "degreesfahrenheit"), (1 / 1.8, -32 / 1.8)),
        **dict.fromkeys(("k", "kelvin", "degk"), (1.0, -273.15)),
    },
    **{signal: {unit: (factor, 0.0) for unit, factor in factors.items()} for signal, factors in _FACTORS.items()},
}
"""Signal -> unit -> (factor, then what to add) to our unit. ``mw`` is not there: mega or milli, nobody knows."""
