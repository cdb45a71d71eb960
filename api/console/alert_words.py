"""Alerts in the words of a page: what, where, about which device; what concerns all open ones is looked up once."""

from collections import Counter

from alerts.alert import Alert
from api.alert_wording import AlertWording
from api.console.web_page import Asked

LETTERS = {1: "A", 2: "B", 3: "C", 4: "D"}
"""What the priorities are called."""


class AlertWords:
    """Of one page, as it stands now."""

    def __init__(self, asked: Asked) -> None:
        self._asked, self._words = asked, asked.say.words
        self._wording = AlertWording(asked.gateway.rules, asked.gateway.devices)
        self.unrecorded = frozenset(asked.gateway.health.health().unrecorded)
        held = (alert.suppression for alert in asked.gateway.alerts.open_alerts())
        self._behind = Counter(why.source for why in held if why is not None)

    def text(self, alert: Alert) -> str:
        return self._wording.text(alert, self._words, behind=self._behind_of(alert))

    def what(self, alert: Alert) -> str:
        """Its class and its text."""
        is_unrecorded = alert.id in self.unrecorded
        return self._wording.what(alert, self._words, behind=self._behind_of(alert), is_unrecorded=is_unrecorded)

    def _behind_of(self, alert: Alert) -> int:
        """How many devices are not heard because of it."""
        return self._behind[alert.key] if alert.causes else 0

    def area(self, alert: Alert) -> str:
        return self._asked.gateway.areas.area_name(alert.area, self._asked.say.language)

    def device(self, key: str) -> str:
        return self._wording.device_name(key, self._words)

    def about(self, alert: Alert) -> str:
        """The device that did it, or whatever else it is about that has a name."""
        return self._wording.device_of(alert, self._words)

    def procedure(self, alert: Alert) -> str:
        return self._wording.procedure(alert, self._words)

    def is_of_stranger(self, alert: Alert) -> bool:
        return self._wording.is_of_stranger(alert)
