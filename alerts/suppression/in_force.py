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

    ``told``: when it gave its newest reason. ``interval_s``: the longest silence allowed, if the alert says that the
    device is lost; else None. ``aside``: how the alert stands so far. ``is_heard``: it has ever spoken.
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


class InForce:
    """``lost``: lines by id, and since when; ``back``: when they came back.

    ``cases`` are those of workflows, and ``held`` asks them.
    """

    def __init__(self) -> None:
        self.lost: dict[str, Instant] = {}
        self.back: dict[str, Instant] = {}
        self.cases = OpenCases()
        self.held: Callable[[Pending], tuple[str, WorkflowCase, Hold] | None] = lambda _pending: None

    def __bool__(self) -> bool:
        return bool(self.lost) or self.cases.is_holding

    def stands(self, suppression: Suppression) -> bool:
        """Whether what it follows from stands."""
        if not suppression.workflow:
            return suppression.source in self.lost
        case = self.cases.find(suppression.workflow, suppression.source)
        return case is not None and case.holds is not None


class Stage(msgspec.Struct, frozen=True):
    """One reason not to shout. The one with the smallest ``place`` that has something against it is told."""

    place: int
    ask: Callable[[Candidate, InForce], Suppression | None]


def line_of(device: Device) -> str:
    """The id of the line that carries the device; "" for the gateway's own parts."""
    return f"line:{device.line or 'mqtt'}" if device.family != OWN_FAMILY else ""
