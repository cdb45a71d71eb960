"""What people ask of the duty roster: plan a line, end it, swap a stint of it, approve or decline that."""

from alerts.ask import EVERYBODY, Ask

LEADERS = frozenset({"manager", "admin"})
_ALL = EVERYBODY | {"guard"}


class Plan(Ask, tag="plan", frozen=True, kw_only=True):
    """A person at a post.

    ``first``: the first day, as 2026-12-01; ``start``, ``end``: local times, an end not after the start is on the next
    day; ``rule``: on which days again, as FREQ=DAILY;INTERVAL=3;COUNT=20, empty: that day alone.
    """

    ROLES = LEADERS
    ADDRESS = "duty/lines"

    post: str
    person: str
    first: str
    start: str
    end: str
    rule: str = ""


class End(Ask, tag="end", frozen=True, kw_only=True):
    """The line ends with the day ``last``; what was planned after it is planned no more."""

    ROLES = LEADERS

    last: str


class AskSwap(Ask, tag="swap", frozen=True, kw_only=True):
    """``person`` shall have the stint of that ``day``; in return theirs of ``other_day`` on the line ``other``."""

    ROLES = _ALL

    day: str
    person: str
    other: str = ""
    other_day: str = ""


class Approve(Ask, tag="approve", frozen=True, kw_only=True):
    """The swap of that ``day`` shall be."""

    ROLES = LEADERS

    day: str


class Decline(Ask, tag="decline", frozen=True, kw_only=True):
    """The swap of that ``day`` shall not be; also for whoever asked."""

    ROLES = _ALL

    day: str
