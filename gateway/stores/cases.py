"""Cases of workflows as documents: of the kind ``case:`` and the workflow's name, as they were encoded.

Nothing here knows a workflow: what a stored case means is the kernel's to say (alerts/kernel), and one that it cannot
read, or whose workflow is gone, stays where it is.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from alerts.effects import Effects
from gateway.stores.documents import CASES, Document, Documents
from gateway.stores.records_rows import to_text

Name = tuple[str, str]
"""(workflow, id of the case)"""


def write(connection: Connection, documents: Documents, effects: Effects) -> None:
    """Make changes durable with the transaction of that connection."""
    documents.put(
        connection,
        [
            Document(f"{CASES}{workflow}", id_, to_text(case), case.opened, case.is_open, case.version)
            for (workflow, id_), case in effects.cases.items()
        ],
    )


def open_cases(documents: Documents) -> dict[Name, bytes]:
    """All that are open, as they were encoded, in the order in which they were opened. Raises StoreUnavailable."""
    return _encoded(documents.open_cases())


def ended_cases(documents: Documents, workflow: str, limit: int) -> dict[Name, bytes]:
    """The newest that have ended, newest first. Raises StoreUnavailable."""
    return _encoded(documents.ended(f"{CASES}{workflow}", limit))


def case(documents: Documents, workflow: str, id_: str) -> bytes | None:
    """One, open or not, as it was encoded. Raises StoreUnavailable."""
    found = documents.one(f"{CASES}{workflow}", id_)
    return _bytes(found.content) if found is not None else None


def _encoded(found: Iterable[Document]) -> dict[Name, bytes]:
    return {(each.kind.removeprefix(CASES), each.id): _bytes(each.content) for each in found}


def _bytes(content: str | bytes) -> bytes:
    """As it lies in the database, even where somebody has made it something else than UTF-8."""
    return content.encode("utf-8", "surrogateescape") if isinstance(content, str) else bytes(content)
