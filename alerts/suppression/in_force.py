"""What stands now that may set an alert aside, and the question that each stage answers.

A stage is one reason not to shout, in a file of its own in alerts/stages/: a pure function from a case and what
stands to an ``Aside``, or to None if it has nothing against shouting. alerts/suppression/suppressor.py names them in
one literal.
"""

from collections.abc import Callable

import msgspec

from alerts.alert import AlertClass
from alerts.bypass import Bypassed
from alerts.case import Case as WorkflowCase
from alerts.case import Hold
from alerts.heard import Pending
from alerts.kernel.open_cases import OpenCases
from alerts.suppression_reason import Suppression
from devices.device import OWN_FAMILY, Device
from devices.reading import Instant
from devices.walk_test import WalkTest

DEADLY = frozenset({AlertClass.FIRE, AlertClass.HOLD_UP, AlertClass.GAS})
"""What kills."""


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
    """``bypasses`` and ``tests`` by device. ``lost``: lines by id, and since when; ``back``: when they came back.

    ``sources``: the ids of all bypasses and tests. ``cases`` are those of workflows, and ``held`` asks them.
    """

    def __init__(self) -> None:
        self.bypasses: dict[str, Bypassed] = {}
        self.tests: dict[str, WalkTest] = {}
        self.lost: dict[str, Instant] = {}
        self.back: dict[str, Instant] = {}
        self.sources: frozenset[str] = frozenset()
        self.cases = OpenCases()
        self.held: Callable[[Pending], tuple[str, WorkflowCase, Hold] | None] = lambda _pending: None

    def __bool__(self) -> bool:
        return bool(self.bypasses or self.tests or self.lost) or self.cases.is_holding

    def has(self, source: str) -> bool:
        """Whether the bypass or walk test of that id stands, or the line is lost."""
        return source in self.sources or source in self.lost

    def stands(self, suppression: Suppression) -> bool:
        """Whether what it follows from stands."""
        if not suppression.workflow:
            return self.has(suppression.source)
        case = self.cases.find(suppression.workflow, suppression.source)
        return case is not None and case.holds is not None

    def is_permit_for(self, device: str) -> bool:
        """Whether anybody may hold back what that device says."""
        return device in self.bypasses or device in self.tests or self.cases.holds(device)


Stage = Callable[[Candidate, InForce], Suppression | None]


def line_of(device: Device) -> str:
    """The id of the line that carries the device; "" for the gateway's own parts."""
    return f"line:{device.line or 'mqtt'}" if device.family != OWN_FAMILY else ""
