"""What makers of LoRaWAN devices call our signals in the objects that their payload codecs write, and how to read it.

No standard says it. The names are those of the makers' published codecs (Milesight, Dragino, Netvox, Elsys, SenseCAP),
of Cayenne LPP as ChirpStack and The Things Stack write it, and our own signals'. Case and punctuation do not count
(``DOOR_OPEN_STATUS``, ``doorOpenStatus``); a number behind a name is a channel.

A word that is not in the tables is told and never guessed. A bare ``alarm`` tells no cause (a door open for too long,
a limit passed), so it is ``supervisory``; the installer, who knows, renames it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from devices.errors import MalformedMessage
from devices.reading import Value
from devices.signals import SIGNALS, base_name
from devices.units import UNITS, in_our_unit, plain_unit
from devices.words import (
    CONTACT,
    DOOR,
    FAULT,
    GAS,
    HEAT,
    LEAK,
    LOCK,
    LOW,
    MOTION,
    NO,
    NOTHING,
    OCCUPANCY,
    POWERED,
    PRESSED,
    SMOKE,
    TAMPER,
    YES,
    Words,
    number_of,
    plain,
    truth,
    words,
)

_LONGEST_TEXT = 100
_MOST_NEIGHBOURS = 100

Read = Callable[[Any, str, Mapping[str, Any]], Iterable[tuple[str, Value]]]
"""(value, unit, the object around it) -> what it says; raises MalformedMessage for what cannot be read."""

_NUMBERED = re.compile(r"(.+?)[_\-. #:]+(?:chn?|channel)?_?(\d{1,3})")
_NUMBERED_CLOSELY = re.compile(r"(.*\D\D\D)(\d)")
_DRESSED = re.compile(
    r"(?:is|has)?(smoke|fire|flame|heat|carbonmonoxide|gas|waterleakage|waterleak|leakage|leak|flood|tamper|fault|sos|panic|emergency"
    r"|callpoint|manualcallpoint|glassbreak|waterflow|vibration|motion|occupancy)"
    r"(?:alarm|status|state|detected|detection|detect|event|active|triggered|flag|report)+"
)
"""``isSmokeDetected``, ``gas_alarm_status``: the many ways to dress the few words that matter most."""


@lru_cache(maxsize=4096)
def known_field(name: str) -> tuple[Read, str] | None:
    """How to read the field, and its channel as a suffix."""
    name = _SPELLED.get(name.lower(), name)
    read = _reader(name)
    if read is not None:
        return read, ""
    numbered = _NUMBERED.fullmatch(name) or _NUMBERED_CLOSELY.fullmatch(name)
    read = _reader(numbered[1]) if numbered else None
    return (read, channel_suffix(numbered[2])) if numbered and read else None


def _reader(name: str) -> Read | None:
    word = plain(name)
    dressed = _DRESSED.fullmatch(word)
    return _FIELDS.get(word) or (_FIELDS.get(dressed[1]) if dressed else None)


@lru_cache(maxsize=4096)
def happening(name: str) -> tuple[str, bool] | None:
    """The signal and value that the field's mere presence says."""
    return _HAPPENINGS.get(plain(name))


def channel_suffix(number: str) -> str:
    return "" if int(number) == 1 else f".{int(number)}"


def _flag(signal: str, words: Words, *, numbers: bool = True, invert: bool = False) -> Read:
    """True, false, 0, 1 or a word of the two sets; ``numbers`` is off where nobody says what 1 means."""

    def read(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
        said = truth(value, words, numbers=numbers)
        return () if said is None else ((signal, said is not invert),)

    return read


def _how_many(signal: str, words: Words) -> Read:
    """As _flag, but a number counts movements or people: none is false."""
    flag = _flag(signal, words)

    def read(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
        return ((signal, value > 0),) if isinstance(value, int | float) and value >= 0 else flag(value, unit, around)

    return read


_NO_SENSOR = frozenset({-127.0, 327.67, -327.68, 655.35, 3276.7, -3276.8, 6553.5})
"""What temperature inputs with nothing on them say: 0x7FFF, 0x8000 and 0xFFFF in tenths or hundredths; DS18B20."""


def _measure(signal: str, unit: str = "") -> Read:
    """A number in ``unit``, which a unit beside the value overrules."""

    def read(value: Any, told: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
        number = number_of(value)
        if number is None:
            return ()
        if base_name(signal) == "temperature" and number in _NO_SENSOR:
            raise MalformedMessage(f"{number:g} means that no sensor is connected")
        return ((signal, in_our_unit(signal, number, plain_unit(told or unit))),)

    return read


def _pressure(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    # Room sensors, which tell the humidity or at least the temperature too, write hPa; pipe sensors kPa.
    neighbours = {plain(name) for name in islice(around, _MOST_NEIGHBOURS)}
    barometric = isinstance(value, int | float) and 850 <= value <= 1100
    in_room = bool(neighbours & {"humidity", "hum"}) or ("temperature" in neighbours and barometric)
    return _measure("pressure", "hPa" if in_room else "kPa")(value, unit, around)


def _battery(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    """Percent; but volts or millivolts where it can be nothing else (3.52, 3520). 0.85 could be either."""
    if isinstance(value, str) and plain(value).isalpha() and plain(value) not in NOTHING:
        return _flag("battery_low", LOW)(value, unit, around)
    if plain_unit(unit) in UNITS["voltage"]:
        return _volts(value, unit, around)
    if isinstance(value, str) and value.strip().endswith("%"):
        value, unit = value.strip()[:-1], "%"
    number = number_of(value)
    if number is not None and 0 < number < 1 and not unit:
        raise MalformedMessage(f"{number:g} is neither a charge in percent nor a voltage")
    if number is not None and (number >= 1000 or (number < 5 and not number.is_integer())):
        return _volts(number, "", around)
    return _measure("battery")(value, unit, around)


def _light(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    # Some sensors tell bright, dim and dark.
    is_word = isinstance(value, str) and plain(value).isalpha()
    return () if is_word else _measure("illuminance")(value, unit, around)


def _shaken(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    # A figure is how fast or how far, in units of the maker's.
    is_figure = isinstance(value, int | float) and value not in (0, 1)
    return () if is_figure else _flag("vibration", words("vibration shock"))(value, unit, around)


def _battery_status(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    """A word, a flag, or percent."""
    is_percent = isinstance(value, int | float) and not isinstance(value, bool) and value > 1
    return (_battery if is_percent else _flag("battery_low", LOW))(value, unit, around)


def _volts(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    """Volts; more than 1,000 are millivolts. Netvox writes ``2.4(low battery)``."""
    low = isinstance(value, str) and plain(value).endswith("lowbattery")
    number = number_of(value.partition("(")[0] if low else value)
    said: list[tuple[str, Value]] = [("battery_low", True)] if low else []
    if number is not None:
        said.append(
            ("voltage", in_our_unit("voltage", number, plain_unit(unit or ("mV" if abs(number) > 1000 else "V"))))
        )
    return said


def _text(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    return (("action", value[:_LONGEST_TEXT]),) if isinstance(value, str) and value.strip() else ()


_CAUSES: dict[str, tuple[str, Value]] = {
    **dict.fromkeys(("smoke", "smokealarm", "fire", "firealarm", "烟雾报警", "火警"), ("smoke", True)),
    **dict.fromkeys(("heat", "heatalarm", "overheat"), ("heat", True)),
    **dict.fromkeys(("co", "coalarm", "carbonmonoxide"), ("co_alarm", True)),
    **dict.fromkeys(("gas", "gasalarm", "gasleak", "leakagealarm"), ("gas_alarm", True)),
    **dict.fromkeys(("water", "waterleak", "flood", "leak"), ("leak", True)),
    **dict.fromkeys(("tamper", "tamperalarm"), ("tamper", True)),
    **dict.fromkeys(("sos", "panic", "emergency"), ("panic", True)),
    **dict.fromkeys(("lowbattery", "batterylow"), ("battery_low", True)),
    "poweroff": ("mains", False),
    "poweron": ("mains", True),
    "devicefault": ("fault", True),
    "devicefaultrecovered": ("fault", False),
    "devicewillbeinvalidsoon": ("fault", True),
    "deviceinvalid": ("fault", True),
}
"""An ``alarm`` that names its cause; the last six are those of Milesight's gas detectors."""


def _alarm(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    if isinstance(value, str) and plain(value) in _CAUSES:
        return (_CAUSES[plain(value)],)
    return _flag("supervisory", words())(value, unit, around)


def _temperature_alarm(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    """A limit somebody set, high or low; but Milesight's ``burning alarm`` is heat."""
    if isinstance(value, str) and plain(value).startswith("burning"):
        return _flag("heat", HEAT)(value, unit, around)
    return _flag("supervisory.temperature", words("thresholdalarm mutationalarm"))(value, unit, around)


_DETECTOR_EVENTS: dict[str, tuple[tuple[str, Value], ...]] = {
    "alarm": (("smoke", True),),
    "silent": (("silenced", True),),
    "normal": (("smoke", False), ("silenced", False), ("fault", False), ("test", False)),
    "lowbattery": (("battery_low", True),),
    "failover": (("fault", True),),
    "removed": (("tamper", True),),
    "installed": (("tamper", False),),
    "testingalarmwithnormalbattery": (("test", True), ("battery_low", False)),
    "testingalarmwithlowbattery": (("test", True), ("battery_low", True)),
}
"""Milesight GS524N: its messages are events of a smoke detector; a silenced alarm is not over."""


def _event(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    if around.get("type") != "smoke sensor" or not isinstance(value, str):
        return ()
    if plain(value) not in _DETECTOR_EVENTS:
        raise MalformedMessage(f"{value[:40]!r} is no event of a smoke detector that is known here")
    return _DETECTOR_EVENTS[plain(value)]


def _sht(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    # Dragino's LSN50 tells a probe (TempC1) and the built-in SHT sensor; its other models the SHT sensor alone.
    return _measure("temperature.sht" if "TempC1" in around else "temperature")(value, unit, around)


def _water(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    # A bare number is a meter's.
    return _flag("leak", LEAK, numbers=isinstance(value, bool))(value, unit, around)


_DOOR_CONTACTS = frozenset({"R311A", "R718F", "R730F"})


def _on_off(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    # Netvox's door contacts say 1 when the magnet is away; its other models switch something.
    return _flag("door" if around.get("Device") in _DOOR_CONTACTS else "switch", (YES, NO))(value, unit, around)


def _battery_grade(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    """Dragino: 0 and 1 are low, 2 and 3 good; or a word."""
    if not isinstance(value, bool) and value in (0, 1, 2, 3):
        return (("battery_low", value < 2),)
    return _flag("battery_low", LOW)(value, unit, around)


_HAPPENINGS = {"burningalarmtrigger": ("heat", True), "burningalarmdeactivation": ("heat", False)}
"""Milesight GS601: an object, empty, in ``temperature_alarm``."""

_SPELLED = {"pm1_0": "pm1", "pm1.0": "pm1"}
"""Names in which punctuation counts after all: pm10 is another quantity."""

_TABLE: tuple[tuple[Read, str], ...] = (
    (_flag("smoke", SMOKE), "smoke smokesensor fire 烟雾 烟雾报警 烟感 火警"),
    (_flag("heat", HEAT), "heat heatalarm hightempalarm hightemperaturealarm overheat overheatalarm"),
    (_temperature_alarm, "temperaturealarm"),
    (_event, "event"),
    (_flag("flame", SMOKE), "flame"),
    (_flag("call_point", PRESSED), "callpoint manualcallpoint mcp manualalarm"),
    (_flag("panic", PRESSED), "sos sosbutton panic panicbutton emergency emergencybutton"),
    (_flag("co_alarm", words("co")), "coalarm costatus carbonmonoxidealarm"),
    (_flag("gas_alarm", GAS), "gas gasalarm gasleak 燃气 可燃气体"),
    (_flag("leak", LEAK), "leak leakage waterleak waterleakage waterdetected flood flooding flooded wet 漏水 水浸"),
    (_water, "water waterstatus"),
    (_flag("door", DOOR), "door dooropen dooropened dooropenstatus doorstatus doorstate doorreport isopen open 门磁"),
    (_flag("door", DOOR), "window windowopen magnet magnetstatus magnetstate"),
    (_flag("door", DOOR, numbers=False), "contact contactstate contactstatus contactswitch"),
    (_flag("door", DOOR, numbers=False), "reed reedstate reedstatus reedswitch"),
    (_flag("lock", LOCK, numbers=False), "lock lockstate lockstatus"),
    (_flag("lock", (YES, NO), invert=True), "locked islocked"),
    (_how_many("motion", MOTION), "motion movement ismotion pir pirstatus pirtrigger"),
    (_how_many("occupancy", OCCUPANCY), "occupancy occupied occupy"),
    (_how_many("occupancy", OCCUPANCY), "presence presencesensor presencestatus"),
    (_shaken, "vibration shock shockalarm"),
    (_flag("glass_break", words("broken break")), "glassbreak glassbroken glassbreakage"),
    (_flag("tamper", TAMPER), "tamper antitamper boxtamper"),
    (_flag("tamper", TAMPER), "dismantle disassembled disassembledalarm"),
    (_flag("fault", FAULT), "fault sensorfault devicefault malfunction trouble"),
    (_flag("mains", POWERED), "mains mainspower acpower externalpower externalpowerstatus"),
    (_flag("siren", words("sounding")), "siren sirenstatus buzzer buzzerstatus"),
    (_flag("silenced", words("silent silenced muted mute hushed")), "silenced muted hushed"),
    (_flag("test", words("test testing pressed")), "test selftest testalarm testbutton"),
    (_flag("switch", CONTACT), "switch digitalin digitalinput digitalinputsensor gpio gpioin gpioinput din di digital"),
    (_flag("switch", CONTACT), "di1status"),
    (_flag("switch.2", CONTACT), "di2status"),
    (_flag("switch.relay", CONTACT), "relay relaystatus relayoutput relayoutputstatus socketstatus switchstatus"),
    (_flag("switch.relay", CONTACT), "ro1status"),
    (_flag("switch.relay.2", CONTACT), "ro2status"),
    (_on_off, "onoff"),
    (_alarm, "alarm alarmstatus"),
    (_text, "press button buttonstatus buttonevent action"),
    (_measure("temperature"), "temperature temp tempc temperaturec temperaturesensor airtemperature airtemp"),
    (_measure("temperature"), "ambienttemperature roomtemperature sensortemperature temperaturecelsius tempcds18b20"),
    (_measure("temperature"), "温度"),
    (_measure("humidity"), "湿度"),
    (_battery, "电量 电池 电池电量"),
    (_measure("temperature", "F"), "temperaturef tempf temperaturefahrenheit"),
    (_measure("temperature.2"), "tempcds externaltemperature exttemperature probetemperature"),
    (_measure("temperature.device"), "devicetemperature boardtemperature chiptemperature internaltemperature"),
    (_sht, "tempcsht tempcsht31 tempcsht41"),
    (_measure("humidity"), "humidity hum humi relativehumidity rh humiditysensor airhumidity humsht humsht31 humsht41"),
    (_pressure, "pressure"),
    (_measure("pressure", "kPa"), "pressurekpa"),
    (_measure("pressure", "hPa"), "barometricpressure barometer airpressure atmosphericpressure pressurehpa"),
    (_measure("pressure", "bar"), "pressurebar"),
    (_measure("pressure", "MPa"), "pressurempa waterpressurempa"),
    (_measure("level", "m"), "levelm waterlevelm"),
    (_measure("level", "cm"), "levelcm waterlevelcm waterdeepcm"),
    (_measure("level", "mm"), "levelmm waterlevelmm"),
    (_measure("co"), "co coppm carbonmonoxide coconcentration"),
    (_measure("co2"), "co2 co2ppm carbondioxide co2concentration"),
    (_measure("tvoc"), "tvoc tvocppb"),
    (_measure("formaldehyde"), "hcho formaldehyde"),
    (_measure("pm"), "pm25 pm2p5"),
    (_measure("pm.1"), "pm1"),
    (_measure("pm.10"), "pm10"),
    (_measure("gas"), "lel gaslel ch4lel"),
    (_measure("smoke_density"), "smokedensity"),
    (_light, "illuminance illumination lux light lightlux lightintensity luminosity luminositysensor"),
    (_light, "illuminancesensor illlx 光照"),
    (_battery, "battery batt bat batterylevel"),
    (_measure("battery"), "batterypercent batterypercentage batterypct batterycapacity batterysoc"),
    (_volts, "batv batteryv batteryvolts batteryvoltage batvoltage volt voltage vdd vbat battvoltage supplyvoltage"),
    (_volts, "battv"),
    (_measure("voltage", "mV"), "batterymv batmv batteryvoltagemv"),
    (_flag("battery_low", LOW), "batterylow lowbattery lowbat lowbatt batteryalarm"),
    (_battery_status, "batterystatus batterystate"),
    (_battery_grade, "batstatus"),
    (_measure("current", "mA"), "currentma"),
    (_measure("residual_current"), "leakagecurrent residualcurrentma leakagecurrentma"),
    (_measure("power", "W"), "power activepower powerw"),
    (_measure("count"), "counter pulsecount pulses peoplecount"),
)
"""How to read it, and what makers call it (letters and digits only, lower case)."""

_NOT_BY_OUR_NAME = frozenset({"current", "flow", "level", "rssi", "linkquality"})
"""Makers use these names too, in units of their own, or for something else."""


def _by_our_names() -> dict[str, Read]:
    """A codec may say it in our vocabulary."""
    readers: dict[type, Callable[[str], Read]] = {bool: lambda name: _flag(name, words()), float: _measure}
    return {
        plain(name): readers[signal.python_type](name)
        for name, signal in SIGNALS.items()
        if signal.python_type in readers and name not in _NOT_BY_OUR_NAME
    }


_FIELDS: dict[str, Read] = _by_our_names() | {name: read for read, names in _TABLE for name in names.split()}
