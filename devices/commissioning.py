"""Commissioning by walking: is a device's heartbeat and radio good enough, and does it report when it is triggered?

For ten minutes everything that the device says is measured; in that time a person triggers it once. What came of it
is one record: heartbeat, signal strength, when the trigger was seen.
"""

from collections.abc import Iterable

import msgspec

from devices.detector_trigger import is_trigger
from devices.device import Device
from devices.errors import Refused
from devices.kinds import watched
from devices.message import SignalName, Text
from devices.orders import Change, Commission, Finish
from devices.reading import SECOND, Instant, Quality, Reading
from devices.signals import base_name

WINDOW: Instant = 600 * SECOND
"""How long a device is listened to."""
_MOST_AT_ONCE = 200
_SNAPSHOT = int(Quality.SNAPSHOT)
_LINKS = ("linkquality", "rssi")


class Span(msgspec.Struct):
    """Lowest, highest and sum of the values of one signal."""

    count: int = 0
    lowest: float = 0.0
    highest: float = 0.0
    total: float = 0.0

    def add(self, value: float) -> None:
        self.lowest = min(self.lowest, value) if self.count else value
        self.highest = max(self.highest, value) if self.count else value
        self.count, self.total = self.count + 1, self.total + value

    @property
    def mean(self) -> float:
        return self.total / self.count if self.count else 0.0


class Commissioning(msgspec.Struct):
    """What was seen of one device since ``started``; readings with one time of arrival are one message.

    ``remarks``: what is not well with it whatever it says, for instance that no rule looks at it.
    """

    device: Device
    by: str
    started: Instant
    remarks: tuple[Text, ...] = ()
    messages: int = 0
    last_heard: Instant | None = None
    gaps: Span = msgspec.field(default_factory=Span)
    links: dict[str, Span] = {}
    first: dict[str, float] = {}
    trigger: str = ""
    triggered: Instant | None = None

    def hear(self, reading: Reading) -> None:
        """Count a reading of this device; one that only tells how things stood is no word of it."""
        if reading.quality & _SNAPSHOT or reading.received < self.started:
            return
        if self.last_heard is None or reading.received > self.last_heard:
            if self.last_heard is not None:
                self.gaps.add((reading.received - self.last_heard) / SECOND)
            self.last_heard = reading.received
            self.messages += 1
        base = base_name(reading.signal)
        if base in _LINKS and isinstance(reading.value, float | int):
            self.links.setdefault(base, Span()).add(float(reading.value))
        if self.triggered is None and is_trigger(self.device, reading, self.first):
            self.trigger, self.triggered = reading.signal, reading.received

    def left_s(self, now: Instant) -> float:
        """Seconds of the window that are left."""
        return max(0, self.started + WINDOW - now) / SECOND

    def wanting(self, now: Instant) -> list[Text]:
        """What is not proven yet; empty when the record is complete."""
        out = list(self.remarks)
        if self.triggered is None:
            signals = tuple(SignalName(name) for name in sorted(watched(self.device.kind, self.device.signals)))
            out.append(
                Text.of("commissioning.not_triggered", signals=signals)
                if signals
                else Text.of("commissioning.not_triggered_at_all")
            )
        if not self.messages:
            out.append(Text.of("commissioning.not_spoken"))
        elif not self.gaps.count:
            out.append(Text.of("commissioning.spoken_once"))
        if self.left_s(now):
            out.append(Text.of("commissioning.listening", left_s=self.left_s(now)))
        longest = self.device.interval_s
        if longest is not None and self.gaps.count and self.gaps.highest > longest:
            out.append(Text.of("commissioning.silent", silent_s=self.gaps.highest, interval_s=longest))
        return out

    def measured(self, now: Instant) -> dict[str, str | float | int | Text]:
        """The figures of the record; seconds are whole or to a tenth."""
        out: dict[str, str | float | int | Text] = {
            "listened_s": round((now - self.started) / SECOND),
            "messages": self.messages,
        }
        if self.gaps.count:
            out |= {"heartbeat_s": round(self.gaps.mean, 1), "longest_silence_s": round(self.gaps.highest, 1)}
        for name, span in sorted(self.links.items()):
            out |= {f"{name}_min": round(span.lowest, 1), f"{name}_avg": round(span.mean, 1)}
        if self.triggered is not None:
            out |= {"trigger": self.trigger, "triggered_s": round((self.triggered - self.started) / SECOND)}
        return out


class Commissions:
    """Those that run now, by device. They live as long as the process: begun again after a restart."""

    def __init__(self) -> None:
        self._running: dict[str, Commissioning] = {}

    def __bool__(self) -> bool:
        return bool(self._running)

    def start(self, order: Commission, device: Device, now: Instant, remarks: tuple[Text, ...] = ()) -> None:
        """Raises Refused where too many run."""
        if device.id not in self._running and len(self._running) >= _MOST_AT_ONCE:
            raise Refused(Text.of("commissioning.too_many", count=_MOST_AT_ONCE))
        self._running[device.id] = Commissioning(device, order.by, now, remarks)

    def of(self, device: str) -> Commissioning | None:
        return self._running.get(device)

    def all(self) -> list[Commissioning]:
        return list(self._running.values())

    def hear(self, readings: Iterable[Reading]) -> list[Device]:
        """Count what devices being commissioned say; those that were triggered by it come back."""
        running, triggered = self._running, []
        for reading in readings:
            found = running.get(reading.device)
            if found is None:
                continue
            was_triggered = found.triggered is not None
            found.hear(reading)
            if found.triggered is not None and not was_triggered:
                triggered.append(found.device)
        return triggered

    def finish(self, order: Finish, now: Instant) -> Change:
        """The record. Raises Refused if something is wanting and the note does not say why that is well."""
        found = self._running.get(order.device)
        if found is None:
            raise Refused(Text.of("commissioning.not_running", id=order.device[:64]))
        wanting = tuple(found.wanting(now))
        if wanting and not order.note.strip():
            raise Refused(Text.of("commissioning.say_why", wanting=wanting))
        del self._running[order.device]
        measured = found.measured(now)
        if wanting:
            measured["wanting"] = Text.of("commissioning.wanting", wanting=wanting)
        return Change("commissioned", order.by, now, order.note, new=found.device, measured=measured)

    def drop(self, device: str) -> None:
        """It was retired or replaced: what was measured is of something else."""
        self._running.pop(device, None)
