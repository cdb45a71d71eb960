"""What goes over HTTP of readings."""

from functools import cache

from api.schemas import Out, Time
from devices.reading import Quality, Reading


class ReadingOut(Out):
    """One reading."""

    device: str
    signal: str
    value: bool | float | str
    time: Time
    received: Time
    quality: list[str]

    @classmethod
    def of(cls, reading: Reading) -> "ReadingOut":
        return cls(
            device=reading.device,
            signal=reading.signal,
            value=reading.value,
            time=reading.time,
            received=reading.received,
            quality=qualities(reading.quality),
        )


class PointOut(Out):
    """One stored value, or one aggregate at the start of its step."""

    time: Time
    value: bool | float | str
    quality: list[str]


class Series(Out):
    """The points of one signal of one device, in time order."""

    device: str
    signal: str
    points: list[PointOut]


def qualities(bits: int) -> list[str]:
    """``["snapshot", "clock_suspect"]``; empty for good."""
    return [*_names_of(bits)] if bits else []


@cache
def _names_of(bits: int) -> tuple[str, ...]:
    return tuple(str(flag.name).lower() for flag in Quality if flag and bits & flag)
