"""Forwarding 报警传输: what became of an alert at a receiving centre is written on its timeline.

Whoever sends says by receipts what came of it: confirmed by the centre, or not confirmed after three resends; that it
still waits for a first answer, where that takes longer than one. No case: it is heard and noted, and the alert says how
far it has come (alerts/transmission.py).
"""

from collections.abc import Mapping, Sequence

from alerts.case import Case
from alerts.forwarding import alert_of, event_of
from alerts.heard import Listens
from alerts.moves import AlertNote, Receipt
from alerts.transmission import Transmission, Transmitted
from alerts.workflow import Heard, Moves, Workflow, World
from devices.message import Text
from devices.reading import Instant

_SAID = {"sent": "forwarding.sending", "read": "forwarding.confirmed", "failed": "forwarding.failed"}

_STATES: dict[str, Transmitted] = {"sent": "sending", "read": "confirmed", "failed": "failed"}


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
        came = Transmission(event.to, _STATES[event.state], event_of(event.notification))
        text = Text.of(key, centre=event.to, reason=event.note)
        return Moves(notes=(AlertNote(alert, text, transmitted=came),))

    def turn(self, due: Sequence[Case], world: World, now: Instant) -> Moves:
        return Moves()


WORKFLOW = Forwarding
