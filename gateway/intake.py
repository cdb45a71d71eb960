"""From what arrived to readings: which family speaks on a topic, which device it is, whether it may be believed.

Everything that cannot become a reading is counted and kept (bounded) for the technician, never dropped in silence.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from devices.codec import Decoded, Decoder, Message, MqttCodec
from devices.errors import MalformedMessage
from devices.malformed import MalformedLog
from devices.quarantine import Quarantine
from devices.reading import Instant, Reading
from devices.registry import Registry
from gateway.inbox import FromLine

_MOST_ROUTES = 65_536
_LARGEST_PAYLOAD = 256 * 1024
"""In bytes; a codec whose family speaks at greater length says so itself (``largest_payload``)."""


class Arrival(Protocol):
    """An MQTT message as the transport has it."""

    @property
    def topic(self) -> str: ...
    @property
    def payload(self) -> bytes: ...
    @property
    def retain(self) -> bool: ...


class _Route(msgspec.Struct, frozen=True):
    family: str
    decoder: Decoder
    largest_payload: int


def _breadth(topic_filter: str) -> tuple[int, ...]:
    """Sorts the narrower filter first: a level that is named goes before ``+``, and that before ``#``.

    So ``zigbee2mqtt/status/x`` is Zigbee2MQTT's and not of the family that listens to ``+/status/+``.
    """
    return tuple({"+": 1, "#": 2}.get(level, 0) for level in topic_filter.split("/"))


class Intake:
    """Turns messages into readings; what a codec asks for besides is collected in ``publish`` and ``subscribe``."""

    def __init__(
        self,
        registry: Registry,
        codecs: Mapping[str, MqttCodec],
        bases: Mapping[str, str],
        *,
        matches: Callable[[str, str], bool],
        quarantine: Quarantine,
        malformed: MalformedLog,
    ) -> None:
        self.registry = registry
        self.quarantine = quarantine
        self.malformed = malformed
        self.publish: list[tuple[str, bytes]] = []
        self.subscribe: list[str] = []
        self.codec_faults = 0
        self._matches = matches
        self._routes: dict[str, _Route | None] = {}
        self._filters: list[tuple[str, _Route]] = []
        for family, codec in codecs.items():
            base = bases.get(family) or codec.base
            route = _Route(family, codec.open(base), getattr(codec, "largest_payload", _LARGEST_PAYLOAD))
            self._filters += [(topic_filter, route) for topic_filter in codec.topics(base)]
        self._filters.sort(key=lambda entry: _breadth(entry[0]))

    @property
    def topics(self) -> list[str]:
        """What to subscribe to."""
        return list(dict.fromkeys(topic_filter for topic_filter, _ in self._filters))

    def read(self, arrivals: Sequence[Arrival], received: Instant) -> list[Reading]:
        """The readings in a burst of MQTT messages, in order."""
        readings: list[Reading] = []
        routes = self._routes
        for arrival in arrivals:
            try:
                topic = arrival.topic
            except UnicodeDecodeError:
                self.malformed.add("mqtt", "?", "the topic is not UTF-8", arrival.payload, received)
                continue
            route = routes.get(topic) if topic in routes else self._route(topic)
            if route is None:
                self.malformed.add("mqtt", topic, "no family speaks on this topic", arrival.payload, received)
                continue
            message = Message("mqtt", topic, arrival.payload, received, arrival.retain)
            decoded = self._decode(route, message)
            if decoded is not None:
                self._admit(route.family, decoded, message, readings, "")
        return readings

    def read_line(self, came: FromLine, received: Instant) -> list[Reading]:
        """The readings in what a line's codec made of its bytes."""
        readings: list[Reading] = []
        message = Message(came.line, came.peer, came.decoded.raw, received)
        self._admit(came.family, came.decoded, message, readings, came.line)
        return readings

    def _route(self, topic: str) -> _Route | None:
        if len(self._routes) >= _MOST_ROUTES:
            self._routes.clear()
        found = next((route for topic_filter, route in self._filters if self._matches(topic_filter, topic)), None)
        self._routes[topic] = found
        return found

    def _decode(self, route: _Route, message: Message) -> Decoded | None:
        if len(message.payload) > route.largest_payload:
            reason = f"larger than {route.largest_payload} bytes"
        else:
            try:
                return route.decoder.decode(message)
            except MalformedMessage as error:
                reason = str(error)
            except Exception as error:  # noqa: BLE001 - a codec's bug on hostile bytes must not stop the others' alarms
                self.codec_faults += 1
                reason = f"fault in the {route.family} codec: {error!r}"
        self.malformed.add(message.source, message.address, reason, message.payload, message.received)
        return None

    def _admit(self, family: str, decoded: Decoded, message: Message, readings: list[Reading], line: str) -> None:
        if decoded.malformed:
            self.malformed.add(message.source, message.address, decoded.malformed, decoded.raw, message.received)
        if decoded.publish:
            self.publish += decoded.publish
        if decoded.subscribe:
            self.subscribe += decoded.subscribe
            route = next(route for _, route in self._filters if route.family == family)
            self._filters += [(topic_filter, route) for topic_filter in decoded.subscribe]
            self._routes.clear()
        for report in decoded.reports:
            try:
                admitted = self.registry.admit(family, report, message, line)
            except MalformedMessage as error:
                self.malformed.add(message.source, message.address, str(error), message.payload, message.received)
                continue
            if admitted is None:
                self.quarantine.heard(family, report, message, line)
                continue
            known, fault = admitted
            readings += known
            if fault:
                self.malformed.add(message.source, message.address, fault, message.payload, message.received)
