"""The alerts: open ones from the live read model, all others from the store."""

from alerts.alert import Alert, AlertEvent, display_order
from api.live import Live
from devices.reading import Instant
from gateway.stores.records_read import RecordsReader


class AlertsView:
    """Implements api.ports.alerts."""

    def __init__(self, live: Live, records: RecordsReader) -> None:
        self._live, self._records = live, records

    def open_alerts(self) -> list[Alert]:
        return self._live.open_alerts()

    def alert(self, alert_id: str) -> Alert | None:
        return self._live.open_alert(alert_id) or self._records.alert(alert_id)

    def alerts(
        self,
        *,
        area: str | None = None,
        before: Instant | None = None,
        open_only: bool = False,
        aside: bool | None = None,
        limit: int = 200,
    ) -> list[Alert]:
        if open_only or aside is not None:
            chosen = [alert for alert in self.open_alerts() if area in (None, alert.area)]
            chosen = [alert for alert in chosen if aside in (None, alert.suppression is not None)]
            return sorted(chosen, key=display_order)[:limit]
        return self._records.alerts(area=area, before=before, limit=limit)

    def members(self, incident: str, since: Instant, until: Instant, limit: int = 500) -> list[Alert]:
        stored = self._records.members(incident, since, until, limit)
        return [self._live.open_alert(alert.id) or alert for alert in stored]

    def history(self, alert_id: str) -> list[AlertEvent]:
        return self._records.history(alert_id)
