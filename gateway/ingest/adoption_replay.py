"""What becomes of a stranger when it is known: the adopted is found as it just was, the rejected is heard no more.

If it smells smoke while it is registered, it alarms; what it said of danger before stood as an alert of a stranger, and
that ends in the same turn (docs/adr/0120).
"""

from collections.abc import Sequence

from alerts.event import Event, Identified
from devices.codec import Message, Report
from devices.device import Device
from devices.device_directory import DeviceDirectory
from devices.installed import key_of
from devices.orders import Change
from devices.quarantine import Quarantine
from devices.reading import SECOND, Instant, Reading
from gateway.ports import EngineSteps

_STILL_TRUE = 600 * SECOND
"""What a device said in quarantine is how it is found when it is adopted within this time; a danger, until it ends."""


class AdoptionReplay:
    """``readings`` and ``events`` are for the next turn."""

    def __init__(self, directory: DeviceDirectory, quarantine: Quarantine, engine: EngineSteps) -> None:
        self._directory, self._quarantine, self._engine = directory, quarantine, engine
        self._has_started = False
        self.readings: list[Reading] = []
        self.events: list[Event] = []

    def taken(self) -> tuple[list[Reading], list[Event]]:
        """What is to be heard now, once."""
        readings, events = self.readings, self.events
        self.readings, self.events = [], []
        return readings, events

    def __bool__(self) -> bool:
        return bool(self.readings or self.events)

    def settled(self, changes: Sequence[Change], now: Instant) -> None:
        """These orders are stored, and the devices installed."""
        quarantine = self._quarantine
        for change in changes:
            if change.sender is not None and change.action == "rejected":
                quarantine.reject(change.sender)  # what it has told of danger stands until it says that it is over
            elif change.sender is not None:
                quarantine.readmit(change.sender)
            elif change.place is not None and not change.place.is_retired:
                self._greet(change.place.device, now)

    def started(self, now: Instant) -> None:
        """After the first turn: who had told a danger before the gateway ended, and is registered or rejected since.

        An order may have been stored in the last moment, and the site file edited meanwhile.
        """
        if self._has_started:
            return
        self._has_started = True
        strangers = self._engine.strangers()
        for device in self._directory.devices() if strangers else ():
            if key_of(device) in strangers:
                self._greet(device, now)

    def _greet(self, device: Device, now: Instant) -> None:
        key, quarantine = key_of(device), self._quarantine
        sender, standing = quarantine.find(key), self._engine.strangers().get(key)
        quarantine.readmit(key)
        quarantine.forget(key)
        found = {}
        if sender is not None and now - sender.last_heard <= _STILL_TRUE:
            found = dict(sender.signals)
        found |= dict.fromkeys(standing or (), True)
        if standing is not None:
            self.events.append(Identified(key))
        if not found:
            return
        heard = sender.last_heard if sender is not None else now
        said = Report(device.address, tuple(found.items()), snapshot=True)
        admitted = self._directory.admit(device.family, said, Message("", "", b"", heard), device.line)
        self.readings += admitted[0] if admitted is not None else []
