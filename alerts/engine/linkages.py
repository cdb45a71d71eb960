"""The inputs of fire equipment: which devices alarm where an output listens, and whether they are enough to start it.

Looked at when an alert moves, or a member is lost or back; never for a reading. Nothing here waits: what two inputs
start is ordered in the very step in which the second one alarms (GB 50166: within 3 s of the condition). Inputs count
for as long as their alert is open and not reset, as in a panel, and only together with others of the same origin: a
drill's alarm is no second input for a real one.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from alerts.alert import Alert
from alerts.linkage import INPUTS, independent, inputs_in
from alerts.linkage_rule import LinkageRule, Quorum
from alerts.output import Output
from alerts.rule import Rule
from alerts.rule_instance import SITE
from alerts.rule_instances import RuleInstances
from devices.device import Device
from devices.reading import Origin, Reading

_Group = tuple[Origin, str]


class Linkages:
    """By place of an output in the rule; ``""`` is the group of inputs that count together wherever they hang."""

    def __init__(self, rules: Sequence[Rule[Any]], instances: RuleInstances) -> None:
        self._instances = instances
        self._rules: dict[tuple[str, str], list[LinkageRule]] = {}
        for rule in rules:
            if isinstance(rule, LinkageRule):
                self._rules.setdefault(rule.output, []).append(rule)
        self._panels = frozenset(name for its in self._rules.values() for rule in its for name in rule.panels)
        self._names = [(rule.name, SITE) for its in self._rules.values() for rule in its]
        self._inputs: dict[int, dict[_Group, dict[str, dict[str, None]]]] = {}
        """By place and group: the devices that alarm, by the alert that says so."""

    def are_changed(self, memories: Iterable[tuple[str, str]]) -> bool:
        """Whether a linkage has lost one of its last inputs, or got it back."""
        return any(name in memories for name in self._names)

    def heard(self, place: int, output: Output, alert: Alert, causes: Iterable[Reading]) -> None:
        """That alert wants it on, because of these."""
        for device in inputs_in(alert, causes, self._device):
            if device.id not in self._panels and (not output.areas or device.area in output.areas):
                group = (alert.origin, device.area if output.per == "area" else "")
                groups = self._inputs.setdefault(place, {})
                groups.setdefault(group, {}).setdefault(alert.id, {})[device.id] = None

    def over(self, place: int, alert: str) -> None:
        """That alert wants it no more."""
        groups = self._inputs.get(place, {})
        for group in [group for group, alerts in groups.items() if alerts.pop(alert, None) is not None]:
            if not groups[group]:
                del groups[group]

    def starter(self, place: int, output: Output) -> str | None:
        """The alert that completes the AND somewhere; None: nothing does."""
        for (_, where), alerts in self._inputs.get(place, {}).items():
            needed = self.needed(output, where)
            found: dict[str, Device] = {}
            for alert, devices in alerts.items() if needed is not None else ():
                for name in devices:
                    device = self._device(name)
                    if device is not None:
                        found[name] = device
                    if needed is not None and independent(found.values(), self._speaker) >= needed:
                        return alert
        return None

    def needed(self, output: Output, where: str) -> int | None:
        """How many inputs start it there now; None: none does, a person has to."""
        for rule in self._rules.get((output.device, output.key), ()):
            if rule.areas == (where,) or (not where and output.per == "site"):
                return rule.needed(self._quorum(rule))
        return INPUTS

    def fewest_left(self, output: Output) -> int | None:
        """How many inputs can be counted on where they are fewest; None: it is no linkage."""
        its = self._rules.get((output.device, output.key), ())
        return min((self._quorum(rule).left for rule in its), default=None)

    def _quorum(self, rule: LinkageRule) -> Quorum:
        instance = self._instances.find(rule.name, SITE)
        return instance.memory if instance is not None and isinstance(instance.memory, Quorum) else Quorum()

    def _device(self, name: str) -> Device | None:
        state = self._instances.device_states.get(name)
        return state.device if state is not None else None

    def _speaker(self, part: str) -> str:
        state = self._instances.device_states.get(part)
        panel = state.panel if state is not None else None
        return panel.device.id if panel is not None and panel.device is not None else ""
