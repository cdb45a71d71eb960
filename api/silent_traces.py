"""What gives an alert away that must not be seen: the marks by which an entry, a fact or a case is about it."""

from collections.abc import Collection, Mapping
from typing import Any

from alerts.case import Case


def speaks_of(fields: Mapping[str, object], alerts: Collection[str]) -> bool:
    """Whether it is about one of these: what a workflow does for an alert has its id as ``alert`` or as its case's."""
    return fields.get("alert") in alerts or fields.get("case") in alerts


def is_case_of(case: Case, alerts: Collection[str]) -> bool:
    """The same of a case: a notification has the id of the alert as that of its case."""
    about = getattr(case, "notification", None)
    return case.id in alerts or (about is not None and about.case in alerts)


def is_about(case: str, content: Mapping[str, Any], alerts: Collection[str]) -> bool:
    """The same of a case as plain values."""
    told = content.get("notification")
    return case in alerts or (isinstance(told, Mapping) and told.get("case") in alerts)
