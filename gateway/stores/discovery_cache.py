"""What installed devices announced of themselves, for the next start (gateway.discovery_cache says which)."""

from collections.abc import Mapping

import msgspec

from gateway.stores.documents import Documents, document

ANNOUNCEMENT = "announcement"
"""Kind of document; the id is the topic."""


class Announced(msgspec.Struct, frozen=True):
    """What stands under a topic (as Base64 in the document)."""

    payload: bytes


class StoredDiscoveryCache:
    """Every method is one short transaction and may raise StoreUnavailable."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def all(self) -> list[tuple[str, bytes]]:
        """(topic, payload) of each."""
        found = self._documents.read(self._documents.open_of(ANNOUNCEMENT), Announced)
        return [(topic, announced.payload) for topic, announced in found.whole.items()]

    def keep(self, changes: Mapping[str, bytes | None]) -> None:
        """Topic -> payload to keep, None to forget what was kept."""
        kept = {topic: Announced(payload) for topic, payload in changes.items() if payload is not None}
        forgotten = [topic for topic, payload in changes.items() if payload is None]
        with self._documents.database.writing() as connection:
            self._documents.put(connection, (document(ANNOUNCEMENT, *each) for each in kept.items()))
            self._documents.forget(connection, ANNOUNCEMENT, forgotten)
