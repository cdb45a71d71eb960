"""What all open consoles share: the open alerts as rows, made once for everybody, at most four times a second."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from alerts.alert import Alert, AlertClass, State
from alerts.suppression.in_force import DEADLY
from alerts.suppression_reason import SuppressionReason
from api.alert_wording import AlertWording
from api.catalogue import language
from api.console.locale import Say
from api.console.signals import value_label
from api.device_rank import DeviceBoard
from api.ports import Gateway, Health
from devices.language import Language
from devices.reading import SECOND, Instant

SHOWN = 200
_URGENT = frozenset({AlertClass.FIRE, AlertClass.HOLD_UP, AlertClass.GAS})
_FRESH_NS = SECOND // 5
LETTERS = {1: "A", 2: "B", 3: "C", 4: "D"}


class AlertList:
    """The newest state of the gateway, refreshed by whoever looks first."""

    def __init__(self, gateway: Gateway, *, hears_silent: bool) -> None:
        """``hears_silent``: silent alarms that are shown sound too, and stand in the strip."""
        self.gateway, self._hears_silent = gateway, hears_silent
        self.alerts: list[Alert] = []
        self.health: Health = gateway.health.health()
        self.flooded = 0
        self.board = DeviceBoard(gateway)
        self.wording = AlertWording(gateway.rules, gateway.devices)
        self._at: Instant = 0
        self._time_zone = gateway.site.time_zone()
        self._zone = ZoneInfo(self._time_zone)

    def refresh(self) -> None:
        """Ask the gateway again if the last answer is older than a fifth of a second."""
        now = self.gateway.site.now()
        if now - self._at < _FRESH_NS:
            return
        self._at = now
        self.alerts = self.gateway.alerts.open_alerts()
        self.health = self.gateway.health.health()
        self.flooded = self.gateway.live.flood(now)

    def new(self) -> list[Alert]:
        """Those that nobody has acknowledged, first-out on top inside priority."""
        return [alert for alert in self.shouted() if alert.state in (State.UNACKNOWLEDGED, State.RETURNED)]

    def seen(self) -> list[Alert]:
        """Acknowledged and still open."""
        return [alert for alert in self.shouted() if alert.state is State.ACKNOWLEDGED]

    def shouted(self) -> list[Alert]:
        """All open ones but those set aside."""
        return [alert for alert in self.alerts if alert.suppression is None]

    def set_aside(self) -> list[Alert]:
        """Open, but set aside: bypassed, in a walk test, behind a lost line."""
        return [alert for alert in self.alerts if alert.suppression is not None]

    def in_alarm_by_test(self) -> list[Alert]:
        """Dangers that stand and are taken for a walk test's; each shouts when its aside ends."""
        return [alert for alert in self.set_aside() if alert.active and _is_by_test(alert)]

    def urgent(self) -> list[Alert]:
        """The dangers to life that nobody has acknowledged, the first to be seen on top: for every page."""
        return [alert for alert in self._loud() if alert.alert_class in _URGENT]

    def _loud(self) -> list[Alert]:
        return [alert for alert in self.new() if self._hears_silent or not alert.silent]

    def sound_owner(self, *, every_alert: bool) -> str:
        """Whose sound is on: ``fire``, a priority, or nobody. ``every_alert``: not of the urgent ones alone."""
        new = self._loud() if every_alert else self.urgent()
        if any(alert.alert_class is AlertClass.FIRE for alert in new):
            return "fire"
        return str(min(alert.priority for alert in new)) if new else ""

    def area_name(self, area: str, language: str) -> str:
        return self.gateway.areas.area_name(area, language)

    def device_name(self, key: str, language: str) -> str:
        return self.wording.device_name(key, self._words(language))

    def device_of(self, alert: Alert, language: str) -> str:
        return self.wording.device_of(alert, self._words(language))

    def text(self, alert: Alert, language: str) -> str:
        return self.wording.text(alert, self._words(language), behind=self._behind(alert))

    def is_of_stranger(self, alert: Alert) -> bool:
        return self.wording.is_of_stranger(alert)

    def what(self, alert: Alert, say: Say) -> str:
        is_unrecorded = alert.id in self.health.unrecorded
        return self.wording.what(alert, say.words, behind=self._behind(alert), is_unrecorded=is_unrecorded)

    def procedure(self, alert: Alert, language: str) -> str:
        return self.wording.procedure(alert, self._words(language))

    def _words(self, code: str) -> Language:
        return language(code, self._time_zone)

    def _behind(self, alert: Alert) -> int:
        """How many devices are not heard because of it."""
        held = (held.suppression for held in self.alerts)
        return sum(why is not None and why.source == alert.key for why in held) if alert.causes else 0

    def clock(self, instant: Instant, *, day: bool = False) -> str:
        """Local time of the site."""
        moment = datetime.fromtimestamp(instant // SECOND, self._zone)
        return f"{moment:%m-%d %H:%M:%S}" if day else f"{moment:%H:%M:%S}"

    def local_ms(self, instant: Instant) -> int:
        """Milliseconds whose UTC reading is the site's local time: for charts, which know no other zones."""
        offset = datetime.fromtimestamp(instant // SECOND, self._zone).utcoffset()
        return instant // 1_000_000 + (int(offset.total_seconds()) * 1000 if offset is not None else 0)

    def today(self) -> str:
        return self.full(self.gateway.site.now())

    def full(self, instant: Instant) -> str:
        """Local time with the year: for what is kept or printed."""
        return f"{datetime.fromtimestamp(instant // SECOND, self._zone):%Y-%m-%d %H:%M:%S}"

    def row(self, alert: Alert, say: Say, chosen: str) -> dict[str, Any]:
        """One line of the list. Everything in it is shown as text, never as markup."""
        is_new = alert.state in (State.UNACKNOWLEDGED, State.RETURNED)
        now = self.gateway.site.now()
        return {
            "id": alert.id,
            "mark": f"ka-p{alert.priority}" + (" ka-new" if is_new else ""),
            "letter": LETTERS[alert.priority],
            "raised": self.clock(alert.newest, day=now - alert.newest > 43_200 * SECOND),
            "age": self.age(alert, say),
            "area": self.area_name(alert.area, say.language),
            "what": self.what(alert, say),
            "device": self.device_of(alert, say.language),
            "value": self._values(alert, say),
            "count": alert.occurrences,
            "state": f"{say('state.' + alert.state)} {_sign(alert)}",
            "owner": alert.acknowledged_by,
            "aside": self._why_aside(alert, say),
            "chosen": alert.id == chosen,
        }

    def age(self, alert: Alert, say: Say) -> str:
        """Since when it stands; of what has come again since when it does so, and that it did: nobody has seen that."""
        age = say.age((self.gateway.site.now() - alert.newest) / SECOND)
        return age if alert.again is None else say("console.again", age=age, nth=say.nth(alert.occurrences))

    def _why_aside(self, alert: Alert, say: Say) -> str:
        aside = alert.suppression
        if aside is None:
            return ""
        end = say("aside.until", time=self.clock(aside.until, day=True)) if aside.until is not None else ""
        return " · ".join(part for part in (say("aside." + aside.reason), aside.by, aside.note, end) if part)

    def _values(self, alert: Alert, say: Say) -> str:
        """What was said when it was raised, and what is said now."""
        if not alert.causes:
            return ""
        first = alert.causes[0]
        live = next((r for r in self.gateway.readings.latest(first.device) if r.signal == first.signal), None)
        then, now = (value_label(r.signal, r.value, say) if r is not None else "?" for r in (first, live))
        if live is not None and not isinstance(first.value, bool | str):
            then = f"{first.value:g}"  # the unit is said once
        return f"{then} / {now}"


def _sign(alert: Alert) -> str:
    """Whether the cause stands, and whether a person must reset it; in one piece."""
    return ("●" if alert.active else "○") + ("\u00a0L" if alert.latched else "")


def _is_by_test(alert: Alert) -> bool:
    is_tested = alert.suppression is not None and alert.suppression.reason is SuppressionReason.WALK_TEST
    return is_tested and alert.alert_class in DEADLY
