"""``supervision``: no word from a device within its interval, or its broker says that it is gone.

A device's own ``interval_s`` counts first, then what its rhythm has taught (devices/supervision.py), then the rule's.
100 s is what fire practice allows (EN 54-2, GB 4717): no fire device is learnt to be slower, unless it is tagged
``radio``. After a start a device is given its whole interval, because the silence may have been ours; but two
intervals of silence that the gateway has listened to are a loss, however often it was started. A retained message is
no sign of life. A component or zone behind an installed panel (GB/T 26875.3, SIA DC-09) that names no interval speaks
when something happens: it is there until its panel is lost.

Protects against the detector that fell silent: no battery, no radio, no bus; else nobody would know until the fire.

Standard: EN 54-2 and GB 4717 (loss shown within 100 s), EN 50131-5-3 (radio), EN 50136-1 (lines).

Costs: radio links that lose messages: a device that reports once in its interval is told as lost after one lost
message; give it two reports an interval. It is lost for that long before it is told.

Not known: how regularly a device of an unknown model reports, until its rhythm is learnt.

[[rules]]
kind = "supervision"
name = "device-lost"
alert_class = "fault"
priority = 3
interval_s = 100
procedure = "1. Visit the device. 2. Check power, battery and radio link."
"""

from collections.abc import Mapping
from typing import ClassVar

from msgspec.structs import replace

from alerts.event import Event, LastHeard
from alerts.rule import Breach, Direction, Memory, Rule, check_seconds
from devices.device import Device
from devices.message import Text
from devices.reading import SECOND, Instant, Reading
from devices.supervision import Rhythm, deadline, learnt_s, longest_s, next_look


class Silence(Memory, frozen=True):
    """``learnt_s``: the interval in force that ``rhythm`` has taught; ``since``: when it was first waited for."""

    rhythm: Rhythm = Rhythm()
    learnt_s: float | None = None
    since: Instant | None = None


class SupervisionRule(Rule[Silence], frozen=True, tag="supervision"):
    """One memory a device. Words heard are not stored: the time of the last one is known from the stored readings.

    ``interval_s``: the longest silence, in seconds, of devices that name none and whose rhythm is not known yet
    ``learns``: whether a device that names no interval gets one from its own rhythm
    """

    sooner: ClassVar[Mapping[str, Direction]] = {}
    """None: who is lost sooner is back more often, and what a device tells when it is back was found and not begun."""

    listens = (Reading, LastHeard)
    eager = True
    patient = True

    interval_s: float = 100
    learns: bool = True

    def __post_init__(self) -> None:
        check_seconds("interval_s", self.interval_s, least=1)
        if self.per != "device":
            raise ValueError('supervision is per = "device"')

    def watched_signals(self) -> tuple[str, ...]:
        return ("online",)

    def watches(self, device: Device, signal: str) -> bool:
        return signal == "online"

    def longest_delay_s(self) -> float:
        """Of devices that name no interval and have taught none; of a device by itself ``waits`` says it."""
        return self.interval_s

    def start(self) -> Silence:
        return Silence()

    def is_worth_storing(self, old: Silence, new: Silence) -> bool:
        """The rhythm is stored until it is known, and then with what it changes: one word more costs no row."""
        if not new.rhythm.is_known and new.rhythm is not old.rhythm:
            return True
        return new.breach is not old.breach or new.learnt_s != old.learnt_s or new.since != old.since

    def waits(self, memory: Silence, device: Device) -> tuple[float, str]:
        """The interval of that device in seconds, and where it comes from: ``set``, ``learnt`` or ``rule``."""
        if device.interval_s is not None:
            return device.interval_s, "set"
        if self.learns and memory.learnt_s is not None:
            return min(memory.learnt_s, longest_s(device)), "learnt"
        return self.interval_s, "rule"

    def lost_at(self, device: Device, heard: Instant) -> Instant | None:
        """A device that names its interval teaches nothing."""
        return None if device.interval_s is None else heard + int(device.interval_s * SECOND)

    def step(self, memory: Silence, event: Event, now: Instant) -> Silence:
        if type(event) is Reading:
            if event.value is not False or memory.breach is not None:
                return memory
            return replace(
                memory, wake_at=None, breach=Breach(since=now, text=Text.of("supervision.offline"), causes=(event,))
            )
        if type(event) is LastHeard:
            return self._looked(self._taught(memory, event, now) if event.pause else memory, event, now)
        return memory

    def _taught(self, memory: Silence, event: LastHeard, now: Instant) -> Silence:
        """With the longest pause since the last look; one that began before this start may have been ours."""
        if not 0 < event.pause <= now - event.begun or not self.learns or event.device.interval_s is not None:
            return memory
        rhythm = memory.rhythm.after(event.pause, now)
        return replace(memory, rhythm=rhythm, learnt_s=learnt_s(rhythm, event.device, memory.learnt_s))

    def _looked(self, memory: Silence, event: LastHeard, now: Instant) -> Silence:
        heard = event.heard or memory.since
        if heard is None or (event.heard is None and heard > event.begun):  # our clock was ahead then
            memory, heard = replace(memory, since=event.begun), event.begun
        interval_s, _ = self.waits(memory, event.device)
        due = deadline(int(interval_s * SECOND), heard, event.begun, event.runs)
        if now < due:  # the daily bread, without the detour of replace
            return Silence(None, next_look(due, now), memory.rhythm, memory.learnt_s, memory.since)
        text = Text.of("supervision.silent", seconds=(now - max(heard, event.begun)) // SECOND)
        return replace(memory, wake_at=None, breach=Breach(since=now, text=text))


KIND = SupervisionRule
