"""In which areas a fire stands, and since when: from the alert until somebody resets it, as at a panel (EN 54-2)."""

from alerts.alert import Alert, AlertClass, State
from devices.reading import Instant


class Fires:
    """Keeps ``areas`` up: each area with a fire, and since when. What is set aside (in a test, bypassed) is no fire."""

    def __init__(self, areas: dict[str, Instant]) -> None:
        self._areas = areas
        self._alerts: dict[str, Alert] = {}

    def follow(self, alert: Alert) -> list[str]:
        """The areas in which no fire stands any more, now that the alert has changed."""
        if alert.alert_class is not AlertClass.FIRE:
            return []
        stands = alert.state is not State.CLOSED and alert.suppression is None and (alert.active or alert.latched)
        if stands:
            self._alerts[alert.id] = alert
            self._areas[alert.area] = min(alert.raised, self._areas.get(alert.area, alert.raised))
            return []
        if self._alerts.pop(alert.id, None) is None:
            return []
        raised = [other.raised for other in self._alerts.values() if other.area == alert.area]
        if raised:
            self._areas[alert.area] = min(raised)
            return []
        del self._areas[alert.area]
        return [alert.area]
