"""How a system of the plan stands, judged from what is known of it, and how each thing that is asked for does. Pure."""

from collections.abc import Collection
from typing import Literal, TypeAlias

from devices.reading import SECOND, Instant
from ledger.rule_documents import DocumentState, RuleDocument

Evidence: TypeAlias = Literal["there", "due", "late", "missing", "exempt", "unknown"]
"""``due``: nothing is late, and something is still to be done. ``unknown``: it is not judged, or not known yet."""
Verdict: TypeAlias = Literal["in_order", "attention", "wanting", "unknown"]
_WORST: tuple[Evidence, ...] = ("missing", "late", "unknown", "due", "there", "exempt")
_OF_DUTY: dict[str, Evidence] = {
    "done": "there",
    "kept": "there",
    "open": "due",
    "near": "due",
    "late": "late",
    "missed": "missing",
    "broken": "missing",
    "exempt": "exempt",
    "not_yet": "unknown",
    "counting": "unknown",
}
_OF_DOCUMENT: dict[DocumentState, Evidence] = {"in_force": "there", "due": "due", "late": "late", "unapproved": "late"}
_DAY: Instant = 86_400 * SECOND


def of_duty(states: Collection[str]) -> Evidence:
    """Of one duty, which has a state for each area where it is counted by area."""
    return worst([_OF_DUTY.get(state, "unknown") for state in states])


def of_entry(at: Instant | None, within_days: float, now: Instant) -> Evidence:
    """``at``: when its newest entry was written; None: there is none."""
    if at is None:
        return "missing"
    return "late" if within_days and now - at > within_days * _DAY else "there"


def of_document(document: RuleDocument | None) -> Evidence:
    """A rule that nobody approved, or whose review is overdue, is late."""
    return "missing" if document is None else _OF_DOCUMENT[document.state]


def worst(found: Collection[Evidence]) -> Evidence:
    """Of several; what is there for nobody is not known."""
    return min(found, key=_WORST.index, default="unknown")


def verdict(found: Collection[Evidence], *, is_disturbed: bool) -> Verdict:
    """``is_disturbed``: an alarm of it stands, a device of it does not work, a hazard of it is overdue.

    What is missing is wanting whatever else is in order, and what is not known is never called in order.
    """
    state = worst(found)
    if state == "missing":
        return "wanting"
    if state == "late" or is_disturbed:
        return "attention"
    return "unknown" if state == "unknown" else "in_order"
