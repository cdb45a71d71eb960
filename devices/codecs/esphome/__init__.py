"""ESPHome: boards whose firmware is made from a YAML file, by their own MQTT topics.

Firmware seen: 2021 to 2025 by its documentation and source (esphome.io: MQTT Client Component, its components). Example
topics: ``server-room/binary_sensor/smoke_detector/state`` with ``ON``, ``server-room/sensor/rack_temperature/state``
with ``24.3``, ``server-room/status`` with ``online`` or, by its will, ``offline``. ``esphome/discover/server-room``
tells board and version. Debug output and commands are not listened to.

A board's topics begin with its name: there is no common root. Without a base, boards are looked for at the root by the
components that ESPHome has (``+/sensor/+/state`` ...), and what another family's device announces there goes before it:
a board that announces itself to Home Assistant, as most do, tells units and device classes with it and is that
family's. Boards with a ``topic_prefix`` of two parts (``esp/hall``) need the first of them as the base:
``[mqtt.families]`` with ``esphome = "esp"``. The address is the board's name, the last part of its ``topic_prefix``.

These topics carry neither unit nor device class, so a name must say it all, and only those in
devices/payloads/signal_aliases.py do:
the last words of the object (``rack_temperature``) are the signal, the others tell two apart (``temperature.rack``),
but not those that the board's name has already. Numbers are taken in ESPHome's own units (°C, %, hPa for the air, V, A,
W, lx, ppm, ppb, µg/m³, dBm); where makers' components differ (water pressure, level, flow, gas) there is no reading.
A binary sensor whose name says nothing is ``switch`` with that name (``switch.zone_1``); the installer says what it is
(``rename``). A text sensor that tells a state in words (``smoke_status`` with ``Alarm``) is read by its name. Covers
are read where they are called door, gate, garage or window; ``nan`` is nothing. A panel that is triggered is ``alarm``.

Orders go to ``<board>/switch/<object>/command`` (ON, OFF) and ``<board>/lock/<object>/command`` (LOCK, UNLOCK);
``channel`` is the object. A siren is a switch that is called one.

Housekeeping, of which nothing is taken: what a board tells of itself (uptime, memory, versions, addresses), targets and
settings, covers of other names, the ``status`` of what is no board. Of other sensors whose name says nothing there is
a note.
"""

from typing import Any

import msgspec

from devices.codec import Decoded, Decoder, DeviceTopics, Message, Report
from devices.codecs.esphome.components import COMPONENTS, LONGEST_NAME, LONGEST_SUFFIX, Said, jam_of, note_on
from devices.device import Device
from devices.errors import MalformedMessage
from devices.message import Text
from devices.output_orders import Commands, OutputOrder, refused, switched, usual_feedback
from devices.payloads.json_payload import json_of
from devices.payloads.not_understood import note_of
from devices.payloads.signal_aliases import normal
from devices.signals import base_name

_MOST_BOARDS = 2_000
_MOST_OWNERS = 20_000
_LONGEST_STATE = 1_000

_NO_BOARDS = frozenset({"homeassistant"})
"""Under these names others speak in a way that could be a board's."""


class _EspHomeDecoder:
    def __init__(self, base: str) -> None:
        self._start = base + "/" if base else ""
        self._models: dict[str, str] = {}
        self._versions: dict[str, str] = {}
        self._heard: dict[str, None] = {}
        self._status: dict[str, bool] = {}
        self._jammed: dict[str, None] = {}
        self._owners: dict[str, str] = {}

    def decode(self, message: Message) -> Decoded:
        if message.address.startswith(_DISCOVER):
            self._discover(message.address.removeprefix(_DISCOVER), message.payload)
            return Decoded()
        if not message.address.startswith(self._start):
            raise MalformedMessage(Text.of("esphome.topic", start=self._start))
        board, _, rest = message.address.removeprefix(self._start).partition("/")
        if not board or not board.isprintable() or len(board) > LONGEST_NAME:
            raise MalformedMessage(Text.of("esphome.no_name"))
        if board in _NO_BOARDS:
            return Decoded()
        if rest == "status":
            return self._online(board, message.payload)
        component, _, name = rest.removesuffix("/state").partition("/")
        read = COMPONENTS.get(component)
        if read is None or not name or not rest.endswith("/state") or len(name) > LONGEST_NAME or not message.payload:
            return Decoded()  # lights, numbers, commands, debug output; a state that was taken back
        state = _text(message.payload)
        said = read(name, board, state)
        if not said:
            return Decoded(notes=note_on(component, name, state))
        if component == "lock":
            said = self._with_jams(name, board, said)
        named = any(base_name(signal) == "switch" for signal, _ in said) and component == "binary_sensor"
        danger = note_of(name, said[0][1]) if named else None  # smoke_vent: told, and perhaps more than a switch
        said = tuple((self._own(board, signal, f"{component}/{name}"), value) for signal, value in said)
        report = self._report(board, said)
        return msgspec.structs.replace(report, notes=(danger,)) if danger else report

    def command(self, device: Device, order: OutputOrder) -> Commands:
        """To ``<board>/switch/<object>/command`` or ``.../lock/...``. Raises Refused.

        ``channel`` names the object; without one it is the one that tells the signal (``siren``, ``switch``, ``lock``).
        """
        if order.what in ("keypad", "led"):
            raise refused("no_such_output", order)
        component = "lock" if order.what == "lock" else "switch"
        what = f"{component}/{order.channel}"
        if not order.channel:
            own = usual_feedback(order.what)
            signals = [own, *(signal for signal, theirs in device.rename.items() if theirs == own), "switch"]
            known = (self._owners.get(f"{device.address}/{signal}", "") for signal in signals)
            what = next((name for name in known if name.startswith(component)), "")
        if not what:
            raise refused("not_known_yet", order)
        word = switched(order, "UNLOCK", "LOCK") if component == "lock" else switched(order)
        return Commands(publish=((f"{self._start}{device.address}/{what}/command", word.encode()),))

    def _own(self, board: str, signal: str, what: str) -> str:
        """The signal; by its whole name if another thing on the board has it (``hall_smoke`` and ``smoke``)."""
        key = f"{board}/{signal}"
        if self._owners.get(key, what) == what:
            _remember(self._owners, key, what, _MOST_OWNERS)
            return signal
        return f"{base_name(signal)}.{normal(what)[-LONGEST_SUFFIX:]}"

    def _with_jams(self, name: str, board: str, said: Said) -> Said:
        """A lock that jammed is a fault until it locks or unlocks again."""
        jam, key = jam_of(name, board), f"{board}/{name}"
        if (jam, True) in said:
            _remember(self._jammed, key, None)
        elif said and key in self._jammed:
            del self._jammed[key]
            said = (*said, (jam, False))
        return said

    def _report(self, board: str, said: Said) -> Decoded:
        """The values, and the word of its presence if that came before anything showed that this is a board."""
        _remember(self._heard, board, None)
        status = self._status.pop(board, None)
        if status is not None:
            said = (*said, ("online", status))
        return Decoded((self._told(board, said),))

    def _told(self, board: str, said: Said) -> Report:
        return Report(board, said, model=self._models.get(board, ""), firmware=self._versions.get(board, ""))

    def _online(self, board: str, payload: bytes) -> Decoded:
        word = {b"online": True, b"offline": False}.get(payload.strip().lower())
        if word is not None and (board in self._heard or board in self._models):
            return Decoded((self._told(board, (("online", word),)),))
        if word is not None:
            _remember(self._status, board, word)  # many things that are no boards have a status
        return Decoded()

    def _discover(self, board: str, payload: bytes) -> None:
        if not payload or "/" in board or len(board) > LONGEST_NAME:
            return
        try:
            told = json_of(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedMessage(Text.of("esphome.no_json", reason=str(error))) from None
        if not isinstance(told, dict):
            raise MalformedMessage(Text.of("esphome.no_object"))
        parts = [told.get("board"), told.get("version")]
        versions = [told.get(key) for key in ("project_version", "version")]
        _remember(self._versions, board, ", ESPHome ".join(part[:40] for part in versions if isinstance(part, str)))
        _remember(self._models, board, " ".join(["ESPHome", *(part[:40] for part in parts if isinstance(part, str))]))


_DISCOVER = "esphome/discover/"


def _remember(known: dict[str, Any], key: str, what: Any, most: int = _MOST_BOARDS) -> None:
    """At most so many of a kind; the one that was first remembered makes room."""
    if key not in known and len(known) >= most:
        del known[next(iter(known))]
    known[key] = what


def _text(payload: bytes) -> str:
    if len(payload) > _LONGEST_STATE:
        raise MalformedMessage(Text.of("esphome.state_too_long", most=_LONGEST_STATE))
    try:
        return payload.decode().strip()
    except UnicodeDecodeError:
        raise MalformedMessage(Text.of("esphome.not_utf8")) from None


class EspHomeCodec:
    """ESPHome, as devices.families finds it."""

    family = "esphome"
    takes_orders = True
    base = ""
    yields = True

    def topics(self, base: str) -> tuple[str, ...]:
        start = base + "/" if base else ""
        states = tuple(f"{start}+/{component}/+/state" for component in COMPONENTS if component != "climate")
        return (*states, f"{start}+/climate/+/+/state", f"{start}+/status", f"{_DISCOVER}+")

    def device_topics(self, base: str, address: str) -> DeviceTopics:
        own = f"{base}/{address}/#" if base else f"{address}/#"
        announced = f"homeassistant/+/{address}/+/config"
        # It announces itself unless told not to, and a broker may shut out who says what it must not.
        return DeviceTopics(
            write=(own, f"{_DISCOVER}{address}", announced),
            read=(own, _DISCOVER.removesuffix("/"), f"esphome/ping/{address}"),
        )

    def open(self, base: str) -> Decoder:
        return _EspHomeDecoder(base)


CODEC = EspHomeCodec()
