"""What the ledger says was done to devices, as far as they are due for it: tests and calibrations that were passed."""

from collections.abc import Iterable

from devices.maintenance_dates import What
from devices.reading import Instant
from ledger.entry import Entry

BOOKS = ("maintenance", "installation")


class DoneBook:
    """Reads entries in order, and forgets those that a later one corrects."""

    def __init__(self) -> None:
        self._done: dict[int, tuple[str, What, Instant]] = {}

    def read(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if entry.draft.corrects is not None:
                self._done.pop(entry.draft.corrects, None)
            found = _done(entry)
            if found is not None:
                self._done[entry.sequence] = found

    def newest(self) -> dict[tuple[str, What], Instant]:
        """When each (device, what) was done last."""
        newest: dict[tuple[str, What], Instant] = {}
        for device, what, at in self._done.values():
            newest[device, what] = max(at, newest.get((device, what), at))
        return newest


def _done(entry: Entry) -> tuple[str, What, Instant] | None:
    draft, fields = entry.draft, entry.draft.fields
    device, action = str(fields.get("device", "")), fields.get("action")
    if not device:
        return None
    if draft.book == "maintenance" and fields.get("result") == "passed":
        if action == "test":
            return device, "test", draft.at
        return (device, "calibration", draft.at) if action == "calibration" else None
    is_proof = draft.book == "installation" and action == "commissioned" and fields.get("trigger")
    return (device, "test", draft.at) if is_proof else None
