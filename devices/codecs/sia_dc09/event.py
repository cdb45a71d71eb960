"""One thing that a panel says happened, whichever of the two codes it is said in; and as which devices' reports."""

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from devices.codec import Report
from devices.message import Text
from devices.reading import Instant, Value
from devices.signals import DANGERS, base_name

Values = tuple[tuple[str, Value], ...]
PANEL_MODEL = "alarm panel"
_ACCOUNT = re.compile(rb"#[0-9A-Za-z]{1,24}")
_BARE_ACCOUNT = re.compile(rb"[0-9A-Fa-f]{1,16}")
EVERYTHING = ("*",)
TEXT = "text"
"""The name of what is a text and no event."""
_EVENTS = DANGERS | {"tamper"}
"""Told again, they have happened again: no panel is bound to tell their end."""


class Event(msgspec.Struct, frozen=True):
    """``partition`` and ``point`` are numbers without leading zeros, empty for none; ``name`` says what happened.

    ``is_status``: it stands still, or is only told now: no transition. ``ends``: of which signals whatever stood at
    its place is over (EVERYTHING: of all), as after a restore, a cancel or a reset.
    """

    account: str
    values: Values
    name: str
    partition: str = ""
    point: str = ""
    is_status: bool = False
    text: str = ""
    ends: tuple[str, ...] = ()


class Heard(msgspec.Struct, frozen=True):
    """What the blocks of a message say, what is odd about them, and whether an event among them could not be read."""

    events: list[Event]
    notes: list[Text]
    is_unread: bool = False


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
            told.append(_report(event, address, event.values, time, _model(event, place)))
        if zones != "devices" and place:
            suffix = place.replace(".", "-")
            values = tuple((channel(signal, suffix), value) for signal, value in event.values)
            told.append(msgspec.structs.replace(_report(event, event.account, values, time, PANEL_MODEL), reset=False))
    return tuple(told)


def _report(event: Event, address: str, values: Values, time: Instant | None, model: str) -> Report:
    is_event = any(value is True and base_name(signal) in _EVENTS for signal, value in values)
    return Report(
        *(address, values, time, event.is_status, model),
        event=is_event and not event.is_status,
        reset=bool(event.ends),
        reset_of=() if event.ends == EVERYTHING else event.ends,
    )


def _model(event: Event, place: str) -> str:
    """For the technician who takes it over from quarantine: what it is, and what somebody wrote about it."""
    if not place:
        return PANEL_MODEL
    kind = f"{'zone' if event.point else 'partition'} of an alarm panel: {event.name}"
    return f"{kind}, {event.text}" if event.text else kind


def spoken_of(data: bytes, sender: str) -> list[tuple[str, list[bytes]]]:
    """Of whom the data speaks (``#1234|...``, else whoever sends it), and what it says between its bars, in turn.

    Some panels fill their own account up with zeros in one of the two places: that is no other one.
    """
    account = sender
    told: list[tuple[str, list[bytes]]] = []
    for block in data.split(b"|"):
        if _ACCOUNT.fullmatch(block):
            named = block[1:].decode().upper()
            account = sender if number(named) == number(sender) else named
        elif block:
            if not told or told[-1][0] != account:
                told.append((account, []))
            told[-1][1].append(block)
    return told


def readings_of(data: bytes, account: str) -> tuple[bytes, ...]:
    """How the data may be meant, the likelier first.

    Some panels write the account at the front without its ``#``, ``[FA17|NRP]``: it must not be read as a code, unless
    it is another one and nothing else there says anything.
    """
    first, bar, rest = data.partition(b"|")
    if not bar or not _BARE_ACCOUNT.fullmatch(first):
        return (data,)
    return (rest,) if number(first.decode()) == number(account) else (rest, data)
