"""Which series there are, each with a number, and the latest reading of each."""

from collections.abc import Iterable

from devices.reading import Instant, Reading

NEVER: Instant = -(2**63)


class Catalogue:
    """Numbers count from 1 without a gap. Not safe for several threads by itself; its store holds a lock."""

    def __init__(self) -> None:
        self.numbers: dict[str, dict[str, int]] = {}
        """By device and signal."""
        self.names: list[tuple[str, str]] = [("", "")]
        """(device, signal) by number; there is no number 0."""
        self.latest: list[Reading | None] = [None]
        """By number."""
        self.newest: list[Instant] = [NEVER]
        """The source's time of ``latest``, in a list of its own because the hot path compares it for each reading."""

    def add(self, number: int, device: str, signal: str) -> None:
        self.names.append((device, signal))
        self.latest.append(None)
        self.newest.append(NEVER)
        self.numbers.setdefault(device, {})[signal] = number

    def number_of(self, device: str, signal: str) -> int | None:
        return self.numbers.get(device, {}).get(signal)

    def unknown(self, readings: Iterable[Reading]) -> list[tuple[str, str]]:
        """(device, signal) of readings whose series has no number yet, in a fixed order."""
        named = {(reading.device, reading.signal) for reading in readings}
        return sorted(name for name in named if self.number_of(*name) is None)

    def note(self, number: int, reading: Reading) -> None:
        """Keep it as the latest if none is newer by the source's time."""
        if reading.time >= self.newest[number]:
            self.newest[number], self.latest[number] = reading.time, reading

    def all_latest(self) -> dict[tuple[str, str], Reading]:
        return {(reading.device, reading.signal): reading for reading in self.latest if reading is not None}

    def latest_of(self, device: str) -> list[Reading]:
        found = [self.latest[number] for number in self.numbers.get(device, {}).values()]
        return [reading for reading in found if reading is not None]
