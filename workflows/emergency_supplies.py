"""Emergency supplies 应急物资: what plans rely on, where it is kept, how much of it, and until when it may be used.

Water, food, medicine, sandbags, lamps, protective gear: each has a day by which it is checked or replaced and, where it
runs out, the day after which it is of no use. That one comes within 30 days is told, and that it is over.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, TypeAlias

from alerts.dated_register import (
    Changed,
    DatedConfig,
    DatedRegister,
    Faulty,
    Mended,
    Scrapped,
    Serviced,
    Thing,
    rules_of,
)
from alerts.rule import Rule
from alerts.workflow import Ask

Kind: TypeAlias = Literal[
    "medicine", "food", "water", "lamp", "protective", "flood", "fire", "rescue", "generator", "other"
]


class Supply(Thing, frozen=True, kw_only=True):
    """A store of one thing; ``amount``: how much of it, with its unit."""

    kind: Kind
    amount: str = ""


class Add(Ask, tag="add", frozen=True, kw_only=True):
    """Something is put in store."""

    ROLES = Changed.ROLES

    item: str
    area: str
    kind: Kind
    place: str
    amount: str
    model: str = ""
    department: str = ""
    responsible: str = ""
    next_service: date | None = None
    scrap: date | None = None


class Change(Changed, tag="change", frozen=True, kw_only=True):
    """What is kept of it is otherwise now; what is left out stays, and ``-`` empties it."""

    amount: str | None = None


class Service(Serviced, tag="service", frozen=True, kw_only=True):
    """It was counted and checked, or replaced."""


class Report(Faulty, tag="report", frozen=True, kw_only=True):
    """It is missing, used up or damaged."""


class Mend(Mended, tag="mend", frozen=True, kw_only=True):
    """It is there again."""


class Scrap(Scrapped, tag="scrap", frozen=True, kw_only=True):
    """It is gone for good."""


class SuppliesConfig(DatedConfig, frozen=True, kw_only=True):
    """How often supplies are checked where nobody says when next.

    ``service_days``: by kind, such as ``medicine`` or ``generator``, in days
    """


class EmergencySupplies(DatedRegister[Supply]):
    """One store of one thing is one case."""

    name, book, case = "emergency_supplies", "emergency_supplies", Supply
    asks = (Add, Change, Service, Report, Mend, Scrap)
    added = Add
    config_type = SuppliesConfig

    def rules(self) -> Sequence[Rule[Any]]:
        return rules_of(self.name, "Supplies", "应急物资")


WORKFLOW = EmergencySupplies
