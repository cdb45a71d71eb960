"""The written rule 制度文件 of a system, as the workflow of them has it: in force, due, late or missing.

Each of the eight systems has one (plan A3). What is late or near its term is told by that workflow; read here is the
case alone, by the names of its fields.
"""

from datetime import date, timedelta
from typing import Any, Literal, TypeAlias

import msgspec

DocumentState: TypeAlias = Literal["in_force", "unapproved", "due", "late"]


class RuleDocument(msgspec.Struct, frozen=True, kw_only=True):
    """``reviewed``: looked through last. ``file``: the id of the scan or text, which is its SHA-256; "": none."""

    title: str
    version: str = ""
    approved_by: str = ""
    on: date | None = None
    reviewed: date | None = None
    file: str = ""
    told: tuple[str, ...] = ()

    @property
    def state(self) -> DocumentState:
        """How it stands: what is over its term counts before what nobody approved."""
        if any(state.startswith("late") for state in self.told):
            return "late"
        if not self.approved_by:
            return "unapproved"
        return "due" if self.told else "in_force"

    def review_by(self, days: float) -> date | None:
        """Until when it is to be looked through anew, where that is asked for every so many days."""
        return self.reviewed + timedelta(days=days) if self.reviewed is not None else None


def document_of(case: Any) -> RuleDocument | None:
    """None: there is none in force."""
    if getattr(case, "reviewed", None) is None:
        return None
    return RuleDocument(
        title=case.heading,
        version=case.edition or case.number,
        approved_by=case.second,
        on=case.issued,
        reviewed=case.reviewed,
        file=case.document,
        told=tuple(case.told),
    )
