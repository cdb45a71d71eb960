"""From what arrived to readings: which family speaks on a topic, which device it is, whether it may be believed.

Everything that cannot become a reading is counted and kept (bounded) for the technician, never dropped in silence.

A topic may be claimed by several: by the first family whose own topics cover it, by families whose devices announced
it, and last by a family whose topics are a guess. Each is heard for its installed devices. Where none is installed, the
first that understands the message shows its device in quarantine: one thing on the wall appears once (docs/adr/0099).
To find nothing in a message is not to understand it: it goes on to the next, and what was wrong for whom a device had
announced the topic is kept (docs/adr/0160).
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol

import msgspec

from alerts.event import Event, PanelReset, Stranger
from devices.callers import Callers
from devices.codec import KEPT, Decoded, Message, MqttCodec, Report
from devices.device import Device, SenderKey
from devices.device_directory import DeviceDirectory
from devices.errors import MalformedMessage
from devices.malformed import MalformedLog
from devices.output_orders import Commands, OutputOrder
from devices.panel_reset import RaisedFlags, is_behind, over
from devices.payloads.not_understood import MOST_NOTES, Note, notes_on
from devices.quarantine import Quarantine
from devices.reading import SECOND, Instant, Reading
from devices.signals import base_name, is_danger
from gateway.discovery_cache import DiscoveryCache
from gateway.inbox import FromLine
from gateway.self_monitoring import LINE, line_device
from gateway.topic_routes import Route, TopicRoutes

_NOBODY = "no family speaks on this topic"
_MOST_EARLY = 1_000
_LARGEST_EARLY = 4_096
_EARLY: Instant = 60 * SECOND
_LONGEST_FIRMWARE = 100


class Arrival(Protocol):
    """An MQTT message as the transport has it."""

    @property
    def topic(self) -> str: ...
    @property
    def payload(self) -> bytes: ...
    @property
    def retain(self) -> bool: ...


def _is_silent(decoded: Decoded) -> bool:
    return not (decoded.reports or decoded.malformed or decoded.notes or decoded.stands or decoded.subscribe)


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
    ) -> None:
        self.registry = directory
        self.quarantine = quarantine
        self.malformed = malformed
        self.publish: list[tuple[str, bytes]] = []
        self.subscribe: list[str] = []
        self.strangers: list[Event] = []
        """What unregistered devices said of dangers."""
        self.codec_faults = 0
        self.firmware: dict[str, str] = {}
        """What installed devices say that they run, by id."""
        self.announcements = DiscoveryCache(self._is_installed)
        self._flags = RaisedFlags()
        self._callers = callers or Callers({}, ())
        self.refused = ""
        """Why nothing was taken of what a line has just brought: it is not to be confirmed."""
        self._routes = TopicRoutes(codecs, bases, matches, self._is_installed)
        self._early: deque[Message] = deque(maxlen=_MOST_EARLY)
        self._has_news = False
        """Whether the message at hand announced a topic."""

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
                self.malformed.add("mqtt", "?", "the topic is not UTF-8", arrival.payload, received)
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
        for reading in readings:
            device = self.registry.device(reading.device)
            if device is not None and device.line:
                self._flags.hear(device, (reading,))
            elif reading.device.startswith(LINE):
                line = reading.device.removeprefix(LINE)
                self._callers.recall(line, reading.signal, reading.value, reading.time)

    def settle(self, now: Instant) -> None:
        """Other devices are installed than before."""
        for problem in self.announcements.settle():
            self.malformed.add("mqtt", "", problem, b"", now)

    def read_line(self, came: FromLine, received: Instant) -> list[Reading]:
        """The readings in what a line's codec made of its bytes."""
        readings: list[Reading] = []
        message = Message(came.line, came.peer, came.decoded.raw, received)
        decoded, self.refused = came.decoded, ""
        if came.peer and decoded.reports:
            decoded = self._believed(came, received, readings)
        self._admit(came.family, decoded, message, readings, came.line)
        if _is_silent(came.decoded):
            self.malformed.passed_over[came.family] += 1
        return readings

    def _believed(self, came: FromLine, now: Instant, readings: list[Reading]) -> Decoded:
        """Without what somebody says in the name of a panel that calls from elsewhere, dangers apart."""
        line, host = came.line, came.peer.rpartition(":")[0]
        is_up = partial(self._is_in_danger, line, came.family)
        is_known = partial(self._is_panel, line, came.family)
        said = self._callers.believed(line, came.family, host, came.decoded.reports, now, is_up, is_known)
        readings += [Reading(line_device(line).id, signal, value, now, now) for signal, value in said.told]
        if said.why:
            self.malformed.add(line, came.peer, f"{said.why}: only dangers are believed", came.decoded.raw, now)
        self.refused = "" if said.reports else said.why
        return msgspec.structs.replace(came.decoded, reports=said.reports)

    def _is_panel(self, line: str, family: str, source: str) -> bool:
        return self.registry.panel(family, source, line) is not None

    def _is_in_danger(self, line: str, family: str, source: str) -> bool:
        """Whether a danger stands at that panel, or at a part of it that waits in quarantine."""
        flags = self._flags.up(line, family, source)
        if any(is_danger(signal, True) for signals in flags.values() for signal in signals):
            return True
        return self.quarantine.is_in_danger(SenderKey(line, family, source))

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

    def _hear_several(self, claims: tuple[Route, ...], message: Message, readings: list[Reading]) -> list[str]:
        """What was wrong for those who should have understood; empty if one did."""
        heard: list[tuple[str, Decoded]] = []
        faults: list[str] = []
        expected: list[str] = []
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
        if _is_silent(decoded):
            self.malformed.passed_over[family] += 1
            notes = notes_on(message.address, message.payload)
            self.malformed.note(message.source, message.address, notes, message.payload, message.received)

    def _is_of_installed(self, family: str, decoded: Decoded | str) -> bool:
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

    def _decode(self, route: Route, message: Message) -> Decoded | str:
        """What the family makes of it, or what is wrong with it."""
        if len(message.payload) > route.largest_payload:
            return f"larger than {route.largest_payload} bytes"
        try:
            return route.decoder.decode(message)
        except MalformedMessage as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - a codec's bug on hostile bytes must not stop the others' alarms
            self.codec_faults += 1
            return f"fault in the {route.family} codec: {error!r}"

    def _admit(self, family: str, decoded: Decoded, message: Message, readings: list[Reading], line: str) -> None:
        if decoded.malformed:
            self.malformed.add(message.source, message.address, decoded.malformed, decoded.raw, message.received)
        if decoded.notes:
            raw = decoded.raw or message.payload
            self.malformed.note(message.source, message.address, decoded.notes, raw, message.received)
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
        for report in decoded.reports:
            if report.reset and line:
                readings += self._reset(family, report, message, line)
            try:
                admitted = self.registry.admit(family, report, message, line)
            except MalformedMessage as error:
                self.malformed.add(message.source, message.address, str(error), message.payload, message.received)
                self._hear_stranger(
                    family, report, message, line
                )  # a panel on another plug is refused, its fire is not
                continue
            if admitted is None:
                self._hear_stranger(family, report, message, line)
                continue
            known, faults = admitted
            readings += known
            if line or report.firmware:
                device = self.registry.find(family, report.address, line)
                if device is not None and line:
                    self._flags.hear(device, known)
                if device is not None and report.firmware:
                    self.firmware[device.id] = report.firmware[:_LONGEST_FIRMWARE]
            if faults:
                first, *others = faults[:MOST_NOTES]
                self.malformed.add(message.source, message.address, first, message.payload, message.received)
                more = [Note(fault) for fault in others]
                self.malformed.note(message.source, message.address, more, message.payload, message.received)

    def _reset(self, family: str, report: Report, message: Message, line: str) -> list[Reading]:
        """That what was in alarm at the panel and behind it is over, also at parts that nobody has registered."""
        panel, readings = report.address, []
        time, quality = self.registry.dated(report, message.received)
        for name, signals in self._flags.up(line, family, panel).items():
            device = self.registry.device(name)
            if report.reset_of:
                said = dict(report.values) if device is not None and device.address == panel else {}
                signals = tuple(one for one in signals if base_name(one) in report.reset_of and one not in said)
            if signals and device is not None and is_behind(device.address, panel):
                fell = over(device, signals, time, message.received, quality)
                self._flags.hear(device, fell)
                readings += fell
        if not report.reset_of:
            self.quarantine.reset(SenderKey(line, family, panel))
            self.strangers.append(PanelReset(SenderKey(line, family, panel)))
        return readings

    def _hear_stranger(self, family: str, report: Report, message: Message, line: str) -> None:
        """It waits in quarantine; what it says of a danger does not wait. Found standing, it counts as much."""
        told = self.quarantine.heard(family, report, message, line)
        if told:
            panel = self.registry.panel(family, report.address, line)
            at = panel.id if panel is not None else line_device(line or "mqtt").id
            sender = SenderKey(line, family, report.address)
            is_event = report.event and not (report.snapshot or message.retained)
            self.strangers += [Stranger(at, sender, signal, value, is_event) for signal, value in told]
