"""Who is in the register of people, as the records hold it: for whoever gives a code, or looks who may still sign in.

A code may be given while no gateway runs. Which workflow keeps the register nobody here knows: whichever answers who a
person is (alerts/facts.py, PERSON_OF). A case that cannot be read is nobody; it is the kernel's to show.
"""

import contextlib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from alerts.facts import PERSON_OF
from alerts.kernel.open_cases import read
from alerts.person import Person
from alerts.workflow import Case, Workflow
from gateway.stores.documents import CASES, Documents
from gateway.stores.user_codes import UserCodes
from gateway.workflow_parts import answering


def registered(documents: Documents, person: str) -> Person | None:
    """The person of that id, also one who has left. Raises StoreUnavailable."""
    for flow in answering(PERSON_OF):
        cases = {case.id: case for case in _cases(documents, flow)}
        found: Person | None = flow.provides[PERSON_OF]({"person": person}, cases, None, 0)  # type: ignore[arg-type]
        if found is not None:
            return found
    return None


def registered_by_account(documents: Documents, accounts: Collection[str]) -> dict[str, Person]:
    """Whose these accounts are, as far as the register says. Raises StoreUnavailable."""
    people: dict[str, Person] = {}
    for flow in answering(PERSON_OF):
        cases = {case.id: case for case in _cases(documents, flow)}
        for account in accounts:
            found: Person | None = flow.provides[PERSON_OF]({"account": account}, cases, None, 0)  # type: ignore[arg-type]
            if found is not None:
                people.setdefault(account, found)
    return people


def register_books() -> tuple[str, ...]:
    """Where in the ledger it stands what becomes of people."""
    return tuple(flow.book for flow in answering(PERSON_OF))


def codes_in(
    documents: Documents,
    folder: Path,
    role: Callable[[str], str | None],
    limits: Callable[[str], tuple[str, ...]] = lambda _user: (),
    elsewhere: Path | None = None,
) -> UserCodes:
    """The codes of accounts, and of people in the register."""
    return UserCodes(
        documents, folder, role, limits, lambda person: registered(documents, person) is not None, elsewhere
    )


def _cases(documents: Documents, flow: Workflow[Any]) -> Iterator[Case]:
    for each in documents.open_of(f"{CASES}{flow.name}"):
        with contextlib.suppress(Exception):
            yield read(flow, str(each.content).encode())
