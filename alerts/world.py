"""What a workflow may look at: everything in it is as it stands in this turn, and nothing can be changed by it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from alerts.alert import Alert
from alerts.case import AskedFor, HeldBack
from alerts.installation import Installation
from alerts.open_point import SeesOpen
from alerts.rules_in_force import RuleInForce
from alerts.site_facts import SiteFacts
from devices.device import Device
from devices.reading import Instant, Reading
from devices.supervision import Span


class WorldAlerts(Protocol):
    """What is open, and what is kept from being shouted."""

    def open(self) -> Sequence[Alert]: ...
    def find(self, alert: str) -> Alert | None:
        """If it is open and real."""
        ...

    def members(self, incident: str) -> Sequence[Alert]:
        """The open alerts of that incident, in the order in which they joined."""
        ...

    def has_members(self, incident: str) -> bool:
        """Whether any alert of that incident is open."""
        ...

    def suppressions(self) -> Sequence[HeldBack]: ...
    def waiting(self) -> Sequence[AskedFor]:
        """What waits for a second person."""
        ...


class World(SeesOpen, Protocol):
    """Handed to every function of a workflow."""

    @property
    def now(self) -> Instant: ...
    @property
    def site(self) -> SiteFacts: ...
    @property
    def devices(self) -> Mapping[str, Device]: ...
    @property
    def rules(self) -> Mapping[str, RuleInForce]:
        """The version of each rule that is at work, by its name; of those that the records know."""
        ...

    @property
    def modes(self) -> Mapping[str, str]: ...
    @property
    def alerts(self) -> WorldAlerts: ...
    def own_cases(self, workflow: Any) -> Mapping[str, Any]:
        """The open cases of that workflow, by id: for its own ``turn``."""
        ...

    def guards_life(self, device: Device) -> bool: ...
    def is_danger_point(self, device: Device) -> bool:
        """Whether it is a fire, gas or hold-up point, by what it is and by what rules make of it."""
        ...

    @property
    def installation(self) -> Installation: ...
    def outages(self, since: Instant) -> tuple[Span, ...]:
        """When nobody listened."""
        ...

    def recent(self, device: str, signal: str, span: Instant) -> Sequence[Reading]:
        """What was heard of a signal in so long; the newest last, and at least the newest that there was."""
        ...

    def ask_of(self, question: str, **about: Any) -> Sequence[Any]:
        """What other workflows answer; alerts.facts says which questions there are. Empty: nobody knows."""
        ...

    def chance(self, case: str) -> float:
        """0 to 1, always the same for that case."""
        ...
