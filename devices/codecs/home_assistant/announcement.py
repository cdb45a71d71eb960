"""What a discovery message says: which entities there are, of which device, and where they speak.

Keys may be abbreviated, topics may begin or end with ``~``, availability may stand in four shapes; a message may
announce one entity (``homeassistant/binary_sensor/hall/smoke/config``) or a device with all of its components
(``homeassistant/device/hall/config``). Here all of them become the same frozen values.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from devices.codecs.home_assistant.components import entity_of, is_of_interest
from devices.codecs.home_assistant.meaning import Entity
from devices.codecs.home_assistant.orders import TakesOrders, takes_orders
from devices.codecs.home_assistant.template import ValueTemplate
from devices.errors import MalformedMessage
from devices.message import Reason, Text, of_field
from devices.payloads.json_payload import json_of
from devices.payloads.not_understood import Note, note_of

MOST_COMPONENTS = 300
MOST_TEMPLATE_TEXT = 64 * 1024
MOST_TEMPLATE_NODES = 2_000
"""Characters and nodes of all templates of one message: to read and compile them takes time that alarms wait for."""
_LONGEST_TOPIC = 256
_LONGEST_NAME = 100
_MOST_AVAILABILITY = 10

_KEYS = {
    "atype": "automation_type", "avty": "availability", "avty_mode": "availability_mode",
    "avty_t": "availability_topic", "avty_tpl": "availability_template", "cmps": "components", "dev": "device",
    "dev_cla": "device_class", "json_attr": "json_attributes", "json_attr_t": "json_attributes_topic",
    "json_attr_tpl": "json_attributes_template", "migr_discvry": "migrate_discovery", "obj_id": "object_id",
    "def_ent_id": "default_entity_id", "p": "platform", "pl": "payload", "pl_avail": "payload_available",
    "pl_not_avail": "payload_not_available", "pl_off": "payload_off", "pl_on": "payload_on",
    "pos_clsd": "position_closed", "pos_open": "position_open", "pos_t": "position_topic",
    "pos_tpl": "position_template", "stat_clsd": "state_closed", "stat_closing": "state_closing",
    "stat_jam": "state_jammed", "stat_locked": "state_locked", "stat_locking": "state_locking", "stat_off": "state_off",
    "stat_on": "state_on", "stat_open": "state_open", "stat_opening": "state_opening", "stat_stopped": "state_stopped",
    "stat_t": "state_topic", "stat_tpl": "state_template", "stat_unlocked": "state_unlocked",
    "stat_unlocking": "state_unlocking", "stat_val_tpl": "state_value_template", "stype": "subtype", "t": "topic",
    "uniq_id": "unique_id", "unit_of_meas": "unit_of_measurement", "val_tpl": "value_template",
    "cmd_off_tpl": "command_off_template", "cmd_t": "command_topic", "cmd_tpl": "command_template",
    "pl_lock": "payload_lock", "pl_unlk": "payload_unlock",
}  # fmt: skip
"""Home Assistant's abbreviations, as far as the keys are read here."""

_DEVICE_KEYS = {
    "cns": "connections", "ids": "identifiers", "mf": "manufacturer", "mdl": "model", "mdl_id": "model_id",
    "sw": "sw_version",
}  # fmt: skip
_SHARED = (
    *("availability", "availability_mode", "availability_template", "availability_topic", "payload_available"),
    *("payload_not_available", "state_topic", "device", "~"),
)
"""What a device's components take from the device's own announcement."""


class Available(msgspec.Struct, frozen=True):
    """One topic that says whether something can be reached."""

    topic: str
    yes: str = "online"
    no: str = "offline"
    template: ValueTemplate | None = None


class Availability(msgspec.Struct, frozen=True):
    """``mode``: ``all`` topics, ``any`` of them, or the ``latest`` word must say that it is there."""

    topics: tuple[Available, ...] = ()
    mode: str = "latest"


class Announced(msgspec.Struct, frozen=True):
    """One entity. ``key`` is its own among all; ``address`` its device, ``unique_id`` what Home Assistant calls it."""

    key: str
    address: str
    model: str
    unique_id: str
    entity: Entity
    availability: Availability
    attributes: str = ""
    firmware: str = ""
    orders: TakesOrders | None = None

    def templates(self) -> set[ValueTemplate]:
        """Those that its messages go through."""
        given = (self.entity.template, *(each.template for each in self.availability.topics))
        return {template for template in given if template is not None}


def announced(place: str, payload: bytes, forbidden: str) -> tuple[list[Announced], list[Reason], list[Note]]:
    """The entities of a message to ``place`` (topic without prefix and ``/config``), and what is wrong with others.

    Last come notes on those that speak of a danger and are of no signal that is known.

    ``forbidden`` is where topics of states must not begin: the announcements' own. Raises MalformedMessage.
    """
    component, *ids = place.split("/")
    config = _expanded(_object(payload))
    if config.get("migrate_discovery") and "components" not in config and "state_topic" not in config:
        return [], [], []
    found: list[Announced] = []
    notes: list[Note] = []
    problems: list[Reason] = []
    written = 0
    templates: set[ValueTemplate] = set()
    for name, kind, part in _parts(component, ids, config):
        if not is_of_interest(kind):
            continue
        written += sum(len(value) for value in part.values() if isinstance(value, str) and "{" in value)
        try:
            _check_size(written, sum(template.nodes for template in templates))
            one = _announced(f"{place}/{name}" if component == "device" else place, kind, name, ids, part, forbidden)
        except MalformedMessage as problem:
            problems.append(of_field(f"{kind} {name[:60]}", problem.text))
            continue
        if one is not None:
            found.append(one)
            templates |= one.templates()
        elif note_of(name, True) or note_of(str(part.get("name")), True):
            notes.append(Note(Text.of("announcement.no_signal", kind=kind, name=name[:60]), is_calm=True))
    return found, problems, notes


def _check_size(characters: int, nodes: int) -> None:
    """What there is room for is taken: a sibling's smoke is not lost for the hundredth statistic."""
    if characters > MOST_TEMPLATE_TEXT:
        raise MalformedMessage(Text.of("announcement.template_text", most=MOST_TEMPLATE_TEXT))
    if nodes > MOST_TEMPLATE_NODES:
        raise MalformedMessage(Text.of("announcement.template_nodes", most=MOST_TEMPLATE_NODES))


def _parts(component: str, ids: list[str], config: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(name, component, configuration) of each entity."""
    if component != "device":
        yield ids[-1], component, config
        return
    components = config.get("components")
    if not isinstance(components, dict):
        raise MalformedMessage(Text.of("announcement.no_components"))
    if len(components) > MOST_COMPONENTS:
        raise MalformedMessage(Text.of("announcement.components", most=MOST_COMPONENTS))
    shared = {key: config[key] for key in _SHARED if key in config}
    for name, part in components.items():
        if not isinstance(part, dict):
            raise MalformedMessage(Text.of("announcement.component", name=repr(name[:40])))
        part = _expanded(part)
        kind = part.get("platform")
        if isinstance(kind, str) and len(part) > 1:  # with its platform alone it is taken away
            yield name, kind, {**shared, **part}


def _announced(
    key: str, kind: str, name: str, ids: list[str], config: dict[str, Any], forbidden: str
) -> Announced | None:
    topics = _Topics(config.get("~"), forbidden)
    device = config.get("device")
    device = _renamed(device, _DEVICE_KEYS) if isinstance(device, dict) else {}
    unique_id = _name(config.get("unique_id"))
    address = _first(device.get("identifiers")) or _connection(device.get("connections")) or unique_id
    entity = entity_of(kind, name, config, topics, _known_of(device, ids))
    if entity is None:
        return None
    return Announced(
        key,
        address or "/".join(ids),
        _model(device),
        unique_id,
        entity,
        _availability(config, topics),
        topics.optional(config, "json_attributes_topic") if "json_attributes_template" not in config else "",
        _name(device.get("sw_version")),
        takes_orders(kind, config, topics),
    )


def _known_of(device: dict[str, Any], ids: list[str]) -> str:
    """All that an entity's name may repeat of its device: it tells no two of its entities apart."""
    names = [_name(device.get("name")), _first(device.get("identifiers")), *ids[:-1]]
    return " ".join(filter(None, names))


class _Topics:
    """Topics of a configuration: written out, and such that listening to them harms nobody."""

    def __init__(self, base: Any, forbidden: str) -> None:
        self._base, self._forbidden = base if isinstance(base, str) else "", forbidden

    def required(self, config: dict[str, Any], key: str) -> str:
        found = self.optional(config, key)
        if not found:
            raise MalformedMessage(Text.of("announcement.missing", field=key))
        return found

    def optional(self, config: dict[str, Any], key: str) -> str:
        return self.written_out(config.get(key), key) if config.get(key) is not None else ""

    def written_out(self, topic: Any, key: str) -> str:
        if not isinstance(topic, str):
            raise MalformedMessage(Text.of("announcement.no_topic", field=key))
        if self._base and topic.startswith("~"):
            topic = self._base + topic[1:]
        if self._base and topic.endswith("~"):
            topic = topic[:-1] + self._base
        if not 0 < len(topic) <= _LONGEST_TOPIC or not topic.isprintable():
            raise MalformedMessage(Text.of("announcement.characters", field=key, most=_LONGEST_TOPIC))
        if "+" in topic or "#" in topic or topic.startswith("$"):
            raise MalformedMessage(Text.of("announcement.one_topic", field=key, topic=repr(topic[:60])))
        if topic.startswith(self._forbidden) and topic.endswith("/config"):
            raise MalformedMessage(Text.of("announcement.forbidden", field=key, topic=repr(topic[:60])))
        return str(topic)


def _availability(config: dict[str, Any], topics: _Topics) -> Availability:
    listed = config.get("availability")
    if isinstance(listed, dict):
        listed = [listed]
    if isinstance(listed, list):
        if len(listed) > _MOST_AVAILABILITY:
            raise MalformedMessage(Text.of("announcement.availability", most=_MOST_AVAILABILITY))
        items = [_renamed(item, _KEYS) for item in listed if isinstance(item, dict)]
        found = tuple(_available(item, topics, "topic", "value_template") for item in items)
    elif config.get("availability_topic") is not None:
        found = (_available(config, topics, "availability_topic", "availability_template"),)
    else:
        return Availability()
    mode = config.get("availability_mode")
    return Availability(found, mode if mode in ("all", "any") else "latest")


def _available(config: dict[str, Any], topics: _Topics, topic: str, template: str) -> Available:
    return Available(
        topics.required(config, topic),
        _name(config.get("payload_available")) or "online",
        _name(config.get("payload_not_available")) or "offline",
        template_of(config, template),
    )


def template_of(config: dict[str, Any], key: str) -> ValueTemplate | None:
    """The template of that key, None without one. Raises MalformedMessage for one that is not allowed."""
    source = config.get(key)
    if source is None or source == "":
        return None
    if not isinstance(source, str):
        raise MalformedMessage(Text.of("announcement.no_text", field=key))
    return ValueTemplate(source)


def _object(payload: bytes) -> dict[str, Any]:
    try:
        said = json_of(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedMessage(Text.of("announcement.no_json", reason=str(error))) from None
    if not isinstance(said, dict):
        raise MalformedMessage(Text.of("announcement.no_object"))
    return said


def _expanded(config: dict[str, Any]) -> dict[str, Any]:
    return _renamed(config, _KEYS)


def _renamed(config: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in config.items()}


def _first(value: Any) -> str:
    return _name(value[0] if isinstance(value, list) and value else value)


def _connection(value: Any) -> str:
    pair = value[0] if isinstance(value, list) and value and isinstance(value[0], list) else value
    return _name(pair[1]) if isinstance(pair, list) and len(pair) == 2 else ""


def _name(value: Any) -> str:
    """An identifier or word as text; empty for what can be none. Home Assistant writes true as ``True``."""
    if not isinstance(value, str | int | float) or (isinstance(value, int) and abs(value) > 1 << 64):
        return ""
    return "".join(letter for letter in str(value)[:_LONGEST_NAME] if letter.isprintable()).strip()


def _model(device: dict[str, Any]) -> str:
    """Maker and model, the maker once."""
    maker, model = _name(device.get("manufacturer")), _name(device.get("model")) or _name(device.get("model_id"))
    both = model if re.match(re.escape(maker), model, re.IGNORECASE) else f"{maker} {model}"
    return both.strip()[:_LONGEST_NAME]
