"""What gives an alert away that must not be seen: the marks by which an entry, a fact or a case is about it."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from msgspec.structs import replace

from alerts.ask import Ask
from alerts.case import Case

_NAMES, _NOBODYS = ("case", "other", "alert"), "0" * 16
_COUNTS = re.compile(rb"(# (HELP|TYPE) )?keyarea_alert_events")


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


def about_nobody(ask: Ask, alerts: Collection[str]) -> Ask:
    """What is asked about one of these is asked about nothing that there is: its workflow answers as it does then."""
    named = {name: _NOBODYS for name in _NAMES if getattr(ask, name, "") in alerts}
    return replace(ask, **named) if named else ask


def without_steps(metrics: bytes) -> bytes:
    """Without the count of what alerts went through: it rises when one that must not be seen is raised."""
    return b"".join(line for line in metrics.splitlines(keepends=True) if not _COUNTS.match(line))
