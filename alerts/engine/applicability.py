"""Whether a rule applies now: the armed modes of its area, and its schedule.

Both stand between breach and alert, never between reading and rule, which goes on. What stands when a rule begins to
apply is an alert (an area armed with a window open); when it ceases to, the cause counts as gone, and a latched alert
stays and can be reset. Schedules are looked at once for all watches.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from alerts.area_mode import counts_in, meant
from alerts.rule import Rule
from alerts.schedule import Schedule
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant


class Applicability:
    """Owns the armed modes. A rule without modes and schedule always applies."""

    def __init__(
        self, modes: Mapping[str, str], choices: Mapping[str, Sequence[str]], schedules: Mapping[str, Schedule]
    ) -> None:
        self.modes = dict(modes)
        self._choices, self._schedules = dict(choices), dict(schedules)
        self._off: frozenset[str] = frozenset()
        self.change_at: Instant | None = None
        """When the next schedule in use begins or ends; ``turn`` is wanted then."""

    def turn(self, rules: Iterable[Rule[Any]], now: Instant) -> None:
        """Look at the clock for the schedules that these rules use, once for all their watches."""
        used = {rule.schedule: self._schedules[rule.schedule] for rule in rules if rule.schedule in self._schedules}
        self._off = frozenset(name for name, schedule in used.items() if not schedule.is_on(now))
        changes = (schedule.next_change(now) for schedule in used.values())
        self.change_at = min((change for change in changes if change is not None), default=None)

    def applies(self, rule: Rule[Any], area: str) -> bool:
        """As of the last ``turn``. A rule over the whole site applies while any of its areas is in one of its modes."""
        areas = (area,) if rule.per != "site" else rule.areas or tuple(self.modes)
        if rule.modes and not any(counts_in(rule.modes, self.modes.get(each, "")) for each in areas):
            return False
        return rule.schedule not in self._off

    def meant(self, area: str, mode: str) -> str:
        """The mode of the area that is meant by that word."""
        return meant(mode, self._choices.get(area) or (mode,))

    def check(self, area: str, mode: str) -> None:
        """Raises Refused for an unknown area or mode."""
        if area not in self.modes:
            raise Refused(Text.of("applicability.no_area", area=area))
        choices = self._choices.get(area)
        if choices is not None and self.meant(area, mode) not in choices:
            raise Refused(Text.of("applicability.no_mode", mode=mode, choices=tuple(choices)))
