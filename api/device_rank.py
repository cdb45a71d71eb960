"""How every device stands, for all open pages at once: made anew every two seconds or less often, worst first."""

from collections.abc import Iterator
from threading import Lock

import msgspec

from alerts.alert import Alert, AlertClass
from api.ports import Gateway, QuarantinedSender, UpkeepView
from devices.device import Device, SenderKey
from devices.reading import SECOND, Instant

_ROWS_FRESH_NS, _WAITING_FRESH_NS, _UPKEEP_FRESH_NS = 2 * SECOND, SECOND // 2, 30 * SECOND
_WEAK_DAYS = 30
_JUST_NS = 10 * SECOND
_OF_ITSELF = frozenset({AlertClass.SUPERVISORY, AlertClass.FAULT, AlertClass.DUTY, AlertClass.INFORMATION})
MARKS = (
    *("alarm", "gone", "lost", "fault", "open", "battery", "link", "due", "never", "bypassed", "in_test"),
    "commissioning",
)
"""What may be wrong with a device, the worst first. What is open counts as long as it is, also with its cause gone."""


class DeviceRow(msgspec.Struct, frozen=True):
    """A device with what is wrong with it (some of MARKS, in that order) and the worst alert that it has a part in."""

    device: Device
    heard: Instant | None
    marks: tuple[str, ...]
    alert: Alert | None = None

    @property
    def rank(self) -> tuple[int, int, Instant]:
        """Worst first; of the same mark the one that has been silent longest."""
        worst = MARKS.index(self.marks[0]) if self.marks else len(MARKS)
        return worst, self.alert.priority if self.alert is not None else 9, self.heard or 0


class DeviceBoard:
    """Asked by every page about devices, in whichever thread that page is made."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway, self._lock = gateway, Lock()
        self._rows: list[DeviceRow] = []
        self._by_id: dict[str, DeviceRow] = {}
        self._rows_at: Instant = 0
        self._rows_fresh_ns = _ROWS_FRESH_NS
        self._upkeep: dict[str, UpkeepView] = {}
        self._upkeep_at: Instant = 0
        self._waiting: list[QuarantinedSender] = []
        self._waiting_at: Instant = 0
        self._came: dict[SenderKey, Instant] = {}

    def rows(self) -> list[DeviceRow]:
        """Every device, the worst first."""
        with self._lock:  # who comes meanwhile waits for the same rows
            now = self._gateway.site.now()
            if now - self._rows_at >= self._rows_fresh_ns or not self._rows:
                self._rows = sorted(self._made(), key=lambda row: row.rank)
                self._by_id = {row.device.id: row for row in self._rows}
                self._rows_at = self._gateway.site.now()
                # Of a core's time this takes a twentieth at most, however many devices there are.
                self._rows_fresh_ns = max(_ROWS_FRESH_NS, 20 * (self._rows_at - now))
            return self._rows

    def row(self, device_id: str) -> DeviceRow | None:
        """One device; None if it is not in service."""
        self.rows()
        return self._by_id.get(device_id)

    def forget(self) -> None:
        """Something was ordered: ask anew."""
        self._rows_at = self._waiting_at = 0

    def _made(self) -> Iterator[DeviceRow]:
        gateway = self._gateway
        supervision = {rule.name for rule, _ in gateway.rules.rules() if rule.__struct_config__.tag == "supervision"}
        alerts: dict[str, list[Alert]] = {}
        for alert in [alert for alert in gateway.alerts.open_alerts() if alert.origin == "real"]:
            for device_id in {alert.key, *(cause.device for cause in alert.causes)}:
                alerts.setdefault(device_id, []).append(alert)
        held = gateway.workflows.suppressions()
        bypassed = {device_id for each in held if not each.holds.is_test for device_id in each.holds.devices}
        tested = {device_id for each in held if each.holds.is_test for device_id in each.holds.devices}
        walked = {view.device for view in gateway.registration.commissionings()}
        for device in gateway.devices.devices():
            heard, own = gateway.devices.last_heard(device.id), alerts.get(device.id, [])
            standing, kept = [alert for alert in own if alert.active], self._upkeep_of(device.id)
            over = [alert for alert in own if not alert.active]
            wrong = {
                "alarm": any(alert.alert_class not in _OF_ITSELF for alert in standing),
                "lost": kept.is_lost or any(alert.rule in supervision for alert in standing),
                "fault": any(alert.alert_class in _OF_ITSELF and alert.rule not in supervision for alert in standing),
                "gone": any(alert.alert_class not in _OF_ITSELF for alert in over),
                "open": any(alert.alert_class in _OF_ITSELF for alert in over),
                "battery": kept.battery_days_left is not None and kept.battery_days_left <= _WEAK_DAYS,
                "link": kept.is_link_weak,
                "due": any(due.left_days < 0 for due in kept.due),
                "never": heard is None,
                "bypassed": device.id in bypassed,
                "in_test": device.id in tested,
                "commissioning": device.id in walked,
            }
            marks = tuple(mark for mark in MARKS if wrong[mark])
            yield DeviceRow(device, heard, marks, own[0] if own else None)

    def _upkeep_of(self, device_id: str) -> UpkeepView:
        """Batteries and due dates change slowly: asked anew twice a minute."""
        now = self._gateway.site.now()
        if now - self._upkeep_at > _UPKEEP_FRESH_NS:
            self._upkeep_at, self._upkeep = now, {}
        found = self._upkeep.get(device_id)
        if found is None:
            found = self._upkeep[device_id] = self._gateway.devices.upkeep(device_id)
        return found

    def waiting(self) -> list[QuarantinedSender]:
        """Unknown senders: those in danger on top, then those that have just spoken.

        One that speaks all the time keeps its place among them, so that a finger hits what it aims at.
        """
        with self._lock:
            now = self._gateway.site.now()
            if now - self._waiting_at >= _WAITING_FRESH_NS:
                self._waiting_at = now
                found = self._gateway.senders.quarantine()
                just = {_key(sender): sender.last_heard for sender in found if now - sender.last_heard < _JUST_NS}
                self._came = {key: self._came.get(key, heard) for key, heard in just.items()}
                self._waiting = sorted(found, key=self._place)
            return self._waiting

    def _place(self, sender: QuarantinedSender) -> tuple[bool, bool, Instant, SenderKey]:
        key = _key(sender)
        return not sender.dangers, key not in self._came, -self._came.get(key, sender.last_heard), key

    def sender(self, key: SenderKey) -> QuarantinedSender | None:
        return next((sender for sender in self.waiting() if _key(sender) == key), None)


def _key(sender: QuarantinedSender) -> SenderKey:
    return SenderKey(sender.line, sender.family, sender.address)
