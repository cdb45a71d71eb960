"""The systems of the plan, as they stand."""

import msgspec

from api.client.caller import Caller


class RuleDocument(msgspec.Struct, frozen=True):
    """The written rule of a system. ``file``: the id of its text, which is its SHA-256."""

    title: str
    version: str
    approved_by: str
    in_force_since: str
    review_by: str
    file: str


class Evidence(msgspec.Struct, frozen=True):
    """What is asked for first: ``state`` there, due, late, missing, exempt, unknown."""

    title: str
    state: str
    book: str
    duty: str
    workflow: str
    entry: int
    at: str | None


class SystemBook(msgspec.Struct, frozen=True):
    """A book with its newest entry; 0: there is none."""

    id: str
    entry: int
    at: str | None
    unsigned: int


class PlanSystem(msgspec.Struct, frozen=True):
    """One system. ``state``: in_order, attention, wanting, unknown; "" where nothing of it is judged."""

    id: str
    clause: str
    title: str
    state: str
    document_state: str
    document: RuleDocument | None
    behind: int
    devices: int
    working: int
    alerts: int
    hazards: int
    overdue: int
    first: tuple[Evidence, ...]
    books: tuple[SystemBook, ...]


class SystemCalls:
    """``client.systems``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self) -> list[PlanSystem]:
        return self._caller.get("/api/systems", list[PlanSystem])
