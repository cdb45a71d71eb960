"""Who speaks on a topic: the families at work on the broker, their own topics, and those that devices announced.

A topic may be claimed by several: by the first family whose own topics cover it, by families whose devices announced
it, and last by a family whose topics are a guess (docs/adr/0099).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import msgspec

from devices.codec import Decoder, MqttCodec
from devices.device import Device
from devices.output_orders import Commands, OutputOrder, refused
from devices.reading import Instant

_MOST_ROUTES = 65_536
_LARGEST_PAYLOAD = 256 * 1024
"""In bytes; a codec whose family speaks at greater length says so itself (``largest_payload``)."""


class Route(msgspec.Struct, frozen=True):
    """A family at work on the broker."""

    family: str
    decoder: Decoder
    largest_payload: int
    is_guess: bool = False


class TopicRoutes:
    """``known``: the claims on each topic that was heard, in the order in which they are believed; a bounded memory."""

    def __init__(
        self,
        codecs: Mapping[str, MqttCodec],
        bases: Mapping[str, str],
        matches: Callable[[str, str], bool],
        is_installed: Callable[[str, str], bool],
    ) -> None:
        """``is_installed(family, address)`` is asked by decoders that must know."""
        self._matches = matches
        self.known: dict[str, tuple[Route, ...]] = {}
        self.announced: dict[str, list[Route]] = {}
        self._filters: list[tuple[str, Route]] = []
        self._guesses: list[tuple[str, Route]] = []
        self._families: dict[str, Route] = {}
        self._senders: dict[str, Callable[[str], str]] = {}
        for family, codec in codecs.items():
            base = bases.get(family) or codec.base
            self._senders[family] = partial(getattr(codec, "sender", _first_below), base)
            is_guess = getattr(codec, "yields", False)
            largest = getattr(codec, "largest_payload", _LARGEST_PAYLOAD)
            decoder = _opened(codec, base, partial(is_installed, family))
            route = self._families[family] = Route(family, decoder, largest, is_guess)
            filters = self._guesses if is_guess else self._filters
            filters += [(topic_filter, route) for topic_filter in codec.topics(base)]
        self._filters.sort(key=lambda entry: _breadth(entry[0]))
        self._own = len(self._filters)

    @property
    def topics(self) -> list[str]:
        """What to subscribe to."""
        return list(dict.fromkeys(topic_filter for topic_filter, _ in self._filters + self._guesses))

    def claims(self, topic: str) -> tuple[Route, ...]:
        """Who speaks on the topic, in the order in which they are believed."""
        if len(self.known) >= _MOST_ROUTES:
            self.known.clear()
        found = [*self._covering(self._filters, topic), *self.announced.get(topic, ())]
        found += self._covering(self._guesses, topic)
        self.known[topic] = claims = tuple(dict.fromkeys(found))
        return claims

    def sender(self, topic: str) -> str:
        """Who speaks there, as far as the topic tells: the same name for all topics of one device."""
        claims = self.known.get(topic) or self._covering(self._filters, topic)
        family = claims[0].family if claims else ""
        return f"{family} {self._senders[family](topic)}" if family else ""

    def announce(self, family: str, topics: Sequence[str]) -> tuple[list[str], bool]:
        """Remember whose these topics are: which of them are to be subscribed to, and whether that is news.

        What a family's own topics cover is received already.
        """
        route, wanted, is_news = self._families[family], [], False
        for topic in topics:
            if "+" in topic or "#" in topic:
                self._filters.append((topic, route))
                self.known.clear()
            elif route not in self.announced.setdefault(topic, []):
                self.announced[topic].append(route)
                is_news = True
                self.known.pop(topic, None)
            if not self._covering(self._filters[: self._own], topic):
                wanted.append(topic)
        return wanted, is_news

    def connected(self, devices: Iterable[Device]) -> None:
        """The broker is there, or there again: those families to whom that matters will ask their devices."""
        for family, route in self._families.items():
            connected = getattr(route.decoder, "connected", None)
            if connected is not None:
                connected([device.address for device in devices if device.family == family])

    def command(self, device: Device, order: OutputOrder) -> Commands:
        """The order in the words of the device's family. Raises Refused."""
        route = self._families.get(device.family)
        command: Callable[[Device, OutputOrder], Commands] | None = getattr(route and route.decoder, "command", None)
        if command is None:
            raise refused("no_such_family", order, family=device.family)
        return command(device, order)

    def to_ask(self, now: Instant) -> list[tuple[str, bytes]]:
        """The next few questions of all families, as (topic, payload)."""
        asking = (getattr(route.decoder, "to_ask", None) for route in self._families.values())
        return [question for ask in asking if ask is not None for question in ask(now)]

    def _covering(self, filters: Sequence[tuple[str, Route]], topic: str) -> list[Route]:
        """The first whose filter covers the topic, if there is one."""
        return next(([route] for one, route in filters if self._matches(one, topic)), [])


def _opened(codec: MqttCodec, base: str, is_installed: Callable[[str], bool]) -> Decoder:
    open_for = getattr(codec, "open_for", None)
    if open_for is None:
        return codec.open(base)
    decoder: Decoder = open_for(base, is_installed)
    return decoder


def _breadth(topic_filter: str) -> tuple[int, ...]:
    """Sorts the narrower filter first: a level that is named goes before ``+``, and that before ``#``.

    So ``zigbee2mqtt/status/x`` is Zigbee2MQTT's and not of the family that listens to ``+/status/+``.
    """
    return tuple({"+": 1, "#": 2}.get(level, 0) for level in topic_filter.split("/"))


def _first_below(base: str, topic: str) -> str:
    """The first level below the base; of a topic elsewhere the first of all."""
    return topic.removeprefix(f"{base}/").partition("/")[0]
