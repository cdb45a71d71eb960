"""A reading: one signal of one device at one instant, and how far it can be trusted."""

from enum import IntFlag
from typing import Literal, TypeAlias

import msgspec

Instant: TypeAlias = int
"""Nanoseconds since 1970-01-01T00:00:00 UTC."""

Value: TypeAlias = bool | float | str

SECOND: Instant = 1_000_000_000

Origin: TypeAlias = Literal["real", "drill", "canary", "test", "simulator"]
"""What is not real never leaves by forwarding, starts no output but its own, and counts in no figure but its own."""


class Quality(IntFlag):
    """What is to be known of a reading beside its value. Zero is good."""

    GOOD = 0
    SNAPSHOT = 1
    """Sets state but is no transition: first value after a start, retained message, back from unavailable."""
    CLOCK_SUSPECT = 2
    """The source's clock was off by more than the allowed skew; ``time`` is the gateway's."""
    SUSPECT = 4
    """The device itself marks the value as doubtful."""
    EVENT = 8
    """It tells that something happened, and nobody tells when that is over: told again, it has happened again."""
    DEDUCED = 16
    """No word of the device: that it is over follows from a reset of its panel, or from what a person said."""
    STORED = 32
    """It was heard before this start, and is told again to the rules that look back (alerts/engine/priming.py)."""


class Reading(msgspec.Struct, frozen=True, gc=False):
    """One value that a registered device reported.

    ``device`` is the registered id; ``signal`` a name from devices.signals (a second channel of the same
    quantity is ``temperature.2``); ``time`` the source's, ``received`` the gateway's; ``quality`` Quality bits
    as a plain int, because an IntFlag costs ten times as much in the hot path. What comes from a line is real; only
    shadows hear anything else (alerts/engine/shadows.py), and it is stored in no series.
    """

    device: str
    signal: str
    value: Value
    time: Instant
    received: Instant
    quality: int = 0
    origin: Origin = "real"
