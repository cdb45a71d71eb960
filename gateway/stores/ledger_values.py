"""The values that stand beside the ledger's chain: written with their entries, read with them, gone by an entry.

Entry and values are one transaction, so no crash leaves one without the other. A value that is gone without an entry
that says so is ``missing``: a fault, and never the same as erased.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, Row, bindparam, insert, select, update

from devices.reading import Instant
from gateway.stores import tables
from gateway.stores.database import Database
from gateway.stores.prepared import Prepared
from gateway.stores.records_rows import Row as Values
from ledger.canonical import read, spelled
from ledger.commitment import Gone, Why
from ledger.entry import Entry
from ledger.values_beside import Name

_IN_ONE_QUERY = 500
_table = tables.ledger_values
_INSERT = Prepared(insert(_table).inline())
_ERASE = (
    update(_table)
    .where(
        _table.c.site == bindparam("its_site"),
        _table.c.sequence == bindparam("its_entry"),
        _table.c.name == bindparam("its_name"),
        _table.c.salt.is_not(None),
    )
    .values(salt=None, value=None, gone=bindparam("why"), erasure=bindparam("by"))
)
_WHY: dict[str, Why] = {"erased": "erased", "retention_ended": "retention_ended"}


class About(msgspec.Struct, frozen=True):
    """A value that is to be erased, and the case that its entry is about ("" of none)."""

    entry: int
    name: str
    value: Any
    workflow: str
    case: str


def write(connection: Connection, entries: Sequence[Entry]) -> None:
    """What stands beside new entries, with the transaction of that connection."""
    rows = [row for entry in entries if entry.salts for row in _rows(entry)]
    if rows:
        _INSERT.execute(connection, rows)


def erase(connection: Connection, site: str, gone: Mapping[Name, Gone]) -> None:
    """Values and salts go, with the same transaction."""
    rows = [
        {"its_site": site, "its_entry": number, "its_name": name, "why": each.why, "by": each.entry}
        for (number, name), each in gone.items()
    ]
    connection.execute(_ERASE, rows)


def about(connection: Connection, site: str, names: Sequence[Name]) -> list[About]:
    """Those of the values that are there."""
    wanted, found = set(names), []
    numbers = sorted({number for number, _name in names})
    for start in range(0, len(numbers), _IN_ONE_QUERY):
        some = numbers[start : start + _IN_ONE_QUERY]
        rows = select(_table.c.sequence, _table.c.name, _table.c.value, tables.ledger.c.content).where(
            _table.c.site == site,
            _table.c.sequence.in_(some),
            _table.c.salt.is_not(None),
            tables.ledger.c.site == _table.c.site,
            tables.ledger.c.sequence == _table.c.sequence,
        )
        for row in connection.execute(rows):
            if (row.sequence, row.name) in wanted:
                fields = msgspec.json.decode(row.content)["fields"]
                case = str(fields.get("workflow", "")), str(fields.get("case", ""))
                found.append(About(row.sequence, row.name, msgspec.json.decode(row.value), *case))
    return found


def kept_before(database: Database, site: str, book: str, before: Instant) -> Iterator[list[int]]:
    """Pages of the numbers of entries recorded before, beside which something is kept. Raises StoreUnavailable."""
    rows = select(_table.c.sequence).where(
        _table.c.site == site, _table.c.book == book, _table.c.recorded < before, _table.c.salt.is_not(None)
    )
    after = 0
    while True:
        with database.reading() as connection:
            page = rows.where(_table.c.sequence > after).order_by(_table.c.sequence).limit(_IN_ONE_QUERY)
            numbers = sorted(set(connection.scalars(page)))
        if not numbers:
            return
        yield numbers
        after = numbers[-1]


def _rows(entry: Entry) -> list[Values]:
    return [
        {
            "site": entry.site,
            "sequence": entry.sequence,
            "name": name,
            "book": entry.draft.book,
            "recorded": entry.recorded,
            "salt": salt,
            "value": spelled(entry.draft.fields[name]).decode(),
        }
        for name, salt in entry.salts.items()
    ]


def unsalted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """For those who are to see the values, and not to prove them."""
    return tuple(replace(entry, salts={}) if entry.salts else entry for entry in entries)


def joined(database: Database, entries: Sequence[Entry], *, salts: bool = False) -> list[Entry]:
    """The entries with their values beside (and the ``salts``), or why one is gone. Raises StoreUnavailable."""
    wanted = [entry.sequence for entry in entries if entry.commitments]
    if not wanted:
        return list(entries)
    found: dict[int, list[Row[Any]]] = {}
    with database.reading() as connection:
        for start in range(0, len(wanted), _IN_ONE_QUERY):
            some = wanted[start : start + _IN_ONE_QUERY]
            rows = select(_table).where(_table.c.site == entries[0].site, _table.c.sequence.in_(some))
            for row in connection.execute(rows):
                found.setdefault(row.sequence, []).append(row)
    return [_with(entry, found.get(entry.sequence, ()), salts) if entry.commitments else entry for entry in entries]


def _with(entry: Entry, rows: Sequence[Row[Any]], salts: bool) -> Entry:
    gone = dict.fromkeys(entry.commitments, Gone("missing"))
    fields, kept = dict(entry.draft.fields), {}
    for row in rows:
        if row.name not in entry.commitments:
            continue
        if row.salt is None or row.value is None:
            gone[row.name] = Gone(_WHY.get(row.gone, "missing"), row.erasure or 0)
            continue
        del gone[row.name]
        kept[row.name] = str(row.salt)
        try:
            fields[row.name] = read(row.value.encode("utf-8", "surrogateescape"))
        except (ValueError, AttributeError):
            fields[row.name] = f"damaged: {row.value!r}"
    return replace(entry, draft=replace(entry.draft, fields=fields), salts=kept if salts else {}, gone=gone)
