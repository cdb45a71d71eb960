"""What technicians changed while the gateway ran: places of devices, senders turned away, versions of the site file.

Changes are written by ``write`` inside the transaction that also holds their ledger entries (gateway.stores.records).
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec
from sqlalchemy import Connection, delete, insert, select

from devices.device import Device, SenderKey
from devices.installed import Installed, Place, key_of
from devices.orders import Change
from devices.reading import Instant
from gateway.stores import tables
from gateway.stores.database import Database
from gateway.stores.records_rows import to_text


class Installation:
    """Every method is one short transaction and may raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def installed(self, file: Iterable[Device]) -> Installed:
        """What is installed: the devices of the site file, and what technicians have settled beside it."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(tables.devices.c.id, tables.devices.c.content).order_by(tables.devices.c.id)
            )
            places = {row.id: msgspec.json.decode(row.content, type=Place) for row in rows}
            table = tables.rejected_senders
            senders = connection.execute(select(table.c.line, table.c.family, table.c.address))
            rejected = frozenset(SenderKey(*row) for row in senders)
        return Installed({device.id: device for device in file}, places, rejected)

    def history(self, device_id: str) -> list[Change]:
        """All that was done to a device while a gateway ran, oldest first."""
        table = tables.device_changes
        rows = select(table.c.content).where(table.c.device == device_id).order_by(table.c.id)
        with self._database.reading() as connection:
            return [msgspec.json.decode(content, type=Change) for content in connection.scalars(rows)]

    def note_site(self, text: str, now: Instant) -> str:
        """Keep the text of the site file if it is new; returns its SHA-256, which names this version."""
        digest = sha256(text.encode()).hexdigest()
        table = tables.site_versions
        with self._database.writing() as connection:
            if connection.scalar(select(table.c.hash).where(table.c.hash == digest)) is None:
                connection.execute(insert(table), {"hash": digest, "content": text, "first_used": now})
        return digest


def write(connection: Connection, database: Database, changes: Sequence[Change]) -> None:
    """Make changes durable with the transaction of that connection."""
    if not changes:
        return
    places = {change.place.device.id: (change.place, change) for change in changes if change.place is not None}
    if places:
        rows = [
            {"id": place_id, "content": to_text(place), "by": change.by, "at": change.at}
            for place_id, (place, change) in places.items()
        ]
        database.upsert(connection, tables.devices, rows)
    told = [
        {"device": change.device, "at": change.at, "action": change.action, "content": to_text(change)}
        for change in changes
        if change.device
    ]
    if told:
        connection.execute(insert(tables.device_changes), told)
    _senders(connection, database, changes)


def _senders(connection: Connection, database: Database, changes: Sequence[Change]) -> None:
    """Who is turned away from now on, and who, adopted or readmitted, no more."""
    table = tables.rejected_senders
    columns = (table.c.line, table.c.family, table.c.address)
    kept = {SenderKey(*row) for row in connection.execute(select(*columns))}
    for change in changes:
        place, sender = change.place, change.sender
        if place is not None and not place.is_retired:
            sender = key_of(place.device)
        if sender is None:
            continue
        key = {"line": sender.line, "family": sender.family, "address": sender.address}
        if change.action == "rejected":
            database.upsert(connection, table, [{**key, "by": change.by, "at": change.at}])
            kept.add(sender)
        elif sender in kept:
            connection.execute(delete(table).where(*(table.c[name] == value for name, value in key.items())))
            kept.discard(sender)
