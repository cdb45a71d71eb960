"""The control room: the page is the browser's (static/control_room.js); what is said of one alert is drawn here."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from starlette.exceptions import HTTPException

from alerts.alert import Alert, AlertEvent, State
from alerts.suppression.danger import DEADLY
from api.auth import Permission
from api.console.alert_view import AlertView
from api.console.escalation_view import escalation_of
from api.console.response_view import response_of
from api.console.web_page import Asked, Page
from devices.errors import StoreUnavailable

_STEPS_SHOWN = 50


def _show_panel(asked: Asked) -> Mapping[str, Any]:
    wanted = asked.wanted["alert_id"]
    held = asked.gateway.live.open_alert(wanted)
    alert = held if held is not None else asked.gateway.alerts.alert(wanted)
    if alert is None:
        raise HTTPException(404)
    return {
        "alert": alert,
        "view": AlertView(asked, alert),
        "escalation": escalation_of(asked, wanted),
        "response": response_of(asked, alert),
        "history": _history(asked, wanted),
        "is_closed": alert.state is State.CLOSED,
        "is_acknowledged": alert.state is State.ACKNOWLEDGED,
        "may_close": _may_close(asked, alert),
    }


def _may_close(asked: Asked, alert: Alert) -> bool:
    """By itself, or because it is alone in its incident: closing that does what is left to do besides."""
    if alert.active:
        return False
    if alert.state is State.ACKNOWLEDGED and not alert.latched:
        return True
    is_seen = alert.state is State.ACKNOWLEDGED or alert.alert_class not in DEADLY
    rest = (one for one in asked.gateway.alerts.open_alerts() if one.incident == alert.incident and one.id != alert.id)
    return bool(alert.incident) and is_seen and all(one.suppression is not None for one in rest)


def _history(asked: Asked, alert_id: str) -> list[AlertEvent]:
    with suppress(StoreUnavailable):  # an alert that cannot be recorded now is shown all the same
        return asked.gateway.alerts.history(alert_id)[-_STEPS_SHOWN:]
    return []


PAGES = (
    Page(
        path="/",
        permission=Permission.WATCH,
        title="console.control_room",
        template="control_room.html",
        place=("main", 10),
        is_control_room=True,
    ),
    Page(
        path="/console/alerts/{alert_id}/panel",
        permission=Permission.WATCH,
        title="console.control_room",
        template="alert_panel.html",
        show=_show_panel,
        is_control_room=True,
    ),
)
