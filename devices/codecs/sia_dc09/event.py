"""One thing that a panel says happened, whichever of the two codes it is said in; and as which devices' reports."""

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from devices.codec import Report
from devices.reading import Instant, Value

Values = tuple[tuple[str, Value], ...]
PANEL_MODEL = "alarm panel"
_ACCOUNT = re.compile(rb"#[0-9A-Fa-f]{3,16}")


class Event(msgspec.Struct, frozen=True):
    """``partition`` and ``point`` are numbers without leading zeros, empty for none; ``name`` says what happened.

    ``is_status``: it stands still, or is only told now: no transition.
    """

    account: str
    values: Values
    name: str
    partition: str = ""
    point: str = ""
    is_status: bool = False
    text: str = ""


def number(digits: str) -> str:
    """A number as addresses have it: ``017`` is ``17``, ``000`` is none."""
    return digits.upper().lstrip("0")


def channel(signal: str, suffix: str) -> str:
    """The signal of one part of many: ``mains.5``, ``fault.module-5``; itself for no suffix."""
    return f"{signal}{'-' if '.' in signal else '.'}{suffix}" if suffix else signal


def of_part(signal: str, value: Value, part: str) -> tuple[str, Value]:
    """What one part of the panel says of itself: a state is a channel, a moment names the part."""
    if signal.startswith("action"):
        return signal, f"{value} {part}".rstrip() if signal == "action" else value
    return channel(signal, part), value


def reports(
    events: Iterable[Event], zones: Literal["devices", "panel", "both"], time: Instant | None
) -> tuple[Report, ...]:
    """In the order of the events, under the addresses that the option asks for."""
    told = []
    for event in events:
        place = f"{event.partition or '0'}.{event.point}" if event.point else event.partition
        if zones != "panel" or not place:
            address = f"{event.account}/{place}" if place else event.account
            told.append(Report(address, event.values, time, event.is_status, _model(event, place)))
        if zones != "devices" and place:
            suffix = place.replace(".", "-")
            values = tuple((channel(signal, suffix), value) for signal, value in event.values)
            told.append(Report(event.account, values, time, event.is_status, PANEL_MODEL))
    return tuple(told)


def _model(event: Event, place: str) -> str:
    """For the technician who takes it over from quarantine: what it is, and what somebody wrote about it."""
    if not place:
        return PANEL_MODEL
    kind = f"{'zone' if event.point else 'partition'} of an alarm panel: {event.name}"
    return f"{kind}, {event.text}" if event.text else kind


def spoken_of(data: bytes, account: str) -> list[tuple[str, list[bytes]]]:
    """Of whom the data speaks (``#1234|...``, else whoever sends it), and what it says between its bars, in turn."""
    told: list[tuple[str, list[bytes]]] = []
    for block in data.split(b"|"):
        if _ACCOUNT.fullmatch(block):
            account = block[1:].decode().upper()
        elif block:
            if not told or told[-1][0] != account:
                told.append((account, []))
            told[-1][1].append(block)
    return told
