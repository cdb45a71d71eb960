"""Commissioning by walking: is a device's heartbeat and radio good enough, and does it report when it is triggered?

For ten minutes everything that the device says is measured; in that time a person triggers it once. What came of it
is one record: heartbeat, signal strength, when the trigger was seen.
"""

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from devices.detector_trigger import is_trigger
from devices.device import Device
from devices.kinds import watched
from devices.message import SignalName, Text
from devices.reading import SECOND, Instant, Quality, Reading
from devices.signals import base_name

WINDOW: Instant = 600 * SECOND
"""How long a device is listened to."""
_SNAPSHOT = int(Quality.SNAPSHOT)
_LINKS = ("linkquality", "rssi")


class Span(msgspec.Struct, frozen=True):
    """Lowest, highest and sum of the values of one signal."""

    count: int = 0
    lowest: float = 0.0
    highest: float = 0.0
    total: float = 0.0

    def with_(self, value: float) -> "Span":
        lowest = min(self.lowest, value) if self.count else value
        highest = max(self.highest, value) if self.count else value
        return Span(self.count + 1, lowest, highest, self.total + value)

    @property
    def mean(self) -> float:
        return self.total / self.count if self.count else 0.0


class Measurement(msgspec.Struct, frozen=True):
    """What was seen of one device since ``started``; readings with one time of arrival are one message."""

    started: Instant
    messages: int = 0
    last_heard: Instant | None = None
    gaps: Span = Span()
    links: dict[str, Span] = {}
    first: dict[str, float] = {}
    trigger: str = ""
    triggered: Instant | None = None

    def heard(self, device: Device, readings: Iterable[Reading]) -> "Measurement":
        """With these of the device counted; one that only tells how things stood is no word of it."""
        seen = self
        for reading in readings:
            if not reading.quality & _SNAPSHOT and reading.received >= self.started:
                seen = seen._with(device, reading)
        return seen

    def _with(self, device: Device, reading: Reading) -> "Measurement":
        seen, links, first = self, self.links, dict(self.first)
        if self.last_heard is None or reading.received > self.last_heard:
            gap = (reading.received - self.last_heard) / SECOND if self.last_heard is not None else None
            gaps = self.gaps.with_(gap) if gap is not None else self.gaps
            seen = replace(self, messages=self.messages + 1, last_heard=reading.received, gaps=gaps)
        base = base_name(reading.signal)
        if base in _LINKS and isinstance(reading.value, float | int):
            links = {**links, base: links.get(base, Span()).with_(float(reading.value))}
        if self.triggered is None and is_trigger(device, reading, first):
            seen = replace(seen, trigger=reading.signal, triggered=reading.received)
        return replace(seen, links=links, first=first)

    def left_s(self, now: Instant) -> float:
        """Seconds of the window that are left."""
        return max(0, self.started + WINDOW - now) / SECOND

    def wanting(self, device: Device, now: Instant) -> list[Text]:
        """What is not proven yet; empty when the record is complete."""
        out: list[Text] = []
        if self.triggered is None:
            signals = tuple(SignalName(name) for name in sorted(watched(device.kind, device.signals)))
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
        longest = device.interval_s
        if longest is not None and self.gaps.count and self.gaps.highest > longest:
            out.append(Text.of("commissioning.silent", silent_s=self.gaps.highest, interval_s=longest))
        return out

    def figures(self, now: Instant) -> dict[str, str | float | int | Text]:
        """Those of the record; seconds are whole or to a tenth."""
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
