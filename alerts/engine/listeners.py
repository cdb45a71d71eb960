"""Events that are no readings, to the rules that listen to them: records, facts, due dates, what strangers say."""

from alerts.engine.installing import Installing
from alerts.engine.stepping import Stepping
from alerts.event import Due, Identified, PanelReset, Recorded, Stranger
from alerts.facts import Fact
from alerts.rule_instance import SITE
from alerts.rule_instances import RuleInstances
from devices.reading import Instant


class Listeners:
    """Each event goes to the rules whose kind ``listens`` to it and, if it has a topic, that ``hear`` that."""

    def __init__(self, instances: RuleInstances, installing: Installing, stepping: Stepping) -> None:
        self._instances, self._installing, self._stepping = instances, installing, stepping

    def recorded(self, event: Recorded, now: Instant) -> None:
        for instance in sorted(
            self._instances.of_book(event.book), key=lambda instance: (instance.rule.name, instance.key)
        ):
            is_here = instance.area == event.area
            if is_here or (instance.key == SITE and (not instance.rule.areas or event.area in instance.rule.areas)):
                self._stepping.try_(instance, event, now)

    def fact(self, event: Fact, now: Instant) -> None:
        """What happened in a case: to the rules about where it happened and about its devices.

        In a drill nothing is missed or overdue that anybody had to be told of: the drill itself scores it.
        """
        if event.origin != "real":
            return
        instances = self._instances.of_fact(event)
        self._begin_new(now)
        for instance in instances:
            self._stepping.try_(instance, event, now)

    def due(self, event: Due, now: Instant) -> None:
        instances = self._instances.of_due(event)
        self._begin_new(now)
        for instance in instances:
            self._stepping.try_(instance, event, now)

    def stranger(self, event: Stranger | Identified | PanelReset, now: Instant) -> None:
        """A danger concerns the rules about where it was told; its end, whoever remembers the sender."""
        instances = self._instances.of_strangers
        if isinstance(event, Stranger) and event.is_active:
            instances = self._instances.of_stranger(event.at, event.signal)
            self._begin_new(now)
        for instance in list(instances):
            if type(event) in instance.rule.listens:
                self._stepping.try_(instance, event, now)

    def _begin_new(self, now: Instant) -> None:
        for instance in self._installing.take_up(now):
            self._installing.begin(instance, now)
