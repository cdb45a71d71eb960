"""What a technician may ask for, and what came of it: the orders that enter, the changes that are stored and told."""

from typing import Literal

import msgspec

from devices.device import Device, SenderKey
from devices.installed import Hardware, Place
from devices.message import Text
from devices.reading import Instant


class Adopt(msgspec.Struct, frozen=True, tag="adopt"):
    """Take a device into service."""

    device: Device
    by: str
    note: str = ""


class Amend(msgspec.Struct, frozen=True, tag="amend"):
    """Describe an adopted device anew: its area, name, position ... but not its hardware."""

    device: Device
    by: str
    note: str = ""


class Replace(msgspec.Struct, frozen=True, tag="replace"):
    """Other hardware hangs in the same place: the history stays with the id."""

    device: str
    hardware: Hardware
    by: str
    note: str = ""


class Retire(msgspec.Struct, frozen=True, tag="retire"):
    """Out of service for good: its history stays, its messages go to quarantine."""

    device: str
    by: str
    note: str = ""


class Reject(msgspec.Struct, frozen=True, tag="reject"):
    """Turn an unknown sender away: counted, not shown."""

    sender: SenderKey
    by: str
    note: str = ""


class Readmit(msgspec.Struct, frozen=True, tag="readmit"):
    """Show a rejected sender again."""

    sender: SenderKey
    by: str
    note: str = ""


class RowFault(msgspec.Struct, frozen=True):
    """One thing wrong in a device list; rows count from 1, the row of titles.

    ``line``: of the file, on which the row begins, where a cell cannot be read at all; 0: not said.
    """

    row: int
    column: str
    problem: Text
    line: int = 0

    @property
    def text(self) -> Text:
        """The problem, and where it is."""
        if not self.row:
            return self.problem
        if not self.column:
            return Text.of("orders.row", row=self.row, problem=self.problem)
        return Text.of("orders.row_and_column", row=self.row, column=self.column, problem=self.problem)


class Import(msgspec.Struct, frozen=True, tag="import"):
    """A whole device list: all of it or nothing.

    ``rows`` says where each device stands in the list, ``faults`` what in it is no device. What has no
    column stays as it is where the device is installed already; no ``columns`` means all.
    """

    devices: tuple[Device, ...]
    by: str
    rows: tuple[int, ...] = ()
    faults: tuple[RowFault, ...] = ()
    columns: tuple[str, ...] = ()
    note: str = ""


class Record(msgspec.Struct, frozen=True, tag="record"):
    """Write what a commissioning measured into the history of a device."""

    device: str
    by: str
    measured: dict[str, str | float | int | Text]
    note: str = ""


Order = Adopt | Amend | Replace | Retire | Reject | Readmit | Record | Import
"""Changes what is installed, or what is known of it."""

Action = Literal["adopted", "reinstated", "amended", "replaced", "retired", "rejected", "readmitted", "commissioned"]


class Change(msgspec.Struct, frozen=True):
    """One thing that was done, to a device or to an unknown sender: what is stored and what the ledger tells.

    ``place`` is how the device's place stands now. ``measured`` are the figures of a commissioning.
    """

    action: Action
    by: str
    at: Instant
    note: str = ""
    old: Device | None = None
    new: Device | None = None
    place: Place | None = None
    sender: SenderKey | None = None
    measured: dict[str, str | float | int | Text] = {}

    @property
    def device(self) -> str:
        """The id of the device, "" if it is about a sender."""
        known = self.new or self.old
        return known.id if known is not None else ""

    @property
    def area(self) -> str:
        known = self.new or self.old
        return known.area if known is not None else ""
