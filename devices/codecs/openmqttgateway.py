"""OpenMQTTGateway: Bluetooth, 433 MHz, LoRa and other radio sensors that an ESP board or Theengs Gateway listens to.

Firmware seen: OpenMQTTGateway 1.x and Theengs Gateway 1.x by their published formats (docs.openmqttgateway.com;
decoder.theengs.io for Bluetooth; the data fields of rtl_433 and pilight). Example topics:
``home/OMG_lobby/BTtoMQTT/A4C138123456`` with
``{"id": "A4:C1:38:12:34:56", "model_id": "CGH1", "open": true, "rssi": -67}``,
``home/OMG_lobby/RTL_433toMQTT/Acurite-Tower/A/4567`` with
``{"model": "Acurite-Tower", "id": 4567, "channel": "A", "battery_ok": 1, "temperature_C": 21.3}``, and
``home/OMG_lobby/LWT`` with ``online``.

A sensor's address is its own, whichever gateways hear it: the MAC in capitals with colons; ``<model>/<channel>/<id>``
for rtl_433, ``<protocol>/<channel or unit>/<id>`` for pilight (what is missing is left out); ``433/<code>`` for a plain
433 MHz code, which is ``switch`` each time it is heard (it says neither what it is nor when it ends: rename the signal
and give its rule a ``pulse_s``). The gateway's own address is its name. Bluetooth advertisements that Theengs does not
know, and phones under random addresses, are left out: they would crowd the quarantine. An ``alarm`` without a cause is
``supervisory``. ``moi`` and a numeric ``moisture`` are of the soil.
"""

import math
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import islice
from typing import Any

from devices.codec import Decoded, Decoder, Message, Report
from devices.errors import MalformedMessage
from devices.json_payload import object_of
from devices.reading import Instant, Value
from devices.signals import SIGNALS, base_name
from devices.source_time import instant_of

_MOST_FIELDS = 200
_LONGEST_NAME = 60
_RADIO = ("BTtoMQTT", "RTL_433toMQTT", "433toMQTT", "LORAtoMQTT", "PilighttoMQTT")
_WIRED = ("SYStoMQTT", "CLIMAtoMQTT", "DHTtoMQTT", "GPIOInputtoMQTT", "HCSR501toMQTT")
"""What the gateway tells of itself and of sensors on its own pins."""

_MAC = re.compile(r"[0-9A-F]{12}")
_RANDOM_ADDRESSES = "RMAC"
_TIRES = "TIRE"

_WORDS = {
    "true": True, "on": True, "yes": True, "1": True, "high": True, "open": True, "opened": True,
    "timeout not closed": True, "false": False, "off": False, "no": False, "0": False, "low": False, "closed": False,
    "close": False,
}  # fmt: skip
_SENDS_ONLY_ALARMS = {"Smoke-GS558": "smoke"}
"""rtl_433's models that say what happened by speaking at all."""

_Read = Callable[[Any], Iterable[tuple[str, Value]]]


def _flag(signal: str, *, invert: bool = False) -> _Read:
    def read(value: Any) -> Iterable[tuple[str, Value]]:
        word = _WORDS.get(value.strip().lower()) if isinstance(value, str) else value
        if not isinstance(word, bool | int | float) or word not in (0, 1):
            raise MalformedMessage(f"{_shown(value)} must be true or false")
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
    return (("action", _name(value)),) if value and _name(value) else ()


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


_EVENTS: dict[str, tuple[str, Value]] = {"water leak": ("leak", True), "button press": ("action", "button press")}


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


def _state(value: Any) -> Iterable[tuple[str, Value]]:
    """A word: open and closed are a door's, on and off a switch's; others are the model's own business."""
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in ("open", "opened", "closed", "close"):
        return (("door", _WORDS[word]),)
    return (("switch", word == "on"),) if word in ("on", "off") else ()


_FIELDS: dict[str, _Read] = {
    "tempc": _measure("temperature"), "temperature_C": _measure("temperature"), "temperature": _measure("temperature"),
    "tempf": _fahrenheit("temperature"), "temperature_F": _fahrenheit("temperature"),
    "hum": _measure("humidity"), "humidity": _measure("humidity"), "moi": _measure("humidity.soil"),
    "moisture": _moisture, "lux": _measure("illuminance"), "light_lux": _measure("illuminance"),
    "pressure_hPa": _measure("pressure", 0.1), "pressure_kPa": _measure("pressure"),
    "pressure_bar": _measure("pressure", 100), "pressure_PSI": _measure("pressure", 6.894757),
    "batt": _measure("battery"), "battery_ok": _battery_ok, "volt": _measure("voltage"),
    "battery_V": _measure("voltage"), "battery_mV": _measure("voltage", 0.001), "voltage_V": _measure("voltage"),
    "current_A": _measure("current"), "power_W": _measure("power"), "rssi": _measure("rssi"),
    "low_battery": _flag("battery_low"), "battery_low": _flag("battery_low"),
    "co": _carbon_monoxide, "co2": _measure("co2"), "co2_ppm": _measure("co2"), "voc": _measure("tvoc"),
    "for": _measure("formaldehyde"), "pm25": _measure("pm"), "pm10": _measure("pm.10"), "gas": _gas,
    "pm2_5_ug_m3": _measure("pm"), "pm10_ug_m3": _measure("pm.10"), "lvl_cm": _measure("level", 0.01),
    "depth_cm": _measure("level", 0.01), "smoke": _flag("smoke"), "fire": _flag("smoke"), "heat": _flag("heat"),
    "contact": _contact, "open": _flag("door"), "opened": _flag("door"), "contact_open": _flag("door"),
    "reed_open": _flag("door.reed"), "door": _flag("door"), "window": _flag("door"),
    "closed": _flag("door", invert=True),
    "motion": _flag("motion"), "move": _flag("motion"), "hcsr501": _flag("motion"), "presence": _flag("occupancy"),
    "occupancy": _flag("occupancy"), "vibration": _flag("vibration"), "glass_break": _flag("glass_break"),
    "tamper": _flag("tamper"), "leak": _flag("leak"), "water": _flag("leak"), "water_leak": _flag("leak"),
    "detect_wet": _flag("leak"), "flood": _flag("leak"), "alarm": _flag("supervisory"), "panic": _flag("panic"),
    "sos": _flag("panic"), "test": _flag("test"), "gpio": _flag("switch"), "switch": _flag("switch"),
    "state": _state, "event": _event, "remarks": _event, "button": _text, "cmd": _text, "button_id": _text,
}  # fmt: skip
"""What Theengs, rtl_433, pilight and the gateway itself call it -> how to read it. Others say nothing to us."""

_CHANNEL = re.compile(r"(tempc|tempf|hum|switch)([1-9])|(temperature)_([1-9])(_[CF])")
"""A second probe: tempc2, temperature_2_C."""


class _Decoder:
    def __init__(self, base: str) -> None:
        self._start = base + "/" if base else ""

    def decode(self, message: Message) -> Decoded:
        if not message.address.startswith(self._start):
            raise MalformedMessage(f"topic must begin with {self._start}")
        gateway, _, rest = message.address.removeprefix(self._start).partition("/")
        subject, _, tail = rest.partition("/")
        if subject == "LWT" and not tail:
            return Decoded((Report(gateway, (("online", _online(message.payload)),)),))
        if subject not in _RADIO + _WIRED or not gateway:
            return Decoded()  # commands, presence, discovery: not for us
        said = object_of(message.payload)
        heard = _heard(subject, gateway, tail, said)
        if heard is None:
            return Decoded()
        address, model, fields = heard
        values, problem = _values(fields)
        if problem and not values:
            raise MalformedMessage(problem)
        reports = (Report(address, tuple(values.items()), _time(said), model=model),) if values else ()
        return Decoded(reports, malformed=problem, raw=message.payload[:200] if problem else b"")


_Heard = tuple[str, str, dict[str, Any]]
"""Address, model and the fields to read."""


def _heard(subject: str, gateway: str, tail: str, said: dict[str, Any]) -> _Heard | None:
    match subject:
        case "BTtoMQTT":
            return _bluetooth(tail, said)
        case "RTL_433toMQTT":
            return _rtl_433(said)
        case "433toMQTT":
            code = _name(said.get("value"))
            if not code:
                raise MalformedMessage("a 433 MHz message must have a value, the code that was heard")
            return f"433/{code}", "", {"switch": True, "rssi": said.get("rssi")}
        case "LORAtoMQTT":
            return _lora(tail, said)
        case "PilighttoMQTT":
            return _pilight(said)
        case "SYStoMQTT":
            return gateway, _name(said.get("env")), {"rssi": said.get("rssi")}
    return f"{gateway}/{tail}" if tail else gateway, "", said


def _bluetooth(tail: str, said: dict[str, Any]) -> _Heard | None:
    model = _name(said.get("model_id")) or _name(said.get("model"))
    if not model or said.get("type") == _RANDOM_ADDRESSES:
        return None
    address = _mac(_name(said.get("id")) or _name(said.get("mac")) or tail)
    if not address:
        raise MalformedMessage("a Bluetooth message must have an id")
    if _MAC.fullmatch(tail) and _MAC.fullmatch(address.replace(":", "")) and _mac(tail) != address:
        raise MalformedMessage(f"{address} speaks on the topic of {_mac(tail)}")
    pressure = {} if said.get("pres") is None else {_pressure_field(said): said["pres"]}
    return address, model, {**said, **pressure}


def _pressure_field(said: dict[str, Any]) -> str:
    return "pressure_kPa" if said.get("type") == _TIRES else "pressure_hPa"


def _mac(text: str) -> str:
    """AA:BB:CC:DD:EE:FF for any way to write a MAC; what is none stays as it is."""
    digits = re.sub(r"[:-]", "", text).upper()
    return ":".join(re.findall("..", digits)) if _MAC.fullmatch(digits) else text


def _rtl_433(said: dict[str, Any]) -> _Heard:
    model = _name(said.get("model"))
    if not model:
        raise MalformedMessage("an rtl_433 message must name a model")
    fields = dict(said)
    if said.get("subtype") == "contact" and "switch1" in said:
        fields["contact_open"] = said["switch1"]  # Interlogix: the reed of a door contact
    if model in _SENDS_ONLY_ALARMS:
        # A detector that is being taught to its receiver sends the same frame with ``learn``.
        fields["test" if said.get("learn") else _SENDS_ONLY_ALARMS[model]] = True
    return _joined(model, said.get("channel"), said.get("id")), model, fields


def _lora(tail: str, said: dict[str, Any]) -> _Heard:
    inner = said.get("message")
    if isinstance(inner, str) and inner.lstrip().startswith("{"):
        said = {**said, **object_of(inner.encode("utf-8", "replace"))}
    address = _name(said.get("id")) or _name(tail)
    if not address:
        raise MalformedMessage("a LoRa packet must name its sensor (id)")
    return _mac(address), _name(said.get("model_id")) or _name(said.get("model")), said


def _pilight(said: dict[str, Any]) -> _Heard:
    told, protocol = said.get("message"), _name(said.get("protocol"))
    if isinstance(told, str):
        told = object_of(told.encode("utf-8", "replace"))
    if not isinstance(told, dict) or not protocol:
        raise MalformedMessage("a pilight message must have a protocol and a message")
    fields = {**told, "battery_ok": told.get("battery")}
    return _joined(protocol, told.get("channel", told.get("unit")), told.get("id")), protocol, fields


def _joined(*parts: Any) -> str:
    return "/".join(name for name in map(_name, parts) if name)


def _values(fields: dict[str, Any]) -> tuple[dict[str, Value], str]:
    """What is understood, and what is wrong with the first field that is not: it must not cost the others."""
    found: dict[str, Value] = {}
    problem = ""
    # Many sensors tell Celsius and Fahrenheit; Celsius is what they measured.
    for name, value in sorted(islice(fields.items(), _MOST_FIELDS), key=_is_fahrenheit):
        read, channel = _reader(name)
        if read is None or value is None:
            continue
        try:
            for signal, said in read(value):
                signal += channel
                if signal not in found or (said is True and SIGNALS[base_name(signal)].alarm):
                    found[signal] = said
        except MalformedMessage as error:
            problem = problem or f"{name}: {error}"
    return found, problem


def _is_fahrenheit(field: tuple[str, Any]) -> bool:
    return field[0].startswith("tempf") or field[0].endswith("_F")


@lru_cache(maxsize=1024)
def _reader(name: str) -> tuple[_Read | None, str]:
    """How to read the field, and its channel as a suffix."""
    numbered = _CHANNEL.fullmatch(name) if len(name) <= _LONGEST_NAME else None
    if numbered is None:
        return _FIELDS.get(name), ""
    kind, number = numbered[1] or numbered[3] + numbered[5], numbered[2] or numbered[4]
    return _FIELDS[kind], "" if number == "1" else f".{number}"


def _online(payload: bytes) -> bool:
    word = payload[:20].decode("ascii", "replace").strip().lower()
    if word not in ("online", "offline"):
        raise MalformedMessage("LWT must be online or offline")
    return word == "online"


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MalformedMessage(f"{_shown(value)} must be a number")
    number = float(value) if abs(value) < 1e300 else math.nan
    if not math.isfinite(number):
        raise MalformedMessage("must be a finite number")
    return number


def _name(value: Any) -> str:
    """An identifier as text, empty for what can be none."""
    if isinstance(value, bool) or not isinstance(value, str | int) or (isinstance(value, int) and abs(value) > 1 << 64):
        return ""
    return "".join(letter for letter in str(value)[:_LONGEST_NAME] if letter.isprintable()).strip()


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return repr(value[:40])
    small = isinstance(value, bool | float) or (isinstance(value, int) and abs(value) < 1e15)
    return repr(value) if small else f"a value of type {type(value).__name__}"


def _time(said: dict[str, Any]) -> Instant | None:
    """The gateway's clock where it says that it is UTC; rtl_433's ``time`` is local and tells nothing."""
    utc, seconds = said.get("UTCtime"), said.get("unixtime")
    try:
        if isinstance(utc, str):
            return instant_of(utc)
        if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 < seconds < 1e11:
            return instant_of(seconds * 1_000)
    except MalformedMessage:
        return None
    return None


class OpenMqttGatewayCodec:
    """OpenMQTTGateway, as devices.families finds it."""

    family = "openmqttgateway"
    base = "home"

    def topics(self, base: str) -> tuple[str, ...]:
        start = base + "/" if base else ""
        return (f"{start}+/LWT", *(f"{start}+/{subject}/#" for subject in _RADIO + _WIRED))

    def open(self, base: str) -> Decoder:
        return _Decoder(base)


CODEC = OpenMqttGatewayCodec()
