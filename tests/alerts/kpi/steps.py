"""Steps of alerts as they are committed, in few words."""

from typing import Any

from alerts.alert import AlertClass
from alerts.kpi.step import Cause, OfAlert, Step
from alerts.lifecycle import Action
from devices.reading import SECOND

BEGIN = 1_796_054_400
"""2026-12-01 00:00 in Shanghai, in seconds since 1970."""


def step(action: Action, at: float, alert: str = "a", by: str = "", **of: Any) -> Step:
    """``at`` in seconds after BEGIN; ``of``: fields of the alert that are not as usual."""
    usual: dict[str, Any] = {
        "rule": "smoke",
        "area": "store",
        "key": f"d-{alert}",
        "alert_class": AlertClass.FIRE,
        "priority": 1,
        "state": "closed" if action is Action.CLOSE else "unacknowledged",
        "causes": (Cause(f"d-{alert}", "smoke", True),),
    }
    return Step(OfAlert(id=alert, **{**usual, **of}), action, int((BEGIN + at) * SECOND), by)
