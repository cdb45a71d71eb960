"""What people and makers call our signals: words in any dress to a signal, by the kind of value that comes with them.

Words are normalised: ``Door Open`` and ``doorOpen`` are ``door_open``.

Where no word ends a name, a danger that begins it counts, with the rest as its place (``smoke_hall`` is
``smoke.hall``): behind a bare word only words for places, behind one dressed as a detector or an alarm
(``smoke_detector_...``) any but a list of those that tell of something else of it (its battery, siren, test, valve).
Not any word behind any danger: ``gas_valve`` and ``smoke_extraction`` would alarm; nor a note alone: a fire is not to
wait for the technician. The price: a place that the lists do not hold is a switch with a note, a new word behind a
dressed one may alarm falsely.
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
    **dict.fromkeys(("gas", "gas_detected", "gas_leak", "gas_leak_detected", "gas_leak_alarm"), ("gas_alarm", True)),
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
    **dict.fromkeys(("o2", "oxygen_content"), "oxygen"),
    **dict.fromkeys(("hydrogen_sulfide", "hydrogen_sulphide"), "h2s"),
}
TEXTS: dict[str, str] = {
    **{name: name for name, signal in SIGNALS.items() if signal.python_type is str},
    **dict.fromkeys(("card", "card_number", "badge", "badge_id", "card_id"), "credential"),
    "access_result": "access",
    **dict.fromkeys(("license_plate", "licence_plate", "number_plate", "plate_number", "lpr"), "plate"),
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
_DANGERS = frozenset(
    {
        *("smoke", "heat", "flame", "co_alarm", "gas_alarm", "leak", "panic", "duress", "call_point", "water_flow"),
        *("glass_break", "tamper", "intrusion"),
    }
)
_MAY_STAND_FIRST = _DANGERS | {"door", "motion", "occupancy"}
_TRIPPED = frozenset({"alarm", "alert", "active", "activated", "triggered", "tripped", "leak", "button", "pressed"})
_PLACES = frozenset({
    *("room", "hall", "hallway", "kitchen", "bedroom", "bathroom", "bath", "toilet", "wc", "lobby", "office", "store"),
    *("storage", "cellar", "basement", "attic", "loft", "garage", "stairs", "staircase", "corridor", "laundry", "lab"),
    *("living", "dining", "entrance", "entry", "floor", "ground", "upper", "lower", "front", "back", "rear", "side"),
    *("left", "right", "north", "south", "east", "west", "inside", "outside", "zone", "area", "building", "block"),
    *("house", "shed", "workshop", "warehouse", "server", "utility", "upstairs", "downstairs"),
    *("first", "second", "third", "guest", "kids", "washroom", "restroom", "roof", "gate", "yard"),
})  # fmt: skip
_NO_PLACE = frozenset({
    *("battery", "batt", "low", "fault", "faults", "trouble", "error", "errors", "failure", "failed", "dirty", "ok"),
    *("test", "testing", "selftest", "self", "mute", "muted", "silence", "silenced", "hush", "hushed", "reset"),
    *("enable", "enabled", "disable", "disabled", "disarmed", "armed", "bypass", "bypassed", "inhibit", "isolated"),
    *("count", "counter", "times", "time", "total", "last", "threshold", "level", "limit", "sensitivity", "mode"),
    *("volume", "delay", "duration", "interval", "min", "max", "setting", "settings", "config", "option", "options"),
    *("ringtone", "melody", "sound", "schedule", "timer", "relay", "switch", "output", "valve", "pump", "fan", "siren"),
    *("sounder", "buzzer", "horn", "strobe", "beacon", "light", "lamp", "led", "indicator", "machine", "vent"),
    *("curtain", "damper", "shutter", "power", "mains", "supply", "connected", "disconnected", "connection", "online"),
    *("offline", "available", "availability", "link", "linkage", "wifi", "signal", "normal", "clear", "cleared", "no"),
    *("not", "never", "cover", "open", "closed", "lock", "locked", "missing", "alive", "heartbeat", "expired", "life"),
    *("maintenance", "service", "warmup", "preheat", "calibration", "ready", "panel", "system", "memory", "history"),
    *("firmware", "update", "voltage", "temperature", "humidity", "concentration", "density", "value", "off", "on"),
    *("by", "when", "if", "for", "from", "remote", "simulated", "drill", "over", "ended", "chamber", "head", "pre"),
})  # fmt: skip
"""Words behind a danger that tell of something else than the danger: its battery, its siren, its test."""
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
            return _placed_behind(words, number) if kind is bool else None
        words.pop()


def _placed_behind(words: list[str], number: list[str]) -> Called | None:
    """``smoke_hall``, ``leak_sensor_pump_room``: a danger, and then where.

    Behind a bare word only words for places are (``smoke_extraction`` is no smoke); behind one that is dressed as a
    detector or an alarm any, but for those that tell of something else of it (``smoke_alarm_muted``).
    """
    for length in (3, 2, 1):
        found = FLAGS.get("_".join(words[:length])) if len(words) >= length else None
        if found is None or found[0] not in _MAY_STAND_FIRST or not found[1]:
            continue
        rest = words[length:]
        while rest and rest[0] in _DRESS | _TRIPPED:
            rest.pop(0)
        is_dressed = found[0] in _DANGERS and len(words) - len(rest) > 1
        told = [word for word, behind in zip(rest, [*rest[1:], ""], strict=False) if behind != "room"]  # a pump room
        if (_NO_PLACE | _NOT_SAID).intersection(told):
            return None
        places = is_dressed or (found[0] != "heat" and all(word in _PLACES or word.isdecimal() for word in rest))
        return Called(*found, (*rest, *number)) if places else None
    return None


def _found(word: str, kind: type) -> tuple[str, bool] | None:
    if kind is bool:
        return FLAGS.get(word)
    signal = (NUMBERS if kind is float else TEXTS).get(word)
    return (signal, True) if signal is not None else None
