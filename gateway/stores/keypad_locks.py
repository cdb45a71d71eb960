"""Keypads that three wrong codes have locked: a restart does not free them, whatever the disk takes.

While the records cannot be written, a lock stands in ``keypads.locked`` (gateway/stores/restart_note.py). Where a start
cannot tell which keypads are locked (records or file cannot be read), or could not remember it (nothing can be
written), every keypad is locked for as long as three wrong codes would lock it. A lock never stops a card, nor the
alarm of a duress code.
"""

import contextlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from devices.errors import StoreUnavailable
from devices.keypad import EVERY, LOCKED
from devices.reading import Instant
from gateway.stores.documents import Documents, document
from gateway.stores.restart_note import ROOM, RestartNote

KIND = "keypad_lock"
FILE = "keypads.locked"


class Lock(msgspec.Struct, frozen=True):
    """Until when; the document's id is the device."""

    until: Instant


class KeypadLocks:
    """One row a keypad that was ever locked and is not looked after since."""

    def __init__(self, documents: Documents, folder: Path, elsewhere: Path | None = None) -> None:
        self._documents, self._file = documents, RestartNote(folder, FILE, elsewhere)
        self._aside: dict[str, Instant] = {}
        """What stands in the file."""

    def standing(self, now: Instant) -> Mapping[str, Instant]:
        """The locked keypads, until when; what is over is forgotten. ``EVERY``: whichever, for who is to say.

        One that was set by a clock that ran ahead lasts no longer than any other.
        """
        known: dict[str, Instant] = {}
        try:
            self._aside = self._in_file()
            locks = self._documents.read(self._documents.open_of(KIND), Lock)
            known = {device: lock.until for device, lock in locks.whole.items()}
            if locks.faults:
                self._aside[EVERY] = now + LOCKED
        except (StoreUnavailable, OSError, msgspec.DecodeError):
            self._aside = {EVERY: now + LOCKED}
        self._forget([device for device, until in known.items() if until <= now])
        for device, until in self._aside.items():
            known[device] = max(until, known.get(device, 0))
        if not self._keep_aside({device: until for device, until in self._aside.items() if until > now}):
            known[EVERY] = now + LOCKED
        return {device: min(until, now + LOCKED) for device, until in known.items() if until > now}

    def keep(self, device: str, until: Instant) -> None:
        """That keypad is locked until then."""
        try:
            with self._documents.database.writing() as connection:
                self._documents.put(connection, [document(KIND, device, Lock(until), until)])
        except StoreUnavailable:
            self._keep_aside({**self._aside, device: until})

    def _forget(self, over: list[str]) -> None:
        """Or the next start does it."""
        if over:
            with contextlib.suppress(StoreUnavailable), self._documents.database.writing() as connection:
                self._documents.forget(connection, KIND, over)

    def _in_file(self) -> dict[str, Instant]:
        """Raises OSError, DecodeError."""
        locks: dict[str, Instant] = {}
        for content in self._file.read():
            for device, until in msgspec.json.decode(content, type=dict[str, Instant]).items():
                locks[device] = max(until, locks.get(device, 0))
        return locks

    def _keep_aside(self, locks: dict[str, Instant]) -> bool:
        """More than there is room for: all of them. What can be written nowhere is known until a start."""
        written = msgspec.json.encode(locks)
        if len(written) > ROOM:
            written = msgspec.json.encode({EVERY: max(locks.values())})
        self._aside = locks
        return self._file.write(written)
