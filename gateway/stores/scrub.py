"""What follows from an erasure beside the ledger: the value goes from its case, the feed, and the bytes of the file.

A case of a workflow, and the feed that tells of it, hold under the same name what its entries hold beside the chain;
there the value becomes an empty one, in the transaction that erases it. What SQLite deletes stays in free space of its
pages and in the write-ahead log until something else is written there, and ``PRAGMA secure_delete`` alone leaves a
remainder (of 1,200 values 3 to 8: pages that were balanced). So the file is written anew by VACUUM and the log is cut,
by the next upkeep: a row of ``documents`` says that it is due until it is done, across restarts.

VACUUM holds the writer for as long as it takes, a second for each 100 MB or so; meanwhile alarms are shown and sounded,
and wait to be stored. A file over the limit is left to a person, who stops the gateway for it.
"""

import msgspec
from sqlalchemy import Connection, select, text, update

from devices.errors import StoreUnavailable
from devices.message import Text
from devices.reading import Instant
from gateway.stores import tables
from gateway.stores.database import Database
from gateway.stores.documents import CASES, Documents, document
from gateway.stores.evidence import Evidence
from gateway.stores.ledger_values import About, about

DUE = "wipe"
MOST_BYTES = 256 << 20
_PAGES_OF_SERVER = ("ledger_values", "documents", "feed")


class Due(msgspec.Struct, frozen=True):
    """Something was erased that the file may hold still. ``since``: the first of it."""

    since: Instant


def redact(connection: Connection, documents: Documents, site: str, numbers_and_names: list[tuple[int, str]]) -> None:
    """Before the values are erased, with the same transaction: they go from cases and feed."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA secure_delete=ON"))
    for each in about(connection, site, numbers_and_names):
        if each.workflow and each.case:
            _redact_case(connection, documents, each)
            _redact_feed(connection, each)


def mark(connection: Connection, documents: Documents, now: Instant) -> None:
    """The file is to be written anew."""
    documents.put(connection, [document(DUE, "records", Due(now), now)])


def _redact_case(connection: Connection, documents: Documents, about: About) -> None:
    table = tables.documents
    its = (table.c.kind == f"{CASES}{about.workflow}", table.c.id == about.case)
    content = connection.scalar(select(table.c.content).where(*its))
    if content is not None and (redacted := _without(content, about)) is not None:
        connection.execute(update(table).where(*its).values(content=redacted))


def _redact_feed(connection: Connection, about: About) -> None:
    table = tables.feed
    told = table.c.content.contains(msgspec.json.encode(about.case).decode(), autoescape=True)
    rows = select(table.c.id, table.c.content).where(table.c.kind == "case", told)
    for row in connection.execute(rows).all():
        if (redacted := _without(row.content, about)) is not None:
            connection.execute(update(table).where(table.c.id == row.id).values(content=redacted))


def _without(content: str | bytes, about: About) -> str | None:
    """The JSON with the value emptied wherever it stands under its name; None if it stands nowhere."""
    try:
        plain = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeError):
        return None
    redacted = _emptied(plain, about)
    return None if redacted == plain else msgspec.json.encode(redacted).decode()


def _emptied(plain: object, about: About) -> object:
    match plain:
        case dict():
            return {
                name: type(value)() if name == about.name and value == about.value else _emptied(value, about)
                for name, value in plain.items()
            }
        case list():
            return [_emptied(each, about) for each in plain]
        case _:
            return plain


def wipe(database: Database, documents: Documents, evidence: Evidence | None, most_bytes: int = MOST_BYTES) -> None:
    """If it is due. Raises StoreUnavailable, and then it is due still."""
    if documents.one(DUE, "records") is None:
        return
    file = database.file
    if file is None:
        database.vacuum(_PAGES_OF_SERVER)
    else:
        size = file.stat().st_size
        if size > most_bytes:
            raise StoreUnavailable(Text.of("scrub.too_large", megabytes=size >> 20))
        if evidence is None:
            database.vacuum()
        else:
            with evidence.shrinking():
                database.vacuum()
    with database.writing() as connection:
        documents.forget(connection, DUE, ["records"])
