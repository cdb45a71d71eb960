"""Readings that are not routine: the first value of a signal, and the word of a device that was lost or away."""

from msgspec.structs import replace

from alerts.engine.installing import Installing
from alerts.engine.stepping import Stepping
from alerts.rule_instance import DeviceState
from alerts.rule_instances import RuleInstances
from devices.reading import Instant, Quality, Reading
from devices.signals import base_name

_SNAPSHOT = int(Quality.SNAPSHOT)
_EVENT = int(Quality.EVENT)
_NO_WORD = int(Quality.SNAPSHOT | Quality.DEDUCED)
_ONLINE = "online"
_ACTS = frozenset({"checkpoint", "plate"})
"""Somebody was there, or drove past: never how a reader is found, also when it is the first word of it."""


class FirstValues:
    """Snapshot or transition: docs/adr/0071."""

    def __init__(self, watches: RuleInstances, installing: Installing, stepping: Stepping) -> None:
        self._instances, self._installing, self._stepping = watches, installing, stepping

    def first(self, device_state: DeviceState, reading: Reading, now: Instant) -> None:
        """A signal not heard since the start, or since its device was away: how was it found?"""
        is_online = reading.signal == _ONLINE
        watches = device_state.online if is_online else None
        if watches is None:
            watches = self._instances.of(device_state, reading.signal)
            for instance in self._installing.take_up(now):
                self._installing.begin(instance, now)
        if is_online:  # it comes here each time, so that each change is seen
            device_state.online = watches
            if device_state.is_away != (reading.value is False):
                device_state.is_away, device_state.is_back = reading.value is False, True
                device_state.signals.clear()
        else:
            device_state.signals[reading.signal] = watches
        found = replace(reading, quality=reading.quality | _SNAPSHOT) if watches else reading
        is_act = base_name(reading.signal) in _ACTS
        found = replace(reading, quality=reading.quality | _SNAPSHOT)
        for instance in watches:
            is_known = (
                bool(reading.quality & _EVENT)
                or is_act
                or (not device_state.is_back and instance.rule.knows(instance.memory, reading))
            )
            self._stepping.try_(instance, reading if is_known else found, now)

    def speaks(self, device_state: DeviceState, reading: Reading, now: Instant) -> None:
        """A lost device is heard; what it says now is how it was found, not what has just happened."""
        is_word = reading.value is True if reading.signal == _ONLINE else not reading.quality & _NO_WORD
        if is_word:
            device_state.is_back = True
            device_state.signals.clear()
            for instance in list(device_state.lost):
                if reading.quality & _SNAPSHOT:  # its broker says that it is there: it is waited for from now on
                    instance.begun = now
                self._stepping.try_(instance, self._stepping.last_heard(instance, device_state, now, now), now)
            for part in device_state.parts:
                for instance in list(part.lost):
                    self._stepping.try_(instance, self._stepping.last_heard(instance, part, part.heard, now), now)

    def deduced(self, reading: Reading, now: Instant) -> None:
        """What follows from what a person said, and no device."""
        device_state = self._instances.post(reading.device)
        watches = device_state.signals.get(reading.signal)
        if watches is None:
            self.first(device_state, reading, now)
            return
        for instance in watches:
            self._stepping.try_(instance, reading, now)
