"""How to read the fields of Zigbee2MQTT that are flags, words or figures: one function makes each reader."""

from typing import Any

from devices.codecs.zigbee2mqtt.feature import Feature, NotYesOrNo, NoUnit, Read, Said
from devices.errors import MalformedMessage
from devices.message import Text
from devices.payloads.boolean_words import GAS, Words, number_of, plain, truth, words
from devices.payloads.units import UNITS, in_our_unit, is_unit_of, plain_unit
from devices.reading import Value
from devices.signals import base_name

_CODES = ("0", "1")
_ON_OFF = {"on": True, "off": False, "true": True, "false": False}


def flag(signal: str, known: Words = words(), *, invert: bool = False) -> Read:  # noqa: B008 - frozen sets
    """True, false or a word. A number is neither, but where the model's own code is known."""

    def read(value: Any, feature: Feature) -> Said:
        told = feature.said(value)
        if told in _CODES:
            raise NotYesOrNo(signal, float(told))
        if not isinstance(told, bool | str):
            if isinstance(told, int | float):
                raise NotYesOrNo(signal, told)
            raise MalformedMessage(Text.of("zigbee2mqtt.no_flag"))
        said = truth(told, known)
        return () if said is None else ((signal, said is not invert),)

    return read


def if_flag(signal: str) -> Read:
    """A flag where it is one; other devices set or say something else under that name."""

    def read(value: Any, feature: Feature) -> Said:
        said = feature.said(value)
        said = _ON_OFF.get(said.lower()) if isinstance(said, str) else said
        return ((signal, said),) if isinstance(said, bool) else ()

    return read


def measure(signal: str, unit: str = "") -> Read:
    """A number, in the unit that the bridge tells, else in ``unit``. In one that is none of the signal's: nothing.

    Raises NoUnit where neither says one and the signal has units too unlike each other to guess.
    """

    def read(value: Any, feature: Feature) -> Said:
        number = number_of(value)
        told = plain_unit(feature.unit or unit)
        if number is None or (told and not is_unit_of(signal, told)):
            return ()
        if not told and base_name(signal) in UNITS:
            raise NoUnit
        return ((signal, in_our_unit(signal, number, told)),)

    return read


def plain_number(signal: str) -> Read:
    def read(value: Any, feature: Feature) -> Said:
        number = number_of(value)
        return () if number is None else ((signal, number),)

    return read


def chosen(signal: str, meaning: dict[str, bool | None]) -> Read:
    """One of several words; None says nothing."""

    def read(value: Any, feature: Feature) -> Said:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise NotYesOrNo(signal, value)
        word = plain(value) if isinstance(value, str) else ""
        if word not in meaning:
            raise MalformedMessage(
                Text.of("zigbee2mqtt.none_of", value=repr(str(value)[:40]), words=", ".join(map(str, meaning)))
            )
        said = meaning[word]
        return () if said is None else ((signal, said),)

    return read


_OPEN, _CLOSED = frozenset({"false", "open", "opened"}), frozenset({"true", "close", "closed"})


def closed(value: Any, feature: Feature) -> Said:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise NotYesOrNo("door", value)
    said = truth(plain(value) if isinstance(value, str) else value, (_CLOSED, _OPEN))
    return () if said is None else (("door", not said),)


def contact(value: Any, feature: Feature) -> Said:
    """True while closed; but a few devices say it the other way round, and their definition tells."""
    said = feature.truth(value)
    if feature.active is not None and isinstance(said, bool):
        return (("door", said),)
    if isinstance(value, str) and value in ("ON", "OFF"):
        raise MalformedMessage(Text.of("zigbee2mqtt.neither_open", value=repr(value)))
    return closed(value, feature)


_STATES: dict[str, tuple[str, Value]] = {
    "ON": ("switch", True), "OFF": ("switch", False), "OPEN": ("switch", True), "CLOSE": ("switch", False),
    "LOCK": ("lock", False), "UNLOCK": ("lock", True), "presence": ("occupancy", True), "move": ("occupancy", True),
    "none": ("occupancy", False), "absence": ("occupancy", False),
}  # fmt: skip


def state(value: Any, feature: Feature) -> Said:
    switched = _STATES.get(value) if isinstance(value, str) else None
    return () if switched is None else (switched,)


_POSTURES = frozenset({"unoccupied", "occupied", "sitting", "onthebed", "lowposture", "falling"})


def status(value: Any, feature: Feature) -> Said:
    """What a fall detector sees; elsewhere what a motor does."""
    word = plain(value) if isinstance(value, str) else ""
    return (("alarm.fall", word == "falling"), ("occupancy", word != "unoccupied")) if word in _POSTURES else ()


def gas(value: Any, feature: Feature) -> Said:
    """A flag; a few devices tell a figure of that name, and a meter cubic metres."""
    told = feature.said(value)
    if isinstance(told, bool | str):
        return flag("gas_alarm", GAS)(told, feature)
    if not feature.unit and told in (0, 1):
        raise NotYesOrNo("gas_alarm", told)
    return measure("gas")(told, feature)


def pressure(value: Any, feature: Feature) -> Said:
    """Converters of one kind write hPa, of the other kPa; air has 300 to 1,100 hPa or 30 to 110 kPa."""
    if isinstance(value, bool):
        return ()  # a pressure mat
    number = number_of(value)
    return () if number is None else measure("pressure", "hPa" if abs(number) >= 200 else "kPa")(number, feature)


def voltage(value: Any, feature: Feature) -> Said:
    """Battery devices report millivolts, mains devices volts; nothing of either has more than 1,000 V."""
    number = number_of(value)
    return () if number is None else measure("voltage", "mV" if abs(number) > 1000 else "V")(number, feature)


def obscuration(value: Any, feature: Feature) -> Said:
    """dB/m as %/m. The makers' other smoke figures carry no unit, or ppm, and are left alone."""
    number = number_of(value)
    return () if number is None else (("smoke_density", 100 * (1 - 10 ** (-number / 10))),)


_BATTERY_STATES = {"low": True, "batterylow": True, "middle": False, "medium": False, "high": False, "usb": False} | {
    "notcharging": None, "charging": None, "charged": None, "nocharge": None, "batterymedium": False,
    "batteryhigh": False, "batteryfull": False, "full": False, "discharging": None, "missing": True, "normal": False,
}  # fmt: skip
_BATTERY_WORD = chosen("battery_low", _BATTERY_STATES)
_PERCENT = measure("battery", "%")


def battery_level(value: Any, feature: Feature) -> Said:
    """A word, or percent."""
    is_word = isinstance(value, str) and plain(value) in _BATTERY_STATES
    return (_BATTERY_WORD if is_word else _PERCENT)(value, feature)
