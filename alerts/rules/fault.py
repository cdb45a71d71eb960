"""``fault``: a device says of itself that something is wrong: a fault, tamper, its battery, its mains power.

How it stands counts, not how it became so: a device found faulty after a start is as much an alert as one that becomes
faulty. One rule of class ``tamper`` with ``signals = ["tamper"]`` and one of class ``fault`` for the rest are usual;
several rules may look at the same device.

Protects against the detector that hangs on the wall and detects nothing: faulty, opened, without power.

Standard: GB 4717 and EN 54-2 (a fault is shown within 100 s); EN 50131-1 (tamper).

Costs: radio devices report a low battery late or never; a device that dies without a word is the kind
``supervision``. A charge that wavers is told once, by ``battery_hysteresis``.

Not known: at which charge a given battery gives out; 15 % suits lithium cells that report it linearly.

[[rules]]
kind = "fault"
name = "device-fault"
alert_class = "fault"
priority = 3
signals = ["fault", "battery_low", "battery", "mains"]
procedure = "1. Visit the device. 2. Change the battery, or call the maker."
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from alerts.active_signals import ActiveSignal, ActiveSignalRule, heard, judged
from alerts.event import Event, Tick
from alerts.parted import listed
from alerts.rule import Direction, check_seconds
from devices.message import Text
from devices.reading import SECOND, Instant, Reading
from devices.signals import base_name

Signal = Literal["fault", "tamper", "battery_low", "battery", "mains", "disabled"]


class FaultRule(ActiveSignalRule, frozen=True, tag="fault"):
    """Each condition that joins is told; the breach ends when none stands any more.

    ``signals``: what counts: ``fault`` (also of one part, ``fault.bus``), ``tamper``, ``battery_low``, ``battery`` (its
    charge), ``mains`` (that it is lost), ``disabled``
    ``battery_below``: the charge in percent under which a battery is low
    ``battery_hysteresis``: how many percent above that it must be to be well again
    ``hold_s``: seconds for which a condition must stand
    """

    sooner: ClassVar[Mapping[str, Direction]] = {
        **ActiveSignalRule.sooner,
        "signals": "wider",
        "hold_s": "less",
        "battery_below": "more",
    }

    signals: tuple[Signal, ...] = ("fault", "tamper", "battery_low", "battery", "mains", "disabled")
    battery_below: float = 15
    battery_hysteresis: float = 10
    hold_s: float = 0

    def __post_init__(self) -> None:
        check_seconds("hold_s", self.hold_s)
        if not self.signals:
            raise ValueError("signals must name at least one signal")
        if not 0 < self.battery_below < 100:
            raise ValueError("battery_below must be more than 0 and less than 100 percent")
        if not 0 <= self.battery_hysteresis <= 100 - self.battery_below:
            raise ValueError("battery_below and battery_hysteresis together must be 100 percent at most")

    def watched_signals(self) -> tuple[str, ...]:
        return self.signals

    def longest_delay_s(self) -> float:
        return self.hold_s

    def step(self, memory: ActiveSignal, event: Event, now: Instant) -> ActiveSignal:
        if type(event) is Reading:
            if memory.reading is None:
                if event.value is False and event.signal[:5] != "mains":
                    return memory  # the daily bread, kept short
                if self._is_well(event):
                    return memory
            is_wrong = self._is_wrong(event)
            if is_wrong is None:
                return memory
            changed = heard(memory, event, now, is_active=is_wrong)
            if changed is memory:
                return memory
            memory = changed
        elif type(event) is not Tick:
            return memory
        return judged(memory, int(self.hold_s * SECOND), now)

    def told(self, causes: Sequence[Reading], more: int) -> Text:
        return Text.of("fault.stands", faults=listed(map(_fault, causes), more))

    def _is_well(self, reading: Reading) -> bool:
        """Whether it plainly says that nothing is wrong; what is not plain is looked at closely."""
        value, signal = reading.value, reading.signal
        if value is True:
            return signal == "mains"
        return signal == "battery" and value >= self.battery_below + self.battery_hysteresis  # type: ignore[operator]

    def _is_wrong(self, reading: Reading) -> bool | None:
        """Whether the condition stands; None for a charge between the limit and the limit at which it is well again."""
        value = reading.value
        match base_name(reading.signal):
            case "mains":
                return value is False
            case "battery":
                charge = float(value)
                is_between = self.battery_below <= charge < self.battery_below + self.battery_hysteresis
                return None if is_between else charge < self.battery_below
        return value is True


def _fault(cause: Reading) -> Text:
    base, _, part = cause.signal.partition(".")
    if base == "battery":
        return Text.of("fault.battery", device=cause.device, charge=float(cause.value))
    fault = Text.of(f"fault.{base}", device=cause.device)
    return Text.of("fault.of_part", fault=fault, part=part) if part else fault


KIND = FaultRule
