"""keyarea: our own JSON over MQTT, for devices and converters that are free to choose.

Firmware seen: none of a third party; this text is the format. Example topic: ``keyarea/smoke-17/readings``.

``<base>/<address>/readings`` carries ``{"readings": {"smoke": false, "temperature": 21.5}}`` with signal names of
devices/signals.py (docs/signals.md lists them with their units; a second channel is ``temperature.2``), and may carry
``time`` (ISO 8601 with offset, or milliseconds since 1970), ``model`` (what the device is), ``firmware`` (the version
that it runs), and ``device`` (must be the topic's address: who speaks for another is refused). A reading that is null
says nothing; one that cannot be read, or a time that cannot, costs no other. ``<base>/<address>/status`` is ``online``
or ``offline``: publish ``online`` when the device starts, and have the broker publish ``offline`` as its last will
(retained).

Orders to its outputs come on ``<base>/<address>/command`` as ``{"id": "...", "output": "siren", "value": true}``, with
``channel`` where it has several, ``duration_s`` where it may end it by itself, and ``origin`` for what is not real. A
device that obeys says so in its readings (``siren``, ``switch``, ``lock``); the same order again changes nothing.
"""

from devices.codec import Decoded, Decoder, DeviceTopics, Message, Report
from devices.device import Device
from devices.errors import MalformedMessage
from devices.message import Text
from devices.output_orders import Commands, OutputOrder
from devices.own_format import order_in_json, report_of, said_in
from devices.payloads.not_understood import bounded

_MOST_TOPICS = 65_536
_ONLINE = {b"online": True, b"offline": False}


class _KeyareaDecoder:
    def __init__(self, base: str) -> None:
        self._base = base + "/"
        self._topics: dict[str, tuple[str, str]] = {}

    def decode(self, message: Message) -> Decoded:
        address, leaf = self._topics.get(message.address) or self._parse(message.address)
        if leaf == "status":
            online = _ONLINE.get(message.payload.strip())
            if online is None:
                raise MalformedMessage(Text.of("keyarea.status"))
            return Decoded((Report(address, (("online", online),)),))
        said, beside = said_in(message.payload)
        if said.device is not None and said.device != address:
            raise MalformedMessage(Text.of("keyarea.speaks_as", address=address, device=repr(said.device[:60])))
        reports, problem, notes = report_of(address, said)
        notes = bounded((*notes, *beside)) if notes or beside else ()
        raw = message.payload[:200] if problem or notes else b""
        return Decoded(reports, malformed=problem, notes=notes, raw=raw)

    def command(self, device: Device, order: OutputOrder) -> Commands:
        """The order in the device's own topic."""
        return Commands(publish=((f"{self._base}{device.address}/command", order_in_json(order)),))

    def _parse(self, topic: str) -> tuple[str, str]:
        address, _, leaf = topic.removeprefix(self._base).rpartition("/")
        if not topic.startswith(self._base) or not address or leaf not in ("readings", "status"):
            raise MalformedMessage(Text.of("keyarea.topic", base=self._base))
        if len(self._topics) >= _MOST_TOPICS:
            self._topics.clear()
        self._topics[topic] = (address, leaf)
        return address, leaf


class KeyareaCodec:
    """Native JSON, as devices.families finds it."""

    family = "keyarea"
    takes_orders = True
    base = "keyarea"

    def topics(self, base: str) -> tuple[str, ...]:
        return (f"{base}/+/readings", f"{base}/+/status")

    def device_topics(self, base: str, address: str) -> DeviceTopics:
        return DeviceTopics(
            write=(f"{base}/{address}/readings", f"{base}/{address}/status"), read=(f"{base}/{address}/command",)
        )

    def open(self, base: str) -> Decoder:
        return _KeyareaDecoder(base)


CODEC = KeyareaCodec()
