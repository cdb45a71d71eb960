"""The installed devices by the address that their family calls them; admits what they say as readings."""

from collections.abc import Collection, Iterable, Sequence

from devices.codec import Message, Report
from devices.device import Device
from devices.errors import MalformedMessage
from devices.keypad import ARMS_TAG
from devices.message import Text
from devices.reading import Instant, Quality, Reading
from devices.signals import SIGNALS, base_name, check

_LATE = int(Quality.CLOCK_SUSPECT)
_SNAPSHOT = int(Quality.SNAPSHOT)
_EVENT = int(Quality.EVENT)


class DeviceDirectory:
    """Installed devices. A device of a line is known on that line alone, one of MQTT on MQTT alone."""

    def __init__(self, devices: Iterable[Device], allowed_skew: Instant) -> None:
        """``allowed_skew`` in nanoseconds: a source clock that is off by more is not believed."""
        self._allowed_skew = allowed_skew
        self.install(devices)

    def install(self, devices: Iterable[Device]) -> None:
        """These are installed from now on, and no others."""
        self._devices = tuple(devices)
        self.families = frozenset(device.family for device in self._devices)
        self._by_id = {device.id: device for device in self._devices}
        self.arming = frozenset(device.id for device in self._devices if ARMS_TAG in device.tags)
        """Those whose word arms and disarms their area."""
        self._lines = {(device.family, device.address): device.line for device in self._devices}
        """One line of each address: units of two buses may share a number."""
        self._panels: dict[tuple[str, str, str], Device] = {}
        for device in self._devices:
            if device.line:
                panel, _, part = device.address.partition("/")
                key = (device.line, device.family, panel)
                if not part or key not in self._panels:
                    self._panels[key] = device
        self._by_address = {(device.line, device.family, device.address): device for device in self._devices}

    def devices(self) -> Sequence[Device]:
        return self._devices

    def device(self, device_id: str) -> Device | None:
        return self._by_id.get(device_id)

    def find(self, family: str, address: str, line: str = "") -> Device | None:
        return self._by_address.get((line, family, address))

    def panel(self, family: str, address: str, line: str) -> Device | None:
        """The panel of that line that carries the address (``1234`` carries ``1234/1.17``), or else a part of it."""
        return self._panels.get((line, family, address.partition("/")[0]))

    def carrier(self, device: Device) -> str:
        """The id of the device through which it speaks, "" if none is installed.

        A component speaks through its transmitter, a zone through its panel, a lamp through its board: their addresses
        begin with its.
        """
        address = device.address
        while "/" in address:
            address = address.rpartition("/")[0]
            found = self.find(device.family, address, device.line)
            if found is not None:
                return found.id
        return ""

    def behind_panels(self, families: Collection[str]) -> dict[str, str]:
        """The carriers of all devices of these families that have one and name no interval of their own, by id."""
        parts = (device for device in self._devices if device.family in families and device.interval_s is None)
        return {device.id: carrier for device in parts if (carrier := self.carrier(device))}

    def dated(self, report: Report, received: Instant) -> tuple[Instant, int]:
        """When it was so: by the source's clock if that can be believed; and what is to be known of that."""
        time = report.time
        if time is None:
            return received, 0
        return (received, _LATE) if abs(time - received) > self._allowed_skew else (time, 0)

    def admit(
        self, family: str, report: Report, message: Message, line: str = ""
    ) -> tuple[list[Reading], list[Text]] | None:
        """The report as readings and what is wrong with it; None if no installed device has that address.

        A value that its signal can't have is no reading, but must not cost the others in the same report: smoke
        beside an impossible temperature is still smoke. Raises MalformedMessage for a device on another's line.
        """
        device = self._by_address.get((line, family, report.address))
        if device is None:
            own = self._lines.get((family, report.address))
            if own is None:
                return None
            name = self._by_address[own, family, report.address].id
            raise MalformedMessage(
                Text.of("device_directory.other_line", device=name, own=own or "MQTT", spoken=line or "MQTT")
            )
        received = message.received
        time, quality = self.dated(report, received)
        if report.snapshot or message.retained:
            quality |= _SNAPSHOT
        elif report.event or not device.restores:
            quality |= _EVENT
        rename, name = device.rename, device.id
        readings: list[Reading] = []
        faults: list[Text] = []
        for signal, value in report.values:
            if rename:
                signal = rename.get(signal, signal)
            known = SIGNALS.get(signal) or SIGNALS.get(base_name(signal))
            # A flag of the right type needs no more; every number and whatever looks odd goes through the one check.
            if known is None or type(value) is not known.python_type or type(value) is not bool:
                try:
                    value = check(signal, value)
                except MalformedMessage as error:
                    faults.append(error.text)
                    continue
            readings.append(Reading(name, signal, value, time, received, quality))
        return readings, faults
