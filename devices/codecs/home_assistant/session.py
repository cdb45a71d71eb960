"""The decoder: what was announced, and what each topic therefore means."""

import contextlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from devices.codec import Decoded, Message, Report
from devices.codecs.home_assistant.announcement import Announced, Availability, Available, announced
from devices.codecs.home_assistant.meaning import attributes_of, one_of
from devices.codecs.home_assistant.template import ValueTemplate
from devices.errors import MalformedMessage
from devices.names import normal
from devices.reading import Value
from devices.signals import rank

MOST_ENTITIES = 5_000
MOST_OF_A_DEVICE = 300
MOST_ON_A_TOPIC = 300
MOST_TOPICS = 10_000
_LARGEST_STATE = 64 * 1024
_LONGEST_PLACE = 200


class _Device:
    """The entities of one device, the signals they got, and what says that it can be reached."""

    def __init__(self) -> None:
        self.entities: dict[str, Announced] = {}
        self.signals: dict[str, str] = {}
        self.told: tuple[str, ...] = ()
        self.reached: Counter[Availability] = Counter()

    @property
    def model(self) -> str:
        return next((one.model for one in self.entities.values() if one.model), "")

    @property
    def firmware(self) -> str:
        return next((one.firmware for one in self.entities.values() if one.firmware), "")

    def settle(self) -> None:
        """Give each entity its signal: alone, or without further words, it has it bare; others with their words."""
        self.reached = Counter(one.availability for one in self.entities.values() if one.availability.topics)
        sharing: dict[str, list[Announced]] = {}
        for one in self.entities.values():
            sharing.setdefault(one.entity.signal, []).append(one)
        self.signals = {}
        taken = {"online"} if self.reached else set()
        for signal, several in sharing.items():
            is_alone = len(several) == 1 and signal not in taken
            for one in sorted(several, key=lambda one: (len(one.entity.rest), one.key)):
                name = signal if is_alone else _apart(signal, one, taken)
                taken.add(name)
                self.signals[one.key] = name
        self.told = tuple(sorted(taken, key=rank))

    def primary(self) -> Availability:
        """What most of its entities depend on: that is whether it is online."""
        return max(self.reached, key=lambda one: (self.reached[one], [each.topic for each in one.topics]))


def _apart(signal: str, one: Announced, taken: set[str]) -> str:
    name, number = f"{signal}.{one.entity.rest}" if one.entity.rest else signal, 1
    if name in taken:
        stem = f"{name}.{normal(one.key.rpartition('/')[2])[-40:]}"
        name = stem
        while name in taken:
            number += 1
            name = f"{stem}_{number}"
    return name


class HomeAssistantDecoder:
    """Bounded: 5,000 entities, 300 of a device and on a topic, 10,000 topics in all since the start."""

    def __init__(self, base: str) -> None:
        self._start = base + "/"
        self._devices: dict[str, _Device] = {}
        self._places: dict[str, list[Announced]] = {}
        self._unique: dict[tuple[str, str], str] = {}
        self._states: dict[str, dict[str, Announced]] = {}
        self._reached: dict[str, dict[str, None]] = {}
        self._attributes: dict[str, dict[str, None]] = {}
        self._asked: set[str] = set()
        self._known: dict[Available, bool] = {}
        self._payloads: dict[str, int] = {}
        self._entities = 0

    def decode(self, message: Message) -> Decoded:
        topic = message.address
        if topic.startswith(self._start) and topic.endswith("/config"):
            return self._announce(topic[len(self._start) : -len("/config")], message.payload)
        return self._hear(topic, message)

    # -- announcements -----------------------------------------------------------------------------------------

    def _announce(self, place: str, payload: bytes) -> Decoded:
        if not 1 <= place.count("/") <= 2 or len(place) > _LONGEST_PLACE or not place.isprintable():
            raise MalformedMessage("an announcement's topic must be <component>/[<node>/]<object>/config")
        if not payload.strip():
            self._forget(place)
            return Decoded()
        if self._payloads.get(place) == hash(payload):
            return Decoded()  # said again, word for word
        found, problems = announced(place, payload, self._start)
        if problems and not found:
            raise MalformedMessage(problems[0])
        self._forget(place)
        topics: list[str] = []
        for one in found:
            problem = self._remember(place, one, topics)
            if problem:
                problems.append(problem)
        for address in {one.address for one in found} & self._devices.keys():
            self._devices[address].settle()
        if found and not problems:
            self._payloads[place] = hash(payload)
        problem = problems[0] if problems else ""
        return Decoded(subscribe=tuple(topics), malformed=problem, raw=payload[:200] if problem else b"")

    def _remember(self, place: str, one: Announced, topics: list[str]) -> str:
        """Take the entity in; why not, if not."""
        device = self._devices.get(one.address)
        twin = self._unique.get((one.address, one.unique_id)) if one.unique_id else None
        needed = [one.entity.topic, *(each.topic for each in one.availability.topics)]
        needed += [one.attributes] if one.attributes else []
        new = [topic for topic in dict.fromkeys(needed) if topic not in self._asked]
        if twin is not None:
            return f"{one.unique_id[:60]!r} is announced already, by {twin[:60]}"
        if self._entities >= MOST_ENTITIES:
            return f"more than {MOST_ENTITIES} entities are announced"
        if device is not None and len(device.entities) >= MOST_OF_A_DEVICE:
            return f"more than {MOST_OF_A_DEVICE} entities of {one.address[:60]!r} are announced"
        if len(self._states.get(one.entity.topic, ())) >= MOST_ON_A_TOPIC:
            return f"more than {MOST_ON_A_TOPIC} entities are announced on {one.entity.topic[:60]!r}"
        if len(self._asked) + len(new) > MOST_TOPICS:
            return f"more than {MOST_TOPICS} topics were announced since the gateway's start"
        self._asked.update(new)
        topics += new
        self._entities += 1
        self._devices.setdefault(one.address, _Device()).entities[one.key] = one
        self._places.setdefault(place, []).append(one)
        self._states.setdefault(one.entity.topic, {})[one.key] = one
        for each in one.availability.topics:
            self._reached.setdefault(each.topic, {})[one.address] = None
        if one.attributes:
            self._attributes.setdefault(one.attributes, {})[one.address] = None
        if one.unique_id:
            self._unique[one.address, one.unique_id] = place
        return ""

    def _forget(self, place: str) -> None:
        self._payloads.pop(place, None)
        for one in self._places.pop(place, ()):
            self._entities -= 1
            self._unique.pop((one.address, one.unique_id), None)
            _drop(self._states, one.entity.topic, one.key)
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
            raise MalformedMessage(f"a state is larger than {_LARGEST_STATE} bytes")
        heard = _Heard(payload)
        problems: list[str] = []
        said: dict[str, dict[str, Value]] = {}
        self._hear_states(topic, heard, said, problems)
        for address in self._reached.get(topic, ()):
            for signal, value in self._online(self._devices[address], topic, heard, problems):
                said.setdefault(address, {})[signal] = value
        for address in self._attributes.get(topic, ()):
            taken = set(self._devices[address].signals.values())
            for signal, value in attributes_of(heard.object()):
                if signal not in taken:
                    said.setdefault(address, {}).setdefault(signal, value)
        problem = problems[0] if problems else ""
        if problem and not said:
            raise MalformedMessage(problem)
        reports = tuple(
            Report(address, tuple(values.items()), model=device.model, firmware=device.firmware, announced=device.told)
            for address, values in said.items()
            for device in (self._devices[address],)
        )
        return Decoded(reports, malformed=problem, raw=payload[:200] if problem else b"")

    def _hear_states(self, topic: str, heard: "_Heard", said: dict[str, dict[str, Value]], problems: list[str]) -> None:
        unknown = ""
        for one in self._states.get(topic, {}).values():
            signals = self._devices[one.address].signals
            try:
                text = heard.rendered(one.entity.template)
                values = one.entity.read(text) if text else ()
            except MalformedMessage as problem:
                problems.append(str(problem))
                continue
            if values is None:
                unknown = unknown or f"{one.entity.signal}: {text[:40]!r} is none of its words"
                continue
            for signal, value in values:
                name = signal.replace(one.entity.signal, signals[one.key])  # fault.lock is fault.lock.front as well
                said.setdefault(one.address, {})[name] = value
        if unknown and not said:
            problems.append(unknown)

    def _online(self, device: _Device, topic: str, heard: "_Heard", problems: list[str]) -> Iterable[tuple[str, Value]]:
        for availability in device.reached:
            for each in availability.topics:
                if each.topic != topic:
                    continue
                try:
                    is_there = _is_there(each, heard)
                except MalformedMessage as problem:
                    problems.append(str(problem))
                    continue
                if is_there is None:
                    continue
                if len(self._known) >= MOST_TOPICS:
                    self._known.clear()
                self._known[each] = is_there
                verdict = _verdict(availability, self._known, is_there)
                if verdict is not None:
                    is_primary = availability == device.primary()
                    suffix = normal(availability.topics[0].topic[-60:]) if not is_primary else ""
                    yield (f"online.{suffix}" if suffix else "online"), verdict


class _Heard:
    """A payload as text and, once somebody asks, as JSON."""

    def __init__(self, payload: bytes) -> None:
        self._payload = payload
        self._variables: dict[str, Any] | None = None
        self._text: str | None = None

    def text(self) -> str:
        if self._text is None:
            try:
                self._text = self._payload.decode().strip()
            except UnicodeDecodeError:
                raise MalformedMessage("a state must be UTF-8") from None
        return self._text

    def rendered(self, template: ValueTemplate | None) -> str:
        """What a template, if there is one, makes of it; empty where that is nothing."""
        if template is None:
            return self.text()
        if self._variables is None:
            self._variables = {"value": self.text()}
            with contextlib.suppress(msgspec.DecodeError, RecursionError):
                self._variables["value_json"] = msgspec.json.decode(self._payload)
        text = template.render(self._variables)
        if not text and template.wants_json and "value_json" not in self._variables:
            raise MalformedMessage("a state must be JSON: its template asks for it")
        return text

    def object(self) -> dict[str, Any]:
        """The JSON object that it is, empty if it is none."""
        try:
            said = msgspec.json.decode(self._payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return {}
        return said if isinstance(said, dict) else {}


def _is_there(each: Available, heard: _Heard) -> bool | None:
    word = heard.rendered(each.template)
    if not word:
        return None
    said = one_of(word, each.yes, each.no)
    if said is None:
        raise MalformedMessage(f"availability: {word[:40]!r} is neither {each.yes[:40]!r} nor {each.no[:40]!r}")
    return said


def _verdict(availability: Availability, known: dict[Available, bool], latest: bool) -> bool | None:
    """Whether it can be reached; None while a word that would decide it is still missing."""
    words = [known.get(each) for each in availability.topics]
    match availability.mode:
        case "all":
            return False if False in words else None if None in words else True
        case "any":
            return True if True in words else None if None in words else False
    return latest


def _drop(index: dict[str, dict[str, Any]], topic: str, key: str) -> None:
    keys = index.get(topic)
    if keys is not None:
        keys.pop(key, None)
        if not keys:
            del index[topic]
