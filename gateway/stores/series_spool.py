"""Readings in the spool: durable until the server has them, and the latest of each series for as long as we live.

The latest readings are needed at a start even when the server is down, and only the gateway knows when it received
them. So a file ``latest`` holds them as of the beginning of the newest segment; what came since stands in the spool.
The receipts of the messages that the readings came in are kept in the same way.

The client's batching mode is durable nowhere, SQLite as the spool would write its pages twice and never shrink, and a
start that asked the server for the latest would be blind just when the server is down.
"""

import threading
import zlib
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import msgspec

from devices.reading import SECOND, Instant, Reading, Value
from gateway.ports import RECEIPTS_KEPT, Receipt
from gateway.stores.spool import Position, Spool, write_durably

_AHEAD: Instant = 60 * SECOND
"""What is known from so far ahead was told by a clock that was set back since."""
_Row = tuple[str, str, Value, Instant, Instant, int]


class _Burst(msgspec.Struct, array_like=True):
    """A record. Those of releases before this one end with the rows."""

    since: Instant
    rows: list[_Row]
    receipts: list[Receipt] = []


class _Snapshot(msgspec.Struct, array_like=True):
    segment: int
    rows: list[_Row]
    receipts: list[Receipt] = []


_BURST = msgspec.msgpack.Decoder(_Burst)
_SNAPSHOT = msgspec.msgpack.Decoder(_Snapshot)
_DAMAGED = (msgspec.DecodeError, zlib.error)


class Batch(msgspec.Struct, frozen=True):
    """Readings that wait, oldest first; ``since`` is when the first of them was appended.

    ``unreadable``: records that this release cannot read.
    """

    readings: Sequence[Reading]
    since: Instant
    unreadable: Sequence[bytes]
    position: Position


class ReadingSpool:
    """``append`` from one thread, ``take`` and ``done`` from another. Every method may raise StoreUnavailable."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._spool = Spool(folder, most_bytes)
        self._snapshot = folder / "latest"
        self._rejected = folder / "rejected"
        self._lock = threading.Lock()
        self._latest: dict[str, dict[str, Reading]] = {}
        self._receipts: deque[Receipt] = deque()
        self.rejected_bytes = sum(path.stat().st_size for path in self._rejected.glob("*"))
        """Of readings that the server refused for good; they count towards the bound."""
        covered = self._read_snapshot()
        for record in self._spool.since(covered):
            try:
                burst = _burst(record)
            except _DAMAGED:
                continue  # ``done`` sets it aside
            self._note(_readings(burst.rows))
            self._note_receipts(burst.receipts)
        self._spool.keep_from = covered

    @property
    def bytes_waiting(self) -> int:
        return self._spool.bytes_waiting

    def append(self, readings: Sequence[Reading], receipts: Sequence[Receipt], now: Instant) -> None:
        """Durable when it returns."""
        burst = _Burst(now, _rows(readings), list(receipts))
        segment = self._spool.segment
        self._spool.put(zlib.compress(msgspec.msgpack.encode(burst), 1), self.rejected_bytes)
        if self._spool.segment != segment:  # before these readings are noted: their record stands in the new segment
            self._write_snapshot()
        self._note(readings)
        self._note_receipts(receipts)

    def take(self, most_bytes: int) -> Batch | None:
        """What to send next, None if nothing waits."""
        taken = self._spool.take(most_bytes)
        if taken is None:
            return None
        records, position = taken
        bursts, unreadable = [], []
        for record in records:
            try:
                bursts.append(_burst(record))
            except _DAMAGED:
                unreadable.append(record)
        readings = [reading for burst in bursts for reading in _readings(burst.rows)]
        return Batch(readings, min((burst.since for burst in bursts), default=0), unreadable, position)

    def done(self, batch: Batch, refused: Sequence[tuple[Reading, str]]) -> None:
        """The server has the batch, but for readings that it ``refused`` for good: those are kept in ``rejected/``."""
        place = f"{batch.position.segment:012}-{batch.position.offset:012}"
        for number, record in enumerate(batch.unreadable):
            self._set_aside(f"{place}-{number}.unreadable", record)
        if refused:
            lines = [msgspec.json.encode({"reading": reading, "reason": reason}) for reading, reason in refused]
            self._set_aside(f"{place}.jsonl", b"\n".join(lines) + b"\n")
        self._spool.confirm(batch.position)

    def latest(self) -> dict[tuple[str, str], Reading]:
        with self._lock:
            return {(r.device, r.signal): r for signals in self._latest.values() for r in signals.values()}

    def latest_of(self, device: str) -> list[Reading]:
        with self._lock:
            return list(self._latest.get(device, {}).values())

    def receipts(self) -> Sequence[Receipt]:
        return tuple(self._receipts)

    def remember(self, readings: Sequence[Reading]) -> None:
        """Latest readings from elsewhere, as if they had been appended, without sending them."""
        self._note(readings)

    def close(self) -> None:
        self._spool.close()

    def _note(self, readings: Sequence[Reading]) -> None:
        with self._lock:
            for reading in readings:
                signals = self._latest.setdefault(reading.device, {})
                known = signals.get(reading.signal)
                if known is None or reading.time >= known.time or known.time > reading.received + _AHEAD:
                    signals[reading.signal] = reading

    def _note_receipts(self, receipts: Sequence[Receipt]) -> None:
        kept = self._receipts
        kept.extend(receipts)
        while kept and kept[0].first < kept[-1].first - RECEIPTS_KEPT:
            kept.popleft()

    def _write_snapshot(self) -> None:
        snapshot = _Snapshot(self._spool.segment, _rows(list(self.latest().values())), list(self._receipts))
        write_durably(self._snapshot, msgspec.msgpack.encode(snapshot))
        self._spool.keep_from = self._spool.segment

    def _read_snapshot(self) -> int:
        """The segment from which on the spool has what the snapshot has not; all of it if there is no snapshot."""
        try:
            snapshot = _SNAPSHOT.decode(self._snapshot.read_bytes())
        except (FileNotFoundError, msgspec.DecodeError):
            return 0
        self._note(_readings(snapshot.rows))
        self._note_receipts(snapshot.receipts)
        return snapshot.segment

    def _set_aside(self, name: str, content: bytes) -> None:
        self._rejected.mkdir(exist_ok=True, mode=0o700)
        write_durably(self._rejected / name, content)
        self.rejected_bytes += len(content)


def _burst(record: bytes) -> _Burst:
    return _BURST.decode(zlib.decompress(record))


def _rows(readings: Sequence[Reading]) -> list[_Row]:
    return [(r.device, r.signal, r.value, r.time, r.received, r.quality) for r in readings]


def _readings(rows: Sequence[_Row]) -> list[Reading]:
    return [Reading(*row) for row in rows]
