"""The World that workflows are handed: what the engine and the open cases know, asked for when it is asked for."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Protocol

from alerts.alert import Alert
from alerts.case import AskedFor, HeldBack
from alerts.command import AlertCommand
from alerts.installation import Installation
from alerts.kernel import consent
from alerts.kernel.open_cases import OpenCases
from alerts.moves import Grouped
from alerts.open_point import OpenPoint, SeesOpen
from alerts.rules_in_force import RULES, RuleInForce
from alerts.site_facts import SiteFacts
from alerts.workflow import Workflow
from devices.device import Device
from devices.reading import Instant, Reading
from devices.supervision import Span

_KEPT = 64
_DEEPEST = 8


class Handling(Protocol):
    """What is done with alerts, and which incident each belongs to."""

    def find(self, alert: str) -> Alert | None: ...
    def members(self, incident: str) -> Sequence[Alert]: ...
    def has_members(self, incident: str) -> bool: ...
    def group(self, grouped: Grouped, now: Instant) -> None:
        """It belongs to that incident, if it is open and real; told with what has just become of it."""

    def check(self, commands: Sequence[AlertCommand], now: Instant) -> None:
        """Raises Refused if one of them could not be carried out, one after the other."""

    def carry_out(self, command: AlertCommand, now: Instant) -> None:
        """As if that person had asked for it of the alert itself."""


class Sight(SeesOpen, Protocol):
    """What the engine shows."""

    @property
    def devices(self) -> Mapping[str, Device]: ...
    @property
    def modes(self) -> Mapping[str, str]: ...
    def open_alerts(self) -> Sequence[Alert]: ...
    @property
    def handling(self) -> Handling: ...
    def guards_life(self, device: Device) -> bool: ...
    def is_danger_point(self, device: Device) -> bool: ...
    def outages(self, since: Instant) -> tuple[Span, ...]: ...


class AlertOutlook:
    """alerts.world.WorldAlerts."""

    def __init__(self, seen: Sight, cases: OpenCases) -> None:
        self._seen, self._cases = seen, cases

    def open(self) -> Sequence[Alert]:
        return self._seen.open_alerts()

    def find(self, alert: str) -> Alert | None:
        return self._seen.handling.find(alert)

    def members(self, incident: str) -> Sequence[Alert]:
        return self._seen.handling.members(incident)

    def has_members(self, incident: str) -> bool:
        return self._seen.handling.has_members(incident)

    def suppressions(self) -> Sequence[HeldBack]:
        return self._cases.in_force()

    def waiting(self) -> Sequence[AskedFor]:
        cases = self._cases.of(consent.NAME).values()
        return [AskedFor(case.workflow, case.id, case.by, case.devices) for case in cases]


class Outlook:
    """alerts.world.World. ``failed(workflow, doing, error)`` is told of answers that raise."""

    def __init__(
        self,
        site: SiteFacts,
        cases: OpenCases,
        workflows: Mapping[str, Workflow[Any]],
        installation: Installation,
        failed: Callable[[str, str, Exception], None],
    ) -> None:
        self._site, self._cases, self._workflows, self._failed = site, cases, workflows, failed
        self.installation = installation
        self.sight: Sight | None = None
        self.now: Instant = 0
        self._depth = 0
        self._answers: dict[str, list[tuple[str, Callable[..., Any]]]] = {}
        self._recent: dict[tuple[str, str], deque[Reading]] = {}

    @property
    def _seen(self) -> Sight:
        assert self.sight is not None
        return self.sight

    @property
    def site(self) -> SiteFacts:
        return self._site

    @property
    def devices(self) -> Mapping[str, Device]:
        return self._seen.devices

    @property
    def rules(self) -> Mapping[str, RuleInForce]:
        return self._cases.of(RULES)

    @property
    def modes(self) -> Mapping[str, str]:
        return self._seen.modes

    @property
    def alerts(self) -> AlertOutlook:
        return AlertOutlook(self._seen, self._cases)

    def own_cases(self, workflow: Any) -> Mapping[str, Any]:
        return self._cases.of(workflow.name)

    def guards_life(self, device: Device) -> bool:
        return self._seen.guards_life(device)

    def is_danger_point(self, device: Device) -> bool:
        return self._seen.is_danger_point(device)

    def open_points(self, area: str, mode: str) -> tuple[OpenPoint, ...]:
        return self._seen.open_points(area, mode)

    def outages(self, since: Instant) -> tuple[Span, ...]:
        return self._seen.outages(since)

    def recent(self, device: str, signal: str, span: Instant) -> Sequence[Reading]:
        """Of signals that a workflow listens to; after a start what was stored within ``Listens.window_s``."""
        kept = list(self._recent.get((device, signal), ()))
        young = [reading for reading in kept if reading.received > self.now - span]
        return young or kept[-1:]

    def note(self, reading: Reading) -> None:
        """It was heard."""
        self._recent.setdefault((reading.device, reading.signal), deque(maxlen=_KEPT)).append(reading)

    def recall(self, reading: Reading) -> None:
        """It was heard before this start."""
        kept = self._recent.get((reading.device, reading.signal))
        if not kept or kept[-1].time < reading.time:
            self.note(reading)

    def ask_of(self, question: str, **about: Any) -> Sequence[Any]:
        if self._depth >= _DEEPEST:
            raise RecursionError(question)
        answers = []
        self._depth += 1
        try:
            for name, answer in self._answering(question):
                try:
                    found = answer(about, self._cases.of(name), self, self.now)
                except Exception as error:  # noqa: BLE001 - one that cannot answer must not silence the others
                    self._failed(name, "answer", error)
                    continue
                answers += [found] if found is not None else []
        finally:
            self._depth -= 1
        return answers

    def _answering(self, question: str) -> Sequence[tuple[str, Callable[..., Any]]]:
        """The workflows that answer it; sought once, since each fact asks many."""
        found = self._answers.get(question)
        if found is None:
            flows = self._workflows.items()
            found = [(name, flow.provides[question]) for name, flow in flows if question in flow.provides]
            self._answers[question] = found
        return found

    def chance(self, case: str) -> float:
        return int.from_bytes(blake2b(case.encode("utf-8", "replace"), digest_size=8).digest()) / 2**64
