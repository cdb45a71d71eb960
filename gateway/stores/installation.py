"""What technicians changed while the gateway ran: devices adopted, senders turned away, versions of the site file."""

from hashlib import sha256

import msgspec
from sqlalchemy import delete, insert, select

from devices.device import Device
from devices.reading import Instant
from gateway.stores import tables
from gateway.stores.database import Database
from gateway.stores.records_rows import to_text


class Installation:
    """Every method is one short transaction and may raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def adopted(self) -> list[Device]:
        """Every device that was adopted, by id."""
        rows = select(tables.devices.c.content).order_by(tables.devices.c.id)
        with self._database.reading() as connection:
            return [msgspec.json.decode(content, type=Device) for content in connection.scalars(rows)]

    def adopt(self, device: Device, by: str, now: Instant) -> None:
        """Keep a device beside those of the site file; one of the same id is put in its place."""
        table = tables.quarantine_rejections
        row = {"id": device.id, "content": to_text(device), "by": by, "at": now}
        with self._database.writing() as connection:
            self._database.upsert(connection, tables.devices, [row])
            connection.execute(delete(table).where(table.c.family == device.family, table.c.address == device.address))

    def dismiss(self, device_id: str) -> None:
        """Forget an adopted device (its readings and alerts stay)."""
        with self._database.writing() as connection:
            connection.execute(delete(tables.devices).where(tables.devices.c.id == device_id))

    def reject(self, family: str, address: str, by: str, now: Instant) -> None:
        """Turn an unknown sender away: it is counted, and not shown in quarantine again."""
        row = {"family": family, "address": address, "by": by, "at": now}
        with self._database.writing() as connection:
            self._database.upsert(connection, tables.quarantine_rejections, [row])

    def rejected(self) -> frozenset[tuple[str, str]]:
        """(family, address) of every sender that was turned away."""
        table = tables.quarantine_rejections
        with self._database.reading() as connection:
            rows = connection.execute(select(table.c.family, table.c.address))
            return frozenset((family, address) for family, address in rows)

    def note_site(self, text: str, now: Instant) -> str:
        """Keep the text of the site file if it is new; returns its SHA-256, which names this version."""
        digest = sha256(text.encode()).hexdigest()
        table = tables.site_versions
        with self._database.writing() as connection:
            if connection.scalar(select(table.c.hash).where(table.c.hash == digest)) is None:
                connection.execute(insert(table), {"hash": digest, "content": text, "first_used": now})
        return digest
