"""What technicians changed while the gateway ran: places of devices, senders turned away, versions of the site file.

Changes are written by ``write`` inside the transaction that also holds their ledger entries (gateway.stores.records).
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec
from sqlalchemy import Connection, insert, select

from devices.device import Device, SenderKey
from devices.installed import Installed, Place, key_of
from devices.orders import Change
from devices.reading import Instant
from gateway.stores import tables
from gateway.stores.documents import Documents, document
from gateway.stores.records_rows import to_text

PLACE = "place"
"""Kind of document; the id is the device's."""
REJECTION = "rejected_sender"
"""Kind of document; the id is the sender's line, family and address."""


class Rejection(msgspec.Struct, frozen=True):
    """An unknown sender that a technician has turned away."""

    sender: SenderKey
    by: str
    at: Instant


class Installation:
    """Every method is one short transaction and may raise StoreUnavailable."""

    def __init__(self, documents: Documents) -> None:
        self._documents, self._database = documents, documents.database

    def installed(self, file: Iterable[Device]) -> Installed:
        """What is installed: the devices of the site file, and what technicians have settled beside it."""
        places = self._documents.read(self._documents.open_of(PLACE), Place).whole
        rejections = self._documents.read(self._documents.open_of(REJECTION), Rejection).whole.values()
        rejected = frozenset(rejection.sender for rejection in rejections)
        return Installed({device.id: device for device in file}, dict(sorted(places.items())), rejected)

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

    def newest_site(self) -> str | None:
        """The text of the site file that a gateway used for the first time last; None if none was used."""
        table = tables.site_versions
        with self._database.reading() as connection:
            return connection.scalar(select(table.c.content).order_by(table.c.first_used.desc()).limit(1))


def write(connection: Connection, documents: Documents, changes: Sequence[Change]) -> None:
    """Make changes durable with the transaction of that connection."""
    if not changes:
        return
    documents.put(
        connection,
        (document(PLACE, each.place.device.id, each.place, each.at) for each in changes if each.place is not None),
    )
    told = [
        {"device": change.device, "at": change.at, "action": change.action, "content": to_text(change)}
        for change in changes
        if change.device
    ]
    if told:
        connection.execute(insert(tables.device_changes), told)
    _senders(connection, documents, changes)


def _senders(connection: Connection, documents: Documents, changes: Sequence[Change]) -> None:
    """Who is turned away from now on, and who, adopted or readmitted, no more."""
    stands: dict[str, Rejection | None] = {}
    for change in changes:
        place, sender = change.place, change.sender
        if place is not None and not place.is_retired:
            sender = key_of(place.device)
        if sender is not None:
            is_rejected = change.action == "rejected"
            stands[_id_of(sender)] = Rejection(sender, change.by, change.at) if is_rejected else None
    away = {key: rejection for key, rejection in stands.items() if rejection is not None}
    documents.put(connection, (document(REJECTION, key, each, each.at) for key, each in away.items()))
    documents.forget(connection, REJECTION, [key for key in stands if key not in away])


def _id_of(sender: SenderKey) -> str:
    return to_text([sender.line, sender.family, sender.address])
