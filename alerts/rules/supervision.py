"""``supervision``: no word from a device within its interval, or its broker says that it is gone.

A device's own ``interval_s`` counts before the rule's; 100 s is what fire practice allows (EN 54-2, GB 4717).

[[rules]]
kind = "supervision"
name = "device-lost"
alert_class = "fault"
priority = 3
interval_s = 100
procedure = "1. Visit the device. 2. Check power, battery and radio link."
"""

from alerts.event import Event, LastHeard
from alerts.rule import Breach, Memory, Rule
from devices.device import Device
from devices.reading import SECOND, Instant, Reading


class SupervisionMemory(Memory, frozen=True):
    """``heard`` is the last word that the deadline counts from."""

    heard: Instant = 0
    interval: Instant = 0


class SupervisionRule(Rule[SupervisionMemory], frozen=True, tag="supervision"):
    """``interval_s``: the longest silence, in seconds, of devices that name none of their own."""

    eager = True
    supervises = True
    reprimed = True

    interval_s: float = 100

    def watches(self, device: Device, signal: str) -> bool:
        return signal == "online"

    def start(self) -> SupervisionMemory:
        return SupervisionMemory(interval=int(self.interval_s * SECOND))

    def start_for(self, device: Device) -> SupervisionMemory:
        """The memory of a device with an interval of its own."""
        interval_s = self.interval_s if device.interval_s is None else device.interval_s
        return SupervisionMemory(interval=int(interval_s * SECOND))

    def step(self, memory: SupervisionMemory, event: Event, now: Instant) -> SupervisionMemory:
        if isinstance(event, LastHeard):
            deadline = event.at + memory.interval
            if now < deadline:
                return SupervisionMemory(heard=event.at, interval=memory.interval, wake_at=deadline)
            silence = (now - event.at) // SECOND
            breach = Breach(since=now, text=f"no word for {silence} s")
            return SupervisionMemory(heard=event.at, interval=memory.interval, breach=breach)
        if isinstance(event, Reading) and event.value is False and memory.breach is None:
            breach = Breach(since=now, text="reported offline", causes=(event,))
            return SupervisionMemory(heard=now, interval=memory.interval, breach=breach)
        return memory


KIND = SupervisionRule
