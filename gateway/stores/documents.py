"""Structs of ours as they stand, by kind and id: one table for all that asks the database for no more than that.

A kind is a name and what is encoded under it. The cases of a workflow are of the kind ``case:`` and its name; other
kinds are listed in docs/storage.md. A document is written whole, in the transaction that also holds what else follows
from the same turn (gateway.stores.records), and read in two steps: the rows, then ``read``. What cannot be decoded
(damage, a form that nobody knows any more, a workflow whose file is gone) stays in the table, is named among
``damaged``, and is handed to the caller beside what could be read: it is never passed over in silence.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, delete, false, select, true

from devices.errors import StoreDamaged
from devices.message import Text
from devices.reading import Instant
from gateway.stores import tables
from gateway.stores.database import Database
from gateway.stores.records_rows import to_text

CASES = "case:"
"""What the kind of every case begins with; the name of its workflow follows."""

_IN_ONE_QUERY = 500
_MOST_NAMED = 20
UNDECODABLE = (msgspec.MsgspecError, ValueError, TypeError, KeyError, RecursionError)
"""What a decoder raises over a row that somebody, or a bad disk, has changed (UnicodeError is a ValueError)."""

T = TypeVar("T")


class Document(msgspec.Struct, frozen=True):
    """One row. ``content`` is JSON, ``version`` its form; ``since`` (ns UTC) is what lists are sorted by."""

    kind: str
    id: str
    content: str
    since: Instant = 0
    is_open: bool = True
    version: int = 1


class Unreadable(msgspec.Struct, frozen=True):
    """A document that is kept, though nobody can say what it means; ``why`` in the decoder's words."""

    kind: str
    id: str
    why: str


class Found(msgspec.Struct, Generic[T], frozen=True):
    """What could be read, by id and in order, and what could not."""

    whole: dict[str, T]
    faults: tuple[Unreadable, ...] = ()


def document(kind: str, id_: str, struct: object, since: Instant = 0, *, is_open: bool = True) -> Document:
    """A struct as it is kept from now on."""
    return Document(kind, id_, to_text(struct), since, is_open)


class Documents:
    """Every method that takes no connection is one short read or transaction; all may raise StoreUnavailable."""

    def __init__(self, database: Database, damaged: dict[str, Text] | None = None) -> None:
        """``damaged``: what could not be read since the start, by its name; shown among the faults."""
        self.database = database
        self.damaged = damaged if damaged is not None else {}

    # -- writing -------------------------------------------------------------------------------------------

    def put(self, connection: Connection, documents: Iterable[Document]) -> None:
        """In place of those of the same kind and id, with the transaction of that connection."""
        rows = {(each.kind, each.id): msgspec.structs.asdict(each) for each in documents}
        if rows:
            self.database.upsert(connection, tables.documents, list(rows.values()))

    def forget(self, connection: Connection, kind: str, ids: Sequence[str]) -> None:
        """For what has no history of its own; a case is closed and never forgotten."""
        table = tables.documents
        for start in range(0, len(ids), _IN_ONE_QUERY):
            some = ids[start : start + _IN_ONE_QUERY]
            connection.execute(delete(table).where(table.c.kind == kind, table.c.id.in_(some)))

    # -- reading -------------------------------------------------------------------------------------------

    def open_of(self, kind: str) -> list[Document]:
        """All that are open, oldest first."""
        return self._open(tables.documents.c.kind == kind)

    def open_cases(self) -> list[Document]:
        """Those of every workflow, also of one whose file is gone; oldest first."""
        return self._open(tables.documents.c.kind.startswith(CASES, autoescape=True))

    def has_any(self, kind: str) -> bool:
        """Whether there is one, open or not."""
        table = tables.documents
        with self.database.reading() as connection:
            return connection.scalar(select(table.c.id).where(table.c.kind == kind).limit(1)) is not None

    def one(self, kind: str, id_: str) -> Document | None:
        """Open or not."""
        table = tables.documents
        if not is_storable(kind + id_):
            return None
        found = self._rows(select(table).where(table.c.kind == kind, table.c.id == id_))
        return found[0] if found else None

    def ended(self, kind: str, limit: int, before: Instant | None = None) -> list[Document]:
        """The newest of those that are open no more, newest first; ``before`` (by ``since``) asks for the next page."""
        table = tables.documents
        rows = select(table).where(table.c.is_open == false(), table.c.kind == kind)
        if before is not None:
            rows = rows.where(table.c.since < before)
        return self._rows(rows.order_by(table.c.since.desc(), table.c.id).limit(limit))

    def read(self, documents: Iterable[Document], form: type[T]) -> Found[T]:
        """Each decoded as ``form``; one that can't be is named among ``damaged``."""
        whole: dict[str, T] = {}
        faults = []
        for each in documents:
            try:
                whole[each.id] = msgspec.json.decode(each.content, type=form)
            except UNDECODABLE as error:
                faults.append(self.unreadable(each, error))
        return Found(whole, tuple(faults))

    def read_one(self, found: Document | None, form: type[T]) -> T | None:
        """Raises StoreDamaged where it cannot be decoded."""
        if found is None:
            return None
        try:
            return msgspec.json.decode(found.content, type=form)
        except UNDECODABLE as error:
            why = self.unreadable(found, error).why
            raise StoreDamaged(Text.of("records.restore", name=f"{found.kind} {found.id}", reason=why)) from error

    def unreadable(self, found: Document, error: Exception) -> Unreadable:
        """Somebody must hear of it: it is named among ``damaged``."""
        name = f"{found.kind} {found.id}"
        if len(self.damaged) < _MOST_NAMED:
            self.damaged[name] = Text.of("records.damaged", name=name, reason=str(error))
        return Unreadable(found.kind, found.id, str(error))

    def _open(self, which: ColumnElement[bool]) -> list[Document]:
        table = tables.documents
        rows = select(table).where(table.c.is_open == true(), which)
        return self._rows(rows.order_by(table.c.since, table.c.kind, table.c.id))

    def _rows(self, rows: Select[Any]) -> list[Document]:
        with self.database.reading() as connection:
            return [_document(row) for row in connection.execute(rows)]


def _document(row: Row[Any]) -> Document:
    return Document(row.kind, row.id, row.content, row.since, row.is_open, row.version)


def is_storable(text: str) -> bool:
    """Whether a database takes such text at all: SQLite chokes on lone surrogates, PostgreSQL on a zero."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
