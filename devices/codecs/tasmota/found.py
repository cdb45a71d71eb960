"""What one Tasmota message was found to say: signals numbered in the order in which the board lists its sensors."""

import math
from typing import Any

from devices.errors import MalformedMessage
from devices.message import Reason, Text
from devices.payloads.not_understood import Note, notes_among
from devices.reading import Value

_MOST_SIGNALS = 100


class Found:
    """``values``; ``problems`` with what could not be read, which costs nothing else; ``notes`` on the unknown."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.problems: list[Reason] = []
        self.notes: list[Note] = []

    def keep(self, signal: str, value: Value, place: int = 1) -> None:
        """The second sensor of one kind is ``temperature.2``; ``place`` is the number that it has of itself."""
        number, name = place, _at(signal, place)
        while name in self.values:
            number += 1
            name = _at(signal, number)
        if len(self.values) < _MOST_SIGNALS:
            self.values[name] = value

    def number(self, name: str, value: Any) -> float | None:
        """The value as a number, None for null; anything else is a problem."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.problems.append(Text.of("tasmota.no_number", name=name[:40], value=repr(str(value)[:40])))
            return None
        return float(value)

    def leave(self, name: str, value: Any) -> None:
        """It was not read: if it speaks of a danger, that is noted."""
        self.notes += notes_among(((name, value),))

    def __bool__(self) -> bool:
        return bool(self.values)


def _at(signal: str, number: int) -> str:
    return signal if number == 1 else f"{signal}{'_' if '.' in signal else '.'}{number}"


def check(found: list[Found]) -> Reason:
    """The first problem of all. Raises MalformedMessage if nothing at all was understood."""
    problem = next((problem for each in found for problem in each.problems), "")
    if problem and not any(each.values for each in found):
        raise MalformedMessage(problem)
    return problem
