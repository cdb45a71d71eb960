"""What was stored while the clock was ahead, for a gateway whose clock is not: nothing may wait for years.

A gateway ran with a clock that was ahead and stored times by it; now the clock is right (or behind). A delay that
ends, a bypass that runs out, a silence that is counted from then would wait until that time comes again. So what is
restored is moved back by as much as the clock was set back: each instant since the clock was ahead. What lies further
ahead than anything that waits (the due date of a battery) is no such instant. Alerts' events and the ledger stay as
they were recorded.
"""

from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from alerts.restored import Restored
from devices.reading import SECOND, Instant
from devices.supervision import Span

LEAST: Instant = 60 * SECOND
"""A clock that was set back by less is caught up with (gateway.clock)."""
_INSTANTS_FROM = 10**17
"""Nanoseconds since 1970 of the year 1973: whatever is stored as a whole number beyond that is an instant."""
_LONGEST_WAIT: Instant = 2 * 86_400 * SECOND
"""Nothing of what is stored waits for longer: a bypass and a walk test end within a day."""

T = TypeVar("T")


def after_rollback(restored: Restored, ahead: Span | None, now: Instant) -> Restored:
    """What was restored, for a gateway that starts ``now``.

    ``ahead``: the span in which one before it ran and that is yet to come; its end becomes ``now``.
    """
    if ahead is None or ahead[1] - now < LEAST:
        return restored
    back = _Back(max(ahead[0], _INSTANTS_FROM), ahead[1] + _LONGEST_WAIT, ahead[1] - now)
    return replace(
        restored,
        alerts=tuple(back.struct(alert) for alert in restored.alerts),
        memories={key: back.packed(memory) for key, memory in restored.memories.items()},
        cases={name: back.text(case) for name, case in restored.cases.items()},
    )


class _Back(msgspec.Struct, frozen=True):
    """Instants from ``since`` to ``until`` are moved back by ``span``."""

    since: Instant
    until: Instant
    span: Instant

    def struct(self, value: T) -> T:
        return msgspec.convert(self._moved(msgspec.to_builtins(value)), type(value))

    def packed(self, memory: bytes) -> bytes:
        try:
            return msgspec.msgpack.encode(self._moved(msgspec.msgpack.decode(memory)))
        except (msgspec.DecodeError, ValueError):
            return memory  # its rule starts anew (alerts.rule_instances)

    def text(self, case: bytes) -> bytes:
        """JSON."""
        try:
            return msgspec.json.encode(self._moved(msgspec.json.decode(case)))
        except (msgspec.DecodeError, ValueError):
            return case  # nobody can read it (alerts.kernel)

    def _moved(self, value: Any) -> Any:
        if type(value) is int:
            return value - self.span if self.since <= value <= self.until else value
        if type(value) is dict:
            return {key: self._moved(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._moved(each) for each in value]
        return value
