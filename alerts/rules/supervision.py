"""``supervision``: no word from a device within its interval, or its broker says that it is gone.

A device's own ``interval_s`` counts before the rule's. 100 s is what fire practice allows (EN 54-2, GB 4717). After a
start every device is given its whole interval: the silence was ours. A retained message is no sign of life.

[[rules]]
kind = "supervision"
name = "device-lost"
alert_class = "fault"
priority = 3
interval_s = 100
procedure = "1. Visit the device. 2. Check power, battery and radio link."
"""

from alerts.event import Event, LastHeard
from alerts.rule import Breach, Memory, Rule, check_seconds
from devices.device import Device
from devices.reading import SECOND, Instant, Reading


class SupervisionRule(Rule[Memory], frozen=True, tag="supervision"):
    """One memory a device. Words heard are not stored: the time of the last one is known from the stored readings.

    ``interval_s``: the longest silence, in seconds, of devices that name none of their own
    """

    eager = True
    patient = True
    supervises = True
    reprimed = True

    interval_s: float = 100

    def __post_init__(self) -> None:
        check_seconds("interval_s", self.interval_s, least=1)
        if self.per != "device":
            raise ValueError('supervision is per = "device"')

    def watches(self, device: Device, signal: str) -> bool:
        return signal == "online"

    def start(self) -> Memory:
        return Memory()

    def step(self, memory: Memory, event: Event, now: Instant) -> Memory:
        if isinstance(event, LastHeard):
            deadline = event.at + int((event.interval_s or self.interval_s) * SECOND)
            if now < deadline:
                return Memory(wake_at=deadline)
            return Memory(breach=Breach(since=now, text=f"no word for {(now - event.at) // SECOND} s"))
        if isinstance(event, Reading) and event.value is False and memory.breach is None:
            return Memory(breach=Breach(since=now, text="reported offline", causes=(event,)))
        return memory


KIND = SupervisionRule
