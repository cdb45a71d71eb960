"""The live read model: what is open now, from a snapshot and the committed events that follow it.

Console, stream, REST and command line read it; nobody asks the engine. It knows neither store nor socket: a *source*
gives the snapshot and the events, be it this process's feed or another gateway's over its API (api/remote.py), so a
wall screen on another machine shows what the gateway's own console shows.

While the store is away nothing is committed, and alarms must reach people all the same. What such an event says has no
id and comes to the owner's process only; it is shown over what is committed, and named in ``unrecorded``, until it is
committed or the pipeline that said it has ended.

It is changed in the event loop only; a lock lets worker threads read between two changes.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import aclosing
from threading import Lock
from typing import Any, Protocol

import msgspec

from alerts.alert import Alert, AlertEvent
from alerts.canary import CanaryRaised
from alerts.effects import CaseChanged, ModeChanged
from api.live_alerts import LiveAlerts
from api.ports import Position, Published, Snapshot
from api.ports.feed import RECORDED
from devices.errors import Refused, StoreUnavailable
from devices.reading import Instant

_AGAIN_S = 1.0


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
        self.is_known = False
        """Whether there was a snapshot yet."""
        self.canary: Alert | None = None
        """The newest check of the alarm path: in no list, and handed to every screen once."""
        self._alerts = LiveAlerts()
        self._modes: dict[str, str] = {}
        self._cases: dict[tuple[str, str], CaseChanged] = {}
        self._lock = Lock()

    # -- what changes it -----------------------------------------------------------------------------------

    def start(self, snapshot: Snapshot) -> None:
        """Everything anew."""
        with self._lock:
            self.position, self.is_known = snapshot.position, True
            self._modes = dict(snapshot.modes)
            self._cases = {(case.workflow, case.id): case for case in snapshot.cases}
            self._alerts.start(snapshot.alerts)

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
                self._alerts.commit(alert)
            case CanaryRaised(alert=alert):
                self.canary = alert
            case ModeChanged(area=area, mode=mode):
                self._modes[area] = mode
                self._alerts.revision += 1
            case CaseChanged(workflow=workflow, id=id_):
                if event.is_open:
                    self._cases[workflow, id_] = event
                else:
                    self._cases.pop((workflow, id_), None)
                self._alerts.revision += 1

    def _show(self, published: Published) -> None:
        """What is not committed: a step of an alert, or that nothing waits any more."""
        if isinstance(published.event, AlertEvent):
            self._alerts.show(published.event.alert)
        elif published.kind == RECORDED:
            self._alerts.nothing_waits()

    # -- what it shows -------------------------------------------------------------------------------------

    @property
    def revision(self) -> int:
        """Grows with each change."""
        return self._alerts.revision

    def open_alerts(self) -> list[Alert]:
        """Every alert that is not closed, in the operator's order, those set aside among them."""
        with self._lock:
            return self._alerts.in_order()

    def open_alert(self, alert_id: str) -> Alert | None:
        with self._lock:
            return self._alerts.shown.get(alert_id)

    def silent_alerts(self) -> list[Alert]:
        """Those that are open, in no order: asked with every event, so it costs nothing where there is none."""
        with self._lock:
            return list(self._alerts.silent.values())

    def unrecorded(self) -> frozenset[str]:
        """The alerts that are shown as they stand in memory: a step of theirs waits for the store."""
        with self._lock:
            return frozenset(self._alerts.unrecorded)

    def changed_since(self, revision: int) -> frozenset[str] | None:
        """The alerts that changed after that revision, ended ones among them; None: look at all."""
        with self._lock:
            return self._alerts.changed_since(revision)

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
            stored = self._alerts.stored_in_order()
            return Snapshot(self.position, stored, dict(self._modes), list(self._cases.values()))

    def flood(self, now: Instant, *, with_silent: bool = True) -> int:
        """How many alerts a flood brought; 0: there is none. ``with_silent``: for whoever sees silent alarms."""
        with self._lock:
            return self._alerts.flood(now, with_silent=with_silent)


async def follow(live: Live, source: Source) -> None:
    """Keep it up until the gateway stops. While no snapshot can be had it goes on from what it knows."""
    while True:
        try:
            if not await _followed(live, source):
                return
        except StoreUnavailable:
            await _without_a_snapshot(live, source)


async def _without_a_snapshot(live: Live, source: Source) -> None:
    """For a second: alarms that wait for the store are shown all the same."""
    if not live.is_known:
        await asyncio.sleep(_AGAIN_S)
        return
    events = source.subscribe(live.position)
    try:
        async with asyncio.timeout(_AGAIN_S), aclosing(events):  # type: ignore[type-var]
            async for news in events:
                live.apply(news)
    except TimeoutError:
        return
    except (Refused, StoreUnavailable):
        pass
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
