"""What the bridge says of itself and its devices: whether it runs, which devices it has, what their fields mean.

Its devices are out of reach while it is gone, and it does not say so for each: we do. What it told of its devices is
kept over restarts while one of them is installed: their alarms mean what their definitions say.

When the bridge goes, each device that spoke (1,000 at most) is reported as not online; when it returns, those that
were not lost of themselves are online again. It has the address ``bridge`` and can be registered. Leaving the loss to
each device's silence would take hours for a battery sensor. The price: after a start, devices that have not yet
spoken are not reported when the bridge goes. What speaks behind a board of another family has an address below it
(``zb/door``): a name inside a message is not believed, or one board could speak for another.
"""

from typing import Any

import msgspec

from devices.codec import KEPT, Decoded, Message, Report
from devices.codecs.zigbee2mqtt.definition import Definition, definition_of
from devices.errors import MalformedMessage
from devices.message import Reason, Text
from devices.payloads.json_payload import json_of, object_of

_AN_EVENT = Text.of("zigbee2mqtt.event")
_A_LOG = Text.of("zigbee2mqtt.log")
_OF_ITSELF = Text.of("zigbee2mqtt.bridge")

_MOST_DEVICES = 1_000
_LONGEST_NAME = 200
_LONGEST_VERSION = 60
_ADDRESS = "bridge"


class Bridge:
    """Remembers 1,000 devices and groups; what goes beyond is read without their definition."""

    def __init__(self) -> None:
        self._is_gone = False
        self._version = ""
        self._definitions: dict[str, Definition] = {}
        self._gone: dict[str, bool] = {}
        """The devices that spoke or are known -> whether their own availability was last offline."""
        self._groups: frozenset[str] = frozenset()

    def definition(self, name: str) -> Definition:
        return self._definitions.get(name) or Definition()

    def is_group(self, name: str) -> bool:
        return name in self._groups

    def knows(self, name: str) -> bool:
        return name in self._gone

    def heard(self, name: str, *, is_gone: bool = False) -> None:
        """A device spoke, or its availability was told."""
        if name in self._gone or len(self._gone) < _MOST_DEVICES:
            self._gone[name] = is_gone

    def said(self, subject: str, message: Message) -> Decoded:
        """What follows from ``bridge/<subject>``; most subjects are answers to somebody else."""
        match subject:
            case "state":
                return self._state(is_online(message.payload))
            case "devices":
                return self._devices(message)
            case "groups":
                named = [group.get("friendly_name") for group in _listed(message) if isinstance(group, dict)]
                self._groups = frozenset(name for name in named[:_MOST_DEVICES] if isinstance(name, str))
            case "event":
                return _event(object_of(message.payload, _AN_EVENT))
            case "log":
                return _logged(object_of(message.payload, _A_LOG))
            case "info" | "config":
                version = object_of(message.payload, _OF_ITSELF).get("version")
                self._version = version[:_LONGEST_VERSION] if isinstance(version, str) else self._version
            case "health" if not message.retained:
                return Decoded((self._itself(online=True),))
        return Decoded()

    def _state(self, online: bool) -> Decoded:
        turned = self._is_gone is online
        self._is_gone = not online
        reachable = (name for name, is_gone in self._gone.items() if not is_gone) if turned else ()
        devices = (Report(name, (("online", online),)) for name in reachable)
        return Decoded((self._itself(online=online), *devices))

    def _itself(self, *, online: bool) -> Report:
        return Report(_ADDRESS, (("online", online),), firmware=self._version)

    def _devices(self, message: Message) -> Decoded:
        before = self._definitions
        self._definitions = dict(
            entry for device in _listed(message)[:_MOST_DEVICES] if (entry := definition_of(device)) is not None
        )
        missing = [name for name in before if name not in self._definitions]
        for name in missing:
            self._gone.pop(name, None)
        for name in self._definitions:
            if not self.knows(name):
                self.heard(name)
        stands = ((message.address, tuple(self._definitions)),)
        if message.source == KEPT:
            return Decoded(stands=stands)
        reports = tuple(Report(name, (("online", False),)) for name in missing)
        note = self._told_of(missing[0], before[missing[0]].address) if missing else ""
        return Decoded(reports, malformed=note, raw=message.payload[:200] if note else b"", stands=stands)

    def _told_of(self, name: str, address: str) -> Reason:
        """What became of a device that the bridge has no more."""
        now = next((other for other, known in self._definitions.items() if address and known.address == address), "")
        if now:
            return Text.of("zigbee2mqtt.renamed", name=repr(name[:60]), now=repr(now[:60]))
        return Text.of("zigbee2mqtt.removed", name=repr(name[:60]))


def is_online(payload: bytes) -> bool:
    """The word for a bridge or a device: ``online`` or ``{"state": "online"}``."""
    word: Any = payload[:40].decode("ascii", "replace").strip()
    if payload.lstrip().startswith(b"{"):
        word = object_of(payload, "availability").get("state")
    if word not in ("online", "offline"):
        raise MalformedMessage(Text.of("zigbee2mqtt.availability"))
    return bool(word == "online")


def _listed(message: Message) -> list[Any]:
    try:
        listed = json_of(message.payload)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise MalformedMessage(Text.of("zigbee2mqtt.no_json", error=str(error))) from None
    if not isinstance(listed, list):
        raise MalformedMessage(Text.of("zigbee2mqtt.no_list"))
    return listed


def _event(event: dict[str, Any]) -> Decoded:
    """A device that leaves the network is lost; all else is told again by its state and its availability."""
    of = event.get("data")
    name = of.get("friendly_name") if isinstance(of, dict) else None
    if event.get("type") != "device_leave" or not isinstance(name, str) or not name:
        return Decoded()
    return Decoded((Report(name[:_LONGEST_NAME], (("online", False),)),))


def _logged(log: dict[str, Any]) -> Decoded:
    """Bridges before 1.17 tell only here that a device left the network, or was removed."""
    meta, name = log.get("meta"), log.get("message")
    if isinstance(meta, dict):
        name = meta.get("friendly_name")
    if log.get("type") not in _REMOVALS or not isinstance(name, str) or not name:
        return Decoded()
    return Decoded((Report(name[:_LONGEST_NAME], (("online", False),)),))


_REMOVALS = ("device_removed", "device_force_removed")
