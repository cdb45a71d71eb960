"""The cases of workflows: documents, one a case, of the kind ``case:`` and the workflow's name."""

from sqlalchemy import Connection

from alerts.effects import Effects
from gateway.stores.documents import CASES, Documents, document


def open_cases(documents: Documents) -> dict[tuple[str, str], bytes]:
    """Those that are open, by workflow and id, as they are stored: the kernel says which of them nobody can read."""
    found = documents.open_cases()
    return {(each.kind.removeprefix(CASES), each.id): each.content.encode() for each in found}


def write(connection: Connection, documents: Documents, effects: Effects) -> None:
    """Make changes durable with the transaction of that connection."""
    changed = [
        document(CASES + workflow, case.id, case, case.opened, is_open=case.is_open)
        for (workflow, _), case in effects.cases.items()
    ]
    documents.put(connection, changed)
