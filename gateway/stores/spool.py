"""A bounded queue of byte records on disk: what was put is durable, and leaves in order once somebody confirms it.

Segment files of a few megabytes, each record with its length and CRC-32. A torn end (a kill in the middle of a
write) is cut off when the spool is opened again. At its bound it refuses: nothing is dropped in silence.
"""

import os
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from struct import Struct

from devices.errors import StoreUnavailable

_HEAD = Struct("<II")
_SEGMENT_BYTES = 4 * 1024 * 1024
_LARGEST_RECORD = 64 * 1024 * 1024


class Spool:
    """``put`` from one thread, ``oldest`` and ``confirm`` from another."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder, self._most = folder, most_bytes
        self._lock = threading.Lock()
        self._segments: list[Path] = sorted(folder.glob("*.seg"))
        self._sizes = {segment: _sound_length(segment) for segment in self._segments}
        self.records = sum(sum(1 for _ in _records(segment)) for segment in self._segments)
        self._number = int(self._segments[-1].stem) + 1 if self._segments else 0
        self._current: Path | None = None

    @property
    def bytes_waiting(self) -> int:
        return sum(self._sizes.values())

    def put(self, record: bytes) -> None:
        """Durable when it returns. Raises StoreUnavailable when the spool or the disk is full."""
        framed = _HEAD.pack(len(record), zlib.crc32(record)) + record
        with self._lock:
            if self.bytes_waiting + len(framed) > self._most:
                raise StoreUnavailable(
                    f"the spool holds {self.bytes_waiting >> 20} MiB that the time-series server has not taken; "
                    "bring the server back, or raise storage.influx.spool_megabytes"
                )
            segment = self._segment()
            try:
                with segment.open("r+b" if segment.exists() else "w+b") as file:
                    file.seek(self._sizes.get(segment, 0))
                    file.write(framed)
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as error:
                raise StoreUnavailable(f"the spool cannot be written: {error.strerror}") from error
            self._sizes[segment] = self._sizes.get(segment, 0) + len(framed)
            self.records += 1

    def _segment(self) -> Path:
        if self._current is None or self._sizes.get(self._current, 0) >= _SEGMENT_BYTES:
            self._current = self._folder / f"{self._number:012d}.seg"
            self._number += 1
            self._segments.append(self._current)
        return self._current

    def oldest(self) -> tuple[Path, list[bytes]] | None:
        """The oldest segment and its records, None if nothing waits. It takes no more once it has been asked for."""
        with self._lock:
            if not self._segments:
                return None
            segment = self._segments[0]
            if segment == self._current:
                self._current = None
            return segment, list(_records(segment))

    def confirm(self, segment: Path) -> None:
        """The server has it all: forget the segment."""
        with self._lock:
            self.records -= sum(1 for _ in _records(segment))
            segment.unlink(missing_ok=True)
            self._segments.remove(segment)
            self._sizes.pop(segment, None)


def _records(segment: Path) -> Iterator[bytes]:
    try:
        data = segment.read_bytes()
    except FileNotFoundError:
        return
    place = 0
    while place + _HEAD.size <= len(data):
        length, check = _HEAD.unpack_from(data, place)
        record = data[place + _HEAD.size : place + _HEAD.size + length]
        if length > _LARGEST_RECORD or len(record) < length or zlib.crc32(record) != check:
            return
        yield record
        place += _HEAD.size + length


def _sound_length(segment: Path) -> int:
    length = sum(_HEAD.size + len(record) for record in _records(segment))
    os.truncate(segment, length)
    return length
