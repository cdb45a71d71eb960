"""An obligation: something that must be done so often in each period of the site's own calendar.

What it is, and what counts as done, stands here: the rule (alerts/rules/obligation.py), the board
(alerts/obligation_progress.py) and the ledger's count (ledger/projections/obligations.py) ask the same.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeAlias

from alerts.calendar import Calendar
from alerts.event import SIGNATURES, Signed
from alerts.period import LONGEST_S, Every, Period, Which
from alerts.rule import Rule, check_seconds
from alerts.tally import Span, fits
from devices.reading import SECOND, Instant

Part: TypeAlias = Literal["", "day", "week", "month", "quarter"]
HOUR_S = 3600
EXEMPT, EXEMPT_ENDED = "obligation_exempt", "obligation_exempt_ended"
"""Topics: the duty named by the field ``rule`` does not apply here, and applies again."""


class Obligation(Rule[Any], frozen=True, kw_only=True):
    """Its parameters are told by its kind."""

    IS_LIMIT: ClassVar[bool] = False
    """Whether ``times`` is the most that there may be of it, not the least that is owed."""
    LEAST_TIMES: ClassVar[int] = 1

    every: Every
    times: int = 1
    topics: tuple[str, ...] = ()
    books: tuple[str, ...] = ()
    where: dict[str, str] = {}
    at_most_one_a: Part = ""
    shift: str = ""
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    only: Which = ""
    warn_h: float = 0
    tolerance_h: float = 0
    per: Literal["site", "area"] = "site"
    clause: str = ""
    signed_by: str = ""

    def __post_init__(self) -> None:
        if not (self.topics or self.books):
            raise ValueError("topics and books are both empty; name what counts as done")
        if not self.LEAST_TIMES <= self.times <= 1000:
            raise ValueError(f"times must be from {self.LEAST_TIMES} to 1000")
        if (self.every == "shift") != bool(self.shift):
            raise ValueError('shift goes with every = "shift": name one of [[shifts]]')
        if not self.days or not all(1 <= day <= 7 for day in self.days):
            raise ValueError("days must be numbers from 1 (Monday) to 7 (Sunday), at least one")
        if self.signed_by and not self.books:
            raise ValueError("signed_by goes with books: what a workflow tells is signed there")
        if self.at_most_one_a and LONGEST_S[self.at_most_one_a] >= LONGEST_S[self.every]:
            raise ValueError("at_most_one_a must be shorter than the period")
        if self.at_most_one_a and self.times * LONGEST_S[self.at_most_one_a] > 1.2 * LONGEST_S[self.every]:
            raise ValueError("times cannot be reached with at_most_one_a: the period has fewer parts")
        check_seconds("warn_h", self.warn_h * HOUR_S)
        check_seconds("tolerance_h", self.tolerance_h * HOUR_S)

    def heard_topics(self) -> tuple[str, ...]:
        signatures = (SIGNATURES,) if self.signed_by else ()
        return (*self.topics, *self.books, *signatures, EXEMPT, EXEMPT_ENDED)

    def named_shifts(self) -> tuple[str, ...]:
        return (self.shift,) if self.shift else ()

    def longest_delay_s(self) -> float:
        return LONGEST_S[self.every] + self.tolerance_h * HOUR_S

    def period(self) -> Period:
        """The period that it is owed in."""
        return Period(self.every, self.shift, self.days, self.only)

    def span(self, calendar: Calendar, begins: Instant, ends: Instant) -> Span:
        """That period, with its parts."""
        parts = Period(self.at_most_one_a).starts(calendar, begins, ends) if self.at_most_one_a else ()
        return Span(begins, ends, parts)

    def counts(self, book: str, fields: Mapping[str, object]) -> bool:
        """Whether a record, or what a workflow wrote, counts as done once."""
        told = f"{fields['workflow']}.{fields.get('step', '')}" if "workflow" in fields else ""
        is_its = told in self.topics if told else book in self.books
        return is_its and fits(fields, self.where)

    def counts_once_signed(self, signs: Signed) -> bool:
        """Whether a signature makes a record count."""
        return bool(self.signed_by) and signs.signer == self.signed_by and self.counts(signs.book, signs.fields)

    def is_met(self, done: int) -> bool:
        """Whether so often is as it must be."""
        return done <= self.times if self.IS_LIMIT else done >= self.times

    def tolerance(self) -> Instant:
        """After the end of a period, in nanoseconds."""
        return int(self.tolerance_h * HOUR_S * SECOND)


def often(fields: Mapping[str, object]) -> int:
    """How often a fact says that it was done."""
    said = fields.get("times", 1)
    return said if type(said) is int and said > 0 else 1
