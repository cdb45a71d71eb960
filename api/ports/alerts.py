"""The alerts, and everything that was done to them."""

from typing import Protocol

from alerts.alert import Alert, AlertEvent
from devices.reading import Instant


class Alerts(Protocol):
    """The alerts, and everything that was done to them."""

    def open_alerts(self) -> list[Alert]:
        """Every alert not closed, in display order, those set aside among them (their ``aside`` says why)."""
        ...

    def alert(self, alert_id: str) -> Alert | None: ...

    def alerts(
        self,
        *,
        area: str | None = None,
        before: Instant | None = None,
        open_only: bool = False,
        aside: bool | None = None,
        limit: int = 200,
    ) -> list[Alert]:
        """Stored alerts, newest first. ``aside``: only open ones that are (not) set aside, in display order."""
        ...

    def members(self, incident: str, since: Instant, until: Instant, limit: int = 500) -> list[Alert]:
        """The alerts of an incident, open or not, in the order of joining; all of them were raised in that span."""
        ...

    def history(self, alert_id: str) -> list[AlertEvent]: ...
