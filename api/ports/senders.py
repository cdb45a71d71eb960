"""Who speaks and is not installed, and what nobody understood."""

from typing import Any, Protocol

import msgspec

from devices.device import Device
from devices.message import StoredText, read_sentence
from devices.reading import Instant


class QuarantinedSender(msgspec.Struct, frozen=True):
    """An unknown device that spoke: who, when, how often, our guess, and the device that we propose.

    ``live`` of its ``messages`` it said itself, the others the broker had kept; ``heartbeat_s`` is its usual pause.
    ``dangers`` are the signals of danger that stand by its newest words.
    """

    line: str
    family: str
    address: str
    first_heard: Instant
    last_heard: Instant
    messages: int
    live: int
    heartbeat_s: float | None
    guess_model: str
    guess_kind: str
    signals: dict[str, Any]
    proposed: Device
    dangers: tuple[str, ...] = ()


class RejectedSender(msgspec.Struct, frozen=True):
    """A sender that was turned away, and how often it has spoken since the gateway started."""

    line: str
    family: str
    address: str
    messages: int


class MalformedSample(msgspec.Struct, frozen=True):
    """A message that could not be understood, kept (bounded) for the technician: ``payload`` is an excerpt.

    ``at`` is when it came last, ``times`` how often so far.
    """

    at: Instant
    source: str
    address: str
    reason: StoredText
    payload: bytes
    times: int = 1

    def __post_init__(self) -> None:
        read_sentence(self, "reason")


class Senders(Protocol):
    """Who speaks and is not installed, and what nobody understood."""

    def quarantine(self) -> list[QuarantinedSender]: ...

    def waiting(self) -> int:
        """How many those are; quick."""
        ...

    def rejected(self) -> list[RejectedSender]: ...

    def malformed(self) -> list[MalformedSample]: ...

    def passed_over(self) -> dict[str, int]:
        """By family, the messages since the start in which it found nothing to read."""
        ...
