"""What readers are told: light, sound and outputs, as libosdp takes it.

A reader drops out of libosdp when it refuses a command, so none gets what it does not say that it can do (``NEEDS``).
"""

from typing import Any

import osdp_sys

Command = dict[str, Any]

NAMES = {
    osdp_sys.CMD_LED: "the light",
    osdp_sys.CMD_BUZZER: "the buzzer",
    osdp_sys.CMD_OUTPUT: "an output",
    osdp_sys.CMD_STATUS: "the question how it is",
}
NEEDS = {
    osdp_sys.CMD_LED: osdp_sys.CAP_READER_LED_CONTROL,
    osdp_sys.CMD_BUZZER: osdp_sys.CAP_READER_AUDIBLE_OUTPUT,
    osdp_sys.CMD_OUTPUT: osdp_sys.CAP_OUTPUT_CONTROL,
}
_COLOURS = {"off": osdp_sys.LED_COLOR_NONE, "red": osdp_sys.LED_COLOR_RED, "green": osdp_sys.LED_COLOR_GREEN}
_AT_ONCE_FOR_A_TIME, _ON_FOR_A_TIME, _DEFAULT_TONE = 2, 5, 2


def led(colour: str, tenths: int) -> Command:
    """Show ``green``, ``red``, ``off`` or else amber for so many tenths of a second (1 to 255)."""
    return {
        "command": osdp_sys.CMD_LED,
        "reader": 0,
        "led_number": 0,
        "temporary": True,
        "control_code": _AT_ONCE_FOR_A_TIME,
        "on_count": 1,
        "off_count": 0,
        "on_color": _COLOURS.get(colour, osdp_sys.LED_COLOR_AMBER),
        "off_color": osdp_sys.LED_COLOR_NONE,
        "timer_count": _byte(tenths),
    }


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
