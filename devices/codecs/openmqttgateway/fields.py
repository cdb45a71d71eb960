"""What Theengs, rtl_433, pilight and the gateway itself call our signals, and how to read it."""

import math
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import islice
from typing import Any

from devices.errors import MalformedMessage
from devices.message import Reason, Text, of_field
from devices.payloads.decoded_values import merge
from devices.payloads.not_understood import Note, bounded, notes_among
from devices.reading import Value

_MOST_FIELDS = 200
_LONGEST_NAME = 60
_LONGEST_NUMBER = 30
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?")

WORDS = {
    "true": True, "on": True, "yes": True, "1": True, "high": True, "open": True, "opened": True,
    "timeout not closed": True, "false": False, "off": False, "no": False, "0": False, "low": False, "closed": False,
    "close": False, "present": True, "absent": False,
}  # fmt: skip

_Read = Callable[[Any], Iterable[tuple[str, Value]]]


def _flag(signal: str, *, invert: bool = False) -> _Read:
    def read(value: Any) -> Iterable[tuple[str, Value]]:
        word = WORDS.get(value.strip().lower()) if isinstance(value, str) else value
        if not isinstance(word, bool | int | float) or word not in (0, 1):
            raise MalformedMessage(Text.of("openmqttgateway.no_flag", value=_shown(value)))
        return ((signal, bool(word) is not invert),)

    return read


def _measure(signal: str, factor: float = 1, plus: float = 0) -> _Read:
    def read(value: Any) -> Iterable[tuple[str, Value]]:
        number = _number(value)
        return ((signal, number if (factor, plus) == (1, 0) else round(number * factor + plus, 6)),)

    return read


def _fahrenheit(signal: str) -> _Read:
    return _measure(signal, 1 / 1.8, -32 / 1.8)


def _battery_ok(value: Any) -> Iterable[tuple[str, Value]]:
    """1 is good and 0 empty; some models of rtl_433 tell the fraction between."""
    number = _number(value)
    return (("battery_low", number < 1),) if number in (0, 1) else (("battery", round(number * 100, 6)),)


def _text(value: Any) -> Iterable[tuple[str, Value]]:
    """What was pressed: a number or a word; 0 is nothing."""
    return (("action", name_of(value)),) if value and name_of(value) else ()


def _contact(value: Any) -> Iterable[tuple[str, Value]]:
    # Theengs writes words; whether a bare true is open or closed nobody says.
    return _flag("door")(value if isinstance(value, str) else None)


def _moisture(value: Any) -> Iterable[tuple[str, Value]]:
    return (("leak", value),) if isinstance(value, bool) else _measure("humidity.soil")(value)


def _carbon_monoxide(value: Any) -> Iterable[tuple[str, Value]]:
    return (("co_alarm", value),) if isinstance(value, bool) else _measure("co")(value)


def _gas(value: Any) -> Iterable[tuple[str, Value]]:
    # A number is that of an analogue input, in no unit.
    return (("gas_alarm", value),) if isinstance(value, bool) else ()


_EVENTS: dict[str, tuple[str, Value]] = {
    "water leak": ("leak", True),
    "button press": ("action", "button press"),
    "open": ("door", True),
    "close": ("door", False),
    "closed": ("door", False),
}

_X10: tuple[tuple[str, tuple[str, Value]], ...] = (
    ("panic", ("panic", True)),
    ("window open", ("door", True)),
    ("window closed", ("door", False)),
    ("motion tripped", ("motion", True)),
    ("motion ready", ("motion", False)),
    ("disarm", ("arm_request", "disarmed")),
    ("key-fob arm", ("arm_request", "armed")),
)
"""X10 security sensors tell everything in words: ``DS10A DOOR/WINDOW OPEN``, ``KR15A PANIC-3SECOND``."""


def _event(value: Any) -> Iterable[tuple[str, Value]]:
    word = value.strip().lower() if isinstance(value, str) else ""
    found = _EVENTS.get(word) or next((said for part, said in _X10 if part in word), None)
    return (found,) if found else ()  # mostly a number whose bits the model's other fields tell


_STATES: dict[str, tuple[str, Value]] = {
    **{word: ("door", WORDS[word]) for word in ("open", "opened", "closed", "close")},
    "on": ("switch", True),
    "off": ("switch", False),
    "motion": ("motion", True),
    "tamper": ("tamper", True),
    "water": ("leak", True),
    "battery": ("battery_low", True),
}
"""A word: open and closed are a door's, on and off a switch's; the last four are those of older Kerui sensors."""


def _state(value: Any) -> Iterable[tuple[str, Value]]:
    word = value.strip().lower() if isinstance(value, str) else ""
    return (_STATES[word],) if word in _STATES else ()  # others are the model's own business


FIELDS: dict[str, _Read] = {
    "tempc": _measure("temperature"), "temperature_C": _measure("temperature"), "temperature": _measure("temperature"),
    "temp": _measure("temperature"),
    "tempf": _fahrenheit("temperature"), "temperature_F": _fahrenheit("temperature"),
    "hum": _measure("humidity"), "humidity": _measure("humidity"), "moi": _measure("humidity.soil"),
    "moisture": _moisture, "lux": _measure("illuminance"), "light_lux": _measure("illuminance"),
    "pressure_hPa": _measure("pressure", 0.1), "pressure_kPa": _measure("pressure"),
    "pressure_bar": _measure("pressure", 100), "pressure_PSI": _measure("pressure", 6.894757),
    "pa": _measure("pressure", 0.001),
    "batt": _measure("battery"), "battery_ok": _battery_ok, "volt": _measure("voltage"),
    "battery_V": _measure("voltage"), "battery_mV": _measure("voltage", 0.001), "voltage_V": _measure("voltage"),
    "current_A": _measure("current"), "power_W": _measure("power"), "rssi": _measure("rssi"),
    "low_battery": _flag("battery_low"), "battery_low": _flag("battery_low"), "batt_low": _flag("battery_low"),
    "lowbatt": _flag("battery_low"),
    "co": _carbon_monoxide, "co2": _measure("co2"), "co2_ppm": _measure("co2"), "voc": _measure("tvoc"),
    "for": _measure("formaldehyde"), "pm25": _measure("pm"), "pm10": _measure("pm.10"), "gas": _gas,
    "pm2_5_ug_m3": _measure("pm"), "pm10_ug_m3": _measure("pm.10"), "lvl_cm": _measure("level", 0.01),
    "depth_cm": _measure("level", 0.01), "smoke": _flag("smoke"), "fire": _flag("smoke"), "heat": _flag("heat"),
    "contact": _contact, "open": _flag("door"), "opened": _flag("door"), "contact_open": _flag("door"),
    "reed_open": _flag("door.reed"), "door": _flag("door"), "window": _flag("door"),
    "closed": _flag("door", invert=True),
    "motion": _flag("motion"), "move": _flag("motion"), "moving": _flag("motion"), "unlocked": _flag("lock"),
    "volt_batt": _measure("voltage"), "power": _measure("power"), "plugged_in": _flag("external_power"),
    "hcsr501": _flag("motion"), "presence": _flag("occupancy"),
    "occupancy": _flag("occupancy"), "vibration": _flag("vibration"), "glass_break": _flag("glass_break"),
    "tamper": _flag("tamper"), "leak": _flag("leak"), "water": _flag("leak"), "water_leak": _flag("leak"),
    "detect_wet": _flag("leak"), "flood": _flag("leak"), "wet": _flag("leak"),
    "alarm": _flag("supervisory"), "panic": _flag("panic"), "gas_detected": _flag("gas_alarm"),
    "sos": _flag("panic"), "test": _flag("test"), "gpio": _flag("switch"), "switch": _flag("switch"),
    "state": _state, "event": _event, "remarks": _event, "button": _text, "cmd": _text, "button_id": _text,
}  # fmt: skip
"""The name -> how to read it. Others say nothing to us."""

_COUNTERS = frozenset({"leak_num"})
"""How often so far: the field beside it tells that it is so."""

_CHANNEL = re.compile(r"(tempc|tempf|hum|switch)([1-9])|(temperature)_([1-9])(_[CF])")
"""A second probe: tempc2, temperature_2_C."""


def values_of(fields: dict[str, Any]) -> tuple[dict[str, Value], Reason, tuple[Note, ...]]:
    """What is understood, what is wrong with the first field that is not, and notes on those that speak of a danger.

    One bad field must not cost the others.
    """
    found: dict[str, Value] = {}
    unread: list[tuple[str, Any]] = []
    problem: Reason = ""
    # Many sensors tell Celsius and Fahrenheit; Celsius is what they measured.
    for name, value in sorted(islice(fields.items(), _MOST_FIELDS), key=_is_fahrenheit):
        read, channel = _reader(name)
        if value is None or name in _COUNTERS:
            continue
        try:
            told = tuple(read(value)) if read is not None else ()
        except MalformedMessage as error:
            problem = problem or of_field(name, error.text)
            continue
        for signal, said in told:
            merge(found, signal + channel, said)
        if not told:
            unread.append((name, value))
    return found, problem, bounded(notes_among(unread))


def _is_fahrenheit(field: tuple[str, Any]) -> bool:
    return field[0].startswith("tempf") or field[0].endswith("_F")


@lru_cache(maxsize=1024)
def _reader(name: str) -> tuple[_Read | None, str]:
    """How to read the field, and its channel as a suffix."""
    numbered = _CHANNEL.fullmatch(name) if len(name) <= _LONGEST_NAME else None
    if numbered is None:
        return FIELDS.get(name), ""
    kind, number = numbered[1] or numbered[3] + numbered[5], numbered[2] or numbered[4]
    return FIELDS[kind], "" if number == "1" else f".{number}"


def _number(value: Any) -> float:
    """A number; LoRa nodes often write it as text."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()[:_LONGEST_NUMBER]):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MalformedMessage(Text.of("openmqttgateway.no_number", value=_shown(value)))
    number = float(value) if abs(value) < 1e300 else math.nan
    if not math.isfinite(number):
        raise MalformedMessage(Text.of("openmqttgateway.not_finite"))
    return number


def name_of(value: Any) -> str:
    """An identifier as text, empty for what can be none."""
    if isinstance(value, bool) or not isinstance(value, str | int) or (isinstance(value, int) and abs(value) > 1 << 64):
        return ""
    return "".join(letter for letter in str(value)[:_LONGEST_NAME] if letter.isprintable()).strip()


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return repr(value[:40])
    small = isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 1e15)
    return repr(value) if small else f"a value of type {type(value).__name__}"
