"""keyarea: our own JSON over MQTT, for devices and converters that are free to choose.

Firmware seen: none of a third party; this text is the format. Example topic: ``keyarea/smoke-17/readings``.

``<base>/<address>/readings`` carries ``{"readings": {"smoke": false, "temperature": 21.5}}`` with signal names of
devices/signals.py, and may carry ``time`` (ISO 8601 with offset, or milliseconds since 1970) and ``device`` (must
be the topic's address: who speaks for another is refused). ``<base>/<address>/status`` is ``online`` or
``offline``; use it as the last will.
"""

import msgspec

from devices.codec import Decoded, Decoder, DeviceTopics, Message, Report
from devices.errors import MalformedMessage
from devices.reading import Value
from devices.source_time import instant_of

_MOST_TOPICS = 65_536
_MOST_SIGNALS = 64
_ONLINE = {b"online": True, b"offline": False}


class _Payload(msgspec.Struct):
    readings: dict[str, bool | float | str]
    time: str | int | float | None = None
    device: str | None = None
    model: str = ""


_decode = msgspec.json.Decoder(_Payload).decode


class _KeyareaDecoder:
    def __init__(self, base: str) -> None:
        self._base = base + "/"
        self._topics: dict[str, tuple[str, str]] = {}

    def decode(self, message: Message) -> Decoded:
        address, leaf = self._topics.get(message.address) or self._parse(message.address)
        if leaf == "status":
            online = _ONLINE.get(message.payload)
            if online is None:
                raise MalformedMessage("status must be online or offline")
            return Decoded((Report(address, (("online", online),)),))
        try:
            payload = _decode(message.payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedMessage(str(error)) from None
        if payload.device is not None and payload.device != address:
            raise MalformedMessage(f"{address} speaks as {payload.device[:60]!r}")
        if not 0 < len(payload.readings) <= _MOST_SIGNALS:
            raise MalformedMessage(f"readings must hold 1 to {_MOST_SIGNALS} signals")
        time = None if payload.time is None else instant_of(payload.time)
        values: tuple[tuple[str, Value], ...] = tuple(payload.readings.items())
        return Decoded((Report(address, values, time, False, payload.model),))

    def _parse(self, topic: str) -> tuple[str, str]:
        address, _, leaf = topic.removeprefix(self._base).rpartition("/")
        if not topic.startswith(self._base) or not address or leaf not in ("readings", "status"):
            raise MalformedMessage(f"topic must be {self._base}<address>/readings or /status")
        if len(self._topics) >= _MOST_TOPICS:
            self._topics.clear()
        self._topics[topic] = (address, leaf)
        return address, leaf


class KeyareaCodec:
    """Native JSON, as devices.families finds it."""

    family = "keyarea"
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
