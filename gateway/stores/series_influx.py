"""Time series on an InfluxDB 2 server, with a spool on disk between: durable at once, sent when the server takes it.

``append`` writes to the spool and returns; a thread sends segment after segment in line protocol and forgets each
when the server has confirmed it. A repeat after a crash is harmless: (measurement, tags, time) is the identity of a
point. A segment that the server refuses for good (HTTP 400, 413, 422) is set aside in ``rejected/``, counted, and
blocks nothing. Reads are Flux; docs/storage.md says what has been run against which server.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from devices.errors import StoreUnavailable
from devices.reading import Instant, Reading
from gateway.ports import Aggregate, Point
from gateway.stores.spool import Spool

log = logging.getLogger("keyarea.influx")

_NANOSECONDS: Any = "ns"
"""The library's enumeration of precisions is plain text, its annotation is not."""
_FOR_GOOD = (400, 413, 422)
_FIRST_RETRY_S = 1.0
_LONGEST_RETRY_S = 60.0
_TIMEOUT_MS = 20_000
_FIELDS = {bool: "flag", float: "number", str: "text"}


class Server(Protocol):
    """Where the server is (gateway.site.model.Influx)."""

    @property
    def url(self) -> str: ...
    @property
    def org(self) -> str: ...
    @property
    def bucket(self) -> str: ...
    @property
    def spool_megabytes(self) -> int: ...


class SeriesInflux:
    """gateway.ports.SeriesStore on InfluxDB."""

    def __init__(self, server: Server, token: str, folder: Path, now: Callable[[], Instant]) -> None:
        self._server, self._folder = server, folder
        self._client = InfluxDBClient(
            server.url, token=token or "none", org=server.org, timeout=_TIMEOUT_MS, enable_gzip=True
        )
        self._spool = Spool(folder, server.spool_megabytes << 20)
        self._latest: dict[str, dict[str, Reading]] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self.rejected = 0
        self.last_error = ""
        self._sender = threading.Thread(target=self._send_all, name="influx", daemon=True)
        self._sender.start()

    def append(self, readings: Sequence[Reading]) -> None:
        self._spool.put("\n".join(map(line_of, readings)).encode())
        with self._lock:
            for reading in readings:
                self._latest.setdefault(reading.device, {})[reading.signal] = reading
        self._wake.set()

    def latest(self) -> dict[tuple[str, str], Reading]:
        """What was appended since the start; before that, what the server has of the last 30 days."""
        with self._lock:
            known = {
                (reading.device, reading.signal): reading
                for signals in self._latest.values()
                for reading in signals.values()
            }
        return known or self._stored_latest()

    def latest_of(self, device: str) -> list[Reading]:
        with self._lock:
            return list(self._latest.get(device, {}).values())

    def range(
        self,
        device: str,
        signal: str,
        start: Instant,
        end: Instant,
        step: Instant | None = None,
        aggregate: Aggregate = "mean",
    ) -> list[Point]:
        rows = self._ask(range_query(self._server.bucket, device, signal, start, end, step, aggregate))
        return sorted((Point(_instant(row["_time"]), row["_value"]) for row in rows), key=lambda point: point.time)

    def upkeep(self, now: Instant) -> None:
        """The sender has a thread of its own."""

    def retain(self, before: Instant) -> int:
        """The bucket's own retention forgets; nothing to do here."""
        return 0

    @property
    def waiting(self) -> int:
        """Bursts that the server has not taken yet."""
        return self._spool.records

    def close(self) -> None:
        self._stop.set()
        self._wake.set()
        self._sender.join(5)
        self._client.close()  # type: ignore[no-untyped-call]

    # -- sending -------------------------------------------------------------------------------------------

    def _send_all(self) -> None:
        write = self._client.write_api(write_options=SYNCHRONOUS).write
        pause = _FIRST_RETRY_S
        while not self._stop.is_set():
            waiting = self._spool.oldest()
            if waiting is None:
                self._wake.wait(1)
                self._wake.clear()
                continue
            segment, records = waiting
            try:
                write(self._server.bucket, record=b"\n".join(records), write_precision=_NANOSECONDS)
            except (ApiException, HTTPError, OSError) as error:
                if isinstance(error, ApiException) and error.status in _FOR_GOOD:
                    self._set_aside(segment, f"{error.status} {error.reason}")
                    continue
                self.last_error = f"{type(error).__name__}: {getattr(error, 'reason', '') or error}"[:200]
                self._stop.wait(pause)
                pause = min(pause * 2, _LONGEST_RETRY_S)
                continue
            self._spool.confirm(segment)
            self.last_error, pause = "", _FIRST_RETRY_S

    def _set_aside(self, segment: Path, reason: str) -> None:
        kept = self._folder / "rejected"
        kept.mkdir(exist_ok=True)
        (kept / segment.name).write_bytes(segment.read_bytes())
        self._spool.confirm(segment)
        self.rejected += 1
        self.last_error = f"the server refused a batch ({reason}); kept in {kept.name}/{segment.name}"
        log.error("%s", self.last_error)

    # -- asking --------------------------------------------------------------------------------------------

    def _ask(self, query: str) -> list[dict[str, Any]]:
        try:
            tables = self._client.query_api().query(query)
        except (ApiException, HTTPError, OSError) as error:
            raise StoreUnavailable(f"the time-series server does not answer: {error}"[:300]) from error
        return [record.values for table in tables for record in table.records]

    def _stored_latest(self) -> dict[tuple[str, str], Reading]:
        query = f"from(bucket: {quoted(self._server.bucket)}) |> range(start: -30d) |> last()"
        try:
            rows = self._ask(query)
        except StoreUnavailable as error:
            # Without them every first value is a snapshot and supervision counts from the start: safe, only slower.
            log.warning("starting without stored readings: %s", error)
            return {}
        found = {}
        for row in rows:
            device, signal, at = row.get("device"), row.get("_measurement"), _instant(row["_time"])
            if device and signal and row.get("_field") in _FIELDS.values():
                found[(device, signal)] = Reading(device, signal, row["_value"], at, at)
        return found


def line_of(reading: Reading) -> str:
    """A reading in line protocol: measurement = signal, tag device, one field named after the value's type."""
    value = reading.value
    if isinstance(value, bool):
        field = f"flag={'true' if value else 'false'}"
    elif isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        field = f'text="{escaped}"'
    else:
        field = f"number={value!r}"
    return f"{_key(reading.signal)},device={_key(reading.device)} {field},quality={reading.quality}i {reading.time}"


def range_query(
    bucket: str, device: str, signal: str, start: Instant, end: Instant, step: Instant | None, aggregate: Aggregate
) -> str:
    """The Flux text; every name in it is quoted."""
    text = (
        f"from(bucket: {quoted(bucket)}) |> range(start: time(v: {int(start)}), stop: time(v: {int(end)}))"
        f" |> filter(fn: (r) => r._measurement == {quoted(signal)} and r.device == {quoted(device)}"
        f' and r._field != "quality")'
    )
    if step is not None:
        numeric = "" if aggregate in ("last", "count") else " |> map(fn: (r) => ({r with _value: float(v: r._value)}))"
        text += f"{numeric} |> aggregateWindow(every: {int(step)}ns, fn: {aggregate},"
        text += ' createEmpty: false, timeSrc: "_start")'
    return text


def quoted(text: str) -> str:
    """A Flux string literal: nothing in it can end it or interpolate."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "\\${")
    return '"' + "".join(character for character in escaped if character.isprintable()) + '"'


def _key(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=").replace(" ", "\\ ")
    return "".join(character for character in escaped if character.isprintable())


def _instant(moment: Any) -> Instant:
    return int(moment.timestamp() * 1_000_000) * 1_000
