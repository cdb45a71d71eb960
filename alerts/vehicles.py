"""A vehicle of the site's own 自有车辆, as its register keeps it: its papers, how it was found, the trip that it is on.

Papers are the insurance and the inspection, each with its last day. They are told of 60, 30 and 7 days ahead, as
certificates are, and a vehicle whose paper is over leaves on no trip (Road Traffic Safety Law, articles 13 and 17).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal, TypeAlias

import msgspec

from alerts.case import Case
from alerts.certificate_dates import AHEAD
from devices.reading import SECOND, Instant

Kind: TypeAlias = Literal["car", "van", "lorry", "bus", "forklift", "motorcycle", "special", "other"]
Paper: TypeAlias = Literal["insurance", "inspection"]
PAPERS: tuple[Paper, ...] = ("insurance", "inspection")
Item: TypeAlias = Literal["brakes", "steering", "lights", "tyres", "belts", "extinguisher", "leaks"]
ITEMS: tuple[Item, ...] = ("brakes", "steering", "lights", "tyres", "belts", "extinguisher", "leaks")
"""The checklist before leaving (车辆出车前检查)."""
Seen: TypeAlias = Literal["normal", "abnormal"]
LEAST_TREAD_MM = 1.6
"""GB 7258: the least depth of the tread."""
HOUR: Instant = 3_600 * SECOND
_DAY = timedelta(days=1)


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """The checklist as it was gone through last. ``bad``: items that were not as they must be."""

    at: Instant
    by: str
    bad: tuple[Item, ...] = ()
    tread_mm: float | None = None
    note: str = ""


class Trip(msgspec.Struct, frozen=True, kw_only=True):
    """``by`` wrote it down, ``second`` approved it. ``out_at``, ``back_at``: when it passed the gate, as far as known.

    ``back_by``: when it was to be back; ``is_late``: that was told. Without ``driver`` nobody has said who drives.
    """

    id: str
    begun_at: Instant
    driver: str = ""
    purpose: str = ""
    destination: str = ""
    by: str = ""
    second: str = ""
    km_out: int | None = None
    out_at: Instant | None = None
    back_at: Instant | None = None
    back_by: Instant | None = None
    is_late: bool = False

    @property
    def is_entered(self) -> bool:
        """Whether somebody wrote it down."""
        return bool(self.driver)


class Vehicle(Case, frozen=True, kw_only=True):
    """The id of the case is painted on it, or its fleet number. ``told``: by paper, how it stood when that was told.

    ``bad``: what stops it until somebody else has looked at it again. ``closes_at``: until when it may be out without
    an entry. ``is_after_hours``: it is out without one in the hours in which nothing drives, and that was told.
    """

    plate: str
    kind: Kind = "car"
    model: str = ""
    registration: str = ""
    licence: str = ""
    keeper: str = ""
    insured_until: date | None = None
    inspected_until: date | None = None
    km: int = 0
    checked: Checked | None = None
    bad: tuple[Item, ...] = ()
    trip: Trip | None = None
    passed_at: Instant = 0
    closes_at: Instant | None = None
    is_after_hours: bool = False
    told: dict[str, str] = {}

    @property
    def is_out(self) -> bool:
        return self.trip is not None and self.trip.out_at is not None and self.trip.back_at is None

    def until(self, paper: str) -> date | None:
        """The last day on which it counts."""
        return self.insured_until if paper == "insurance" else self.inspected_until

    def standings(self, day: date) -> dict[str, str]:
        """By paper, of those that are not in order on that day: missing, expired, expiring_7, _30 or _60."""
        found: dict[str, str] = {}
        for paper in PAPERS:
            until = self.until(paper)
            left = (until - day).days if until is not None else 0
            if until is None:  # one that never leaves the site has its date of inspection, and no insurance
                found |= {paper: "missing"} if self.kind != "forklift" else {}
            elif left < 0:
                found[paper] = "expired"
            elif state := next((state for days, state in AHEAD.items() if left <= days), None):
                found[paper] = state
        return found

    def over(self, day: date) -> tuple[str, ...]:
        """The papers without which it does not leave on that day."""
        return tuple(paper for paper, state in self.standings(day).items() if state in ("missing", "expired"))

    def next_change(self, day: date) -> date | None:
        """The next day on which that may be otherwise by itself."""
        days = {
            each
            for paper in PAPERS
            if (until := self.until(paper)) is not None
            for each in (until + _DAY, *(until - ahead * _DAY for ahead in AHEAD))
        }
        return min((each for each in days if each > day), default=None)


def with_plate(cases: Mapping[str, Vehicle], plate: str) -> Vehicle | None:
    """The one that has it."""
    return next((case for case in cases.values() if case.plate == plate), None) if plate else None
