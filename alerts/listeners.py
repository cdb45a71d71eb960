"""Events that are no readings, to the rules that listen to them: records, facts, due dates, what strangers say."""

from alerts.event import Due, Identified, PanelReset, Recorded, Stranger
from alerts.facts import Fact
from alerts.installing import Installing
from alerts.stepping import Stepping
from alerts.watch import SITE
from alerts.watches import Watches
from devices.reading import Instant


class Listeners:
    """Each event goes to the rules whose kind ``listens`` to it and, if it has a topic, that ``hear`` that."""

    def __init__(self, watches: Watches, installing: Installing, stepping: Stepping) -> None:
        self._watches, self._installing, self._stepping = watches, installing, stepping

    def recorded(self, event: Recorded, now: Instant) -> None:
        for watch in sorted(self._watches.of_book(event.book), key=lambda watch: (watch.rule.name, watch.key)):
            if watch.key == SITE or watch.area == event.area:
                self._stepping.try_(watch, event, now)

    def fact(self, event: Fact, now: Instant) -> None:
        """What happened in a case: to the rules about where it happened and about its devices."""
        watches = self._watches.of_fact(event)
        self._begin_new(now)
        for watch in watches:
            self._stepping.try_(watch, event, now)

    def due(self, event: Due, now: Instant) -> None:
        watches = self._watches.of_due(event)
        self._begin_new(now)
        for watch in watches:
            self._stepping.try_(watch, event, now)

    def stranger(self, event: Stranger | Identified | PanelReset, now: Instant) -> None:
        """A danger concerns the rules about where it was told; its end, whoever remembers the sender."""
        watches = self._watches.of_strangers
        if isinstance(event, Stranger) and event.is_active:
            watches = self._watches.of_stranger(event.at, event.signal)
            self._begin_new(now)
        for watch in list(watches):
            if type(event) in watch.rule.listens:
                self._stepping.try_(watch, event, now)

    def _begin_new(self, now: Instant) -> None:
        for watch in self._installing.take_up(now):
            self._installing.begin(watch, now)
