"""How a person stands with the certificates that their posts need: missing, running out in 60, 30 or 7 days, or over.

Days ahead after the practice of offices that book the course and the medical first; no standard names them.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Literal, TypeAlias

import msgspec

from alerts.kinds import kinds
from alerts.person import Certificate, Person
from alerts.rule import Rule

State: TypeAlias = Literal["missing", "expired", "expiring_7", "expiring_30", "expiring_60"]
AHEAD: dict[int, State] = {7: "expiring_7", 30: "expiring_30", 60: "expiring_60"}
_DAY = timedelta(days=1)


class Standing(msgspec.Struct, frozen=True):
    """``until``: the last day on which it counts, or counted; None where there was none."""

    state: State
    until: date | None = None


def last_day(certificates: Sequence[Certificate], day: date) -> date | None:
    """Until when these count without a gap, from that day on; ``date.max`` for ever, None: not on that day."""
    held = [each for each in certificates if each.withdrawn is None]
    ends = [each.until or date.max for each in held if each.counts_on(day)]
    if not ends:
        return None
    end = max(ends)
    for each in sorted(held, key=lambda each: each.issued):
        if end < date.max and each.issued <= end + _DAY:
            end = max(end, each.until or date.max)
    return end


def standings(person: Person, needed: Iterable[str], day: date) -> dict[str, Standing]:
    """By kind, in its order, of those needed that are not in order on that day; of who has left none."""
    found: dict[str, Standing] = {}
    for kind in dict.fromkeys(needed) if person.is_here(day) else ():
        own = [each for each in person.certificates if each.kind == kind and each.withdrawn is None]
        end = last_day(own, day)
        if end is None:
            over = [each.until for each in own if each.until is not None and each.until < day]
            found[kind] = Standing("expired", max(over)) if over else Standing("missing")
        elif end < date.max:
            state = next((state for days, state in AHEAD.items() if (end - day).days <= days), None)
            found |= {kind: Standing(state, end)} if state is not None else {}
    return found


def next_change(person: Person, needed: Iterable[str], day: date) -> date | None:
    """The next day on which ``standings`` may differ though nobody does anything; None: never."""
    kinds = set(needed)
    days: set[date] = {person.left} if person.left is not None else set()
    for each in person.certificates:
        if each.kind in kinds and each.withdrawn is None:
            days.add(each.issued)
            if each.until is not None:
                days |= {each.until + _DAY, *(each.until - ahead * _DAY for ahead in AHEAD)}
    return min((each for each in days if each > day), default=None) if person.is_here(day) else None


ENDS: dict[str, Callable[[str], bool]] = {
    "none_expiring": lambda state: state.startswith("expiring"),
    "all_held": lambda state: not state.startswith("expiring"),
}
"""The step that says so, by which states are meant, when nobody is in one of them any more."""
_MADE = {"kind": "fact", "alert_class": "duty", "per": "case"}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "certificate-running-out",
            "title": "Certificate running out",
            "title_zh": "证书即将到期",
            "priority": 4,
            "begins": ["people.expiring"],
            "ends": ["people.none_expiring"],
            "procedure": "1. Book the review or the course.\n2. Enter the new certificate.",
            "procedure_zh": "1. 安排复审或培训。\n2. 登记新证书。",
        },
        {
            "name": "certificate-not-held",
            "title": "At a post without its certificate",
            "title_zh": "无证上岗",
            "priority": 2,
            "begins": ["people.expired", "people.missing"],
            "ends": ["people.all_held"],
            "procedure": "1. Put somebody else at that post.\n2. Enter the certificate, or change the posts.",
            "procedure_zh": "1. 安排持证人员上岗。\n2. 登记证书，或调整岗位。",
        },
    )
)
