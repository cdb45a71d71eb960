"""``state``: a boolean signal is active for at least ``hold_s`` seconds.

A signal that means danger by itself (smoke, a call point, a panic button) counts also when it is found active after
a start. One that means an event (motion, a door) counts when it becomes active; found active, it is written down as
found, and is an alert only when the rule begins to apply (when the area is armed).

[[rules]]
kind = "state"
name = "intrusion"
alert_class = "intrusion"
priority = 1
signals = ["door", "motion", "glass_break"]
modes = ["armed"]
procedure = "1. Look at the camera. 2. Send the patrol. 3. Call the police if confirmed."
"""

from msgspec.structs import replace

from alerts.activity import Activity, heard, is_found, judged, knows, learnt, remaining
from alerts.event import Event, Members, Tick
from alerts.rule import Rule, check_seconds
from devices.device import Device
from devices.reading import SECOND, Instant, Quality, Reading
from devices.signals import base_name

_SNAPSHOT = int(Quality.SNAPSHOT)


class StateRule(Rule[Activity], frozen=True, tag="state"):
    """Each signal that joins is told; the breach ends when none is active any more.

    ``signals``: boolean signals; any of them active is a breach
    ``active``: the value that means active (false for ``mains``)
    ``hold_s``: seconds for which a signal must be active
    ``pulse_s``: for buttons that tell a press and no release: seconds after which it counts as released; 0: never
    """

    signals: tuple[str, ...]
    active: bool = True
    hold_s: float = 0
    pulse_s: float = 0

    def __post_init__(self) -> None:
        if not self.signals:
            raise ValueError("signals must name at least one signal")
        check_seconds("hold_s", self.hold_s)
        check_seconds("pulse_s", self.pulse_s)
        if 0 < self.pulse_s <= self.hold_s:
            raise ValueError("pulse_s must be more than hold_s, or the signal is never active for long enough")

    def watches(self, device: Device, signal: str) -> bool:
        return base_name(signal) in self.signals

    def start(self) -> Activity:
        return Activity()

    def knows(self, memory: Activity, reading: Reading) -> bool:
        return knows(memory, reading)

    def step(self, memory: Activity, event: Event, now: Instant) -> Activity:
        if type(event) is Reading:
            known = learnt(memory, event) if event.quality & _SNAPSHOT else memory.known
            is_active = event.value is self.active
            if not is_active and not memory.active and known is memory.known:
                return memory
            active = heard(memory.active, event, now, is_active=is_active, found=is_found(event))
            if active is memory.active and known is memory.known:
                return memory
            memory = replace(memory, active=active, known=known)
        elif type(event) is Members:
            memory = remaining(memory, event.devices)
        elif type(event) is not Tick:
            return memory
        if not self.pulse_s:
            return judged(memory, int(self.hold_s * SECOND), now, _text)
        return self._judged_pulses(memory, now)

    def _judged_pulses(self, memory: Activity, now: Instant) -> Activity:
        pulse = int(self.pulse_s * SECOND)
        pressed = tuple(entry for entry in memory.active if entry.since + pulse > now)
        if len(pressed) != len(memory.active):
            memory = replace(memory, active=pressed)
        memory = judged(memory, int(self.hold_s * SECOND), now, _text)
        times = [entry.since + pulse for entry in pressed]
        if memory.wake_at is not None:
            times.append(memory.wake_at)
        return replace(memory, wake_at=min(times)) if times else memory


def _text(causes: tuple[Reading, ...]) -> str:
    return ", ".join(dict.fromkeys(f"{cause.signal} of {cause.device}" for cause in causes)) + " active"


KIND = StateRule
