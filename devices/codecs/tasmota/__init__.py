"""Tasmota: relays, inputs, readers and I²C or one-wire sensors on ESP boards, and its Zigbee and 433 MHz bridges.

Firmware seen: Tasmota 9 to 15 by its published format (tasmota.github.io: MQTT, Sensor, Commands, Zigbee). Example
topic: ``tele/boiler/SENSOR`` with ``{"Time": "...", "DS18B20": {"Temperature": 54.2}, "TempUnit": "C"}``. Both orders
of the full topic are understood, ``tele/boiler/SENSOR`` and ``boiler/tele/SENSOR``, also with one level before it
(``tasmota/boiler/tele/SENSOR``). ``Time`` is mostly the board's local clock without an offset, which tells nothing;
with one (SetOption52) or as ``Epoch`` it is believed. ``INFO1`` and ``tasmota/discovery`` tell the module.

Inputs and relays are reported as ``switch``; the installer says what is wired to them (``rename = {"switch" =
"door"}``). A press is ``action``. What a reader of tags, codes or fingers read is ``credential``.

What speaks behind a board has an address below the board's: ``zb/door`` for a Zigbee device (its name, else its short
address), ``rf/D0B7A4`` for a 433 MHz code, which is ``switch`` each time it is heard.
"""

from typing import Any

from devices.codec import Decoded, Decoder, DeviceTopics, Message, Report
from devices.codecs.tasmota.found import Found, check
from devices.codecs.tasmota.sensors import read_board, read_switch
from devices.codecs.tasmota.zigbee import zigbee_devices
from devices.errors import MalformedMessage
from devices.json_payload import object_of
from devices.reading import Instant
from devices.source_time import instant_of

_PREFIXES = ("tele", "stat")
_COMMANDS = "cmnd"
_DISCOVERY = "tasmota/discovery/"
_LEAVES = ("SENSOR", "STATE", "RESULT", "STATUS8", "STATUS10", "STATUS11")
_MOST_MODELS = 2_000
_LONGEST = 100


class _TasmotaDecoder:
    def __init__(self, base: str) -> None:
        self._base = base + "/" if base else ""
        self._models: dict[str, str] = {}
        """What the boards say that they are, by address."""
        self._without_mains: set[str] = set()

    def decode(self, message: Message) -> Decoded:
        if message.address.startswith(_DISCOVERY):
            return self._discovered(message)
        address, leaf = self._place(message.address)
        if not address or not message.payload.strip():
            return Decoded()
        if leaf == "LWT":
            word = message.payload[:20].decode("ascii", "replace").strip()
            if word not in ("Online", "Offline"):
                raise MalformedMessage("LWT must be Online or Offline")
            return Decoded((Report(address, (("online", word == "Online"),), model=self._model(address)),))
        if leaf == "INFO1":
            self._learn(address, _inner(object_of(message.payload, "an INFO"), "Info1").get("Module"))
            return Decoded()
        if leaf.startswith(("POWER", "SWITCH")) and not message.payload.lstrip().startswith(b"{"):
            found = Found()
            read_switch(leaf, message.payload[:20].decode("ascii", "replace"), found)
            return self._reported([(address, self._model(address), found)], None, message)
        if leaf not in _LEAVES and not leaf.startswith("SWITCH"):
            return Decoded()  # INFO2, UPTIME, LOGGING and the like say nothing about the world
        said = object_of(message.payload, "a message of Tasmota")
        said = _inner(said, "StatusSNS") or _inner(said, "StatusSTS") or said
        board = Found()
        read_board(said, board)
        heard = [(address, self._model(address), board), *zigbee_devices(address, said), *_radio(address, said)]
        return self._reported(heard, _time(said), message)

    def _reported(self, heard: list[tuple[str, str, Found]], time: Instant | None, message: Message) -> Decoded:
        problem = check([found for _, _, found in heard])
        for address, _, found in heard:
            self._weigh_mains(address, found)
        reports = tuple(
            Report(address, tuple(found.values.items()), time, model=model) for address, model, found in heard if found
        )
        return Decoded(reports, malformed=problem, raw=message.payload[:200] if problem else b"")

    def _weigh_mains(self, address: str, found: Found) -> None:
        """The zone of a battery device has no mains fault either: mains is there only where it was lost before."""
        mains = found.values.get("mains")
        if mains is False and len(self._without_mains) < _MOST_MODELS:
            self._without_mains.add(address)
        elif mains is True and address not in self._without_mains:
            del found.values["mains"]
        elif mains is True:
            self._without_mains.discard(address)

    def _place(self, topic: str) -> tuple[str, str]:
        """(the board's topic, what it says), ("", "") for what is not its own word."""
        if not topic.startswith(self._base):
            raise MalformedMessage(f"topic must begin with {self._base}")
        parts = topic.removeprefix(self._base).split("/")
        if len(parts) < 3 or _COMMANDS in parts[:1] or parts[-2] == _COMMANDS:
            return "", ""
        if parts[0] in _PREFIXES:
            return "/".join(parts[1:-1]), parts[-1]
        if parts[-2] in _PREFIXES:
            return "/".join(parts[:-2]), parts[-1]
        return "", ""

    def _discovered(self, message: Message) -> Decoded:
        if message.address.endswith("/config") and message.payload.strip():
            said = object_of(message.payload, "a discovery")
            topic = said.get("t")
            if isinstance(topic, str):
                self._learn(topic[:_LONGEST], said.get("md"))
        return Decoded()

    def _learn(self, address: str, module: Any) -> None:
        if isinstance(module, str) and (address in self._models or len(self._models) < _MOST_MODELS):
            self._models[address] = module[:_LONGEST]

    def _model(self, address: str) -> str:
        return self._models.get(address) or self._models.get(address.rpartition("/")[2], "")


def _inner(said: dict[str, Any], name: str) -> dict[str, Any]:
    inner = said.get(name)
    if inner is None:
        return {}
    if not isinstance(inner, dict):
        raise MalformedMessage(f"{name} must hold a JSON object")
    return inner


def _radio(address: str, said: dict[str, Any]) -> list[tuple[str, str, Found]]:
    """A code that a 433 MHz bridge heard: neither what it is nor when it ends."""
    code = _inner(said, "RfReceived").get("Data") if isinstance(said.get("RfReceived"), dict) else None
    if not isinstance(code, str | int) or isinstance(code, bool) or not str(code)[:_LONGEST].strip():
        return []
    found = Found()
    found.keep("switch", True)
    return [(f"{address}/{str(code)[:_LONGEST].strip()}", "", found)]


def _time(said: dict[str, Any]) -> Instant | None:
    epoch, time = said.get("Epoch"), said.get("Time")
    seconds = epoch if epoch is not None else time
    try:
        if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 1e9 < seconds < 1e11:
            return instant_of(seconds * 1_000)
        return instant_of(time) if isinstance(time, str) else None
    except MalformedMessage:
        return None  # the board's local time


def _both_orders(start: str, prefix: str, address: str) -> tuple[str, ...]:
    return (f"{start}{prefix}/{address}/#", f"{start}{address}/{prefix}/#")


class TasmotaCodec:
    """Tasmota, as devices.families finds it."""

    family = "tasmota"
    base = ""

    def topics(self, base: str) -> tuple[str, ...]:
        start = base + "/" if base else ""
        boards = (f"{start}{levels}{prefix}/+" for levels in ("+/", "+/+/") for prefix in _PREFIXES)
        return (f"{start}tele/#", f"{start}stat/#", *boards, f"{_DISCOVERY}+/config")

    def device_topics(self, base: str, address: str) -> DeviceTopics:
        start = base + "/" if base else ""
        return DeviceTopics(
            # It also announces itself to Home Assistant, and a broker may shut out who says what it must not.
            write=(*(t for prefix in _PREFIXES for t in _both_orders(start, prefix, address)), f"{_DISCOVERY}#"),
            read=_both_orders(start, _COMMANDS, address),
        )

    def open(self, base: str) -> Decoder:
        return _TasmotaDecoder(base)


CODEC = TasmotaCodec()
