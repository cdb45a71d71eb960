"""What Zigbee2MQTT calls our signals (the exposes of its 4,500 supported devices), and how to read each.

A field that is not here is understood by its name or is no signal of ours: settings, counters, and figures in units
that nobody can convert (``smoke_concentration`` in ppm, ``voc`` in µg/m³). A word that no table knows is refused, never
guessed.
"""

import re
from functools import lru_cache
from typing import Any

from devices.codecs.zigbee2mqtt.by_name import reader_by_name
from devices.codecs.zigbee2mqtt.feature import Feature, Read, Said
from devices.errors import MalformedMessage
from devices.reading import Value
from devices.units import in_our_unit, is_unit_of, plain_unit
from devices.words import FAULT, GAS, LEAK, LOW, MOTION, OCCUPANCY, SMOKE, Words, number_of, plain, truth, words

_LONGEST_NAME = 60
_STILL_THERE = words("static peaceful stationary small large medium smallmovement largemovement smallmove largemove")


def _flag(signal: str, known: Words = words(), *, invert: bool = False) -> Read:  # noqa: B008 - frozen sets
    def read(value: Any, feature: Feature) -> Said:
        said = truth(feature.truth(value) if isinstance(value, str) else value, known)
        return () if said is None else ((signal, said is not invert),)

    return read


_ON_OFF = {"on": True, "off": False, "true": True, "false": False}


def _if_flag(signal: str) -> Read:
    """A flag where it is one; other devices set or say something else under that name."""

    def read(value: Any, feature: Feature) -> Said:
        said = feature.truth(value)
        said = _ON_OFF.get(said.lower()) if isinstance(said, str) else said
        return ((signal, said),) if isinstance(said, bool) else ()

    return read


def _fault(value: Any, feature: Feature) -> Said:
    """A flag, a word, or a code: Tuya's is a sum of bits, 0 for none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (("fault", value != 0),)
    return _flag("fault", _FAULT_WORDS)(value, feature)


def _battery_level(value: Any, feature: Feature) -> Said:
    """A word, or percent."""
    return (_BATTERY_WORD if isinstance(value, str) else _PERCENT)(value, feature)


def _measure(signal: str, unit: str = "") -> Read:
    """A number, in the unit that the bridge tells, else in ``unit``. In one that is none of the signal's: nothing."""

    def read(value: Any, feature: Feature) -> Said:
        number = number_of(value)
        told = plain_unit(feature.unit or unit)
        if number is None or (told and not is_unit_of(signal, told)):
            return ()
        return ((signal, in_our_unit(signal, number, told)),)

    return read


def _plain_number(signal: str) -> Read:
    def read(value: Any, feature: Feature) -> Said:
        number = number_of(value)
        return () if number is None else ((signal, number),)

    return read


def _chosen(signal: str, meaning: dict[str, bool | None]) -> Read:
    """One of several words; None says nothing."""

    def read(value: Any, feature: Feature) -> Said:
        word = plain(value) if isinstance(value, str) else ""
        if word not in meaning:
            raise MalformedMessage(f"{str(value)[:40]!r} must be one of {', '.join(map(str, meaning))}")
        said = meaning[word]
        return () if said is None else ((signal, said),)

    return read


def _closed(value: Any, feature: Feature) -> Said:
    closed = truth(plain(value) if isinstance(value, str) else value, (_CLOSED, _OPEN))
    return () if closed is None else (("door", not closed),)


def _contact(value: Any, feature: Feature) -> Said:
    """True while closed; but a few devices say it the other way round, and their definition tells."""
    said = feature.truth(value)
    if feature.active is not None and isinstance(said, bool):
        return (("door", said),)
    if isinstance(value, str) and value in ("ON", "OFF"):
        raise MalformedMessage(f"{value!r} says neither open nor closed until the bridge has told its devices")
    return _closed(value, feature)


_OPEN, _CLOSED = frozenset({"false", "open", "opened"}), frozenset({"true", "close", "closed"})


def _alarm_of_zone(signal: str) -> Read:
    return _flag(signal, words("open opened", "closed close"))


def _state(value: Any, feature: Feature) -> Said:
    switched = _STATES.get(value) if isinstance(value, str) else None
    return () if switched is None else (switched,)


_STATES: dict[str, tuple[str, Value]] = {
    "ON": ("switch", True), "OFF": ("switch", False), "OPEN": ("switch", True), "CLOSE": ("switch", False),
    "LOCK": ("lock", False), "UNLOCK": ("lock", True),
}  # fmt: skip


def _gas(value: Any, feature: Feature) -> Said:
    """A flag; a few devices tell a figure of that name, and a meter cubic metres."""
    if isinstance(value, bool | str):
        return _flag("gas_alarm", GAS)(value, feature)
    return _measure("gas")(value, feature)


def _pressure(value: Any, feature: Feature) -> Said:
    """Converters of one kind write hPa, of the other kPa; air has 300 to 1,100 hPa or 30 to 110 kPa."""
    if isinstance(value, bool):
        return ()  # a pressure mat
    number = number_of(value)
    return () if number is None else _measure("pressure", "hPa" if abs(number) >= 200 else "kPa")(number, feature)


def _voltage(value: Any, feature: Feature) -> Said:
    """Battery devices report millivolts, mains devices volts; nothing of either has more than 1,000 V."""
    number = number_of(value)
    return () if number is None else _measure("voltage", "mV" if abs(number) > 1000 else "V")(number, feature)


def _obscuration(value: Any, feature: Feature) -> Said:
    # dB/m to %/m. The makers' other smoke figures carry no unit, or ppm, and are left alone.
    number = number_of(value)
    return () if number is None else (("smoke_density", 100 * (1 - 10 ** (-number / 10))),)


def _siren(value: Any, feature: Feature) -> Said:
    """Sirens write true or ON; what others write under that name are causes of their own."""
    said = feature.truth(value)
    said = {"on": True, "off": False, "alarm": True, "idle": False}.get(plain(said)) if isinstance(said, str) else said
    return (("siren", said),) if isinstance(said, bool) else ()


def _alarm_state(value: Any, feature: Feature) -> Said:
    """A Tuya siren's: how it sounds, or that somebody opened it."""
    return _ALARM_STATES.get(plain(value), ()) if isinstance(value, str) else ()


def _siren_of_detector(value: Any, feature: Feature) -> Said:
    """What a detector's own siren was told to sound: ``stop``, ``smoke_siren``, ``co_siren``."""
    word = plain(value) if isinstance(value, str) else ""
    return (("siren", word != "stop"),) if word == "stop" or word.endswith("siren") else ()


def _muted(value: Any, feature: Feature) -> Said:
    """``normal``, or how it was muted."""
    return (("silenced", plain(value) != "normal"),) if isinstance(value, str) and plain(value) else ()


def _water_valve(value: Any, feature: Feature) -> Said:
    """``water_shortage & water_leakage``: one, both or none of them."""
    word = plain(value) if isinstance(value, str) else ""
    if not word:
        return ()
    return (("leak", "leakage" in word), ("supervisory.water", "shortage" in word))


def _limit(signal: str) -> Read:
    """A limit somebody set, passed or not. True and false under such a name are the limit's own switch."""

    def read(value: Any, feature: Feature) -> Said:
        word = plain(value) if isinstance(value, str) else ""
        return ((signal, _LIMITS[word]),) if word in _LIMITS else ()

    return read


_LIMITS = {
    **dict.fromkeys(("loweralarm", "upperalarm", "low", "high", "overtemperature", "belowmintemperature"), True),
    **dict.fromkeys(("overhumidity", "belowminhumdity"), True),
    **dict.fromkeys(("cancel", "canceled", "none", "normal", "off"), False),
}


def _self_test(value: Any, feature: Feature) -> Said:
    """Running, and how it ended; a detector that fails its own test has a fault."""
    said = feature.truth(value)
    if isinstance(said, bool):
        return (("test", said),)
    return _SELF_TESTS.get(plain(said), ()) if isinstance(said, str) else ()


_ALARM_STATES: dict[str, Said] = {
    **dict.fromkeys(("alarmsound", "alarmlight", "alarmsoundlight"), (("siren", True),)),
    **dict.fromkeys(("noalarm", "normal"), (("siren", False),)),
    "tamperalarm": (("tamper", True),),
}
_PERCENT = _measure("battery", "%")
_PASSED: Said = (("test", False), ("fault.self_test", False))
_FAILED: Said = (("test", False), ("fault.self_test", True))
_SELF_TESTS: dict[str, Said] = {
    **dict.fromkeys(("checking", "running", "test"), (("test", True),)),
    **dict.fromkeys(("checksuccess", "success", "ok"), _PASSED),
    **dict.fromkeys(("checkfailure", "failure", "error", "commfault", "radarfault"), _FAILED),
    **dict.fromkeys(("failion", "failphoto", "failco", "failtemperature", "failother"), _FAILED),
    **dict.fromkeys(("idle", "clear"), (("test", False),)),
}

_FAULT_WORDS = words(
    "fault failure seriousfault sensorfault probefault powerfault e1 e2 e3 unreliableother processerror expired"
    " expiressoon shortcircuitalarm",
    "none notdetected nofaultdetected noerror",
)
_BATTERY_STATES = {"low": True, "batterylow": True, "middle": False, "medium": False, "high": False, "usb": False} | {
    "notcharging": None, "charging": None, "charged": None, "nocharge": None, "batterymedium": False,
    "batteryhigh": False, "batteryfull": False,
}  # fmt: skip
_BATTERY_WORD = _chosen("battery_low", _BATTERY_STATES)
_DOOR_STATES = {"open": True, "errorforcedopen": True, "closed": False, "errorjammed": None, "errorunspecified": None}
_ALARM_OR_NORMAL = {"alarm": True, "normal": False, "none": None, "detecting": None, "unknown": None}

_TABLE: tuple[tuple[Read, str], ...] = (
    (_flag("smoke", SMOKE), "smoke fire smoke_alarm"),
    (_chosen("smoke", _ALARM_OR_NORMAL), "smoke_state smoke_sensor_state"),
    (_obscuration, "smoke_density_dbm"),
    (_flag("heat"), "heat heat_alarm"),
    (_if_flag("heat"), "high_temperature"),
    (_flag("co_alarm", words("co")), "carbon_monoxide carbon_monoxide_alarm co_alarm"),
    (_chosen("co_alarm", _ALARM_OR_NORMAL), "co_state"),
    (_measure("co", "ppm"), "co co_ppm carbon_monoxide_value"),
    (_gas, "gas"),
    (_flag("gas_alarm", GAS), "gas_alarm"),
    (_chosen("gas_alarm", _ALARM_OR_NORMAL), "gas_sensor_state"),
    (_measure("gas"), "gas_value gas_density gas_concentration"),
    (_flag("leak", LEAK), "water_leak water_leak_alarm leak active_water_leak water_sensor water_alarm"),
    (_if_flag("leak"), "water"),
    (_flag("leak", words("waterleakageyes", "waterleakageno")), "water_leakage_state"),
    (_contact, "contact"),
    (_closed, "garage_door_contact"),
    (_alarm_of_zone("door"), "contact_alarm"),
    (_chosen("door", {**_DOOR_STATES, "undefined": None}), "door_state"),
    (_chosen("lock", {"locked": False, "unlocked": True, "notfullylocked": True, "undefined": None}), "lock_state"),
    (_flag("occupancy", OCCUPANCY), "occupancy presence occupancy_alarm"),
    (_flag("occupancy", _STILL_THERE), "presence_state"),
    (_flag("motion", MOTION), "motion"),
    (_if_flag("motion"), "moving"),
    (_if_flag("vibration"), "vibration vibration_alarm"),
    (_flag("glass_break", words("broken")), "glass_break glass_broken"),
    (_flag("tamper", words("tampered")), "tamper tamper_alarm tampered"),
    (_flag("panic"), "sos sos_alarm panic emergency"),
    (_siren, "alarm siren siren_on"),
    (_siren_of_detector, "siren_for_automation_only"),
    (_alarm_state, "alarm_state"),
    (_flag("alarm"), "alarm_1"),
    (_flag("alarm.2"), "alarm_2"),
    (_water_valve, "current_device_status valve_abnormal_state abnormal_state"),
    (_state, "state"),
    (_if_flag("switch.input"), "input"),
    (_flag("test"), "test testing test_in_progress self_test_in_progress self_checking"),
    (_self_test, "self_test self_test_result checking_result test_alarm_result halo_test_result"),
    (_muted, "muted"),
    (_flag("silenced"), "hush hush_active smoke_alarm_silenced temporary_mute"),
    (_flag("fault", FAULT), "trouble"),
    (_fault, "fault fault_alarm device_fault reliability malfunction"),
    (_flag("fault.end_of_life", _FAULT_WORDS), "end_of_life endoflife"),
    (_flag("fault.battery"), "battery_defect"),
    (_flag("battery_low", LOW), "battery_low low_battery battery_low_alarm low_battery_alarm"),
    (_battery_level, "battery_state battery_level"),
    (_flag("mains", invert=True), "ac_status"),
    (_if_flag("mains"), "mains_power_connected ac_power ac_connected"),
    (_limit("supervisory.temperature"), "temperature_alarm temperature_alarm_status temperature_warning"),
    (_limit("supervisory.temperature"), "alarm_temperature probe_temperature_warning ntc_alarm"),
    (_limit("supervisory.humidity"), "humidity_alarm humidity_alarm_status humidity_warning alarm_humidity"),
    (_measure("temperature", "°C"), "temperature local_temperature current_temperature"),
    (_measure("temperature.device", "°C"), "device_temperature cpu_temperature"),
    (_measure("temperature.probe", "°C"), "probe_temperature external_temperature"),
    (_measure("humidity", "%"), "humidity"),
    (_pressure, "pressure"),
    (_measure("co2", "ppm"), "co2"),
    (_measure("co2.equivalent", "ppm"), "eco2"),
    (_measure("tvoc"), "voc"),
    (_plain_number("tvoc.index"), "voc_index"),
    (_measure("formaldehyde", "mg/m³"), "formaldehyd formaldehyde hcho"),
    (_measure("pm", "µg/m³"), "pm25"),
    (_measure("pm.10", "µg/m³"), "pm10"),
    (_measure("level", "m"), "liquid_depth"),
    (_measure("illuminance"), "illuminance_lux illuminance"),
    (_plain_number("linkquality"), "linkquality"),
    (_measure("battery", "%"), "battery"),
    (_voltage, "voltage battery_voltage"),
    (_measure("voltage.mains", "V"), "mains_voltage"),
    (_measure("current", "A"), "current"),
    (_measure("residual_current", "mA"), "leakage_current leakage"),
    (_measure("power", "W"), "power active_power"),
    (_plain_number("count"), "pulse_count"),
)
"""How to read it, and what it is called."""

FIELDS: dict[str, Read] = {name: read for read, names in _TABLE for name in names.split()}

DETECTORS = frozenset({"smoke", "gas", "carbon_monoxide", "water_leak"})
"""Fields of a detector, whose ``alarm`` is ON while its own sounder may sound: a setting, no siren."""

SECOND_TO_SPEAK = frozenset({"state", "illuminance", "presence_state", "battery_state", "battery_level"})
"""What gives way to a better word for the same: a lock's ``lock_state``, ``illuminance_lux``, a flag."""

_ENDPOINT = re.compile(
    r"(?:ep|[lspct]|th|ch|zone_|wire_|in|button_|meter_)?\d{1,2}|phase_[abc]|[abc]|relay|probe|external|floor|usb"
    r"|(?:top|bottom|center|left|right|up|down|in|out)(?:_(?:left|right))?"
)
"""How Zigbee2MQTT ends the field of one of several endpoints: state_left, temperature_2, water_leak_zone_1."""
_FRIENT = "38"
"""The endpoint of frient's thermometers: their only one."""


@lru_cache(maxsize=4096)
def field_of(name: str) -> tuple[Read, str] | None:
    """How to read the field, and its channel, "" for the only or first one."""
    if len(name) > _LONGEST_NAME:
        return None
    if name in FIELDS:
        return FIELDS[name], ""
    stem, _, channel = name.rpartition("_")
    while stem:
        if stem in FIELDS and _ENDPOINT.fullmatch(channel):
            first = channel == _FRIENT or (channel == "1" and stem.endswith("_alarm"))  # of a zone's two alarm bits
            return FIELDS[stem], "" if first else channel.removeprefix("phase_")
        stem, _, last = stem.rpartition("_")
        channel = f"{last}_{channel}"
    by_name = reader_by_name(name)
    return (by_name, "") if by_name is not None else None
