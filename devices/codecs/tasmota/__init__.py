"""Tasmota: relays, inputs, readers and I²C or one-wire sensors on ESP boards, and its radio bridges.

Firmware seen: Tasmota 9 to 15 by its published format (tasmota.github.io: MQTT, Sensor, Commands, Zigbee). Example
topic: ``tele/boiler/SENSOR`` with ``{"Time": "...", "DS18B20": {"Temperature": 54.2}, "TempUnit": "C"}``. Both orders
of the full topic are understood, ``tele/boiler/SENSOR`` and ``boiler/tele/SENSOR``, also with a level before it
(``tasmota/boiler/tele/SENSOR``, ``site/tele/boiler/SENSOR``). ``Time`` is mostly the board's local clock without an
offset, which tells nothing; with one (SetOption52) or as ``Epoch`` it is believed. ``INFO1``, ``STATUS2`` and
``tasmota/discovery`` tell module and version.

Inputs and relays are reported as ``switch``; the installer says what is wired to them (``rename = {"switch" =
"door"}``). A press is ``action``. What a reader of tags, codes or fingers read is ``credential``.

What a rule publishes under a name of its own is understood where the name says what it is: ``stat/office/FIRE`` with
``ON``. Housekeeping, of which nothing is taken: ``INFO2`` and ``INFO3``, ``UPTIME``, ``LOGGING``, ``WAKEUP``, other
``STATUS`` messages, answers to commands (``RESULT``, or a topic by the command's name), ``HASS_STATE``, a ``STATE`` of
memory and load.

What speaks behind a board has an address below the board's: ``zb/door`` for a Zigbee device (its name, else its short
address), ``hub/ATCd3511c`` for a Bluetooth sensor, ``lora/gate`` for a decoded LoRaWAN node, ``rf/D0B7A4`` for a code
at 433 MHz, which is ``switch`` each time it is heard.

Orders switch a relay (``cmnd/<board>/POWER2`` with ``ON``; ``channel`` from 1), whatever hangs on it; ``switch`` says
that it acted.
"""

import re
from typing import Any

import msgspec

from devices.codec import Decoded, Decoder, DeviceTopics, Message, Report
from devices.codecs.tasmota.found import Found, check
from devices.codecs.tasmota.heard import bluetooth_sensors, lorawan_nodes, radio_code
from devices.codecs.tasmota.sensors import read_board, read_switch
from devices.codecs.tasmota.zigbee import Zigbee
from devices.device import Device
from devices.errors import MalformedMessage
from devices.message import Text
from devices.output_orders import Commands, OutputOrder, refused, switched
from devices.payloads.json_payload import object_of
from devices.payloads.named_topic import told_by_topic
from devices.payloads.not_understood import bounded
from devices.payloads.signal_aliases import called
from devices.payloads.source_time import instant_of
from devices.reading import Instant

_MESSAGE = Text.of("tasmota.message")
_A_DISCOVERY = Text.of("tasmota.discovery")

_PREFIXES = ("tele", "stat")
_COMMANDS = "cmnd"
_DISCOVERY = "tasmota/discovery/"
_LEAVES = frozenset({"SENSOR", "STATE", "RESULT", "STATUS0", "STATUS8", "STATUS10", "STATUS11", "ZbReceived", "ZbInfo"})
_VERSIONS = {"INFO1": "Info1", "STATUS2": "StatusFWR", "STATUS0": "StatusFWR"}
"""Messages that tell the board's version -> the field that holds it; older firmware has it at the top."""
_HOUSEKEEPING = re.compile(r"INFO[23]?|UPTIME|LOGGING|WAKEUP|HASS_STATE|MARGINS|STATUS\d{0,2}|COMMAND")
"""Says nothing about the world."""
_MEASURED = frozenset({"SENSOR", "STATUS8", "STATUS10"})
_FRAMES = frozenset({"Time", "Epoch", "TempUnit", "PressureUnit", "SpeedUnit", "LD2410", "LD2410S", "LD2402", "LD1125"})
"""What a message of sensors holds beside them: when and in what units; a radar's distances are no signal."""
_SWITCHES = ("POWER", "SWITCH", "BUTTON")
_ACTIONS = ("ACTION", "STATE")
_BLUETOOTH = "tasmota_ble"
"""The topic that boards share where each Bluetooth sensor has its own (MI32Option6)."""
_MOST_BOARDS = 2_000
_LONGEST = 100


_RELAYS = frozenset({"siren", "strobe", "relay", "lock", "buzzer"})


class _Board(msgspec.Struct, frozen=True):
    """What a board says that it is."""

    model: str = ""
    firmware: str = ""


_Heard = tuple[Report, Found]
"""A report that holds no values yet, and what was found for it."""


class _TasmotaDecoder:
    def __init__(self, base: str) -> None:
        self._base = base + "/" if base else ""
        self._boards: dict[str, _Board] = {}
        self._zigbee = Zigbee()
        self._without_mains: set[str] = set()
        self._ways: dict[str, str] = {}
        """By board, where it takes orders, as the topics show on which it speaks."""

    def decode(self, message: Message) -> Decoded:
        if message.address.startswith(_DISCOVERY):
            return self._discovered(message)
        address, leaf = self._place(message.address)
        if not address or not message.payload.strip():
            return Decoded()
        if leaf == "LWT":
            word = message.payload[:20].decode("ascii", "replace").strip()
            if word == "DeepSleep":
                return Decoded()  # until it wakes: no loss
            if word not in ("Online", "Offline"):
                raise MalformedMessage(Text.of("tasmota.lwt"))
            found = Found()
            found.keep("online", word == "Online")
            return self._reported([(self._own(address), found)], message)
        is_switch = leaf.startswith(_SWITCHES)
        if is_switch and not message.payload.lstrip().startswith(b"{"):
            found = Found()
            read_switch(leaf, message.payload[:20].decode("ascii", "replace"), found)
            return self._reported([(self._own(address), found)], message)
        if not (is_switch or leaf in _LEAVES or leaf in _VERSIONS or address.endswith(_BLUETOOTH)):
            return self._named(address, leaf, message)
        said = object_of(message.payload, _MESSAGE)
        if leaf in _VERSIONS:
            told = _inner(said, _VERSIONS[leaf]) or said
            self._learn(address, told.get("Module"), told.get("Version"))
        if is_switch:
            action = next((said[key] for key in _ACTIONS if isinstance(said.get(key), str)), None)
            said = said if action is None else {leaf: action}
        if address.endswith(_BLUETOOTH):
            said = {leaf: said.get(leaf, said)}
        found_in = _inner(said, "StatusSNS") | _inner(said, "StatusSTS") or said
        heard = self._heard(address, leaf, found_in)
        unknown = [name for name in found_in if name not in _FRAMES]
        if leaf in _MEASURED and unknown and not any(found or found.problems or found.notes for _, found in heard):
            raise MalformedMessage(Text.of("tasmota.nothing_known", names=", ".join(unknown)[:100]))
        return self._reported(heard, message, _time(found_in))

    def command(self, device: Device, order: OutputOrder) -> Commands:
        """``cmnd/<board>/POWER2`` with ``ON``, in each place where this board may listen. Raises Refused.

        What it hears by radio (``board/...``) takes no orders by this way.
        """
        if order.what not in _RELAYS or not (order.channel or "1").isdecimal():
            raise refused("no_such_output", order)
        word, which = switched(order).encode(), f"POWER{order.channel}"
        places = [place.removesuffix("#") for place in _orders(self._base, _COMMANDS, device.address)]
        way = self._ways.get(device.address)
        known = [place for place in places if place == way] or places
        return Commands(publish=tuple((f"{place}{which}", word) for place in known))

    def _named(self, address: str, leaf: str, message: Message) -> Decoded:
        """A topic that is none of Tasmota's own: its name may say what it is."""
        if _HOUSEKEEPING.fullmatch(leaf) or _is_answer(leaf, message.payload):
            return Decoded()
        found = Found()
        for signal, value in told_by_topic(leaf, message.payload):
            found.keep(signal, value)
        return self._reported([(self._own(address), found)], message)

    def _heard(self, address: str, leaf: str, said: dict[str, Any]) -> list[_Heard]:
        """The board, and what speaks behind it."""
        zigbee, said = self._zigbee.devices(address, leaf, said)
        bluetooth, said = bluetooth_sensors(address, said)
        board = Found()
        read_board(said, board, is_sensor=leaf in ("SENSOR", "STATUS10"))
        others = (*bluetooth, *lorawan_nodes(address, said), *radio_code(address, said))
        return [
            (self._own(address), board),
            *((Report(one.address, (), model=one.model, snapshot=one.is_snapshot), one.found) for one in zigbee),
            *((Report(below, (), model=model), found) for below, model, found in others),
        ]

    def _own(self, address: str) -> Report:
        known = self._boards.get(address) or self._boards.get(address.rpartition("/")[2]) or _Board()
        return Report(address, (), model=known.model, firmware=known.firmware)

    def _reported(self, heard: list[_Heard], message: Message, time: Instant | None = None) -> Decoded:
        problem = check([found for _, found in heard])
        for report, found in heard:
            self._weigh_mains(report.address, found)
        reports = tuple(
            msgspec.structs.replace(report, values=tuple(found.values.items()), time=time)
            for report, found in heard
            if found
        )
        notes = bounded(note for _, found in heard for note in found.notes)
        raw = message.payload[:200] if problem or notes else b""
        return Decoded(reports, malformed=problem, notes=notes, raw=raw)

    def _weigh_mains(self, address: str, found: Found) -> None:
        """The zone of a battery device has no mains fault either: mains is there only where it was lost before."""
        mains = found.values.get("mains")
        if mains is False and len(self._without_mains) < _MOST_BOARDS:
            self._without_mains.add(address)
        elif mains is True and address not in self._without_mains:
            del found.values["mains"]
        elif mains is True:
            self._without_mains.discard(address)

    def _place(self, topic: str) -> tuple[str, str]:
        """(the board's topic, what it says), ("", "") for what is not its own word."""
        if not topic.startswith(self._base):
            raise MalformedMessage(Text.of("tasmota.base", base=self._base))
        parts = topic.removeprefix(self._base).split("/")
        if _COMMANDS in parts[:1] or _COMMANDS in parts[-2:-1]:
            return "", ""
        if len(parts) < 3:
            raise MalformedMessage(Text.of("tasmota.topic"))
        place = 0 if parts[0] in _PREFIXES else len(parts) - 2 if parts[-2] in _PREFIXES else 1
        if parts[place] not in _PREFIXES:
            raise MalformedMessage(Text.of("tasmota.prefix"))
        address = "/".join((*parts[:place], *parts[place + 1 : -1]))
        if address in self._ways or len(self._ways) < _MOST_BOARDS:
            self._ways[address] = self._base + "/".join((*parts[:place], _COMMANDS, *parts[place + 1 : -1], ""))
        return address, parts[-1]

    def _discovered(self, message: Message) -> Decoded:
        if message.address.endswith("/config") and message.payload.strip():
            said = object_of(message.payload, _A_DISCOVERY)
            topic = said.get("t")
            if isinstance(topic, str):
                self._learn(topic[:_LONGEST], said.get("md"), said.get("sw"))
        return Decoded()

    def _learn(self, address: str, module: Any, version: Any) -> None:
        if address in self._boards or len(self._boards) < _MOST_BOARDS:
            known = self._boards.get(address) or _Board()
            model = module[:_LONGEST] if isinstance(module, str) else known.model
            firmware = version[:_LONGEST] if isinstance(version, str) else known.firmware
            self._boards[address] = _Board(model, firmware)


def _inner(said: dict[str, Any], name: str) -> dict[str, Any]:
    inner = said.get(name)
    if inner is None:
        return {}
    if not isinstance(inner, dict):
        raise MalformedMessage(Text.of("tasmota.no_object", name=name))
    return inner


def _is_answer(leaf: str, payload: bytes) -> bool:
    """Of a command in a topic of its own (SetOption4): ``stat/x/TEMPRES`` with ``{"TempRes": 1}``."""
    if called(leaf, bool) is not None:
        return False
    begins = payload[: len(leaf) + 4].lower().replace(b" ", b"")
    return begins.startswith(b'{"' + leaf.lower().encode("utf-8", "replace"))


def _time(said: dict[str, Any]) -> Instant | None:
    epoch, time = said.get("Epoch"), said.get("Time")
    seconds = epoch if epoch is not None else time
    try:
        if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 1e9 < seconds < 1e11:
            return instant_of(seconds * 1_000)
        if isinstance(time, str) and len(time) == 19 and time[10] == "T" and time[16] == ":":
            return None  # the board's local time, as most write it
        return instant_of(time) if isinstance(time, str) else None
    except MalformedMessage:
        return None  # the board's local time


def _orders(start: str, prefix: str, address: str) -> tuple[str, ...]:
    site, _, rest = address.partition("/")
    between = (f"{start}{site}/{prefix}/{rest}/#",) if rest else ()
    return (f"{start}{prefix}/{address}/#", f"{start}{address}/{prefix}/#", *between)


class TasmotaCodec:
    """Tasmota, as devices.families finds it."""

    family = "tasmota"
    takes_orders = True
    base = ""

    def topics(self, base: str) -> tuple[str, ...]:
        start = base + "/" if base else ""
        ways = ("+/{}/+", "+/+/{}/+", "+/+/+/{}/+", "+/{}/+/+")
        boards = (start + way.format(prefix) for way in ways for prefix in _PREFIXES)
        return (f"{start}tele/#", f"{start}stat/#", *boards, f"{_DISCOVERY}+/config")

    def device_topics(self, base: str, address: str) -> DeviceTopics:
        start = base + "/" if base else ""
        return DeviceTopics(
            # It also announces itself to Home Assistant, and a broker may shut out who says what it must not.
            write=(*(t for prefix in _PREFIXES for t in _orders(start, prefix, address)), f"{_DISCOVERY}#"),
            read=_orders(start, _COMMANDS, address),
        )

    def feedback(self, what: str, channel: str) -> str:
        """The signal of the relay, whatever hangs on it."""
        return "switch" if channel in ("", "1") else f"switch.{channel}"

    def open(self, base: str) -> Decoder:
        return _TasmotaDecoder(base)


CODEC = TasmotaCodec()
