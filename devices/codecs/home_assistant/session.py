"""The decoder: what was announced, and what each topic therefore means."""

import re
from collections.abc import Callable, Collection, Iterable
from typing import Any

import msgspec

from devices.codec import KEPT, Decoded, Message, Report
from devices.codecs.home_assistant.announced_device import AnnouncedDevice
from devices.codecs.home_assistant.announcement import Announced, Available, announced
from devices.codecs.home_assistant.heard import FEW, Heard, verdict
from devices.codecs.home_assistant.meaning import attributes_of
from devices.device import Device
from devices.errors import MalformedMessage
from devices.message import Reason, Text
from devices.output_orders import Commands, OutputOrder, refused
from devices.payloads.not_understood import Note, bounded, notes_among
from devices.payloads.signal_aliases import normal
from devices.reading import Value
from devices.signals import counts_in_snapshot, rank

MOST_ENTITIES = 5_000
MOST_OF_A_DEVICE = 300
MOST_ON_A_TOPIC = 300
MOST_TOPICS = 10_000
MOST_NODES_HELD = 100_000
"""Of the templates of all entities: some 20 MB when compiled."""
_LARGEST_STATE = 64 * 1024
_LONGEST_PLACE = 200
_NAME = re.compile(r"[^\W\d]\w*")
_READ_ANYWAY = frozenset({"event_type", "state", "tone", "battery", "battery_level", "linkquality", "rssi"})


class HomeAssistantDecoder:
    """Bounded: 5,000 entities, 300 of a device and on a topic, 10,000 topics in all since the start.

    What an installed device announced stays although its announcement is taken away: whoever may write there could
    make a smoke detector deaf. Such a place is *withdrawn*, as is one that the gateway had kept: heard as before, until
    the device announces the same entity anew, there or elsewhere.
    """

    def __init__(self, base: str, is_installed: Callable[[str], bool] = lambda address: False) -> None:
        self._start = base + "/"
        self._is_installed = is_installed
        self._devices: dict[str, AnnouncedDevice] = {}
        self._places: dict[str, list[Announced]] = {}
        self._withdrawn: set[str] = set()
        self._unique: dict[tuple[str, str], str] = {}
        self._states: dict[str, dict[str, Announced]] = {}
        self._reached: dict[str, dict[str, None]] = {}
        self._attributes: dict[str, dict[str, None]] = {}
        self._asked: set[str] = set()
        self._known: dict[Available, bool] = {}
        self._payloads: dict[str, int] = {}
        self._asked_for: dict[str, frozenset[str]] = {}
        """Names that the templates on a topic hold: what they look up in its messages."""
        self._entities = self._nodes = 0

    def decode(self, message: Message) -> Decoded:
        topic = message.address
        if topic.startswith(self._start) and topic.endswith("/config"):
            return self._announce(topic[len(self._start) : -len("/config")], message)
        return self._hear(topic, message)

    def command(self, device: Device, order: OutputOrder) -> Commands:
        """To the command topic that the device announced for its siren or lock. Raises Refused.

        ``channel`` is the rest of the signal's name where it has several: ``front`` for ``siren.front``.
        """
        known = self._devices.get(device.address)
        if known is None:
            raise refused("not_known_yet", order)
        signal = f"{order.what}.{order.channel}" if order.channel else order.what
        for one in known.entities.values():
            if one.orders is not None and one.orders.what == order.what and known.signals[one.key] == signal:
                is_mute = one.entity.topic == ""
                return Commands(publish=((one.orders.topic, one.orders.payload(order)),), is_mute=is_mute)
        raise refused("no_such_output", order)

    # -- announcements -----------------------------------------------------------------------------------------

    def _announce(self, place: str, message: Message) -> Decoded:
        payload = message.payload
        if not 1 <= place.count("/") <= 2 or len(place) > _LONGEST_PLACE or not place.isprintable():
            raise MalformedMessage(Text.of("home_assistant.topic"))
        if self._payloads.get(place) == hash(payload):  # said again, word for word
            self._withdrawn.discard(place)
            return Decoded(stands=self._stands(place))
        found, problems, notes = announced(place, payload, self._start) if payload.strip() else ([], [], [])
        if problems and not found:
            raise MalformedMessage(problems[0])
        if not found:
            return msgspec.structs.replace(self._take_away(place, payload), notes=bounded(notes))
        before = self._told(place, found)
        emptied = self._forget_twins(place, found) if message.source != KEPT else []
        self._forget(place)
        topics: list[str] = []
        for one in found:
            problem = self._remember(place, one, topics)
            if problem:
                problems.append(problem)
        for address in {one.address for one in found} & self._devices.keys():
            self._devices[address].settle()
        if not problems:
            self._payloads[place] = hash(payload)
        if message.source == KEPT:
            self._withdrawn.add(place)
        else:
            problems += self._missing(before)
        problem = problems[0] if problems else ""
        stands = self._stands(place, *emptied)
        return Decoded(
            subscribe=tuple(topics),
            malformed=problem,
            notes=bounded(notes),
            raw=payload[:200] if problem or notes else b"",
            stands=stands,
        )

    def _stands(self, *places: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        of = {place: dict.fromkeys(one.address for one in self._places.get(place, ())) for place in places}
        return tuple((f"{self._start}{place}/config", tuple(addresses)) for place, addresses in of.items())

    def _take_away(self, place: str, payload: bytes) -> Decoded:
        """By an empty announcement, or one that names no entity of ours (any more)."""
        installed = [one.address for one in self._places.get(place, ()) if self._is_installed(one.address)]
        if not installed:
            self._forget(place)
            return Decoded(stands=self._stands(place))
        self._withdrawn.add(place)
        self._payloads.pop(place, None)
        problem = Text.of("home_assistant.is_installed", device=repr(installed[0][:60]))
        return Decoded(malformed=problem, raw=payload[:200])

    def _told(self, place: str, found: Iterable[Announced]) -> dict[str, tuple[str, ...]]:
        """The signals of all installed devices that an announcement concerns."""
        concerned = {one.address for one in (*self._places.get(place, ()), *found)} & self._devices.keys()
        return {address: self._devices[address].told for address in sorted(concerned) if self._is_installed(address)}

    def _missing(self, before: dict[str, tuple[str, ...]]) -> list[Reason]:
        """What installed devices had and have no longer: nobody is to find out by a fire."""
        problems: list[Reason] = []
        for address, told in before.items():
            device = self._devices.get(address)
            gone = [signal for signal in told if device is None or signal not in device.told]
            if gone:
                problems.append(
                    Text.of("home_assistant.no_longer", device=repr(address[:60]), signals=", ".join(gone)[:100])
                )
        return problems

    def _forget_twins(self, place: str, found: Iterable[Announced]) -> list[str]:
        """Withdrawn entities that are announced elsewhere now; returns the places where nothing is left."""
        emptied = []
        for one in found:
            twin = self._unique.get((one.address, one.unique_id)) if one.unique_id else None
            if twin is None or twin == place or twin not in self._withdrawn:
                continue
            self._forget(twin, one.unique_id)
            if twin not in self._places:
                emptied.append(twin)
        return emptied

    def _remember(self, place: str, one: Announced, topics: list[str]) -> Reason:
        """Take the entity in; why not, if not."""
        device = self._devices.get(one.address)
        twin = self._unique.get((one.address, one.unique_id)) if one.unique_id else None
        needed = [one.entity.topic, *(each.topic for each in one.availability.topics)]
        needed += [one.attributes] if one.attributes else []
        new = [topic for topic in dict.fromkeys(needed) if topic not in self._asked]
        if twin is not None:
            return Text.of("home_assistant.twin", id=repr(one.unique_id[:60]), by=twin[:60])
        if self._entities >= MOST_ENTITIES:
            return Text.of("home_assistant.entities", most=MOST_ENTITIES)
        if device is not None and len(device.entities) >= MOST_OF_A_DEVICE:
            return Text.of("home_assistant.of_a_device", most=MOST_OF_A_DEVICE, device=repr(one.address[:60]))
        if len(self._states.get(one.entity.topic, ())) >= MOST_ON_A_TOPIC:
            return Text.of("home_assistant.on_a_topic", most=MOST_ON_A_TOPIC, topic=repr(one.entity.topic[:60]))
        nodes = sum(template.nodes for template in one.templates())
        if self._nodes + nodes > MOST_NODES_HELD:
            return Text.of("home_assistant.nodes_held", most=MOST_NODES_HELD)
        if len(self._asked) + len(new) > MOST_TOPICS:
            return Text.of("home_assistant.topics", most=MOST_TOPICS)
        self._asked.update(new)
        topics += new
        self._entities += 1
        self._nodes += nodes
        self._devices.setdefault(one.address, AnnouncedDevice()).entities[one.key] = one
        self._places.setdefault(place, []).append(one)
        self._states.setdefault(one.entity.topic, {})[one.key] = one
        self._asked_for.pop(one.entity.topic, None)
        for each in one.availability.topics:
            self._reached.setdefault(each.topic, {})[one.address] = None
        if one.attributes:
            self._attributes.setdefault(one.attributes, {})[one.address] = None
        if one.unique_id:
            self._unique[one.address, one.unique_id] = place
        return ""

    def _forget(self, place: str, unique_id: str = "") -> None:
        """What was announced there; the entity of that unique id alone, if there is one."""
        self._payloads.pop(place, None)
        entities = self._places.pop(place, [])
        left = [one for one in entities if unique_id and one.unique_id != unique_id]
        if left:
            self._places[place] = left
        else:
            self._withdrawn.discard(place)
        for one in entities:
            if one not in left:
                self._drop_entity(one)

    def _drop_entity(self, one: Announced) -> None:
        self._entities -= 1
        self._nodes -= sum(template.nodes for template in one.templates())
        self._unique.pop((one.address, one.unique_id), None)
        _drop(self._states, one.entity.topic, one.key)
        self._asked_for.pop(one.entity.topic, None)
        device = self._devices[one.address]
        del device.entities[one.key]
        rest = device.entities.values()
        for topic in {each.topic for each in one.availability.topics} - {
            each.topic for other in rest for each in other.availability.topics
        }:
            _drop(self._reached, topic, one.address)
        if one.attributes and one.attributes not in {other.attributes for other in rest}:
            _drop(self._attributes, one.attributes, one.address)
        if device.entities:
            device.settle()
        else:
            del self._devices[one.address]

    # -- states ------------------------------------------------------------------------------------------------

    def _hear(self, topic: str, message: Message) -> Decoded:
        payload = message.payload
        if not payload or not (topic in self._states or topic in self._reached or topic in self._attributes):
            return Decoded()  # an emptied topic, or one whose entities were taken away
        if len(payload) > _LARGEST_STATE:
            raise MalformedMessage(Text.of("home_assistant.state_too_large", most=_LARGEST_STATE))
        heard = Heard(topic, payload)
        problems: list[Reason] = []
        said: dict[str, dict[str, Value]] = {}
        strange = ""
        for states, reached in self._turns(topic):
            strange = self._hear_states(states, heard, said, problems) or strange
            for address in reached:
                for signal, value in self._online(self._devices[address], heard, problems):
                    said.setdefault(address, {})[signal] = value
        for address in self._attributes.get(topic, ()):
            taken = set(self._devices[address].signals.values())
            for signal, value in attributes_of(heard.object()):
                if signal not in taken:
                    said.setdefault(address, {}).setdefault(signal, value)
        if strange and not said:
            problems.append(strange)
        if heard.left_out:
            problems.insert(0, Text.of("home_assistant.not_asked", count=heard.left_out, topic=repr(topic[:60])))
        problem = problems[0] if problems else ""
        if problem and not said:
            raise MalformedMessage(problem)
        reports = tuple(
            Report(address, tuple(values.items()), model=device.model, firmware=device.firmware, announced=device.told)
            for address, values in said.items()
            for device in (self._devices[address],)
        )
        notes = self._left_unread(topic, heard) if payload[:1] == b"{" else ()
        return Decoded(reports, malformed=problem, notes=notes, raw=payload[:200] if problem or notes else b"")

    def _left_unread(self, topic: str, heard: Heard) -> tuple[Note, ...]:
        looked_up = self._looked_up(topic)
        found = notes_among((name, value) for name, value in heard.object().items() if name not in looked_up)
        return bounded(found) if found else ()

    def _looked_up(self, topic: str) -> frozenset[str]:
        """What somebody reads of a message there, or may."""
        known = self._asked_for.get(topic)
        if known is None:
            templates = {template for one in self._states.get(topic, {}).values() for template in one.templates()}
            names = (name for template in templates for name in _NAME.findall(template.source))
            known = self._asked_for[topic] = frozenset(names) | _READ_ANYWAY
        return known

    def _turns(self, topic: str) -> Iterable[tuple[Collection[Announced], Collection[str]]]:
        """Who is asked one after another: many share a budget, so the installed go first, and with them danger."""
        states, reached = self._states.get(topic, {}).values(), self._reached.get(topic, {}).keys()
        if len(states) + len(reached) <= FEW:
            return [(states, reached)]
        turns = []
        for is_turn in (self._is_installed, lambda address: not self._is_installed(address)):
            theirs = [one for one in states if is_turn(one.address)]
            theirs.sort(key=lambda one: (not counts_in_snapshot(one.entity.signal), rank(one.entity.signal)))
            turns.append((theirs, [address for address in reached if is_turn(address)]))
        return turns

    def _hear_states(
        self, states: Iterable[Announced], heard: Heard, said: dict[str, dict[str, Value]], problems: list[Reason]
    ) -> str:
        """A word that is none of an entity's: of no account if it is another's on the same topic."""
        strange = ""
        for one in states:
            signals = self._devices[one.address].signals
            try:
                if not counts_in_snapshot(one.entity.signal) and heard.takes_back(one.availability):
                    continue
                text = heard.rendered(one.entity.template)
                values = one.entity.read(text) if text else ()
            except MalformedMessage as problem:
                problems.append(problem.text)
                continue
            if values is None:
                strange = strange or f"{one.entity.signal}: {text[:40]!r} is none of its words"
                continue
            for signal, value in values:
                name = signal.replace(one.entity.signal, signals[one.key])  # fault.lock is fault.lock.front as well
                said.setdefault(one.address, {})[name] = value
        return strange

    def _online(self, device: AnnouncedDevice, heard: Heard, problems: list[Reason]) -> Iterable[tuple[str, Value]]:
        for availability in device.reached:
            for each in availability.topics:
                if each.topic != heard.topic:
                    continue
                try:
                    is_there = heard.is_there(each)
                except MalformedMessage as problem:
                    problems.append(problem.text)
                    continue
                if is_there is None:
                    continue
                if len(self._known) >= MOST_TOPICS:
                    self._known.clear()
                self._known[each] = is_there
                said = verdict(availability, self._known, is_there)
                if said is not None:
                    is_primary = availability == device.primary()
                    suffix = normal(availability.topics[0].topic[-60:]) if not is_primary else ""
                    yield (f"online.{suffix}" if suffix else "online"), said


def _drop(index: dict[str, dict[str, Any]], topic: str, key: str) -> None:
    keys = index.get(topic)
    if keys is not None:
        keys.pop(key, None)
        if not keys:
            del index[topic]
