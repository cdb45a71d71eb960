"""Forwarding 报警传输: what became of an alert at a receiving centre is written on its timeline.

Whoever sends says by receipts what came of it: confirmed by the centre, or not confirmed after three resends; that it
still waits for a first answer, where that takes longer than one. No case: it is heard and noted.
"""

from collections.abc import Mapping, Sequence

from alerts.case import Case
from alerts.forwarding import alert_of
from alerts.heard import Listens
from alerts.moves import AlertNote, Receipt
from alerts.workflow import Heard, Moves, Workflow, World
from devices.message import Text
from devices.reading import Instant

_SAID = {"sent": "forwarding.sending", "read": "forwarding.confirmed", "failed": "forwarding.failed"}


class Forwarding(Workflow[Case]):
    """It keeps nothing."""

    name, book, case = "forwarding", "alerts", Case
    listens = Listens(receipts=True)

    def step(self, event: Heard, cases: Mapping[str, Case], world: World, now: Instant) -> Moves:
        alert = alert_of(event.notification) if isinstance(event, Receipt) else ""
        if not isinstance(event, Receipt) or not alert:
            return Moves()
        key = _SAID[event.state]
        if event.state == "failed" and event.note:
            key = "forwarding.refused"
        return Moves(notes=(AlertNote(alert, Text.of(key, centre=event.to, reason=event.note)),))

    def turn(self, due: Sequence[Case], world: World, now: Instant) -> Moves:
        return Moves()


WORKFLOW = Forwarding
