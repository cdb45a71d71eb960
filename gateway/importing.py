"""A list of devices on its way into the store, a slice a turn, and the file that keeps it until all of it is there.

Ten thousand devices in one turn would hold up alarms for seconds. A list is worked out elsewhere, written in slices,
and takes effect with the last of them; what else technicians order waits so long. A crash in between is made good at
the next start: the file still has the list, and what of it is written already is nothing to change any more.

As one turn, 10,000 devices held alarms up for 10 to 17 s (a busy machine); now it is 100 changes a turn, each with its
ledger entries. A transaction held open over turns would lock SQLite's one writer. If the site file is edited after a
crash so that the list no longer fits, the rest of it is refused, in the log. Between the first slice and the last,
database and ledger are ahead of what is in effect.
"""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from devices.danger_points import IsDanger, refuse_list
from devices.device_service import DeviceService, Prepared
from devices.errors import Refused
from devices.message import Text
from devices.orders import Change, Import
from gateway.inbox import Delivery, refuse

SLICE = 100
"""Devices that one turn writes."""
_NAME = "import.unfinished"


class UnfinishedImport:
    """The file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME

    def keep(self, order: Import) -> None:
        """Raises Refused where there is no room for it."""
        new = self._path.with_suffix(".new")
        try:
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.msgpack.encode(order))
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
            folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise Refused(Text.of("importing.not_kept", reason=error.strerror or "")) from error

    def kept(self) -> Import | None:
        """What a gateway that ended in the midst had begun."""
        try:
            return msgspec.msgpack.decode(self._path.read_bytes(), type=Import)
        except (OSError, msgspec.MsgspecError):
            return None

    def forget(self) -> None:
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


class Importing:
    """At most one list at a time, and the orders that wait until it is written."""

    def __init__(self, device_service: DeviceService, file: UnfinishedImport | None = None) -> None:
        self._device_service, self._file = device_service, file
        self._list: Prepared | None = None
        self._written = 0
        self._asked: list[Delivery] = []
        self._held: list[Delivery] = []

    @property
    def runs(self) -> bool:
        return self._list is not None

    @property
    def has_work(self) -> bool:
        return self.runs or bool(self._held)

    def take(self, delivery: Delivery, deliveries: list[Delivery], is_danger: IsDanger) -> None:
        """Begin to write a list, and answer when all of it is written. One that changes nothing is answered at once."""
        prepared = delivery.item
        assert isinstance(prepared, Prepared)
        if self.runs:
            deliveries.remove(delivery)
            self.hold(delivery)
            return
        if not prepared.changes:
            return
        try:
            self._device_service.expect(prepared)
            refuse_list(prepared.changes, is_danger)
            if len(prepared.changes) > SLICE and self._file is not None:
                self._file.keep(prepared.order)
        except Refused as refusal:
            refuse(deliveries, delivery, refusal.text)
            return
        deliveries.remove(delivery)
        self._list, self._written, self._asked = prepared, 0, [delivery]

    def hold(self, delivery: Delivery) -> None:
        self._held.append(delivery)

    def released(self) -> list[Delivery]:
        """Those that need wait no more, in their order."""
        if self.runs:
            return []
        held, self._held = self._held, []
        return held

    def next_slice(self) -> tuple[list[Change], Sequence[Change], list[Delivery]]:
        """What to write now; with the last slice all that then takes effect, and who is to be told."""
        prepared = self._list
        assert prepared is not None
        part = list(prepared.changes[self._written : self._written + SLICE])
        self._written += len(part)
        if self._written < len(prepared.changes):
            return part, (), []
        self._device_service.settle(prepared)
        asked, self._asked, self._list = self._asked, [], None
        return part, prepared.changes, asked

    def stored(self, settled: Sequence[Change]) -> None:
        """These took effect."""
        if len(settled) > SLICE and self._file is not None:
            self._file.forget()

    def given_up(self) -> list[Delivery]:
        """Everybody who still waits for an answer."""
        return [*self._asked, *self._held]
