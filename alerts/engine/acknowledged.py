"""Ends acknowledgements whose time is over (alerts/acknowledgements.py): unacknowledged again, with sound."""

import heapq
from collections.abc import Callable

from alerts.acknowledgements import expires_at
from alerts.alert import Alert, AlertEvent
from alerts.lifecycle import Action
from alerts.open_alerts import OpenAlerts
from alerts.site_facts import SiteFacts
from devices.message import At, Text
from devices.reading import Instant


class Acknowledged:
    """Every acknowledged alert, and when that is over; ``tell`` is given what follows."""

    def __init__(self, register: OpenAlerts, site: SiteFacts, tell: Callable[[AlertEvent, Instant], None]) -> None:
        self._open_alerts, self._site, self._tell = register, site, tell
        self._heap: list[tuple[Instant, str]] = []
        self._ends: dict[str, Instant] = {}
        """The newest end of each alert: those overtaken fade from the heap."""
        self._is_started = False
        for alert in register.in_order():
            self.follow(alert)
        register.kept = self.follow

    def follow(self, alert: Alert) -> None:
        """A step of an alert."""
        at = expires_at(alert, self._site.acknowledgements, self._site.calendar)
        if at is None:
            self._ends.pop(alert.id, None)
        elif self._ends.get(alert.id) != at:
            self._ends[alert.id] = at
            heapq.heappush(self._heap, (at, alert.id))

    @property
    def wake_at(self) -> Instant | None:
        while self._heap and self._ends.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def turn(self, now: Instant) -> None:
        """What is over by now; at a start also what was acknowledged at a time that is yet to come (a wrong clock)."""
        if not self._is_started:
            self._is_started = True
            for alert in self._open_alerts.in_order(lambda each: each.acknowledged is not None):
                if alert.id in self._ends and (alert.acknowledged or 0) > now:
                    self._expire(alert, now)
        while (at := self.wake_at) is not None and at <= now:
            _, alert_id = heapq.heappop(self._heap)
            del self._ends[alert_id]
            found = self._open_alerts.find(alert_id)
            if found is not None:
                self._expire(found, now)

    def _expire(self, alert: Alert, now: Instant) -> None:
        note = Text.of("lifecycle.expired", by=alert.acknowledged_by, at=At(alert.acknowledged or now))
        self._tell(self._open_alerts.changed(alert, Action.EXPIRED, now, note=note), now)
