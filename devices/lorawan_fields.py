"""What makers of LoRaWAN devices call our signals in the objects that their payload codecs write, and how to read it.

No standard says it. The names are those of the makers' published codecs (Milesight, Dragino, Netvox, Elsys, SenseCAP),
of Cayenne LPP as ChirpStack and The Things Stack write it, and our own signals'. Case and punctuation do not count
(``DOOR_OPEN_STATUS``, ``doorOpenStatus``); a number behind a name is a channel.

A word that is not in the tables is told and never guessed. A bare ``alarm`` tells no cause (a door open for too long,
a limit passed), so it is ``supervisory``; the installer, who knows, renames it.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from devices.errors import MalformedMessage
from devices.reading import Value
from devices.signals import base_name

_LONGEST_TEXT = 100
_MOST_NEIGHBOURS = 100

Read = Callable[[Any, str, Mapping[str, Any]], Iterable[tuple[str, Value]]]
"""(value, unit, the object around it) -> what it says; raises MalformedMessage for what cannot be read."""

_NOTHING = frozenset({"", "null", "na", "nan", "undefined", "none"})

_YES = frozenset({"true", "yes", "on", "1", "active", "activated", "detected", "detect", "triggered", "trigger"})
_NO = frozenset({"false", "no", "off", "0", "inactive"})
_ALARM = _YES | frozenset({"alarm", "alarming", "alarmed", "alert", "报警", "告警"})
_CALM = _NO | frozenset({"normal", "idle", "clear", "cleared", "ok", "none", "standby", "safe", "正常"})
_RELEASED = re.compile(r"(.+?)(?:released?|dismiss(?:ed)?|recover(?:y|ed)|deactivat(?:ion|ed)|clear(?:ed)?)")
_DENIED = re.compile(r"(?:not|non|no)(.+)")

_Words = tuple[frozenset[str], frozenset[str]]


def _words(yes: str = "", no: str = "") -> _Words:
    return _ALARM | frozenset(yes.split()), _CALM | frozenset(no.split())


_SMOKE = _words("smoke smokealarm smokedetected fire firealarm 火警")
_HEAT = _words("heat heatalarm hightemp hightemperature overheat burning burningalarm")
_GAS = _words("gas gasalarm leak leakage")
_LEAK = _words("leak leaking leaked leakage leakagealarm waterleak waterleakage flood flooded wet water 漏水", "dry")
_MOTION = _words("motion moving movement occupied presence present", "vacant unoccupied still")
_OCCUPANCY = _words("occupied occupancy presence present", "vacant unoccupied empty absent")
_TAMPER = _words(
    "tamper tampered tamperalarm removed uninstalled dismantled disassembled opened open", "installed closed close"
)
_FAULT = _words("fault failure failed error abnormal malfunction", "good")
_LOW = _words("low lowbattery lowpower ultralow empty critical", "good high full")
_PRESSED = _words("pressed press")
_POWERED = _words("connected present", "disconnected absent")
_DOOR = (_YES | {"open", "opened", "opening", "ajar", "开", "打开"}, _NO | {"close", "closed", "关", "关闭"})
_LOCK = (frozenset({"unlocked", "unlock", "open", "opened"}), frozenset({"locked", "lock", "close", "closed"}))


@lru_cache(maxsize=4096)
def known_field(name: str) -> tuple[Read, str] | None:
    """How to read the field, and its channel as a suffix."""
    name = _SPELLED.get(name.lower(), name)
    read = _FIELDS.get(_plain(name))
    if read is not None:
        return read, ""
    numbered = re.fullmatch(r"(.+?)[_\-. #:]+(\d{1,3})", name) or re.fullmatch(r"(.*\D\D\D)(\d)", name)
    read = _FIELDS.get(_plain(numbered[1])) if numbered else None
    return (read, channel_suffix(numbered[2])) if numbered and read else None


@lru_cache(maxsize=4096)
def happening(name: str) -> tuple[str, bool] | None:
    """The signal and value that the field's mere presence says."""
    return _HAPPENINGS.get(_plain(name))


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()


def channel_suffix(number: str) -> str:
    return "" if int(number) == 1 else f".{int(number)}"


def _flag(signal: str, words: _Words, *, numbers: bool = True, invert: bool = False) -> Read:
    """True, false, 0, 1 or a word of the two sets; ``numbers`` is off where nobody says what 1 means."""

    def read(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
        said = _truth(value, words, numbers=numbers)
        return () if said is None else ((signal, said is not invert),)

    return read


def _truth(value: Any, words: _Words, *, numbers: bool = True) -> bool | None:
    """What a word, number or flag says; None for the words for nothing. Raises MalformedMessage."""
    yes, no = words
    if isinstance(value, str):
        word = _plain(value)
        if word in no:
            return False
        if word in yes:
            return True
        over = _RELEASED.fullmatch(word) or _DENIED.fullmatch(word)
        if over and over[1] in yes:
            return False
        if word in _NOTHING:
            return None
    elif numbers and value in (0, 1):
        return bool(value)
    raise MalformedMessage(f"{_shown(value)} says neither yes nor no in any way that is known here")


def _shown(value: Any) -> str:
    """A value as an error message may hold it: short, whatever it is."""
    if isinstance(value, str):
        return repr(value[:40])
    return repr(value) if isinstance(value, bool | float) else f"a value of type {type(value).__name__}"


def _how_many(signal: str, words: _Words) -> Read:
    """As _flag, but a number counts movements or people: none is false."""
    flag = _flag(signal, words)

    def read(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
        return ((signal, value > 0),) if isinstance(value, int | float) and value >= 0 else flag(value, unit, around)

    return read


def number_of(value: Any) -> float | None:
    """A finite number, given as one or as text; None for the words for nothing. Raises MalformedMessage."""
    if isinstance(value, str):
        if _plain(value) in _NOTHING:
            return None
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise MalformedMessage(f"{_shown(value)} is no number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise MalformedMessage(f"{_shown(value)} is no finite number")
    return number


_UNITS: dict[str, dict[str, tuple[float, float]]] = {
    "temperature": {"c": (1, 0), "celsius": (1, 0), "f": (1 / 1.8, -32 / 1.8), "k": (1, -273.15)},
    "humidity": {"": (1, 0), "rh": (1, 0)},
    "pressure": {"pa": (0.001, 0), "hpa": (0.1, 0), "mbar": (0.1, 0), "kpa": (1, 0), "bar": (100, 0), "mpa": (1000, 0)},
    "voltage": {"v": (1, 0), "mv": (0.001, 0)},
    "current": {"a": (1, 0), "ma": (0.001, 0)},
    "power": {"w": (1, 0), "kw": (1000, 0)},
    "level": {"m": (1, 0), "cm": (0.01, 0), "mm": (0.001, 0)},
    "co2": {"ppm": (1, 0)},
    "co": {"ppm": (1, 0), "ppb": (0.001, 0)},
    "tvoc": {"ppb": (1, 0), "ppm": (1000, 0)},
    "illuminance": {"lx": (1, 0), "lux": (1, 0)},
    "battery": {"": (1, 0), "percent": (1, 0)},
}
"""Signal -> unit, letters only -> (factor, then what to add) to our unit."""

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
        return ((signal, _converted(signal, number, told or unit)),)

    return read


def _converted(signal: str, number: float, unit: str) -> float:
    units = _UNITS.get(base_name(signal))
    if not unit or units is None:
        return number
    conversion = units.get(_plain(unit))
    if conversion is None:
        raise MalformedMessage(f"{unit[:20]!r} is no unit of {signal} that is known here")
    factor, plus = conversion
    return number if (factor, plus) == (1, 0) else round(number * factor + plus, 6)


def _pressure(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    # Room sensors, which tell the humidity too, write hPa; pipe sensors kPa.
    in_room = any(_plain(name) in ("humidity", "hum") for name in islice(around, _MOST_NEIGHBOURS))
    return _measure("pressure", "hPa" if in_room else "kPa")(value, unit, around)


def _battery(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    """Percent; but volts or millivolts where it can be nothing else (3.52, 3520)."""
    if isinstance(value, str) and _plain(value).isalpha() and _plain(value) not in _NOTHING:
        return _flag("battery_low", _LOW)(value, unit, around)
    if _plain(unit) in _UNITS["voltage"]:
        return _volts(value, unit, around)
    number = number_of(value)
    if number is not None and (number >= 1000 or (0 < number < 5 and not number.is_integer())):
        return _volts(number, "", around)
    return _measure("battery")(value, unit, around)


def _volts(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    """Volts; more than 1,000 are millivolts. Netvox writes ``2.4(low battery)``."""
    low = isinstance(value, str) and _plain(value).endswith("lowbattery")
    number = number_of(value.partition("(")[0] if low else value)
    said: list[tuple[str, Value]] = [("battery_low", True)] if low else []
    if number is not None:
        said.append(("voltage", _converted("voltage", number, unit or ("mV" if abs(number) > 1000 else "V"))))
    return said


def _text(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    return (("action", value[:_LONGEST_TEXT]),) if isinstance(value, str) and value.strip() else ()


_CAUSES: dict[str, tuple[str, Value]] = {
    "poweroff": ("mains", False),
    "poweron": ("mains", True),
    "devicefault": ("fault", True),
    "devicefaultrecovered": ("fault", False),
    "devicewillbeinvalidsoon": ("fault", True),
    "deviceinvalid": ("fault", True),
}
"""What Milesight's gas detectors write into ``alarm``."""


def _alarm(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    if isinstance(value, str) and _plain(value) in _CAUSES:
        return (_CAUSES[_plain(value)],)
    return _flag("supervisory", _words())(value, unit, around)


def _temperature_alarm(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    """A limit somebody set, high or low; but Milesight's ``burning alarm`` is heat."""
    if isinstance(value, str) and _plain(value).startswith("burning"):
        return _flag("heat", _HEAT)(value, unit, around)
    return _flag("supervisory.temperature", _words("thresholdalarm mutationalarm"))(value, unit, around)


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
    if _plain(value) not in _DETECTOR_EVENTS:
        raise MalformedMessage(f"{value[:40]!r} is no event of a smoke detector that is known here")
    return _DETECTOR_EVENTS[_plain(value)]


def _sht(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    # Dragino's LSN50 tells a probe (TempC1) and the built-in SHT sensor; its other models the SHT sensor alone.
    return _measure("temperature.sht" if "TempC1" in around else "temperature")(value, unit, around)


def _battery_grade(value: Any, unit: str, around: Mapping[str, Any]) -> Iterable[tuple[str, Value]]:
    """Dragino: 0 and 1 are low, 2 and 3 good; or a word."""
    if not isinstance(value, bool) and value in (0, 1, 2, 3):
        return (("battery_low", value < 2),)
    return _flag("battery_low", _LOW)(value, unit, around)


_HAPPENINGS = {"burningalarmtrigger": ("heat", True), "burningalarmdeactivation": ("heat", False)}
"""Milesight GS601: an object, empty, in ``temperature_alarm``."""

_SPELLED = {"pm1_0": "pm1", "pm1.0": "pm1"}
"""Names in which punctuation counts after all: pm10 is another quantity."""

_TABLE: tuple[tuple[Read, str], ...] = (
    (
        _flag("smoke", _SMOKE),
        "smoke smokestatus smokestate smokealarm smokedetected smokesensor fire firealarm firestatus",
    ),
    (_flag("heat", _HEAT), "heat heatalarm hightempalarm hightemperaturealarm overheat overheatalarm"),
    (_temperature_alarm, "temperaturealarm"),
    (_event, "event"),
    (_flag("flame", _SMOKE), "flame flamestatus flamealarm flamedetected"),
    (_flag("call_point", _PRESSED), "callpoint manualcallpoint mcp manualalarm"),
    (_flag("panic", _PRESSED), "sos sosalarm sosstatus panic panicalarm emergency emergencyalarm"),
    (_flag("co_alarm", _words("co")), "coalarm costatus carbonmonoxidealarm"),
    (_flag("gas_alarm", _GAS), "gas gasstatus gasalarm gasleak gasdetected"),
    (_flag("leak", _LEAK), "leak leakage leakagestatus leakstatus leakdetected waterleak waterleakage waterleakstatus"),
    (_flag("leak", _LEAK), "waterleakdetected waterdetected waterstatus water flood flooding flooded wet leakagealarm"),
    (_flag("door", _DOOR), "door dooropen dooropenstatus doorstatus doorstate isopen open window windowopen"),
    (_flag("door", _DOOR), "magnet magnetstatus magnetstate"),
    (
        _flag("door", _DOOR, numbers=False),
        "contact contactstate contactstatus contactswitch reed reedstatus reedswitch",
    ),
    (_flag("lock", _LOCK, numbers=False), "lock lockstate lockstatus"),
    (_flag("lock", (_YES, _NO), invert=True), "locked islocked"),
    (_how_many("motion", _MOTION), "motion motionstatus motiondetected movement pir pirstatus pirtrigger ismotion"),
    (_how_many("occupancy", _OCCUPANCY), "occupancy occupancystatus occupied presence presencesensor presencestatus"),
    (_flag("vibration", _words("vibration shock")), "vibration vibrationalarm vibrationdetected shock shockalarm"),
    (_flag("glass_break", _words("broken break")), "glassbreak glassbroken glassbreakage"),
    (_flag("tamper", _TAMPER), "tamper tamperstatus tamperalarm tamperdetected antitamper dismantle disassembled"),
    (_flag("fault", _FAULT), "fault faultstatus faultalarm sensorfault devicefault malfunction trouble"),
    (_flag("mains", _POWERED), "mains mainspower acpower externalpower externalpowerstatus"),
    (_flag("siren", _words("sounding")), "siren sirenstatus buzzer buzzerstatus"),
    (_flag("silenced", _words("silent silenced muted mute hushed")), "silenced muted hushed"),
    (_flag("test", _words("test testing pressed")), "test selftest testalarm testbutton"),
    (_flag("switch", _words("high closed", "low open")), "digitalin digitalinput digitalinputsensor gpioin gpioinput"),
    (_flag("switch.relay", _words("closed", "open")), "relay relaystatus relayoutputstatus socketstatus switchstatus"),
    (_flag("supervisory", _words()), "supervisory"),
    (_alarm, "alarm alarmstatus"),
    (_text, "press button buttonstatus buttonevent action"),
    (_measure("temperature"), "temperature temp tempc temperaturec temperaturesensor airtemperature airtemp"),
    (_measure("temperature"), "ambienttemperature roomtemperature tempcds18b20"),
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
    (_measure("illuminance"), "illuminance illumination lux light lightlux lightintensity luminosity luminositysensor"),
    (_measure("illuminance"), "illuminancesensor illlx"),
    (_battery, "battery batt bat batterylevel"),
    (_measure("battery"), "batterypercent batterypercentage batterycapacity batterysoc"),
    (_volts, "batv batteryv batteryvoltage batvoltage volt voltage vdd vbat battvoltage supplyvoltage"),
    (_measure("voltage", "mV"), "batterymv batmv batteryvoltagemv"),
    (_flag("battery_low", _LOW), "batterylow lowbattery lowbat lowbatt batterystatus batteryalarm"),
    (_battery_grade, "batstatus"),
    (_measure("current", "mA"), "currentma"),
    (_measure("current", "A"), "currenta"),
    (_measure("power", "W"), "power activepower powerw"),
    (_measure("count"), "count counter pulsecount pulses peoplecount"),
)
"""How to read it, and what makers call it (letters and digits only, lower case)."""

_FIELDS: dict[str, Read] = {name: read for read, names in _TABLE for name in names.split()}
