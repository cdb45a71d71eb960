"""Where an announced siren or lock takes orders, and in what words (Home Assistant: MQTT siren, MQTT lock)."""

from typing import Any, Protocol

import msgspec

from devices.output_orders import OutputOrder, refused, switched


class _Topics(Protocol):
    def optional(self, config: dict[str, Any], key: str) -> str: ...


class TakesOrders(msgspec.Struct, frozen=True):
    """``what``: siren or lock. ``is_json``: a siren without a template is told as ``{"state": "ON"}``.

    ``is_templated``: its words go through a template of its own, which is not read here.
    """

    what: str
    topic: str
    on: str
    off: str
    is_json: bool = False
    is_templated: bool = False

    def payload(self, order: OutputOrder) -> bytes:
        """Raises Refused."""
        if self.is_templated:
            raise refused("no_such_output", order)
        word = switched(order, self.on, self.off)
        if not self.is_json:
            return word.encode()
        told: dict[str, Any] = {"state": word}
        if order.duration_s and order.value is True:
            told["duration"] = int(order.duration_s)
        return msgspec.json.encode(told)


def takes_orders(kind: str, config: dict[str, Any], topics: _Topics) -> TakesOrders | None:
    """None for an entity that takes none of ours."""
    if kind not in ("siren", "lock"):
        return None
    topic = topics.optional(config, "command_topic")
    if not topic:
        return None
    templated = any(config.get(key) for key in ("command_template", "command_off_template"))
    if kind == "lock":
        on, off = _word(config, "payload_unlock", "UNLOCK"), _word(config, "payload_lock", "LOCK")
        return TakesOrders(kind, topic, on, off, is_templated=templated)
    on, off = _word(config, "payload_on", "ON"), _word(config, "payload_off", "OFF")
    return TakesOrders(kind, topic, on, off, is_json=True, is_templated=templated)


def _word(config: dict[str, Any], key: str, usual: str) -> str:
    value = config.get(key)
    return value[:100] if isinstance(value, str) and value else usual
