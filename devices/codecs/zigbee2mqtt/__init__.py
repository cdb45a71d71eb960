"""Zigbee2MQTT: Zigbee sensors of every make behind one bridge.

Firmware seen: Zigbee2MQTT 1.x and 2.x by its published format (zigbee2mqtt.io: MQTT topics and messages, and the
exposes of its supported devices). Example topic: ``zigbee2mqtt/store/smoke 1`` (friendly names may hold slashes and
blanks) with a JSON object of all that is known of the device; ``.../availability`` is ``online`` or ``offline``, as
plain text or as ``{"state": "online"}``. The output mode ``attribute`` (``zigbee2mqtt/store/smoke 1/smoke`` with
``true``) is understood as well.

A published state is the whole cache of the device, not an event; whether something *became* active is decided
behind us, by comparison with the value before. ``contact`` is true while closed. ``action`` is a moment, not a
state: an emergency key is reported as ``panic``, a keypad's wish as ``arm_request`` (``armed``, ``armed_home``,
``armed_night``, ``disarmed``; not the code), a refused code at a lock as ``access``. Where a lock was just opened or
locked, its cached state is not believed until it changes.

``bridge/devices`` tells what each field means: units, contacts that speak the other way round, and of what an
``alarm``, ``alarm_1`` or ``alarm_status`` is: heat, a leak, a door, a siren, by the description of the device. While
that is not known, it is ``alarm``, but beside a siren's settings ``siren``. It is kept over restarts. A number where
true or false should be is no flag: where it would be a danger, the device has a fault (``fault.gas``) until its alarm
can be read; for the models that are known to hand on their maker's own code it is read. Figures of gas in no unit that
is told, or from a detector that warms up, are no readings.

The bridge itself has the address ``bridge``: register it too. While it is gone, each of its devices is reported as not
``online``; a device that was removed, renamed or has left the network is not ``online`` and a note says what became of
it. Groups are no devices.

Orders go to ``<device>/set``: a siren is set by the field that its definition has (``warning``, ``alarm``,
``state``), a relay by ``state`` (``state_l2`` for channel ``l2``), a lock by ``LOCK`` and ``UNLOCK``. What sounds by
``warning`` alone does not say that it sounds.

Housekeeping, of which nothing is taken: what somebody may set, by the definition or by its name (sensitivities,
volumes, delays, thresholds, ``linkage_alarm``, ``force_...``, ``invert_...``), ``last_seen``, ``update``, ``device``,
``set`` and ``get`` topics, and all of ``bridge/`` but ``state``, ``devices``, ``groups``, ``event``, ``log``, ``info``,
``config`` and ``health``.
"""

from typing import Any

import msgspec

from devices.codec import Decoded, Decoder, Message, Report
from devices.codecs.zigbee2mqtt.actions import keyed
from devices.codecs.zigbee2mqtt.bridge import Bridge, is_online
from devices.codecs.zigbee2mqtt.fields import field_of
from devices.codecs.zigbee2mqtt.orders import command_of
from devices.codecs.zigbee2mqtt.states import States
from devices.device import Device
from devices.errors import MalformedMessage
from devices.message import Text
from devices.output_orders import Commands, OutputOrder
from devices.payloads.json_payload import json_of, object_of
from devices.payloads.not_understood import note_of
from devices.payloads.source_time import instant_of
from devices.reading import Instant

_A_STATE = Text.of("zigbee2mqtt.state")

_OWN_LEAVES = frozenset({"set", "get"})
_BRIDGE = "bridge/"


class _Zigbee2MqttDecoder:
    def __init__(self, base: str) -> None:
        self._base = base + "/"
        self._bridge = Bridge()
        self._states = States()

    def decode(self, message: Message) -> Decoded:
        if not message.address.startswith(self._base):
            raise MalformedMessage(Text.of("zigbee2mqtt.topic", base=self._base))
        name = message.address.removeprefix(self._base)
        if name.startswith(_BRIDGE):
            return self._bridge.said(name.removeprefix(_BRIDGE), message)
        head, _, leaf = name.rpartition("/")
        if leaf in _OWN_LEAVES or "/set/" in name or "/get/" in name or not message.payload.strip():
            return Decoded()  # orders of others; an empty payload takes a retained message away
        if head and leaf == "availability":
            online = is_online(message.payload)
            self._bridge.heard(head, is_gone=not online)
            return Decoded((Report(head, (("online", online),)),))
        if self._bridge.is_group(name):
            return Decoded()
        if head and not message.payload.lstrip().startswith(b"{"):
            return self._attribute(head, leaf, message)
        return self._report(name, object_of(message.payload, _A_STATE), message)

    def command(self, device: Device, order: OutputOrder) -> Commands:
        """The order as the bridge takes it. Raises Refused."""
        payload, is_mute = command_of(order, self._bridge.definition(device.address))
        return Commands(publish=((f"{self._base}{device.address}/set", payload),), is_mute=is_mute)

    def _report(self, name: str, state: dict[str, Any], message: Message) -> Decoded:
        definition = self._bridge.definition(name)
        found = self._states.read(name, state, definition)
        values, problem = found.values, found.problem
        if not values and not problem and not found.notes and found.unknown:
            problem = Text.of("zigbee2mqtt.nothing_known", names=", ".join(found.unknown)[:100])
        if problem and not values and not found.notes:
            raise MalformedMessage(problem)
        if values:
            self._bridge.heard(name)
        time, model = _last_seen(state.get("last_seen")), _model(state) or definition.model
        firmware = definition.firmware or _firmware(state)
        typed = keyed(state) if not message.retained else ()  # what was typed once is not typed again at each start
        said = Report(name, tuple(values.items()), time, message.retained, model, firmware, keyed=typed)
        reports = (said,) if values or typed else ()
        raw = message.payload[:200] if problem or found.notes else b""
        return Decoded(reports, malformed=problem, notes=tuple(found.notes), raw=raw)

    def _attribute(self, name: str, leaf: str, message: Message) -> Decoded:
        """One field of a device, in a topic of its own."""
        if field_of(leaf) is None and leaf != "action":
            if self._bridge.knows(name):
                note = note_of(leaf, message.payload[:200].decode("utf-8", "replace"))
                is_set = leaf in self._bridge.definition(name).settings
                return Decoded(notes=(note,) if note is not None and not is_set else ())
            raise MalformedMessage(Text.of("zigbee2mqtt.no_object"))
        if message.payload.lstrip().startswith(b"["):
            raise MalformedMessage(Text.of("zigbee2mqtt.a_list", leaf=leaf))
        try:
            value = json_of(message.payload)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            value = message.payload[:200].decode("utf-8", "replace")
        return self._report(name, {leaf: value}, message)


def _model(state: dict[str, Any]) -> str:
    device = state.get("device")
    return str(device.get("model") or "")[:100] if isinstance(device, dict) else ""


def _firmware(state: dict[str, Any]) -> str:
    """The number of the firmware file that is installed, where no name of it is known; -1 is none."""
    update = state.get("update")
    version = update.get("installed_version") if isinstance(update, dict) else None
    return str(version) if isinstance(version, int) and not isinstance(version, bool) and 0 <= version < 1 << 63 else ""


def _last_seen(value: Any) -> Instant | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return instant_of(value)
    except MalformedMessage:
        return None  # ISO without an offset is the bridge's local time: no use to anybody else


class Zigbee2MqttCodec:
    """Zigbee2MQTT, as devices.families finds it. A bridge with many devices tells of them at length."""

    family = "zigbee2mqtt"
    takes_orders = True
    base = "zigbee2mqtt"
    largest_payload = 2 << 20

    def topics(self, base: str) -> tuple[str, ...]:
        return (f"{base}/#",)

    def open(self, base: str) -> Decoder:
        return _Zigbee2MqttDecoder(base)


CODEC = Zigbee2MqttCodec()
