"""What readers are told: light, sound and outputs, as libosdp takes it, and whose order each answer is about.

A reader drops out of libosdp when it refuses a command, so none gets what it does not say that it can do (``NEEDS``).
"""

from collections import deque
from collections.abc import Callable
from typing import Any, Literal

import msgspec
import osdp_sys

from devices.bus_orders import ReaderOrder
from devices.message import Text
from devices.output_orders import OutputOrder, refused

Command = dict[str, Any]
Told = Callable[[Literal["acted", "refused"], Text | None], None]

NAMES = {
    osdp_sys.CMD_LED: Text.of("osdp_bus.led"),
    osdp_sys.CMD_BUZZER: Text.of("osdp_bus.buzzer"),
    osdp_sys.CMD_OUTPUT: Text.of("osdp_bus.output"),
    osdp_sys.CMD_STATUS: Text.of("osdp_bus.status"),
}
NEEDS = {
    osdp_sys.CMD_LED: osdp_sys.CAP_READER_LED_CONTROL,
    osdp_sys.CMD_BUZZER: osdp_sys.CAP_READER_AUDIBLE_OUTPUT,
    osdp_sys.CMD_OUTPUT: osdp_sys.CAP_OUTPUT_CONTROL,
}
_COLOURS = {"off": osdp_sys.LED_COLOR_NONE, "red": osdp_sys.LED_COLOR_RED, "green": osdp_sys.LED_COLOR_GREEN}
_AT_ONCE_FOR_A_TIME, _ON_FOR_A_TIME, _DEFAULT_TONE = 2, 5, 2
_OFF_FOR_GOOD, _ON_FOR_GOOD, _NO_TONE, _LIGHT_FOR_GOOD = 1, 2, 1, 1
_MOST_UNANSWERED = 64


class ReaderTask(msgspec.Struct, frozen=True):
    """An order on its way to the reader at that address."""

    address: int
    command: Command
    order: OutputOrder
    told: Told

    def done(self, *, is_done: bool) -> None:
        """The reader has carried it out, or refused it."""
        if is_done:
            self.told("acted", None)
        else:
            self.lost("device_refused")

    def lost(self, name: str = "not_there") -> None:
        """The reader is not there, or why else nothing comes of it."""
        self.told("refused", refused(name, self.order).text)


class Unanswered:
    """What readers were told and have not answered; each answers its commands of one kind in order."""

    def __init__(self) -> None:
        self._tasks: dict[tuple[int, int], deque[ReaderTask]] = {}

    def add(self, task: ReaderTask) -> None:
        waiting = self._tasks.setdefault((task.address, task.command["command"]), deque())
        if len(waiting) >= _MOST_UNANSWERED:
            waiting.popleft().lost()
        waiting.append(task)

    def answered(self, address: int, command: int, *, is_done: bool) -> None:
        waiting = self._tasks.get((address, command))
        if waiting:
            waiting.popleft().done(is_done=is_done)

    def gone(self, address: int) -> None:
        """It dropped out: nobody knows what became of them."""
        for key in [key for key in self._tasks if key[0] == address]:
            for task in self._tasks.pop(key):
                task.lost()


def command_of(order: ReaderOrder) -> Command:
    """The order as libosdp takes it."""
    match order.what:
        case "led":
            return led(order.colour, order.tenths)
        case "buzzer":
            return buzzer(order.count) if order.count else {**buzzer(1), "control_code": _NO_TONE}
    if order.is_on and order.tenths:
        return output(order.number, order.tenths)
    code = _ON_FOR_GOOD if order.is_on else _OFF_FOR_GOOD
    return {**output(order.number, 1), "control_code": code, "timer_count": 0}


def led(colour: str, tenths: int) -> Command:
    """Show ``green``, ``red``, ``off`` or else amber for so many tenths of a second (1 to 255), 0: for good.

    What is shown for a time is shown over what is shown for good, which then comes back.
    """
    return {
        "command": osdp_sys.CMD_LED,
        "reader": 0,
        "led_number": 0,
        "temporary": tenths > 0,
        "control_code": _AT_ONCE_FOR_A_TIME if tenths else _LIGHT_FOR_GOOD,
        "on_count": 1,
        "off_count": 0,
        "on_color": _COLOURS.get(colour, osdp_sys.LED_COLOR_AMBER),
        "off_color": osdp_sys.LED_COLOR_NONE,
        "timer_count": _byte(tenths) if tenths else 0,
    }


def is_for_good(command: Command) -> bool:
    """Whether a light is to stay so: a reader that was away has forgotten it."""
    return command["command"] == osdp_sys.CMD_LED and not command["temporary"]


def buzzer(beeps: int, tenths: int = 2) -> Command:
    """Beep so often (1 to 255), each so long."""
    return {
        "command": osdp_sys.CMD_BUZZER,
        "reader": 0,
        "control_code": _DEFAULT_TONE,
        "on_count": _byte(tenths),
        "off_count": _byte(tenths),
        "rep_count": _byte(beeps),
    }


def output(number: int, tenths: int) -> Command:
    """Switch an output (0 is the first) on for so many tenths of a second, then as it was."""
    return {
        "command": osdp_sys.CMD_OUTPUT,
        "output_no": number,
        "control_code": _ON_FOR_A_TIME,
        "timer_count": _byte(tenths),
    }


def status(kind: int) -> Command:
    """How is it? ``kind`` is one of the library's."""
    return {"command": osdp_sys.CMD_STATUS, "type": kind}


def _byte(number: int) -> int:
    return max(1, min(number, 255))
