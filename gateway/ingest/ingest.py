"""From what arrived to readings: which family speaks on a topic, which device it is, whether it may be believed.

Everything that cannot become a reading is counted and kept (bounded) for the technician, never dropped in silence.

A topic may be claimed by several: by the first family whose own topics cover it, by families whose devices announced
it, and last by a family whose topics are a guess. Each is heard for its installed devices. Where none is installed, the
first that understands the message shows its device in quarantine: one thing on the wall appears once (docs/adr/0099).
To find nothing in a message is not to understand it: it goes on to the next, and what was wrong for whom a device had
announced the topic is kept.

Tasmota's ``tele/#`` once decoded an announced leak to nothing, and it reached nobody. Announced topics do not get the
first word all the same: a stranger's announcement could silence an installed detector. To ask all families every time
would be a look-up more for each message on the hot path. What nobody understood waits a minute for an announcement,
whoever's prefix it has.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from alerts.event import Event
from devices.callers import Callers
from devices.codec import KEPT, Decoded, Message, MqttCodec
from devices.device import Device
from devices.device_directory import DeviceDirectory
from devices.errors import MalformedMessage
from devices.keypad import Keypads
from devices.malformed import MalformedLog
from devices.message import Reason, Text
from devices.output_orders import Commands, OutputOrder
from devices.payloads.not_understood import notes_on
from devices.quarantine import Quarantine
from devices.reading import SECOND, Instant, Reading
from gateway.discovery_cache import DiscoveryCache
from gateway.inbox import FromLine
from gateway.ingest.admission import Admission, is_silent
from gateway.topic_routes import Route, TopicRoutes

_NOBODY = Text.of("ingest.nobody")
_MOST_EARLY = 1_000
_LARGEST_EARLY = 4_096
_EARLY: Instant = 60 * SECOND


class Arrival(Protocol):
    """An MQTT message as the transport has it."""

    @property
    def topic(self) -> str: ...
    @property
    def payload(self) -> bytes: ...
    @property
    def retain(self) -> bool: ...


class Ingest:
    """Turns messages into readings; what follows besides is collected in ``publish``, ``subscribe``, ``strangers``."""

    def __init__(
        self,
        directory: DeviceDirectory,
        codecs: Mapping[str, MqttCodec],
        bases: Mapping[str, str],
        *,
        matches: Callable[[str, str], bool],
        quarantine: Quarantine,
        malformed: MalformedLog,
        callers: Callers | None = None,
        keypads: Keypads | None = None,
    ) -> None:
        self.registry, self.quarantine, self.malformed = directory, quarantine, malformed
        self._admission = Admission(directory, quarantine, malformed, callers or Callers({}, ()), keypads)
        self.publish: list[tuple[str, bytes]] = []
        self.subscribe: list[str] = []
        self.codec_faults = 0
        self.announcements = DiscoveryCache(self._is_installed)
        self._routes = TopicRoutes(codecs, bases, matches, self._is_installed)
        self._early: deque[Message] = deque(maxlen=_MOST_EARLY)
        self._has_news = False
        """Whether the message at hand announced a topic."""

    @property
    def strangers(self) -> list[Event]:
        """What unregistered devices said of dangers."""
        return self._admission.strangers

    def codes_answered(self, modes: Iterable[tuple[str, str]], now: Instant) -> None:
        """What has become of who was at a keypad; ``modes``: areas that a code has set, and whose."""
        self._admission.codes_answered(modes, now)

    @property
    def firmware(self) -> Mapping[str, str]:
        """What installed devices say that they run, by id."""
        return self._admission.firmware

    @property
    def refused(self) -> Reason:
        """Why nothing was taken of what a line has just brought: it is not to be confirmed."""
        return self._admission.refused

    def _is_installed(self, family: str, address: str) -> bool:
        return self.registry.find(family, address) is not None

    @property
    def topics(self) -> list[str]:
        """What to subscribe to."""
        return self._routes.topics

    def read(self, arrivals: Sequence[Arrival], received: Instant) -> list[Reading]:
        """The readings in a burst of MQTT messages, in order."""
        readings: list[Reading] = []
        known = self._routes.known
        for arrival in arrivals:
            try:
                topic = arrival.topic
            except UnicodeDecodeError:
                self.malformed.add("mqtt", "?", Text.of("ingest.topic_not_utf8"), arrival.payload, received)
                continue
            message = Message("mqtt", topic, arrival.payload, received, arrival.retain)
            claims = known.get(topic)
            self._hear(self._routes.claims(topic) if claims is None else claims, message, readings)
            if self._has_news and self._early:  # before whatever comes next on the topics just announced
                self._hear_the_early(received, readings)
            self._has_news = False
        if self._early:
            self._hear_the_early(received, readings)
        return readings

    def is_known(self, topic: str) -> bool:
        """Whether something was heard there before."""
        return topic in self._routes.known

    def sender(self, topic: str) -> str:
        """Who speaks there, as far as the topic tells: the same name for all topics of one device."""
        return self._routes.sender(topic)

    def command(self, device: Device, order: OutputOrder) -> Commands:
        """The order in the words of the device's MQTT family. Raises Refused."""
        return self._routes.command(device, order)

    def connected(self) -> None:
        """The broker is there, or there again: those families to whom that matters will ask their devices."""
        self._routes.connected(self.registry.devices())

    def ask(self, now: Instant) -> None:
        """The next few questions; call it twice a second."""
        self.publish += self._routes.to_ask(now)

    def recall(self, kept: Iterable[tuple[str, bytes]], now: Instant) -> None:
        """Hear (topic, payload) of what installed devices had announced: call it before anything is read."""
        for topic, payload in kept:
            claims = self._routes.claims(topic)
            if not claims:
                continue  # its family is switched off
            self.announcements.recall(topic, payload)
            self._hear(claims, Message(KEPT, topic, payload, now, retained=True), [])
        self._has_news = False
        self.settle(now)

    def prime(self, readings: Iterable[Reading]) -> None:
        """Know from stored readings what is in alarm behind panels: their next reset ends it."""
        self._admission.prime(readings)

    def settle(self, now: Instant) -> None:
        """Other devices are installed than before."""
        for problem in self.announcements.settle():
            self.malformed.add("mqtt", "", problem, b"", now)

    def read_line(self, came: FromLine, received: Instant) -> list[Reading]:
        """The readings in what a line's codec made of its bytes."""
        return self._admission.read_line(came, received)

    def _hear(self, claims: tuple[Route, ...], message: Message, readings: list[Reading]) -> None:
        if not claims:
            self.malformed.add("mqtt", message.address, _NOBODY, message.payload, message.received)
            self._keep_for_a_minute(message)
            return
        if len(claims) == 1:
            decoded = self._decode(claims[0], message)
            if claims[0].is_guess and not self._is_of_installed(claims[0].family, decoded):
                self._keep_for_a_minute(message)
            if isinstance(decoded, Decoded):
                self._admit(claims[0].family, decoded, message, readings, "")
                self._look_if_silent(claims[0].family, decoded, message)
                return
            faults = [decoded]
            if not claims[0].is_guess:
                self._keep_for_a_minute(message)
        else:
            faults = self._hear_several(claims, message, readings)
        if faults:
            self.malformed.add(message.source, message.address, faults[0], message.payload, message.received)

    def _hear_several(self, claims: tuple[Route, ...], message: Message, readings: list[Reading]) -> list[Reason]:
        """What was wrong for those who should have understood; empty if one did."""
        heard: list[tuple[str, Decoded]] = []
        faults: list[Reason] = []
        expected: list[Reason] = []
        announced = self._routes.announced.get(message.address, ())
        is_understood = False
        for route in claims:
            if is_understood and route.family not in self.registry.families:
                continue  # it has no installed device, and is not the first to show an unknown one
            decoded = self._decode(route, message)
            if isinstance(decoded, Decoded):
                heard.append((route.family, decoded))
                is_understood = is_understood or bool(decoded.reports)
            elif route in announced:
                expected.append(decoded)
            else:
                faults.append(decoded)
        said = {family: own for family, decoded in heard if (own := self._of_installed(family, decoded))}
        shown = next((family for family, decoded in heard if decoded.reports), "") if not said else ""
        for family, decoded in heard:
            if family in said or family == shown:
                self._admit(family, said.get(family, decoded), message, readings, "")
            else:  # what follows from it besides still does
                rest = msgspec.structs.replace(decoded, reports=())
                if is_understood:
                    rest = msgspec.structs.replace(rest, malformed="", notes=())
                self._admit(family, rest, message, readings, "")
        if not is_understood and not expected and heard:
            told = next((one for one in heard if one[1].malformed or one[1].notes), heard[0])
            self._look_if_silent(*told, message)
        return [] if is_understood else expected or ([] if heard else faults)

    def _look_if_silent(self, family: str, decoded: Decoded, message: Message) -> None:
        """Orders of others and housekeeping are counted; what sounds like a danger all the same is noted."""
        if is_silent(decoded):
            self.malformed.passed_over[family] += 1
            notes = notes_on(message.address, message.payload)
            self.malformed.note(message.source, message.address, notes, message.payload, message.received)

    def _is_of_installed(self, family: str, decoded: Decoded | Reason) -> bool:
        return isinstance(decoded, Decoded) and self._of_installed(family, decoded) is not None

    def _of_installed(self, family: str, decoded: Decoded) -> Decoded | None:
        """The part that is of installed devices, None if there is none."""
        reports = tuple(report for report in decoded.reports if self.registry.find(family, report.address) is not None)
        return msgspec.structs.replace(decoded, reports=reports) if reports else None

    def _keep_for_a_minute(self, message: Message) -> None:
        """It may be that of an installed device whose announcement comes later."""
        if len(message.payload) <= _LARGEST_EARLY:
            self._early.append(message)

    def _hear_the_early(self, now: Instant, readings: list[Reading]) -> None:
        """What came before its topic was announced: after a restart the broker first sends what it kept for us."""
        waiting = list(self._early)
        self._early.clear()
        for message in waiting:
            is_announced = message.address in self._routes.announced
            claims = self._routes.claims(message.address) if is_announced else ()
            if claims:
                self._hear(claims, message, readings)
            elif now - message.received <= _EARLY:
                self._early.append(message)

    def _decode(self, route: Route, message: Message) -> Decoded | Reason:
        """What the family makes of it, or what is wrong with it."""
        if len(message.payload) > route.largest_payload:
            return Text.of("ingest.larger", most=route.largest_payload)
        try:
            return route.decoder.decode(message)
        except MalformedMessage as error:
            return error.text
        except Exception as error:  # noqa: BLE001 - a codec's bug on hostile bytes must not stop the others' alarms
            self.codec_faults += 1
            return Text.of("ingest.codec_fault", family=route.family, error=repr(error))

    def _admit(self, family: str, decoded: Decoded, message: Message, readings: list[Reading], line: str) -> None:
        """The readings in it, and what follows from it besides."""
        if decoded.publish:
            self.publish += decoded.publish
        if decoded.subscribe:
            wanted, is_news = self._routes.announce(family, decoded.subscribe)
            self.subscribe += wanted
            self._has_news = self._has_news or is_news
        for topic, addresses in decoded.stands:
            fault = self.announcements.stands(family, topic, addresses, message.payload)
            if fault:
                self.malformed.add(message.source, topic, fault, message.payload, message.received)
        self._admission.admit(family, decoded, message, line, readings)
