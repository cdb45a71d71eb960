"""Alerts: the list, one with its history, and what an operator does with them."""

from datetime import datetime
from typing import Any

import msgspec

from api.client.caller import Caller, Done
from api.client.readings import Reading


class Aside(msgspec.Struct, frozen=True):
    """Why an open alert is not shouted."""

    kind: str
    reason: str
    source: str
    since: datetime
    by: str
    until: datetime | None
    note: str


class Transmission(msgspec.Struct, frozen=True):
    """How far a receiving centre was told: sending, confirmed, failed."""

    centre: str
    state: str
    event: str = ""


class Alert(msgspec.Struct, frozen=True):
    """An alert as it stands; ``text``, ``procedure`` and ``note`` in the caller's language."""

    id: str
    rule: str
    rule_version: str
    area: str
    key: str
    alert_class: str
    priority: int
    text: str
    state: str
    active: bool
    latched: bool
    occurrences: int
    raised: datetime
    changed: datetime
    again: datetime | None
    causes: tuple[Reading, ...]
    procedure: str
    acknowledged_by: str
    acknowledged: datetime | None
    reset_by: str
    closed_by: str
    closed: datetime | None
    disposition: str | None
    note: str
    origin: str
    aside: Aside | None
    silenced_until: datetime | None = None
    silenced_by: str = ""
    known_until: datetime | None = None
    transmitted: tuple[Transmission, ...] = ()
    incident: str = ""
    place: int = 0


class AlertStep(msgspec.Struct, frozen=True):
    """One step of its life."""

    action: str
    at: datetime
    by: str
    note: str


class AlertWithHistory(msgspec.Struct, frozen=True):
    """An alert and all its steps."""

    alert: Alert
    history: tuple[AlertStep, ...]


class RuleAndKey(msgspec.Struct, frozen=True):
    """An alert by what raises it."""

    rule: str
    key: str


class SetAsideAlert(msgspec.Struct, frozen=True):
    """An open alert that is set aside."""

    id: str
    rule: str
    key: str
    alert_class: str
    state: str
    active: bool
    occurrences: int
    text: str


class SetAside(msgspec.Struct, frozen=True):
    """``kind`` is shelved, out_of_service, in_test or suppressed; ``until`` None: as long as its reason stands."""

    kind: str
    reason: str
    title: str
    source: str
    area: str
    rules: tuple[RuleAndKey, ...]
    devices: tuple[str, ...]
    alerts: tuple[SetAsideAlert, ...]
    why: str
    by: str
    second: str
    since: datetime
    until: datetime | None


class _Alerts(msgspec.Struct, frozen=True):
    alerts: list[Alert]


class AlertCalls:
    """``client.alerts``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(
        self,
        *,
        open_only: bool = True,
        aside: bool | None = None,
        area: str | None = None,
        before: datetime | None = None,
        limit: int = 200,
    ) -> list[Alert]:
        """Open ones in the operator's order, or stored ones, newest first. ``aside``: only those set aside, or not."""
        wanted = {"open": open_only, "aside": aside, "area": area, "limit": limit}
        until = before.isoformat() if before is not None else None
        return self._caller.get("/api/alerts", _Alerts, **wanted, before=until).alerts

    def set_aside(self) -> list[SetAside]:
        """Everything that is set aside now: what, why, by whom, since when, until when."""
        return self._caller.get("/api/set-aside", list[SetAside])

    def show(self, alert: str) -> AlertWithHistory:
        return self._caller.get("/api/alerts/{alert_id}", AlertWithHistory, alert_id=alert)

    def way(self, alert: str) -> list[dict[str, Any]]:
        """From device time to the screens, messages and centres that had it."""
        return self._caller.get("/api/alerts/{alert_id}/way", list[dict[str, Any]], alert_id=alert)

    def acknowledge(self, alert: str, note: str = "", *, seen: int | None = None) -> None:
        """``seen``: its ``occurrences`` as they were shown; Refused if there are more by now. None: as it stands."""
        body = {"note": note, **({"seen": seen} if seen is not None else {})}
        self._caller.post("/api/alerts/{alert_id}/acknowledge", Done, body, alert_id=alert)

    def silence(self, alert: str, note: str = "", *, seen: int | None = None) -> None:
        """Consoles are quiet about it for two minutes. ``seen``: as of an acknowledgement."""
        body = {"note": note, **({"seen": seen} if seen is not None else {})}
        self._caller.post("/api/alerts/{alert_id}/silence", Done, body, alert_id=alert)

    def reset(self, alert: str, note: str = "") -> None:
        self._caller.post("/api/alerts/{alert_id}/reset", Done, {"note": note}, alert_id=alert)

    def end_cause(self, alert: str, note: str, *, is_sure: bool = False) -> None:
        """``note``: how it is known; ``is_sure``: also where the device would say so itself."""
        body = {"note": note, "is_sure": is_sure}
        self._caller.post("/api/alerts/{alert_id}/end-cause", Done, body, alert_id=alert)

    def close(self, alert: str, disposition: str, note: str = "") -> None:
        """``disposition``: the finding, as the API's document lists them."""
        body = {"disposition": disposition, "note": note}
        self._caller.post("/api/alerts/{alert_id}/close", Done, body, alert_id=alert)

    def comment(self, alert: str, note: str) -> None:
        self._caller.post("/api/alerts/{alert_id}/comment", Done, {"note": note}, alert_id=alert)
