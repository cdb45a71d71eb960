"""What people and makers call our signals: words in any dress to a signal, by the kind of value that comes with them.

Words are normalised: ``Door Open`` and ``doorOpen`` are ``door_open``.
"""

import re
from functools import lru_cache

import msgspec

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
    **dict.fromkeys(
        ("door_open", "reed_open", "contact_open", "window", "window_open", "gate_open", "door_opened"), ("door", True)
    ),
    **dict.fromkeys(("door_closed", "window_closed", "gate_closed"), ("door", False)),
    **dict.fromkeys(("unlocked", "lock_open", "door_unlocked"), ("lock", True)),
    **dict.fromkeys(("locked", "door_locked"), ("lock", False)),
    **dict.fromkeys(("motion_detected", "pir", "movement", "moving_target"), ("motion", True)),
    **dict.fromkeys(("occupied", "presence", "still_target", "has_target"), ("occupancy", True)),
    **dict.fromkeys(("water_leak", "leak_detected", "flood", "flooded"), ("leak", True)),
    **dict.fromkeys(("water_alarm", "flood_alarm", "leak_alarm", "water_leak_alarm"), ("leak", True)),
    **dict.fromkeys(("burglary", "burglary_alarm", "burglar_alarm", "intruder_alarm"), ("intrusion", True)),
    **dict.fromkeys(("intrusion_alarm", "intrusion_detected"), ("intrusion", True)),
    "duress_alarm": ("duress", True),
    **dict.fromkeys(("panic_button", "panic_alarm", "hold_up", "holdup"), ("panic", True)),
    **dict.fromkeys(("sos", "sos_button", "emergency_button"), ("panic", True)),
    **dict.fromkeys(("tampered", "tamper_alarm", "cover_open"), ("tamper", True)),
    **dict.fromkeys(("trouble", "faulted", "device_fault"), ("fault", True)),
    **dict.fromkeys(("low_battery", "battery_alarm"), ("battery_low", True)),
    **dict.fromkeys(("mains_power", "ac_power", "mains_ok", "mains_present"), ("mains", True)),
    **dict.fromkeys(("on_battery", "on_battery_power"), ("mains", False)),
    **dict.fromkeys(("mains_fail", "mains_failure", "power_fail", "power_failure", "ac_fail"), ("mains", False)),
    **dict.fromkeys(("ac_failure", "ac_loss", "ac_lost", "mains_loss", "mains_lost"), ("mains", False)),
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
    **dict.fromkeys(("pm2_5", "pm25", "pm_2_5"), "pm"),
    **dict.fromkeys(("pm10", "pm_10", "pm10_0", "pm_10_0"), "pm.10"),
    **dict.fromkeys(("pm1", "pm_1", "pm1_0", "pm_1_0"), "pm.1"),
    **dict.fromkeys(("battery_level", "battery_percent", "battery_charge"), "battery"),
    **dict.fromkeys(("signal_strength", "wifi_signal", "wifi_signal_db"), "rssi"),
    **dict.fromkeys(("lux", "light_level", "ambient_light", "brightness"), "illuminance"),
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
_DRESS = {
    *("sensor", "detector", "detected", "detection", "detect"),
    *("value", "state", "status", "reading", "measurement"),
}
"""Last words that say nothing of their own where a name stands alone: ``smoke sensor``, ``Motion detected``."""

_NOT_SAID = {
    *("no", "not", "non", "last", "previous", "next", "max", "min", "maximum", "minimum", "average", "avg", "mean"),
    *(
        "highest",
        "lowest",
        "peak",
        "target",
        "set",
        "setpoint",
        "desired",
        "limit",
        "threshold",
        "calibration",
        "offset",
    ),
    *("enable", "enabled", "disable", "mute", "bypass", "ignore", "allow", "reset", "simulate", "inhibit", "trigger"),
    *("calibration", "predicted", "forecast", "expected", "alarms", "total"),
}
"""Words before the one that matters which turn it into something else: no smoke, the target temperature."""
_MOST_WORDS = 20
_LONGEST_NAME = 200


class Called(msgspec.Struct, frozen=True):
    """What a name means. ``upright``: whether true means true; ``rest``: its other words, which tell two apart."""

    signal: str
    upright: bool
    rest: tuple[str, ...]


def normal(text: str) -> str:
    """``Door Open``, ``doorOpen`` and ``door-open`` as ``door_open``."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "_", text)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


@lru_cache(maxsize=4096)
def called(name: str, kind: type) -> Called | None:
    """The signal of Python type ``kind`` that ends the name: ``Server room smoke detected``, ``front_door_2``.

    None for a name that says nothing that is in the tables, or the contrary of it.
    """
    words = [word for word in normal(name[:_LONGEST_NAME]).split("_") if word][-_MOST_WORDS:]
    number: list[str] = []
    if words and words[-1].isdigit() and not {"_".join(words[-length:]) for length in (2, 3)} & NUMBERS.keys():
        number = [words.pop()]
    while True:
        for length in (3, 2, 1):
            before, word = words[:-length], "_".join(words[-length:])
            found = _found(word, kind) if len(words) >= length else None
            if found is not None:
                return None if _NOT_SAID.intersection(before) else Called(*found, (*before, *number))
        if not words or words[-1] not in _DRESS:
            return None
        words.pop()


def _found(word: str, kind: type) -> tuple[str, bool] | None:
    if kind is bool:
        return FLAGS.get(word)
    signal = (NUMBERS if kind is float else TEXTS).get(word)
    return (signal, True) if signal is not None else None
