"""The live read model: what is open now, from a snapshot and the committed events that follow it.

Console, stream, REST and command line read it; nobody asks the engine. It knows neither store nor socket: a *source*
gives the snapshot and the events, be it this process's feed or another gateway's over its API (api/remote.py), so a
wall screen on another machine shows what the gateway's own console shows.

While the store is away nothing is committed, and alarms must reach people all the same. What such an event says has no
id and comes to the owner's process only; it is shown over what is committed, and named in ``unrecorded``, until it is
committed or the pipeline that said it has ended.

It is changed in the event loop only; a lock lets worker threads read between two changes. Each change raises
``revision``, so that whoever looks ten times a second sees at one glance that nothing is new.
"""

import asyncio
from bisect import bisect_left, insort
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import aclosing
from threading import Lock
from typing import Any, Protocol

import msgspec

from alerts.alert import Alert, AlertEvent, State, display_order
from alerts.effects import CaseChanged, ModeChanged
from alerts.flood import Flood
from api.ports import Position, Published, Snapshot
from api.ports.feed import RECORDED
from devices.errors import Refused, StoreUnavailable
from devices.reading import Instant

_CHANGES_KEPT = 20_000
_AGAIN_S = 1.0

_Place = tuple[bool, tuple[int, int, bool, Instant], int, str]


class Source(Protocol):
    """A gateway's committed events."""

    def snapshot(self) -> Snapshot:
        """As things stand; blocks. Raises StoreUnavailable."""
        ...

    def subscribe(self, after: Position) -> AsyncIterator[Sequence[Published]]:
        """What follows. Raises Refused if it is kept no longer: take a snapshot anew; StoreUnavailable."""
        ...


class Live:
    """``start`` it with a snapshot, then ``apply`` what follows; ``follow`` does both."""

    def __init__(self) -> None:
        self.position = Position()
        self.revision = 0
        self.is_known = False
        """Whether there was a snapshot yet."""
        self._committed: dict[str, Alert] = {}
        self._unrecorded: dict[str, Alert] = {}
        self._open: dict[str, Alert] = {}
        """Either of them, as it is shown."""
        self._order: list[_Place] = []
        """Kept in order, so that neither a change nor a look costs a sort of all."""
        self._numbers: dict[str, int] = {}
        """Of two at one instant, the first comes first."""
        self._raised = 0
        self._modes: dict[str, str] = {}
        self._cases: dict[tuple[str, str], CaseChanged] = {}
        self._changes: deque[tuple[int, str]] = deque(maxlen=_CHANGES_KEPT)
        self._known_since = 0
        self._floods = {with_silent: Flood() for with_silent in (True, False)}
        self._lock = Lock()

    # -- what changes it -----------------------------------------------------------------------------------

    def start(self, snapshot: Snapshot) -> None:
        """Everything anew."""
        with self._lock:
            self.position, self.is_known = snapshot.position, True
            self._committed = {alert.id: alert for alert in snapshot.alerts}
            self._unrecorded, self._modes = {}, dict(snapshot.modes)
            self._cases = {(case.workflow, case.id): case for case in snapshot.cases}
            before, self._open, self._order = self._open, {}, []
            self._numbers = {alert.id: number for number, alert in enumerate(snapshot.alerts)}
            self._raised = len(self._numbers)
            for alert in sorted(snapshot.alerts, key=lambda alert: alert.newest):
                self._open[alert.id] = alert
                self._tell_flood(before.get(alert.id), alert)
            self._order = sorted(self._place(alert) for alert in self._open.values())
            self.revision += 1
            self._known_since = self.revision
            self._changes.clear()

    def apply(self, events: Iterable[Published]) -> None:
        """What came next. An event that the snapshot holds already changes nothing."""
        with self._lock:
            for published in events:
                if published.id is None:
                    self._show(published)
                elif published.id > self.position.at:
                    self._commit(published.event)
                    self.position = msgspec.structs.replace(self.position, at=published.id)

    def _commit(self, event: Any) -> None:
        match event:
            case AlertEvent(alert=alert):
                if alert.state is State.CLOSED:
                    self._committed.pop(alert.id, None)
                else:
                    self._committed[alert.id] = alert
                if self._unrecorded.get(alert.id) == alert:
                    del self._unrecorded[alert.id]
                self._refresh(alert.id)
            case ModeChanged(area=area, mode=mode):
                self._modes[area] = mode
                self.revision += 1
            case CaseChanged(workflow=workflow, id=id_):
                if event.is_open:
                    self._cases[workflow, id_] = event
                else:
                    self._cases.pop((workflow, id_), None)
                self.revision += 1

    def _show(self, published: Published) -> None:
        """What is not committed: a step of an alert, or that nothing waits any more."""
        if isinstance(published.event, AlertEvent):
            alert = published.event.alert
            self._unrecorded[alert.id] = alert
            self._refresh(alert.id)
        elif published.kind == RECORDED:
            waited, self._unrecorded = list(self._unrecorded), {}
            for alert_id in waited:
                self._refresh(alert_id)

    def _refresh(self, alert_id: str) -> None:
        """Show it as it stands now."""
        before = self._open.get(alert_id)
        alert = self._unrecorded.get(alert_id) or self._committed.get(alert_id)
        if before is not None:
            del self._order[bisect_left(self._order, self._place(before))]
        if alert is None or alert.state is State.CLOSED:
            self._open.pop(alert_id, None)
            self._numbers.pop(alert_id, None)
        else:
            self._open[alert_id] = alert
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
        """An alert that was not shouted before is now."""
        if alert.suppression is None and (before is None or before.suppression is not None):
            for with_silent, flood in self._floods.items():
                if with_silent or not alert.silent:
                    flood.raised(alert.newest)

    # -- what it shows -------------------------------------------------------------------------------------

    def open_alerts(self) -> list[Alert]:
        """Every alert that is not closed, in the operator's order, those set aside among them."""
        with self._lock:
            return [self._open[place[-1]] for place in self._order]

    def open_alert(self, alert_id: str) -> Alert | None:
        with self._lock:
            return self._open.get(alert_id)

    def unrecorded(self) -> frozenset[str]:
        """The alerts that are shown as they stand in memory: a step of theirs waits for the store."""
        with self._lock:
            return frozenset(self._unrecorded)

    def changed_since(self, revision: int) -> frozenset[str] | None:
        """The alerts that changed after that revision, ended ones among them; None: look at all."""
        with self._lock:
            oldest = self._changes[0][0] - 1 if len(self._changes) == _CHANGES_KEPT else self._known_since
            if not oldest <= revision:
                return None
            changed = set[str]()
            for at, alert_id in reversed(self._changes):
                if at <= revision:
                    break
                changed.add(alert_id)
            return frozenset(changed)

    def modes(self) -> dict[str, str]:
        """The armed modes that were ever set, by area."""
        with self._lock:
            return dict(self._modes)

    def cases(self, workflow: str) -> list[CaseChanged]:
        """Its open cases, the oldest on top."""
        with self._lock:
            found = [case for (name, _), case in self._cases.items() if name == workflow]
        return sorted(found, key=lambda case: (case.case.get("opened", 0), case.id))

    def snapshot(self) -> Snapshot:
        """All that is committed, and its position: for another process, which goes on from there."""
        with self._lock:
            committed = self._committed
            known = [alert_id for *_, alert_id in self._order if alert_id in committed]
            rest = committed.keys() - set(known)  # closed, but that waits for the store
            alerts = [committed[alert_id] for alert_id in (*known, *rest)]
            return Snapshot(self.position, alerts, dict(self._modes), list(self._cases.values()))

    def flood(self, now: Instant, *, with_silent: bool = True) -> int:
        """How many alerts a flood brought; 0: there is none. ``with_silent``: for whoever sees silent alarms."""
        with self._lock:
            return self._floods[with_silent].count(now)


async def follow(live: Live, source: Source) -> None:
    """Keep it up until the gateway stops. While the store does not answer it stays as it is."""
    while True:
        try:
            if not await _followed(live, source):
                return
        except StoreUnavailable:
            await asyncio.sleep(_AGAIN_S)


async def _followed(live: Live, source: Source) -> bool:
    """From a snapshot on; True: it fell too far behind, and needs another."""
    live.start(await asyncio.to_thread(source.snapshot))
    events = source.subscribe(live.position)
    try:
        async with aclosing(events):  # type: ignore[type-var]
            async for news in events:
                live.apply(news)
    except Refused:
        return True
    return False
