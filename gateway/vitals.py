"""What the gateway knows of its own parts and lines: written by whoever notices, read by its health."""

from collections.abc import Callable, Mapping

from devices.message import Text
from devices.reading import Instant
from gateway.line_reasons import line_reason


class Vitals:
    """``parts`` and ``lines``: the state of each by its name; ``faults``: what is wrong with parts that go on.

    ``alarms_pass``: whether an alarm that came in now would be shown and stored (gateway.pulse).
    """

    def __init__(self, started: Instant) -> None:
        self.started = started
        self.parts: Mapping[str, str] = {}
        self.lines: dict[str, str] = {}
        self.callers: Callable[[], Mapping[str, tuple[int, int]]] = dict
        self.faults: dict[str, Text] = {}
        self.alarms_pass: Callable[[], bool] = lambda: False


def line_fault(name: str, state: str) -> Text:
    """What is wrong with a line: ``lost: ...``, ``contended: ...`` or what else it calls its state."""
    word, colon, reason = state.partition(": ")
    if word == "contended":
        return Text.of("health.line_contended", line=name)
    if word == "lost" and colon:
        return Text.of("health.line_lost", line=name, reason=line_reason(reason))
    return Text.of("health.line", line=name, state=state)
