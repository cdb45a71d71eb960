"""Shelly: relays, inputs and battery sensors, generation 1 and generation 2 onwards.

Firmware seen: generation 1 to 1.14, generations 2 to 4 to 1.7, by their published formats
(shelly-api-docs.shelly.cloud: MQTT of each device; components and notifications). Example topics:
``shellies/shellysmoke-A1B2C3/sensor/smoke`` with ``true`` (generation 1: a value a topic, and all of them in
``info``), and ``shellyhtg3-84fce63ad204/events/rpc`` with
``{"src": ..., "method": "NotifyStatus", "params": {"ts": 1795480215.25, "temperature:0": {"tC": 21.5}}}`` or
``.../status/temperature:0`` with the component alone (generation 2 onwards). A base is what stands before the id in
generation 2's MQTT prefix: ``site/hall`` for ``site/hall/shellyhtg3-84fce63ad204``; ``shellies`` needs none.

Inputs are ``switch`` (the second ``switch.2``), relays ``switch.relay``; the installer says what is wired to them.
A press of a button is ``action``. A generation 1 gas detector tells how bad it is in words: ``mild`` and ``heavy``
are an alarm, its self-test is none. A component's ``errors`` are ``fault.flood`` and the like. ``info``,
``NotifyFullStatus`` and a retained status are how things stand, not what happened. A battery counts while there is
no other power. ``sensor/temperature`` of generation 1 must be set to Celsius in the device.

What a Shelly hears over Bluetooth has an address below its own: ``<id>/<MAC>`` for what Shelly's scripts
``ble-shelly-blu.js`` and ``blu-gateway-bthome-to-mqtt.js`` and ioBroker's (``<id>/events/ble``) tell, the MAC alone
for ``universal-blu-to-mqtt.js`` and what is published on ``shelly-blu/events/<MAC>``, ``<id>/bthomedevice:200`` and
``<id>/bthomesensor:203`` for its components. A ``bthomesensor`` does not say what it measures: true and false are
``switch``, to be renamed, and numbers are left out. ``announce`` (and ``info``) tell model and firmware.

Orders switch a relay, whatever hangs on it (``channel``, from 0): generation 1 by ``shellies/<id>/relay/0/command``,
generation 2 onwards by the RPC method ``Switch.Set`` on ``<id>/rpc``, with ``toggle_after`` where it may end by itself.
``switch.relay`` says that it acted.
"""

import re
from typing import Any

import msgspec

from devices.codec import Decoded, Decoder, DeviceTopics, Message, Report
from devices.codecs.shelly.bluetooth import told_on_its_own
from devices.codecs.shelly.generation_1 import first_generation
from devices.codecs.shelly.generation_2 import SecondGeneration
from devices.codecs.shelly.reading import channel, flag
from devices.device import Device
from devices.errors import MalformedMessage
from devices.message import Text
from devices.output_orders import Commands, OutputOrder, refused, switched
from devices.payloads.json_payload import object_of

_ANNOUNCEMENT = Text.of("shelly.announcement")
_BLUETOOTH_MESSAGE = Text.of("shelly.bluetooth")

_FIRST = "shellies/"
_ANNOUNCE = "announce"
_SECOND = ("events/", "status/")
_BLUETOOTH = "events/ble"
_PUBLISHER = "shelly-blu/events/"
_MAC = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}")
_VERSIONS = ("fw_ver", "ver", "fw_id")
_MOST_KNOWN = 2_000
_RELAYS = frozenset({"siren", "strobe", "relay", "lock", "buzzer"})
_ASKER = "keyarea-orders"
"""Where a Shelly answers a call: nobody listens there, its status tells what we want to know."""
_LONGEST = 100


class _Known(msgspec.Struct, frozen=True):
    """What a device announced that it is."""

    model: str = ""
    firmware: str = ""


class _ShellyDecoder:
    def __init__(self, base: str) -> None:
        self._start = base + "/" if base else ""
        self._second = SecondGeneration()
        self._known: dict[str, _Known] = {}
        """By the device's topic."""
        self._first: dict[str, bool] = {}
        """Those heard -> whether it is of the first generation."""

    def command(self, device: Device, order: OutputOrder) -> Commands:
        """Its relay on or off. Raises Refused. Of one that was not heard yet nobody knows the generation: both."""
        if order.what not in _RELAYS or not (order.channel or "0").isdecimal():
            raise refused("no_such_output", order)
        place, address = int(order.channel or "0"), device.address
        call: dict[str, Any] = {"id": place, "on": switched(order) == "ON"}
        if order.duration_s:
            call["toggle_after"] = order.duration_s
        rpc = msgspec.json.encode({"id": 1, "src": _ASKER, "method": "Switch.Set", "params": call})
        first = (f"{_FIRST}{address}/relay/{place}/command", switched(order, "on", "off").encode())
        second = (f"{self._start}{address}/rpc", rpc)
        is_first = self._first.get(address)
        return Commands(publish=(first, second) if is_first is None else (first,) if is_first else (second,))

    def _heard(self, address: str, *, is_first: bool) -> None:
        if len(self._first) < _MOST_KNOWN:
            self._first[address] = is_first

    def decode(self, message: Message) -> Decoded:
        decoded = self._decode(message)
        return msgspec.structs.replace(decoded, reports=tuple(self._named(report) for report in decoded.reports))

    def _decode(self, message: Message) -> Decoded:
        if message.address.startswith(_FIRST):
            address, _, leaf = message.address.removeprefix(_FIRST).partition("/")
            if _ANNOUNCE in (address, leaf):
                return self._announced(message)
            if not address:
                raise MalformedMessage(Text.of("shelly.topic"))
            if leaf.startswith(_SECOND):  # whose prefix somebody made like that of the first
                return self._second_generation(address, leaf, message)
            self._heard(address, is_first=True)
            return first_generation(address, leaf, message)
        if message.address.startswith(_PUBLISHER):
            return _told_by_radio(message, topic_address=message.address.removeprefix(_PUBLISHER))
        address, _, rest = message.address.removeprefix(self._start).partition("/")
        if not rest and _MAC.fullmatch(address):
            return _told_by_radio(message, topic_address=address)
        if not message.address.startswith(self._start) or not address or not rest:
            raise MalformedMessage(Text.of("shelly.nobody"))
        if not message.payload.strip():
            return Decoded()  # takes a retained message away
        if rest == "online":
            online = flag(message.payload[:100].decode("utf-8", "replace"))
            return Decoded((Report(address, (("online", online),)),) if online is not None else ())
        if rest == _ANNOUNCE:
            self._learn(address, object_of(message.payload, _ANNOUNCEMENT))
            return Decoded()
        return self._second_generation(address, rest, message)

    def _second_generation(self, address: str, leaf: str, message: Message) -> Decoded:
        if not message.payload.strip():
            return Decoded()
        self._heard(address, is_first=False)
        if leaf == "events/rpc":
            return self._second.notification(address, message)
        if leaf == _BLUETOOTH:
            return _told_by_radio(message, address)
        return self._second.component(address, leaf.removeprefix("status/"), message)

    def _announced(self, message: Message) -> Decoded:
        said = object_of(message.payload, _ANNOUNCEMENT)
        address = said.get("id")
        own = message.address.removeprefix(_FIRST).partition("/")[0]
        if own not in (_ANNOUNCE, address):
            raise MalformedMessage(Text.of("shelly.other_name", own=own[:60], address=repr(str(address)[:60])))
        if isinstance(address, str):
            self._learn(address[:_LONGEST], said)
        return Decoded()

    def _learn(self, address: str, said: dict[str, Any]) -> None:
        """Generation 1 tells ``fw_ver``, generation 2 onwards ``ver`` and ``fw_id``."""
        model = said.get("model")
        version = next((said[name] for name in _VERSIONS if isinstance(said.get(name), str)), "")
        if isinstance(model, str) and (address in self._known or len(self._known) < _MOST_KNOWN):
            self._known[address] = _Known(model[:_LONGEST], version[:_LONGEST])

    def _named(self, report: Report) -> Report:
        known = self._known.get(report.address)
        if known is None:
            return report
        model, firmware = report.model or known.model, report.firmware or known.firmware
        return msgspec.structs.replace(report, model=model, firmware=firmware)


def _told_by_radio(message: Message, gateway: str = "", topic_address: str = "") -> Decoded:
    """What a script tells of a Bluetooth device."""
    if not message.payload.strip():
        return Decoded()
    reports, problem = told_on_its_own(object_of(message.payload, _BLUETOOTH_MESSAGE), gateway, topic_address)
    return Decoded(tuple(reports), malformed=problem, raw=message.payload[:200] if problem else b"")


class ShellyCodec:
    """Shelly, as devices.families finds it."""

    family = "shelly"
    takes_orders = True
    base = ""

    def topics(self, base: str) -> tuple[str, ...]:
        start = base + "/" if base else ""
        own = ("online", "events/rpc", _BLUETOOTH, "status/+", _ANNOUNCE)
        return (f"{_FIRST}#", *(f"{start}+/{leaf}" for leaf in own), f"{_PUBLISHER}+", f"{start}+")

    def device_topics(self, base: str, address: str) -> DeviceTopics:
        start = base + "/" if base else ""
        own = (f"{_FIRST}{address}/#", f"{start}{address}/#")
        return DeviceTopics(write=(*own, f"{_FIRST}{_ANNOUNCE}"), read=(*own, f"{_FIRST}command"))

    def feedback(self, what: str, channel_name: str) -> str:
        """The signal of the relay, whatever hangs on it."""
        return channel("switch.relay", channel_name)

    def open(self, base: str) -> Decoder:
        return _ShellyDecoder(base)


CODEC = ShellyCodec()
