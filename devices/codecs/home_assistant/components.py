"""Every component that says something of the world: sensors, and here locks, doors, panels, sirens, buttons, tags."""

from collections.abc import Callable
from typing import Any

import msgspec

from devices.codecs.home_assistant.meaning import (
    EMERGENCIES,
    NOTHING,
    Configuration,
    Entity,
    Said,
    Topics,
    binary_sensor,
    one_of,
    panel_reader,
    sensor,
    text_reader,
)
from devices.errors import MalformedMessage
from devices.message import Text
from devices.payloads.boolean_words import number_of
from devices.payloads.json_payload import json_of
from devices.payloads.signal_aliases import normal

_OPENINGS = {"door", "garage", "gate", "window"}


class _LockReader:
    """A lock that jammed is a fault until it locks or unlocks again."""

    def __init__(self, config: Configuration) -> None:
        self._open = {
            config.word("state_locked", "LOCKED").casefold(): False,
            config.word("state_unlocked", "UNLOCKED").casefold(): True,
        }
        self._jam = config.word("state_jammed", "JAMMED").casefold()
        moving = (config.word("state_locking", "LOCKING"), config.word("state_unlocking", "UNLOCKING"))
        self._moving = {word.casefold() for word in moving} | NOTHING
        self._is_jammed = False

    def __call__(self, text: str) -> Said:
        word = text.casefold()
        if word in self._open:
            was_jammed, self._is_jammed = self._is_jammed, False
            cleared = (("fault.lock", False),) if was_jammed else ()
            return (("lock", self._open[word]), *cleared)
        if word == self._jam:
            self._is_jammed = True
            return (("fault.lock", True),)
        if word in self._moving:
            return ()
        raise MalformedMessage(Text.of("home_assistant.no_lock_state", state=repr(text[:40])))


def _lock(config: Configuration) -> Entity | None:
    return config.entity("lock", _LockReader(config)) if config.has("state_topic") else None


def _cover(config: Configuration) -> Entity | None:
    if config.device_class not in _OPENINGS:
        return None  # blinds and awnings
    if not config.has("state_topic"):
        return _cover_by_position(config)
    words = {
        config.word(f"state_{state}", state).casefold(): state
        for state in ("open", "opening", "closed", "closing", "stopped")
    }

    def read(text: str) -> Said:
        state = words.get(text.casefold())
        if state is None and text.lower() not in NOTHING:
            raise MalformedMessage(
                Text.of("home_assistant.no_class_state", class_=config.device_class, state=repr(text[:40]))
            )
        return () if state in (None, "stopped") else (("door", state != "closed"),)

    return config.entity("door", read)


def _cover_by_position(config: Configuration) -> Entity | None:
    closed = number_of(config.word("position_closed", "0"))

    def read(text: str) -> Said:
        position = number_of(text)
        return () if position is None else (("door", position != closed),)

    if not config.has("position_topic"):
        return None
    return config.entity("door", read, topic="position_topic", templates=("position_template", "value_template"))


def _alarm_control_panel(config: Configuration) -> Entity | None:
    return config.entity("alarm", panel_reader) if config.has("state_topic") else None


def _siren(config: Configuration) -> Entity | None:
    on = config.word("state_on", config.word("payload_on", "ON"))
    off = config.word("state_off", config.word("payload_off", "OFF"))

    def read(text: str) -> Said:
        word = _inside(text, "state") or text
        said = one_of(word, on, off)
        if said is None and word.lower() not in NOTHING:
            raise MalformedMessage(Text.of("home_assistant.no_siren_state", state=repr(text[:40])))
        return () if said is None else (("siren", said),)

    if not config.has("state_topic"):
        return None
    return config.entity("siren", read, templates=("state_value_template", "value_template"))


def _event(config: Configuration) -> Entity | None:
    def read(text: str) -> Said | None:
        if text.lower() in NOTHING:
            return ()
        what = _inside(text, "event_type")
        if not what:
            raise MalformedMessage(Text.of("home_assistant.no_event_type"))
        return text_reader("action")(what)

    return config.entity("action", read)


def _device_automation(config: Configuration) -> Entity | None:
    if config.word("automation_type") != "trigger":
        raise MalformedMessage(Text.of("home_assistant.no_trigger"))
    kind, part = config.word("type"), config.word("subtype")
    what = part if kind == "action" else f"{part} {kind}".strip()
    payload = config.word("payload")

    def read(text: str) -> Said | None:
        return () if payload and text != payload else text_reader("action")(what)

    found = config.entity("action", read, topic="topic")
    emergency = next((word for word in (kind, part, payload) if normal(word) in EMERGENCIES), "")
    if emergency:

        def pressed(text: str) -> Said:
            return () if payload and text != payload else (("panic", True),)

        return msgspec.structs.replace(found, read=pressed)
    return found


def _tag(config: Configuration) -> Entity | None:
    return config.entity("checkpoint", text_reader("checkpoint"), topic="topic")


def _inside(text: str, key: str) -> str:
    """The word under that key, if the text is a JSON object that has it."""
    if not text.startswith("{"):
        return ""
    try:
        said = json_of(text)
    except (msgspec.DecodeError, RecursionError):
        return ""
    value = said.get(key) if isinstance(said, dict) else None
    return value if isinstance(value, str) else ""


_COMPONENTS: dict[str, Callable[[Configuration], Entity | None]] = {
    "binary_sensor": binary_sensor,
    "sensor": sensor,
    "lock": _lock,
    "cover": _cover,
    "alarm_control_panel": _alarm_control_panel,
    "siren": _siren,
    "event": _event,
    "device_automation": _device_automation,
    "tag": _tag,
}


def is_of_interest(component: str) -> bool:
    """Whether entities of that component say something of the world: no buttons, lights or settings."""
    return component in _COMPONENTS


def entity_of(component: str, name: str, config: dict[str, Any], topics: Topics, device: str) -> Entity | None:
    """The entity, None if it is none of ours. ``device`` is what its names may repeat. Raises MalformedMessage."""
    return _COMPONENTS[component](Configuration(name, config, topics, device))
