"""Which attachments anything still refers to: values beside the ledger's chain, and cases that are open."""

from sqlalchemy import select, true

from alerts.attachment import ids_in
from gateway.stores import tables
from gateway.stores.database import Database
from gateway.stores.documents import CASES

_ANY = "%sha256:%"


def used(database: Database) -> frozenset[str]:
    """One pass over both tables: for once an hour. Raises StoreUnavailable."""
    values, documents = tables.ledger_values, tables.documents
    beside = select(values.c.value).where(values.c.salt.is_not(None), values.c.value.like(_ANY))
    cases = select(documents.c.content).where(
        documents.c.is_open == true(), documents.c.kind.like(f"{CASES}%"), documents.c.content.like(_ANY)
    )
    with database.reading() as connection:
        contents = [*connection.scalars(beside), *connection.scalars(cases)]
    return frozenset().union(*(ids_in(content) for content in contents))
