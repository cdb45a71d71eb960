"""What stands now that may set an alert aside, and the question that each stage answers.

A stage is one reason not to shout, in a file of its own in alerts/suppression/stages/: a pure function from a candidate
and what stands to a ``Suppression``, or to None if it has nothing against shouting. stage_finder.py finds them.
"""

from collections.abc import Callable

import msgspec

from alerts.alert import AlertClass
from alerts.case import Case as WorkflowCase
from alerts.case import Hold
from alerts.heard import Pending
from alerts.kernel.open_cases import OpenCases
from alerts.suppression_reason import Suppression
from devices.device import OWN_FAMILY, Device
from devices.reading import Instant


class Candidate(msgspec.Struct, frozen=True):
    """One device's part in one alert: the signals with which it breaches the rule, and since when.

    ``told``: when it gave its newest reason. ``breached``: since when the rule does not hold. ``interval_s``: the
    longest silence allowed, if the alert says that the device is lost; else None. ``aside``: how the alert stands so
    far. ``is_heard``: it has ever spoken.
    """

    device: Device
    alert_class: AlertClass
    begun: Instant
    now: Instant
    told: Instant
    signals: frozenset[str] = frozenset()
    interval_s: float | None = None
    suppression: Suppression | None = None
    is_heard: bool = True
    breached: Instant = 0


FIRE_YIELDS = frozenset({AlertClass.INTRUSION, AlertClass.ACCESS})
"""Classes of which a fire may set something aside; whatever else is raised need not be asked about it."""


FIRE = "fire"
"""The reason of what a fire sets aside; its source is the area."""


class InForce:
    """``lost``: lines by id, and since when; ``back``: when they came back. ``fires``: areas, and since when they burn.

    ``cases`` are those of workflows, and ``held`` asks them.
    """

    def __init__(self) -> None:
        self.lost: dict[str, Instant] = {}
        self.back: dict[str, Instant] = {}
        self.fires: dict[str, Instant] = {}
        self.cases = OpenCases()
        self.held: Callable[[Pending], tuple[str, WorkflowCase, Hold] | None] = lambda _pending: None

    def __bool__(self) -> bool:
        return bool(self.lost) or bool(self.fires) or self.cases.is_holding

    def may_hold(self, device: str, area: str, alert_class: AlertClass) -> bool:
        """Whether the stages need be asked about what that device of that area tells."""
        return self.cases.holds(device) or (alert_class in FIRE_YIELDS and area in self.fires)

    def stands(self, suppression: Suppression) -> bool:
        """Whether what it follows from stands."""
        if not suppression.workflow:
            return suppression.source in (self.fires if suppression.reason == FIRE else self.lost)
        case = self.cases.find(suppression.workflow, suppression.source)
        return case is not None and case.holds is not None


class Stage(msgspec.Struct, frozen=True):
    """One reason not to shout. The one with the smallest ``place`` that has something against it is told."""

    place: int
    ask: Callable[[Candidate, InForce], Suppression | None]


def line_of(device: Device) -> str:
    """The id of the line that carries the device; "" for the gateway's own parts."""
    return f"line:{device.line or 'mqtt'}" if device.family != OWN_FAMILY else ""
