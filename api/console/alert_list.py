"""What the pages in frames share: the open alerts and what is said of them, looked up at most five times a second."""

from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.alert import Alert
from api.alert_wording import AlertWording
from api.catalogue import language
from api.console.locale import Say
from api.device_rank import DeviceBoard
from api.ports import Gateway, Health
from devices.language import Language
from devices.reading import SECOND, Instant

_FRESH_NS = SECOND // 5
LETTERS = {1: "A", 2: "B", 3: "C", 4: "D"}


class AlertList:
    """The newest state of the gateway, refreshed by whoever looks first."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.alerts: list[Alert] = []
        self.health: Health = gateway.health.health()
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

    def shouted(self) -> list[Alert]:
        """All open ones but those set aside."""
        return [alert for alert in self.alerts if alert.suppression is None]

    def area_name(self, area: str, language: str) -> str:
        return self.gateway.areas.area_name(area, language)

    def device_name(self, key: str, language: str) -> str:
        return self.wording.device_name(key, self._words(language))

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

    def full(self, instant: Instant) -> str:
        """Local time with the year: for what is kept or printed."""
        return f"{datetime.fromtimestamp(instant // SECOND, self._zone):%Y-%m-%d %H:%M:%S}"
