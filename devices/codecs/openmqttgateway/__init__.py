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
and give its rule a ``pulse_s``). The gateway's own address is its name; it tells the firmware that it runs. Bluetooth
advertisements that Theengs does not know, and phones under random addresses, are left out: they would crowd the
quarantine; commands, presence and discovery are for others. An ``alarm`` without a cause is ``supervisory``. ``moi``
and a numeric ``moisture`` are of the soil. A field of no signal that speaks of a danger is noted.
"""

import re
from typing import Any

import msgspec

from devices.codec import Decoded, Decoder, Message, Report
from devices.codecs.openmqttgateway.fields import name_of, values_of
from devices.codecs.openmqttgateway.rtl_433 import is_no_device, model_of, sensor
from devices.errors import MalformedMessage
from devices.message import Text
from devices.payloads.decoded_values import merge_all
from devices.payloads.json_payload import object_of
from devices.payloads.not_understood import bounded, notes_in
from devices.payloads.source_time import instant_of
from devices.reading import Instant, Value

_RADIO = ("BTtoMQTT", "RTL_433toMQTT", "433toMQTT", "SRFBtoMQTT", "LORAtoMQTT", "PilighttoMQTT")
_DETECTED = {"MQ2toMQTT": "gas_detected", "WATERtoMQTT": "leak"}
"""What ``detected`` means of a module on the gateway's pins."""
_WIRED = ("SYStoMQTT", "CLIMAtoMQTT", "DHTtoMQTT", "GPIOInputtoMQTT", "HCSR501toMQTT", *_DETECTED)
"""What the gateway tells of itself and of sensors on its own pins."""

_MAC = re.compile(r"[0-9A-F]{12}")
_RANDOM_ADDRESSES = "RMAC"
_TIRES = "TIRE"
_POWERS = {"W": 1, "kW": 1_000}
"""Units of an electricity meter's mean."""


class _Decoder:
    def __init__(self, base: str) -> None:
        self._start = base + "/" if base else ""

    def decode(self, message: Message) -> Decoded:
        if not message.address.startswith(self._start):
            raise MalformedMessage(Text.of("openmqttgateway.topic", start=self._start))
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
        values = dict(heard.beside)
        read, problem, notes = values_of(heard.fields)
        merge_all(values, read.items())
        if subject != "RTL_433toMQTT":  # of which all is in the fields, but for what its model has said already
            notes = bounded((*notes, *notes_in(said, {*heard.fields, "message"})))
        if not values and not notes and not heard.firmware:
            problem = problem or Text.of("openmqttgateway.nothing_known", names=", ".join(map(str, heard.fields))[:100])
        if problem and not values and not notes:
            raise MalformedMessage(problem)
        report = Report(heard.address, tuple(values.items()), _time(said), model=heard.model, firmware=heard.firmware)
        reports = (report,) if values or heard.firmware else ()
        raw = message.payload[:200] if problem or notes else b""
        return Decoded(reports, malformed=problem, notes=notes, raw=raw)


class _Heard(msgspec.Struct):
    """Who spoke. ``fields`` are to be read; ``beside`` is what was said in another way than by a field."""

    address: str
    model: str
    fields: dict[str, Any]
    beside: dict[str, Value] = {}
    firmware: str = ""


def _heard(subject: str, gateway: str, tail: str, said: dict[str, Any]) -> _Heard | None:
    match subject:
        case "BTtoMQTT":
            return _bluetooth(tail, said)
        case "RTL_433toMQTT":
            return _rtl_433(said)
        case "433toMQTT" | "SRFBtoMQTT":
            code = name_of(said.get("value"))
            if not code:
                raise MalformedMessage(Text.of("openmqttgateway.no_code"))
            return _Heard(f"433/{code}", "", {"switch": True, "rssi": said.get("rssi")})
        case "LORAtoMQTT":
            return _lora(tail, said)
        case "PilighttoMQTT":
            return _pilight(said)
        case "SYStoMQTT":
            version = name_of(said.get("version"))
            return _Heard(gateway, name_of(said.get("env")), {"rssi": said.get("rssi")}, firmware=version)
    fields = dict(said)
    if subject in _DETECTED:
        fields[_DETECTED[subject]] = said.get("detected")
    if said.get("unit") == "F":
        fields["tempf"] = fields.pop("temp", None)
    return _Heard(f"{gateway}/{tail}" if tail else gateway, "", fields)


def _bluetooth(tail: str, said: dict[str, Any]) -> _Heard | None:
    model = name_of(said.get("model_id")) or name_of(said.get("model"))
    if not model or said.get("type") == _RANDOM_ADDRESSES:
        return None
    address = _mac(name_of(said.get("id")) or name_of(said.get("mac")) or tail)
    if not address:
        raise MalformedMessage(Text.of("openmqttgateway.no_id"))
    if _MAC.fullmatch(tail) and _MAC.fullmatch(address.replace(":", "")) and _mac(tail) != address:
        raise MalformedMessage(Text.of("openmqttgateway.other_topic", address=address, topic=_mac(tail)))
    pressure = {} if said.get("pres") is None else {_pressure_field(said): said["pres"]}
    fields = {**said, **pressure}
    factor, mean = _POWERS.get(str(said.get("avgu"))), said.get("avg")
    if factor is not None and isinstance(mean, int | float):
        fields["power_W"] = mean if isinstance(mean, bool) else mean * factor
    if isinstance(said.get("open"), int) and not isinstance(said["open"], bool):
        del fields["open"]  # a blind says how far, in percent
    return _Heard(address, model, fields)


def _pressure_field(said: dict[str, Any]) -> str:
    """Theengs told tires in kPa, and tells them in bar since its version 1.5; no tire has 15 kPa or 15 bar."""
    if said.get("type") != _TIRES:
        return "pressure_hPa"
    pressure = said["pres"]
    return "pressure_bar" if isinstance(pressure, int | float) and pressure < 15 else "pressure_kPa"


def _mac(text: str) -> str:
    """AA:BB:CC:DD:EE:FF for any way to write a MAC; what is none stays as it is."""
    digits = re.sub(r"[:-]", "", text).upper()
    return ":".join(re.findall("..", digits)) if _MAC.fullmatch(digits) else text


def _rtl_433(said: dict[str, Any]) -> _Heard | None:
    if is_no_device(said):
        return None
    model = model_of(said)
    if not model:
        raise MalformedMessage(Text.of("openmqttgateway.no_model"))
    names, fields, beside = sensor(said, model)
    return _Heard(_joined(model, *names), model, fields, beside)


def _lora(tail: str, said: dict[str, Any]) -> _Heard:
    inner = said.get("message")
    if isinstance(inner, str) and inner.lstrip().startswith("{"):
        said = {**said, **object_of(inner.encode("utf-8", "replace"))}
    address = name_of(said.get("id")) or name_of(tail)
    if not address:
        raise MalformedMessage(Text.of("openmqttgateway.no_sensor"))
    return _Heard(_mac(address), name_of(said.get("model_id")) or name_of(said.get("model")), said)


def _pilight(said: dict[str, Any]) -> _Heard:
    told, protocol = said.get("message"), name_of(said.get("protocol"))
    if isinstance(told, str):
        told = object_of(told.encode("utf-8", "replace"))
    if not isinstance(told, dict) or not protocol:
        raise MalformedMessage(Text.of("openmqttgateway.no_pilight"))
    fields = {**told, "battery_ok": told.get("battery")}
    return _Heard(_joined(protocol, told.get("channel", told.get("unit")), told.get("id")), protocol, fields)


def _joined(*parts: Any) -> str:
    return "/".join(name for name in map(name_of, parts) if name)


def _online(payload: bytes) -> bool:
    word = payload[:20].decode("ascii", "replace").strip().lower()
    if word not in ("online", "offline"):
        raise MalformedMessage(Text.of("openmqttgateway.lwt"))
    return word == "online"


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
