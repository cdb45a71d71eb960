"""A bounded queue of byte records on disk: what was put is durable, and leaves in order once somebody confirms it.

Segment files of a few megabytes, each record with its length and CRC-32. ``sent`` says up to where all is confirmed;
if a power cut loses its newest content, records are handed out once more. A torn end (a kill in the middle of a
write) is cut off when the spool is opened, and kept beside it, because from here it looks the same as damage.
At its bound the spool refuses: nothing is dropped in silence.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from struct import Struct
from typing import BinaryIO, NamedTuple
from zlib import crc32

from devices.errors import StoreUnavailable
from devices.message import Text

_HEAD = Struct("<II")
_SEGMENT_BYTES = 8 << 20
_SEGMENTS = 8
_LARGEST_RECORD = 64 << 20
_SUFFIX = ".spool"


class Position(NamedTuple):
    """A place between two records; comparable."""

    segment: int
    offset: int


class Spool:
    """``put`` from one thread, ``take`` and ``confirm`` from another. Every method may raise StoreUnavailable.

    A segment is removed when all of it is confirmed and it lies before ``keep_from``, which only the owner raises.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder, self._most = folder, most_bytes
        self._segment_bytes = min(_SEGMENT_BYTES, most_bytes // _SEGMENTS)
        self._lock = threading.Lock()
        self._descriptor = -1
        self.keep_from = 0
        with _unavailable():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            found = sorted(int(path.stem) for path in folder.glob(f"*{_SUFFIX}"))
            self._sizes = {number: self._sound_size(number) for number in found}
            self._sent = self._read_sent()
            after_sent = self._sent.segment + (self._sent.segment not in self._sizes)
            self._current = self._open(max([after_sent, *found]))

    @property
    def segment(self) -> int:
        """The number of the segment that grows."""
        return self._current

    @property
    def bytes_used(self) -> int:
        return sum(self._sizes.values())

    @property
    def bytes_waiting(self) -> int:
        """Of records that are not confirmed."""
        with self._lock:
            after = sum(size for number, size in self._sizes.items() if number >= self._sent.segment)
            return after - (self._sent.offset if self._sent.segment in self._sizes else 0)

    def put(self, record: bytes, reserved: int = 0) -> None:
        """Durable when it returns; a record is not empty. ``reserved``: bytes of the bound taken up elsewhere."""
        framed = _HEAD.pack(len(record), crc32(record)) + record
        with self._lock:
            used = self.bytes_used + reserved
            if used + len(framed) > self._most:
                raise StoreUnavailable(Text.of("stores.spool_full", used=used >> 20))
            with _unavailable():
                if self._sizes[self._current] >= self._segment_bytes:
                    before = self._descriptor
                    self._current = self._open(self._current + 1)
                    os.close(before)
                size = self._sizes[self._current]
                try:
                    _write_all(self._descriptor, framed, size)
                    os.fdatasync(self._descriptor)
                except OSError:
                    os.ftruncate(self._descriptor, size)
                    raise
            self._sizes[self._current] = size + len(framed)

    def take(self, most_bytes: int) -> tuple[list[bytes], Position] | None:
        """The oldest unconfirmed records, at least one, and the position to confirm; None if nothing waits."""
        with self._lock:
            sizes = dict(self._sizes)
            number, offset = self._sent
        waiting = [other for other in sorted(sizes) if other > number or (other == number and sizes[other] > offset)]
        for segment in waiting:
            begin = offset if segment == number else 0
            records: list[bytes] = []
            position = begin
            with _unavailable():
                for record in self._records(segment, begin, sizes[segment]):
                    records.append(record)
                    position += _HEAD.size + len(record)
                    if position - begin >= most_bytes:
                        break
            if records:
                return records, Position(segment, position)
        return None

    def confirm(self, position: Position) -> None:
        """Everything before ``position`` has arrived."""
        with self._lock, _unavailable():
            self._sent = position
            temporary = self._folder / "sent.new"
            temporary.write_text(f"{position.segment} {position.offset}\n", encoding="ascii")
            temporary.replace(self._folder / "sent")
            for number in [other for other in self._sizes if other < min(position.segment, self.keep_from)]:
                self._path(number).unlink(missing_ok=True)
                del self._sizes[number]

    def since(self, segment: int) -> Iterator[bytes]:
        """All records of that segment and later ones, confirmed or not."""
        with _unavailable():
            for number in sorted(self._sizes):
                if number >= segment:
                    yield from self._records(number, 0, self._sizes[number])

    def close(self) -> None:
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    # -- files ---------------------------------------------------------------------------------------------

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:012}{_SUFFIX}"

    def _open(self, number: int) -> int:
        """Go on in that segment; the new file is as durable as what will be written to it."""
        descriptor = os.open(self._path(number), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _sync_folder(self._folder)
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        self._sizes.setdefault(number, 0)
        return number

    def _records(self, number: int, begin: int, end: int) -> Iterator[bytes]:
        with self._path(number).open("rb") as file:
            file.seek(begin)
            while file.tell() < end:
                record = _next(file)
                if record is None:
                    raise OSError(f"{self._path(number).name} has changed on disk")
                yield record

    def _sound_size(self, number: int) -> int:
        """Bytes of whole records from the front; what follows is moved to a file beside it."""
        path = self._path(number)
        with path.open("rb") as file:
            sound = 0
            while (record := _next(file)) is not None:
                sound += _HEAD.size + len(record)
            file.seek(sound)
            torn = file.read()
        if torn:
            path.with_suffix(".cut").write_bytes(torn)
            os.truncate(path, sound)
        return sound

    def _read_sent(self) -> Position:
        try:
            segment, offset = map(int, (self._folder / "sent").read_text(encoding="ascii").split())
        except (FileNotFoundError, ValueError):
            return Position(min(self._sizes, default=0), 0)
        return Position(segment, min(offset, self._sizes.get(segment, offset)))


def _next(file: BinaryIO) -> bytes | None:
    """The record that begins here, None if there is no whole one."""
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    length, checksum = _HEAD.unpack(head)
    if not 0 < length <= _LARGEST_RECORD:  # zeros, as a power cut leaves them, would pass as empty records
        return None
    record = file.read(length)
    return record if len(record) == length and crc32(record) == checksum else None


def _write_all(descriptor: int, content: bytes, offset: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written


def write_durably(path: Path, content: bytes) -> None:
    """The whole file or none of it, also after a power cut. Raises StoreUnavailable."""
    with _unavailable():
        temporary = path.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the names in it durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(Text.of("stores.spool", reason=error.strerror or str(error))) from error
