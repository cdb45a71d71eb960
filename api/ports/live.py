"""What is open now, as committed events tell it (api/live.py)."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from alerts.alert import Alert
from alerts.effects import CaseChanged
from devices.reading import Instant


class Position(msgspec.Struct, frozen=True):
    """Where in the feed a reader is: ``at`` is the id of the newest event that it knows.

    ``epoch`` is another one for each process: ids go on after a restart, but what was read of another life may be gone
    from a store that was put back.
    """

    epoch: str = ""
    at: int = 0


class Snapshot(msgspec.Struct, frozen=True):
    """All that is open at a position: every alert that is not closed, the armed modes by area, the open cases."""

    position: Position
    alerts: Sequence[Alert] = ()
    modes: dict[str, str] = {}
    cases: Sequence[CaseChanged] = ()


class LivePort(Protocol):
    """The live read model."""

    @property
    def position(self) -> Position: ...
    @property
    def canary(self) -> Alert | None:
        """The newest check of the alarm path (alerts/canary.py); in no list."""
        ...

    @property
    def revision(self) -> int:
        """Grows with each change: who finds it as it was need not look."""
        ...

    def changed_since(self, revision: int) -> frozenset[str] | None:
        """The alerts that changed after that revision, ended ones among them; None: look at all."""
        ...

    def open_alert(self, alert_id: str) -> Alert | None:
        """That alert, if it is not closed; it may wait for the store."""
        ...

    def silent_alerts(self) -> Sequence[Alert]:
        """Those that are open, in no order: asked with every event, so it costs nothing where there is none."""
        ...

    def unrecorded(self) -> frozenset[str]:
        """The alerts that are shown as they stand in memory: a step of theirs waits for the store."""
        ...

    def flood(self, now: Instant, *, with_silent: bool = True) -> int:
        """How many alerts a flood brought; 0: there is none. ``with_silent``: for whoever sees silent alarms."""
        ...

    def snapshot(self) -> Snapshot:
        """All that is committed, and its position: for another process, which goes on from there."""
        ...
