"""What receiving centres are to be told: kept until each has confirmed it, and the newest that it has for good."""

from collections.abc import Collection, Mapping
from typing import Literal

import msgspec
from sqlalchemy import delete, false, func, select

from alerts.forwarding.numbering import Numbers
from devices.centre import CentreEvent
from devices.reading import Instant
from gateway.stores import tables
from gateway.stores.documents import Document, Documents, document

EVENTS, PROGRESS = "forwarding:", "forwarding"
"""Kinds of documents: of the events of a centre (its name follows) by id; how far each centre is, by its name."""
KEPT = 20_000
"""Confirmed events of one centre that are kept; GB 25506-2010 wants 10,000 records at least."""
_SLACK, _LOOKED_AT = 1_000, 200

Stands = Literal["waiting", "failed", "confirmed", "superseded", "refused"]


class Kept(msgspec.Struct, frozen=True):
    """One event, and how it stands; ``is_told``: what became of it in the end stands on its alert's timeline."""

    event: CentreEvent
    stands: Stands = "waiting"
    is_told: bool = False

    @property
    def is_over(self) -> bool:
        return self.stands not in ("waiting", "failed")

    @property
    def is_open(self) -> bool:
        return not (self.is_over and self.is_told)


class Progress(msgspec.Struct, frozen=True):
    """``feed``: up to which event of the feed a centre was told; None: it is new.

    ``tested``: when the way to it was tried last; ``confirmed``: when it last took something; 0: never.
    """

    feed: int | None = None
    numbers: Numbers = Numbers()
    tested: Instant = 0
    confirmed: Instant = 0


class CentreOutbox:
    """Every method is one short read or transaction and may raise StoreUnavailable."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._written: dict[str, int] = {}

    def progress(self, centre: str) -> Progress:
        """Raises StoreDamaged where nobody can read it."""
        return self._documents.read_one(self._documents.one(PROGRESS, centre), Progress) or Progress()

    def centres(self) -> list[str]:
        """Those that were ever told of anything."""
        return sorted(each.id for each in self._documents.open_of(PROGRESS))

    def open(self, centre: str) -> list[Kept]:
        """What waits, or is not told of yet; the oldest first."""
        return list(self._documents.read(self._documents.open_of(EVENTS + centre), Kept).whole.values())

    def keep(self, centre: str, changes: Mapping[str, Kept], progress: Progress) -> None:
        """Durable when it returns, all or nothing."""
        rows: list[Document] = [document(PROGRESS, centre, progress)]
        for id_, kept in changes.items():
            rows.append(document(EVENTS + centre, id_, kept, kept.event.at, is_open=kept.is_open))
        with self._documents.database.writing() as connection:
            self._documents.put(connection, rows)
        self._written[centre] = self._written.get(centre, _SLACK) + len(changes)
        if self._written[centre] >= _SLACK:
            self._written[centre] = 0
            self._forget(centre)

    def _forget(self, centre: str) -> None:
        """Those that are over, beyond the newest ``KEPT``."""
        table = tables.documents
        over = (table.c.kind == EVENTS + centre) & (table.c.is_open == false())
        with self._documents.database.writing() as connection:
            oldest = connection.scalar(
                select(table.c.since).where(over).order_by(table.c.since.desc()).offset(KEPT).limit(1)
            )
            if oldest is not None:
                connection.execute(delete(table).where(over, table.c.since <= oldest))

    def count(self, centre: str, without: Collection[str] = frozenset()) -> int:
        """How many are kept, but for those of these alerts."""
        table = tables.documents
        its = select(func.count()).select_from(table).where(table.c.kind == EVENTS + centre)
        for alert in without:
            its = its.where(~table.c.id.startswith(f"{alert}|", autoescape=True))
        with self._documents.database.reading() as connection:
            return connection.scalar(its) or 0

    def newest_confirmed(self, centre: str, without: Collection[str]) -> Instant | None:
        """When the newest happened that the centre has taken, but for those of these alerts; None: none of late."""
        kind = EVENTS + centre
        found = [*self._documents.open_of(kind), *self._documents.ended(kind, _LOOKED_AT)]
        events = (kept.event for kept in self._documents.read(found, Kept).whole.values() if kept.stands == "confirmed")
        return max((event.at for event in events if event.alert not in without), default=None)
