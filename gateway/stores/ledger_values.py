"""The values that stand beside the ledger's chain: written with their entries, read with them, gone by an entry.

Entry and values are one transaction, so no crash leaves one without the other. A value that is gone without an entry
that says so is ``missing``: a fault, and never the same as erased.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Row, bindparam, insert, select, update

from gateway.stores import tables
from gateway.stores.database import Database
from gateway.stores.records_rows import Row as Values
from ledger.canonical import read, spelled
from ledger.commitment import Gone, Why
from ledger.entry import Entry
from ledger.values_beside import erased_by

_IN_ONE_QUERY = 500
_table = tables.ledger_values
_INSERT = insert(_table).inline()
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


def write(connection: Connection, entries: Sequence[Entry]) -> None:
    """What stands beside new entries, and what they say is gone, with the transaction of that connection."""
    rows = [row for entry in entries if entry.salts for row in _rows(entry)]
    if rows:
        connection.execute(_INSERT, rows)
    erased = [
        {"its_site": entry.site, "its_entry": number, "its_name": name, "why": gone.why, "by": gone.entry}
        for entry in entries
        for (number, name), gone in erased_by(entry).items()
    ]
    if erased:
        connection.execute(_ERASE, erased)


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
