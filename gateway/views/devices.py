"""Installed devices, how they are kept up, their labels, and who signs in at the broker."""

from collections.abc import Callable, Sequence

from api.ports import LabelSheet, UpkeepView
from devices.broker_access import Login, logins
from devices.device import OWN_FAMILY, Device
from devices.message import Text
from devices.orders import Change
from devices.reading import Instant
from gateway.clock import Clock
from gateway.label_sheet import Label, SheetOrder, drawn_apart, label_of
from gateway.running import Running
from gateway.stores.installation import Installation


class DevicesView:
    """Implements api.ports.devices."""

    def __init__(
        self, running: Running, installation: Installation, clock: Clock, area_name: Callable[[str, str], str]
    ) -> None:
        self._running, self._installation, self._clock = running, installation, clock
        self._area_name = area_name

    def devices(self) -> Sequence[Device]:
        return [device for device in self._running.devices() if device.family != OWN_FAMILY]

    def device_name(self, key: str, language: str) -> str:
        device = self._running.device(key)
        if device is None:
            return key
        return (device.name_zh if language == "zh" else "") or device.name or device.id

    def device_history(self, device: str) -> list[Change]:
        return self._installation.history(device)

    def last_heard(self, device: str) -> Instant | None:
        engine = self._running.engine
        return engine.last_heard(device) if engine is not None else None

    def upkeep(self, device: str) -> UpkeepView:
        running = self._running
        supervised = running.engine.supervised(device) if running.engine is not None else None
        view = UpkeepView(
            device=device,
            last_heard=self.last_heard(device),
            is_lost=supervised is not None and supervised.is_lost,
            interval_s=supervised.interval_s if supervised is not None else None,
            interval_from=supervised.interval_from if supervised is not None else "",
            firmware=running.ingest.firmware.get(device, "") if running.ingest is not None else "",
            via=self._carrier(device),
            remarks=self._remarks(device),
        )
        return running.forecast.on(view, self._clock.now()) if running.forecast is not None else view

    def _carrier(self, device_id: str) -> str:
        device, ingest = self._running.device(device_id), self._running.ingest
        return ingest.registry.carrier(device) if ingest is not None and device is not None else ""

    def _remarks(self, device_id: str) -> tuple[Text, ...]:
        device, service = self._running.device(device_id), self._running.device_service
        return service.remarks(device) if service is not None and device is not None else ()

    def labels(self, area: str = "", devices: Sequence[str] = ()) -> list[Label]:
        """The labels of these devices: of one area, or of all."""
        base = self._running.site.web.address()
        areas = {found.id: found for found in self._running.areas}
        return [
            label_of(
                device,
                base,
                self._area_name(device.area, "en"),
                areas[device.area].name_zh if device.area in areas else "",
            )
            for device in self.devices()
            if area in ("", device.area) and (not devices or device.id in devices)
        ]

    def label_sheet(self, *, area: str, devices: Sequence[str], sheet: str, skip: int) -> LabelSheet:
        labels = self.labels(area, devices)
        pdf, note = drawn_apart(SheetOrder(tuple(labels), sheet, skip))
        return LabelSheet(pdf, note, len(labels), self._running.site.web.address())

    def logins(self) -> list[Login]:
        """Who signs in at the broker, and what each may do there."""
        mqtt = self._running.site.mqtt
        return logins(self.devices(), mqtt.families if mqtt is not None else {})
