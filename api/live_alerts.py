"""The open alerts as they are shown: what is committed, and over it what waits for the store; in order, with changes.

Each change raises ``revision``, so that whoever looks ten times a second sees at one glance that nothing is new.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Sequence

from alerts.alert import Alert, State, display_order
from alerts.flood import Flood
from devices.reading import Instant

_CHANGES_KEPT = 20_000

_Place = tuple[bool, tuple[int, int, bool, Instant], int, str]


class LiveAlerts:
    """Part of api.live.Live, which guards it with its lock."""

    def __init__(self) -> None:
        self.revision = 0
        self.committed: dict[str, Alert] = {}
        self.unrecorded: dict[str, Alert] = {}
        self.shown: dict[str, Alert] = {}
        """Either of them, those that are not closed."""
        self.silent: dict[str, Alert] = {}
        """Those of them that are for named screens alone."""
        self._order: list[_Place] = []
        """Kept in order, so that neither a change nor a look costs a sort of all."""
        self._numbers: dict[str, int] = {}
        """Of two at one instant, the first comes first."""
        self._raised = 0
        self._changes: deque[tuple[int, str]] = deque(maxlen=_CHANGES_KEPT)
        self._known_since = 0
        self._floods = {with_silent: Flood() for with_silent in (True, False)}

    def start(self, alerts: Sequence[Alert]) -> None:
        """Everything anew."""
        before = self.shown
        self.committed = {alert.id: alert for alert in alerts}
        self.unrecorded, self.shown = {}, dict(self.committed)
        self.silent = {alert.id: alert for alert in alerts if alert.silent}
        self._numbers = {alert.id: number for number, alert in enumerate(alerts)}
        self._raised = len(self._numbers)
        self._order = sorted(self._place(alert) for alert in alerts)
        for alert in sorted(alerts, key=lambda alert: alert.newest):
            self._tell_flood(before.get(alert.id), alert)
        self.revision += 1
        self._known_since = self.revision
        self._changes.clear()

    def commit(self, alert: Alert) -> None:
        """As it is stored."""
        if alert.state is State.CLOSED:
            self.committed.pop(alert.id, None)
        else:
            self.committed[alert.id] = alert
        if self.unrecorded.get(alert.id) == alert:
            del self.unrecorded[alert.id]
        self._refresh(alert.id)

    def show(self, alert: Alert) -> None:
        """As it stands in memory: a step of it waits for the store."""
        self.unrecorded[alert.id] = alert
        self._refresh(alert.id)

    def nothing_waits(self) -> None:
        """What was shown is stored by now, or lost."""
        waited, self.unrecorded = list(self.unrecorded), {}
        for alert_id in waited:
            self._refresh(alert_id)

    def in_order(self) -> list[Alert]:
        """Those shown, in the operator's order."""
        return [self.shown[place[-1]] for place in self._order]

    def stored_in_order(self) -> list[Alert]:
        """Those committed; one that is closed and waits for the store comes last."""
        committed = self.committed
        known = [alert_id for *_, alert_id in self._order if alert_id in committed]
        return [committed[alert_id] for alert_id in (*known, *(committed.keys() - set(known)))]

    def changed_since(self, revision: int) -> frozenset[str] | None:
        """Those that changed after that revision; None: look at all."""
        oldest = self._changes[0][0] - 1 if len(self._changes) == _CHANGES_KEPT else self._known_since
        if not oldest <= revision:
            return None
        changed = set[str]()
        for at, alert_id in reversed(self._changes):
            if at <= revision:
                break
            changed.add(alert_id)
        return frozenset(changed)

    def flood(self, now: Instant, *, with_silent: bool) -> int:
        return self._floods[with_silent].count(now)

    def _refresh(self, alert_id: str) -> None:
        """Show it as it stands now."""
        before = self.shown.get(alert_id)
        alert = self.unrecorded.get(alert_id) or self.committed.get(alert_id)
        if before is not None:
            del self._order[bisect_left(self._order, self._place(before))]
        if alert is None or alert.state is State.CLOSED:
            self.shown.pop(alert_id, None)
            self.silent.pop(alert_id, None)
            self._numbers.pop(alert_id, None)
        else:
            self.shown[alert_id] = alert
            if alert.silent:
                self.silent[alert_id] = alert
            if alert_id not in self._numbers:
                self._raised += 1
                self._numbers[alert_id] = self._raised
            insort(self._order, self._place(alert))
            self._tell_flood(before, alert)
        self.revision += 1
        self._changes.append((self.revision, alert_id))

    def _place(self, alert: Alert) -> _Place:
        return alert.origin != "real", display_order(alert), self._numbers[alert.id], alert.id

    def _tell_flood(self, before: Alert | None, alert: Alert) -> None:
        """An alert that was not shouted before is now; a drill makes no flood."""
        if alert.origin != "real":
            return
        if alert.suppression is None and (before is None or before.suppression is not None):
            for with_silent, flood in self._floods.items():
                if with_silent or not alert.silent:
                    flood.raised(alert.newest)
