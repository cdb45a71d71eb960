"""All that follows from one batch of events, as values: nothing was done yet."""

import msgspec

from alerts.alert import AlertEvent
from alerts.event import Recorded
from alerts.rule import Memory
from devices.orders import Change
from devices.reading import Instant, Reading


class Found(msgspec.Struct, frozen=True):
    """A signal found active at a start where only a transition would have been an alert (a door found open)."""

    area: str
    reading: Reading


class ModeChanged(msgspec.Struct, frozen=True):
    """A key area's armed mode was set."""

    area: str
    mode: str
    by: str
    at: Instant


class Effects(msgspec.Struct):
    """What one batch of events asks for.

    ``memories`` maps (rule, key) to the memory to store, for every memory that changed; ``refused`` holds
    (index of the event in the batch, reason) for commands that could not be carried out. ``devices`` are the
    changes of installed devices that were ordered in the same turn.
    """

    alerts: list[AlertEvent] = []
    memories: dict[tuple[str, str], Memory] = {}
    found: list[Found] = []
    modes: list[ModeChanged] = []
    recorded: list[tuple[Recorded, Instant]] = []
    refused: list[tuple[int, str]] = []
    devices: list[Change] = []

    def changes_records(self) -> bool:
        """Whether anything has to be written to the relational store."""
        return bool(self.alerts or self.memories or self.found or self.modes or self.recorded or self.devices)
