"""From the steps of alerts to what a centre is told: what begins, what joins, what is over, at which place.

Only what is real leaves, and of that only what an operator is shown: what is set aside (a bypass, a walk test) is told
when it is brought back. A latching alert is over when a person has reset it, any other when its cause is gone; where
another alert says the same of the same place, when that is over, too.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from alerts.alert import Alert, AlertClass, AlertEvent, State
from alerts.forwarding.conditions import CONDITIONS, condition_of
from alerts.forwarding.numbering import Numbering
from alerts.lifecycle import Action
from devices.centre import RANK, CentreEvent, Condition

_BEGIN = frozenset((Action.RAISED, Action.CAUSE_AGAIN, Action.BROUGHT_BACK))
Place = tuple[str, str]


class Telling:
    """What one centre knows. ``step`` takes each step of each alert, in their order."""

    def __init__(
        self,
        classes: Collection[AlertClass],
        conditions: Collection[Condition],
        numbering: Numbering,
        describe: Callable[[str, str], str],
        *,
        own_area: str,
        own_ways: Collection[str],
    ) -> None:
        """``classes`` that it wants and ``conditions`` that can be said to it; ``describe(area, point)`` in words.

        ``own_area``: of the gateway itself; ``own_ways``: rules that say that a way to a centre has failed.
        """
        self._classes = frozenset(classes) & CONDITIONS.keys()
        self._sayable, self._numbering, self._describe = frozenset(conditions), numbering, describe
        self._own_area, self._own_ways = own_area, own_ways
        self._told: dict[str, dict[Place, Condition]] = {}
        """By alert, what stands where."""
        self._at: dict[Place, dict[str, Condition]] = {}
        """The same by place: in a storm nobody looks through all alerts for one."""

    def step(self, event: AlertEvent) -> list[CentreEvent]:
        alert = event.alert
        if alert.origin != "real" or alert.alert_class not in self._classes:
            return []
        if alert.state is State.CLOSED or (not alert.active and not alert.latched):
            return self._over(event)
        if alert.suppression is not None or event.action not in _BEGIN:
            return []
        return self._begun(event)

    def again(self, events: Iterable[AlertEvent]) -> list[CentreEvent]:
        """What a centre would have been told of these, or was: after a start, of the alerts that are open."""
        return [told for event in events for told in self.step(event)]

    def _begun(self, event: AlertEvent) -> list[CentreEvent]:
        alert = event.alert
        known = self._told.setdefault(alert.id, {})
        is_anew = event.action == Action.CAUSE_AGAIN and alert.newest == event.at
        stamp = event.at if event.action == Action.BROUGHT_BACK else alert.newest
        told = []
        for place, condition in self._places(event):
            if condition not in self._sayable or (place in known and not is_anew):
                continue
            known[place] = condition
            self._at.setdefault(place, {})[alert.id] = condition
            told.append(self._event(alert, place, condition, f"{alert.id}|{place[1]}|{stamp}", event.at))
        return told

    def _over(self, event: AlertEvent) -> list[CentreEvent]:
        over = self._told.pop(event.alert.id, {})
        for place in over:
            self._at[place].pop(event.alert.id)
            if not self._at[place]:
                del self._at[place]
        return [
            self._event(event.alert, place, condition, f"{event.alert.id}|{place[1]}|{event.at}|over", event.at, True)
            for place, condition in over.items()
            if condition not in self.standing(place)
        ]

    def _places(self, event: AlertEvent) -> Sequence[tuple[Place, Condition]]:
        """Each place once, with what is wrong there."""
        alert = event.alert
        if alert.area == self._own_area:
            condition: Condition = "transmission" if alert.rule in self._own_ways else "gateway"
            return [((alert.area, ""), condition)] if alert.alert_class is AlertClass.FAULT else []
        causes = event.causes or alert.causes
        points = dict.fromkeys(cause.device for cause in causes)
        if not points:
            point = "" if alert.key == alert.area else alert.key
            return [((alert.area, point), condition_of(alert, ()))]
        return [
            ((alert.area, point), condition_of(alert, [cause for cause in causes if cause.device == point]))
            for point in points
        ]

    def standing(self, place: Place) -> tuple[Condition, ...]:
        """All that the centre was told of the place and that is not over."""
        found = set(self._at.get(place, {}).values())
        return tuple(sorted(found, key=lambda each: (RANK[each], each)))

    def _event(
        self, alert: Alert, place: Place, condition: Condition, id_: str, at: int, is_restore: bool = False
    ) -> CentreEvent:
        area, point = place
        return CentreEvent(
            id=id_,
            condition=condition,
            at=at,
            area=area,
            point=point,
            partition=self._numbering.partition(area) if area != self._own_area else 0,
            zone=self._numbering.zone(point),
            is_restore=is_restore,
            standing=self.standing(place),
            text=self._describe(area, point),
            alert=alert.id,
        )
