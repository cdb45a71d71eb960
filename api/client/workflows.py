"""Workflows: what can be asked of which, what is open, and asking."""

from datetime import datetime
from typing import Any

import msgspec

from api.client.caller import Caller


class Ask(msgspec.Struct, frozen=True):
    """What can be asked; ``form``: JSON schema of its fields. ``takes_two``: somebody else must always consent."""

    tag: str
    title: str
    roles: tuple[str, ...]
    takes_two: bool
    form: dict[str, Any]


class Workflow(msgspec.Struct, frozen=True):
    """A workflow and what can be asked of it."""

    name: str
    title: str
    asks: tuple[Ask, ...]


class Case(msgspec.Struct, frozen=True):
    """An open case; ``content``: the workflow's own fields, instants as nanoseconds since 1970."""

    workflow: str
    id: str
    area: str
    by: str
    second: str
    opened: datetime
    revision: int
    origin: str
    holds: tuple[str, ...]
    held_until: datetime | None
    content: dict[str, Any]


class Answered(msgspec.Struct, frozen=True):
    """It was done, or ``waits`` for a second person: the case that it is about."""

    workflow: str
    case: str
    waits: bool


class WorkflowCalls:
    """``client.workflows``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self) -> list[Workflow]:
        return self._caller.get("/api/workflows", list[Workflow])

    def cases(self, workflow: str) -> list[Case]:
        """What is open of it."""
        return self._caller.get("/api/workflows/{workflow}/cases", list[Case], workflow=workflow)

    def ask(self, workflow: str, ask: str, fields: dict[str, Any]) -> Answered:
        path = "/api/workflows/{workflow}/{ask}"
        return self._caller.post(path, Answered, fields, workflow=workflow, ask=ask)
