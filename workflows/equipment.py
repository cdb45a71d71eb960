"""Equipment 装备器材: what guards and the fire brigade carry, machines, vehicles, each with keeper and dates.

A special machine (boiler, lift, forklift, pressure vessel) is inspected by its date (Special Equipment Safety Law
articles 39 and 40: the inspection is asked for a month before it is due, which is when it is told of here).
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
    "special", "vehicle", "radio", "torch", "baton", "key", "rescue", "protective", "tool", "other"
]


class Piece(Thing, frozen=True, kw_only=True):
    """A piece of equipment; the id of the case is on its label. ``permit``: number of its registration."""

    kind: Kind
    permit: str = ""


class Add(Ask, tag="add", frozen=True, kw_only=True):
    """A piece of equipment is bought or found."""

    ROLES = Changed.ROLES

    item: str
    area: str
    kind: Kind
    place: str
    number: str = ""
    model: str = ""
    permit: str = ""
    department: str = ""
    responsible: str = ""
    serviced: date | None = None
    next_service: date | None = None
    scrap: date | None = None


class Change(Changed, tag="change", frozen=True, kw_only=True):
    """What is kept of it is otherwise now; what is left out stays, and ``-`` empties it."""

    permit: str | None = None


class Service(Serviced, tag="service", frozen=True, kw_only=True):
    """It was inspected or serviced."""


class Report(Faulty, tag="report", frozen=True, kw_only=True):
    """It is missing, damaged or does not work."""


class Mend(Mended, tag="mend", frozen=True, kw_only=True):
    """It is in order again."""


class Scrap(Scrapped, tag="scrap", frozen=True, kw_only=True):
    """It is gone for good."""


class EquipmentConfig(DatedConfig, frozen=True, kw_only=True):
    """How often equipment is inspected where nobody says when next.

    ``service_days``: by kind, such as ``special`` or ``rescue``, in days
    """


class Equipment(DatedRegister[Piece]):
    """One piece is one case."""

    name, book, case = "equipment", "equipment_register", Piece
    asks = (Add, Change, Service, Report, Mend, Scrap)
    added = Add
    config_type = EquipmentConfig

    def rules(self) -> Sequence[Rule[Any]]:
        return rules_of(self.name, "Equipment", "装备器材")


WORKFLOW = Equipment
