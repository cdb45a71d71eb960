"""What a change of a rule does to alarms, told from its two versions alone.

What can only add or hasten alarms waits for nobody; whatever cannot be shown to be so waits for an approver. A kind
says of its own parameters which way is which (``Rule.sooner``); what it does not name, and everything that decides
whether a rule counts at all (modes, schedule, class, ``per``, ``silent``), waits.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import msgspec

from alerts.alert import AlertClass
from alerts.rule import Direction, Rule

GUARDED = frozenset({AlertClass.FIRE, AlertClass.GAS, AlertClass.HOLD_UP})
"""Classes in which a change needs a trial report and an approver."""

_WORDS = frozenset({"title", "title_zh", "procedure", "procedure_zh"})
_SELECTORS = ("areas", "devices", "device_kinds", "tags")


class Difference(StrEnum):
    """``adds``: it can only add or hasten alarms. ``words``: every alarm is the same, what is said of it is not."""

    NONE = "none"
    ADDS = "adds"
    WORDS = "words"
    WAITS = "waits"


def difference(old: Rule[Any] | None, new: Rule[Any] | None) -> Difference:
    """From the old version to the new one; None: there is none."""
    if new is None:
        return Difference.NONE if old is None else Difference.WAITS
    if old is None:
        return Difference.ADDS
    if old == new:
        return Difference.NONE
    if type(old) is not type(new):
        return Difference.WAITS
    changed = changed_fields(old, new)
    if changed <= _WORDS:
        return Difference.WORDS
    return Difference.ADDS if all(_is_sooner(old, new, name) for name in changed) else Difference.WAITS


def is_guarded(old: Rule[Any] | None, new: Rule[Any] | None) -> bool:
    """Whether the change concerns fire, gas or hold-up."""
    return any(rule is not None and rule.alert_class in GUARDED for rule in (old, new))


def changed_fields(old: Rule[Any], new: Rule[Any]) -> frozenset[str]:
    """The parameters in which two rules of one kind differ."""
    names = (field.name for field in msgspec.structs.fields(type(new)))
    return frozenset(name for name in names if getattr(old, name) != getattr(new, name))


def _is_sooner(old: Rule[Any], new: Rule[Any], name: str) -> bool:
    before, after = getattr(old, name), getattr(new, name)
    if name == "priority":
        return bool(after < before)
    direction = type(new).sooner.get(name)
    if direction is None:
        return False
    if name in _SELECTORS:
        return _selects_more(before, after, new)
    return _moves(direction, before, after)


def _selects_more(before: Sequence[str], after: Sequence[str], new: Rule[Any]) -> bool:
    """Without any selector a rule is not about the gateway's own parts: then it may have lost some."""
    if not after:
        return any(getattr(new, name) for name in _SELECTORS)
    return bool(before) and set(before) <= set(after)


def _moves(direction: Direction, before: Any, after: Any) -> bool:
    if after is None:
        return False
    if direction == "wider":
        return set(before or ()) <= set(after)
    return before is None or bool(after < before if direction == "less" else after > before)
