"""How a value that a payload codec wrote is read as one of our signals: flags, counts, numbers in whatever unit.

What all makers share; what one maker alone writes is in devices/payloads/lorawan_makers.py, the names are in
devices/payloads/lorawan_fields.py.

Codecs tell an event's name and its state apart: ``{"alarmType": "fire", "alarmStatus": 0}`` was a false fire with
each message of a detector at rest. An event is over where ``alarmStatus``, ``eventState``, ``active`` and the like
say no, where a field of the event's own name does, or where a bare ``state`` or ``status`` says that something ended;
``ok`` and ``normal`` there may be the device's own health and end nothing. Any *no* beside it would let a healthy
battery end a fire.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

from devices.errors import MalformedMessage
from devices.message import Text
from devices.payloads.boolean_words import FAULT, LOW, NOTHING, WORDS_OF, Words, number_of, plain, truth, words
from devices.payloads.phrases import said_by
from devices.payloads.units import UNITS, in_our_unit, plain_unit
from devices.reading import Value
from devices.signals import base_name

Said = Iterable[tuple[str, Value]]
Read = Callable[[Any, str, Mapping[str, Any]], Said]
"""(value, unit, the object around it) -> what it says; raises MalformedMessage for what cannot be read."""

_LONGEST_TEXT = 100
_MOST_NEIGHBOURS = 100
_WITH_UNIT = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*([^\d\s.][^\s]{0,9})")

_MEASURES: dict[Read, str] = {}


def measured_by(read: Read) -> str:
    """The signal whose number ``read`` reads, empty if it reads none."""
    return _MEASURES.get(read, "")


def flag(signal: str, said: Words, *, numbers: bool = True, invert: bool = False) -> Read:
    """True, false, 0, 1 or a word of the two sets; ``numbers`` is off where nobody says what 1 means."""

    def read(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
        answer = truth(value, said, numbers=numbers)
        return () if answer is None else ((signal, answer is not invert),)

    return read


def octet(signal: str, said: Words, *, clear: bool = True) -> Read:
    """As flag, with 255 for true, as a byte of one's own says it. ``clear``: whether a bare 1 is understood too."""
    plainly = flag(signal, said, numbers=clear)

    def read(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
        if value in (0, 255) and not isinstance(value, bool):
            return ((signal, value == 255),)
        return plainly(value, unit, around)

    return read


def how_many(signal: str, said: Words) -> Read:
    """As flag, but a number counts movements or people: none is false."""
    plainly = flag(signal, said)

    def read(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
        if isinstance(value, int | float) and value >= 0:
            return ((signal, value > 0),)
        return plainly(value, unit, around)

    return read


_NO_SENSOR = frozenset({-127.0, 327.67, -327.68, 655.35, 3276.7, -3276.8, 6553.5})
"""What temperature inputs with nothing on them say: 0x7FFF, 0x8000 and 0xFFFF in tenths or hundredths; DS18B20."""


def measure(signal: str, unit: str = "") -> Read:
    """A number in ``unit``, which a unit beside the value overrules."""

    def read(value: Any, told: str, around: Mapping[str, Any]) -> Said:
        number, told = _quantity(signal, value, told)
        if number is None:
            return ()
        if base_name(signal) == "temperature" and number in _NO_SENSOR:
            raise MalformedMessage(Text.of("lorawan.no_sensor", number=number))
        return ((signal, in_our_unit(signal, number, plain_unit(told or unit))),)

    _MEASURES[read] = signal
    return read


def _quantity(signal: str, value: Any, unit: str) -> tuple[float | None, str]:
    """The number and its unit, which may stand behind it: ``3.2V``, ``95 %``."""
    found = _WITH_UNIT.fullmatch(value.strip()[:30]) if isinstance(value, str) else None
    if found is not None and plain_unit(found[2]) in UNITS.get(base_name(signal), {}):
        return number_of(found[1]), found[2]
    return number_of(value), unit


def pressure(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Room sensors, which tell the humidity or at least the temperature too, write hPa; pipe sensors kPa."""
    neighbours = {plain(name)[:4] for name in islice(around, _MOST_NEIGHBOURS)}
    barometric = isinstance(value, int | float) and 850 <= value <= 1100
    in_room = bool(neighbours & {"humi", "hum", "hums"}) or ("temp" in neighbours and barometric)
    return measure("pressure", "hPa" if in_room else "kPa")(value, unit, around)


def in_a_unit(signal: str) -> Read:
    """A number that says nothing without its unit: makers write it in several (``tvoc``: ppb, µg/m³, an index)."""
    plainly = measure(signal)

    def read(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
        if not unit and number_of(value) is not None:
            raise MalformedMessage(Text.of("lorawan.no_unit", signal=signal))
        return plainly(value, unit, around)

    _MEASURES[read] = signal
    return read


_PARTS = re.compile(r"(?<![a-z])(?:hardware|sensor|detector|device|memory|probe)(?![a-z])", re.IGNORECASE)


def broken(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Whether a part of the device is: ``Hardware fault detected``, ``Sensor OK``, true."""
    rest = _PARTS.sub(" ", value[:_LONGEST_TEXT]) if isinstance(value, str) else value
    return flag("fault", FAULT)(rest, unit, around)


def health(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """How a part of the device is, where words alone tell it: a number may be anything."""
    try:
        return broken(value, unit, around) if isinstance(value, str) else ()
    except MalformedMessage:
        return ()


def fault_code(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """A code of what is wrong: 0 is nothing."""
    code = int(value, 0) if isinstance(value, str) and re.fullmatch(r"(0x)?[0-9a-fA-F]{1,8}|\d+", value) else value
    if isinstance(code, int | float) and not isinstance(code, bool):
        return (("fault", code != 0),)
    return flag("fault", FAULT)(code, unit, around)


_FED = frozenset({"external", "externalpower", "externallypowered", "usb", "mains", "dcpowered", "dc"})
"""What stands for a charge where there is no battery at work."""


def battery(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Percent; but volts or millivolts where it can be nothing else (3.52, 3520). 0.85 could be either."""
    if isinstance(value, str) and plain(value) in _FED:
        return (("external_power", True),)
    if isinstance(value, str) and plain(value).isalpha() and plain(value) not in NOTHING:
        return flag("battery_low", LOW)(value, unit, around)
    if isinstance(value, str) and plain(value).endswith("lowbattery"):
        return volts(value, unit, around)
    told = _WITH_UNIT.fullmatch(value.strip()[:30]) if isinstance(value, str) else None
    if told is not None:
        value, unit = told[1], told[2]
    if plain_unit(unit) in UNITS["voltage"]:
        return volts(value, unit, around)
    number = number_of(value)
    if number is not None and 0 < number < 1 and not unit:
        raise MalformedMessage(Text.of("lorawan.no_battery", number=number))
    if number is not None and (number >= 1000 or (number < 5 and not number.is_integer())):
        return volts(number, "", around)
    return measure("battery")(value, unit, around)


def battery_status(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """A word, a flag, or percent."""
    is_percent = isinstance(value, int | float) and not isinstance(value, bool) and value > 1
    return (battery if is_percent else flag("battery_low", LOW))(value, unit, around)


def volts(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Volts; more than 1,000 are millivolts. Netvox writes ``2.4(low battery)``."""
    low = isinstance(value, str) and plain(value).endswith("lowbattery")
    number, unit = _quantity("voltage", value.partition("(")[0] if low else value, unit)
    said: list[tuple[str, Value]] = [("battery_low", True)] if low else []
    if number is not None:
        said.append(
            ("voltage", in_our_unit("voltage", number, plain_unit(unit or ("mV" if abs(number) > 1000 else "V"))))
        )
    return said


_MEASURES |= {pressure: "pressure", battery: "battery", volts: "voltage"}


def light(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Lux; some sensors tell bright, dim and dark, or percent."""
    is_word = isinstance(value, str) and plain(value).isalpha()
    return () if is_word or unit == "%" else measure("illuminance")(value, unit, around)


_MEASURES[light] = "illuminance"


def power(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """Watts; some devices say with a word what they are fed by."""
    is_word = isinstance(value, str) and plain(value).isalpha()
    return () if is_word else measure("power", "W")(value, unit, around)


_MEASURES[power] = "power"


def shaken(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """A figure is how fast or how far, in units of the maker's."""
    is_figure = isinstance(value, int | float) and value not in (0, 1)
    return () if is_figure else flag("vibration", words("vibration shock"))(value, unit, around)


def text(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """What was pressed."""
    return (("action", value[:_LONGEST_TEXT]),) if isinstance(value, str) and value.strip() else ()


_CAUSES: dict[str, tuple[str, Value]] = {
    **dict.fromkeys(("smoke", "smokealarm", "fire", "firealarm", "烟雾报警", "火警"), ("smoke", True)),
    **dict.fromkeys(("heat", "heatalarm", "overheat"), ("heat", True)),
    **dict.fromkeys(("co", "coalarm", "carbonmonoxide"), ("co_alarm", True)),
    **dict.fromkeys(("gas", "gasalarm", "gasleak", "leakagealarm"), ("gas_alarm", True)),
    **dict.fromkeys(("water", "waterleak", "flood", "leak"), ("leak", True)),
    **dict.fromkeys(("tamper", "tamperalarm"), ("tamper", True)),
    **dict.fromkeys(("sos", "panic", "emergency", "mandown", "sosevent", "mandownevent"), ("panic", True)),
    **dict.fromkeys(("lowbattery", "batterylow"), ("battery_low", True)),
    "poweroff": ("mains", False),
    "poweron": ("mains", True),
    "devicefault": ("fault", True),
    "devicefaultrecovered": ("fault", False),
    "devicewillbeinvalidsoon": ("fault", True),
    "deviceinvalid": ("fault", True),
}
"""An ``alarm`` that names its cause; the last six are those of Milesight's gas detectors."""


_STANDS = words("set raised appeared open started", "disappeared reset resolved closed gone ended stopped")
_NAMED = ("eventName", "name", "alarm", "event", "cause", "alarmType", "type")
_OF_EVENTS = frozenset({"alarmstate", "alarmstatus", "alarmaction", "eventstate", "eventstatus", "eventaction"}) | {
    *("active", "isactive", "alarmactive", "eventactive"),
}
_ENDED = frozenset({"cleared", "restored", "recovered", "released", "ended", "resolved", "reset", "over", "gone"})
"""What a bare ``state`` beside an event may say of it: ``normal`` could be of the device."""
_STATED = ("sense", "state", "status", "active", "value")


def alarm(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """The cause that it names, or supervisory. One of a list may be an object with its cause and state."""
    if isinstance(value, dict):
        return _listed(value)
    if isinstance(value, str) and (told := _causes(value)):
        return told
    return flag("supervisory", words())(value, unit, around)


def _causes(phrase: str) -> tuple[tuple[str, Value], ...]:
    known = _CAUSES.get(plain(phrase))
    return said_by(phrase) if known is None else (known,)


def _listed(item: Mapping[str, Any]) -> Said:
    """WIKA: ``{"sense": "triggered", "alarmType": "lowThreshold"}``; SenseCAP: ``{"eventName": "SOS event."}``."""
    told = next((causes for key in _NAMED if isinstance(item.get(key), str) and (causes := _causes(item[key]))), ())
    state = next((item[key] for key in _STATED if isinstance(item.get(key), str | bool | int)), None)
    stands = truth(state, _STANDS) if state is not None else bool(told) or None
    if stands is None:
        raise MalformedMessage(Text.of("lorawan.no_cause"))
    return [(signal, said and stands if isinstance(said, bool) else said) for signal, said in told] or [
        ("supervisory", stands)
    ]


def kind(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """What sort of message it is: a call for help, or its end (``SOS Start``), says so, and all else says nothing."""
    return [(signal, said) for signal, said in occurred(value, unit, around) if signal == "panic"]


def occurred(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
    """What an event tells: ``heartbeat,water_leak_alert``. One that is called by no danger's name says nothing."""
    if isinstance(value, dict):
        value = next((value[key] for key in _NAMED if isinstance(value.get(key), str)), None)
    told = said_by(value) if isinstance(value, str) else ()
    is_over = bool(told) and isinstance(value, str) and _is_over(told[0][0], plain(value), around)
    return [(signal, False) for signal, _ in told] if is_over else told


def _is_over(signal: str, event: str, around: Mapping[str, Any]) -> bool:
    """Whether a field beside the event's name says that it has ended: ``"alarm_state": "cleared"``.

    One of the event's own name tells how that is (``"event": "water", "water": "not present"``).
    """
    for name, value in islice(around.items(), _MOST_NEIGHBOURS):
        of = plain(name)
        if of in ("state", "status") and isinstance(value, str) and plain(value) in _ENDED:
            return True
        if of == event and isinstance(value, dict) and any((signal, False) in said_by(one) for one in _texts(value)):
            return True
        said = _STANDS if of in _OF_EVENTS else WORDS_OF.get(signal, words()) if of == event else None
        if said is None or not isinstance(value, str | bool | int):
            continue
        try:
            if truth(value, said) is False:
                return True
        except MalformedMessage:
            continue
    return False


def _texts(within: Mapping[str, Any]) -> list[str]:
    return [value for value in islice(within.values(), _MOST_NEIGHBOURS) if isinstance(value, str)]


TAKE_LISTS: frozenset[Read] = frozenset({alarm, kind, occurred})
"""They read each of a list: an alarm that stands, an event that happened."""
HEADLINES: frozenset[Read] = frozenset({kind, occurred})
"""They say what the message is about."""


def in_words(signal: str, said: Words) -> Read:
    """Only true, false and words that are known; anything else may be another thing altogether."""
    plainly = flag(signal, said)

    def read(value: Any, unit: str, around: Mapping[str, Any]) -> Said:
        try:
            return plainly(value, unit, around) if isinstance(value, bool | str) else ()
        except MalformedMessage:
            return ()

    return read
