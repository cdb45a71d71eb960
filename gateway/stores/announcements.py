"""What installed devices announced of themselves, for the next start (gateway.announcements says which)."""

from collections.abc import Mapping

from sqlalchemy import delete, select

from gateway.stores import tables
from gateway.stores.database import Database

_IN_ONE_QUERY = 500


class KeptAnnouncements:
    """Every method is one short transaction and may raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[tuple[str, bytes]]:
        """(topic, payload) of each."""
        table = tables.announcements
        with self._database.reading() as connection:
            rows = connection.execute(select(table.c.topic, table.c.payload).order_by(table.c.topic))
            return [(row.topic, row.payload) for row in rows]

    def keep(self, changes: Mapping[str, bytes | None]) -> None:
        """Topic -> payload to keep, None to forget what was kept."""
        table = tables.announcements
        kept = [{"topic": topic, "payload": payload} for topic, payload in changes.items() if payload is not None]
        forgotten = [topic for topic, payload in changes.items() if payload is None]
        with self._database.writing() as connection:
            if kept:
                self._database.upsert(connection, table, kept)
            for start in range(0, len(forgotten), _IN_ONE_QUERY):
                topics = forgotten[start : start + _IN_ONE_QUERY]
                connection.execute(delete(table).where(table.c.topic.in_(topics)))
