"""Keypads that three wrong codes have locked: a restart does not free them.

While the records cannot be written, a lock is known to the running gateway alone.
"""

import contextlib
from collections.abc import Mapping

import msgspec

from devices.errors import StoreUnavailable
from devices.reading import Instant
from gateway.stores.documents import Documents, document

KIND = "keypad_lock"


class Lock(msgspec.Struct, frozen=True):
    """Until when; the document's id is the device."""

    until: Instant


class KeypadLocks:
    """One row a keypad that was ever locked and is not looked after since."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def standing(self, now: Instant) -> Mapping[str, Instant]:
        """The locked keypads, until when; what is over is forgotten. None are known where they cannot be read."""
        try:
            locks = self._documents.read(self._documents.open_of(KIND), Lock).whole
            over = [device for device, lock in locks.items() if lock.until <= now]
            if over:
                with self._documents.database.writing() as connection:
                    self._documents.forget(connection, KIND, over)
        except StoreUnavailable:
            return {}
        return {device: lock.until for device, lock in locks.items() if lock.until > now}

    def keep(self, device: str, until: Instant) -> None:
        """That keypad is locked until then."""
        with contextlib.suppress(StoreUnavailable), self._documents.database.writing() as connection:
            self._documents.put(connection, [document(KIND, device, Lock(until), until)])
