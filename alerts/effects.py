"""All that follows from one batch of events, as values: nothing was done yet."""

from typing import Any

import msgspec

from alerts.alert import AlertEvent
from alerts.canary import CanaryRaised
from alerts.case import Case
from alerts.event import Recorded
from alerts.facts import Fact
from alerts.moves import Notification
from alerts.rule import Memory
from devices.errors import Fault
from devices.message import Text
from devices.orders import Change
from devices.output_orders import OutputFact, OutputOrder
from devices.reading import Instant, Reading


class Found(msgspec.Struct, frozen=True):
    """A signal found active at a start where only a transition would have been an alert (a door found open)."""

    area: str
    reading: Reading


class ModeChanged(msgspec.Struct, frozen=True):
    """A key area's armed mode was set, by whom, and by which workflow ("" for the engine itself). It is always real."""

    area: str
    mode: str
    by: str
    at: Instant
    workflow: str = ""
    proof: str = ""


class CaseChanged(msgspec.Struct, frozen=True):
    """A case as it stands after this, as plain values: whoever hears of it need not know its workflow."""

    workflow: str
    id: str
    is_open: bool
    case: dict[str, Any]

    @classmethod
    def of(cls, workflow: str, case: Case) -> "CaseChanged":
        """As it is read back: with lists instead of tuples. Half a letter (a lone surrogate) is no reason to fail."""
        try:
            plain = msgspec.json.decode(msgspec.json.encode(case))  # 10 us a case; making the lists here is 36
        except UnicodeEncodeError:
            plain = _listed(msgspec.to_builtins(case))
        return cls(workflow, case.id, case.is_open, plain)


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _listed(each) for name, each in value.items()}
    return [_listed(each) for each in value] if isinstance(value, list | tuple) else value


class Answered(msgspec.Struct, frozen=True):
    """An ask was carried out, or waits for a second person: the ``case`` that it is about, "" if there is none.

    ``place``: where it stood among the events. ``changes`` of installed devices that it made, or would make if it was
    only checked.
    """

    place: int
    workflow: str
    case: str
    waits: bool = False
    changes: tuple[Change, ...] = ()


class Effects(msgspec.Struct):
    """What one batch of events asks for.

    ``memories`` maps (rule, key) to the memory to store, for every memory that changed; ``refused`` holds
    (index of the event in the batch, reason) for commands that could not be carried out, ``faults`` what is wrong with
    their fields. ``devices`` are the changes of installed devices that were ordered in the same turn. ``readings``
    follow from what a person said: that what a device told is over. ``outputs`` are sent to their devices when this is
    stored; ``output_facts`` say what became of earlier ones. ``cases``, by (workflow, id), are stored as they stand.
    ``canaries`` are published, and nothing else.
    """

    alerts: list[AlertEvent] = []
    memories: dict[tuple[str, str], Memory] = {}
    found: list[Found] = []
    modes: list[ModeChanged] = []
    recorded: list[tuple[Recorded, Instant]] = []
    refused: list[tuple[int, str | Text]] = []
    faults: dict[int, tuple[Fault, ...]] = {}
    devices: list[Change] = []
    readings: list[Reading] = []
    outputs: list[OutputOrder] = []
    output_facts: list[OutputFact] = []
    cases: dict[tuple[str, str], Case] = {}
    facts: list[Fact] = []
    notifications: list[Notification] = []
    answered: list[Answered] = []
    canaries: list[CanaryRaised] = []

    def changes_records(self) -> bool:
        """Whether anything has to be written to the relational store."""
        return bool(
            self.alerts
            or self.memories
            or self.found
            or self.modes
            or self.recorded
            or self.devices
            or self.outputs
            or self.output_facts
            or self.cases
            or self.facts
            or self.canaries
        )
