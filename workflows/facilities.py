"""Facilities without an address 无地址设施: extinguishers, hydrants, signs, doors and shutters, each with its dates.

Nothing measures them: what is known is the day of the last service, by when the next is due, and when one is to be
scrapped (an extinguisher's file: type, number, place, service, Order 61 article 29; days of service and scrapping
after the label, GB 50444). Anybody may report that one is missing or damaged; it is not in order until that is mended.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

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
from alerts.facility import Facility, FacilityKind
from alerts.facts import FACILITIES
from alerts.rule import Rule
from alerts.workflow import Ask


class Kept(Thing, frozen=True, kw_only=True):
    """A facility; the id of the case is on its label."""

    kind: FacilityKind

    @property
    def facility(self) -> Facility:
        return Facility(**{name: getattr(self, name) for name in Facility.__struct_fields__})


class Add(Ask, tag="add", frozen=True, kw_only=True):
    """A facility is put up."""

    ROLES = Changed.ROLES

    item: str
    area: str
    kind: FacilityKind
    place: str
    number: str = ""
    model: str = ""
    department: str = ""
    responsible: str = ""
    serviced: date | None = None
    next_service: date | None = None
    scrap: date | None = None


class Change(Changed, tag="change", frozen=True, kw_only=True):
    """What is kept of it is otherwise now; what is left out stays, and ``-`` empties it."""


class Service(Serviced, tag="service", frozen=True, kw_only=True):
    """It was serviced."""


class Report(Faulty, tag="report", frozen=True, kw_only=True):
    """It is missing, damaged, blocked or out of pressure."""


class Mend(Mended, tag="mend", frozen=True, kw_only=True):
    """It is in order again."""


class Scrap(Scrapped, tag="scrap", frozen=True, kw_only=True):
    """It is gone for good."""


class FacilitiesConfig(DatedConfig, frozen=True, kw_only=True):
    """How often facilities are serviced where nobody says when next.

    ``service_days``: by kind (``extinguisher``, ``hydrant``, ``sign``, ``door``, ``shutter``, ``other``), in days
    """


class Facilities(DatedRegister[Kept]):
    """One facility is one case."""

    name, book, case = "facilities", "facility_register", Kept
    asks = (Add, Change, Service, Report, Mend, Scrap)
    added = Add
    config_type = FacilitiesConfig
    provides = {FACILITIES: lambda about, cases, world, now: _standing_in(about, cases)}

    def rules(self) -> Sequence[Rule[Any]]:
        return rules_of(self.name, "Facility", "消防与安全设施")


def _standing_in(about: Mapping[str, Any], cases: Mapping[str, Kept]) -> tuple[Facility, ...]:
    return tuple(case.facility for _, case in sorted(cases.items()) if case.area == about["area"])


WORKFLOW = Facilities
