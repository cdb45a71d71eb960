"""Time series on an InfluxDB 2 server, with a spool on disk between: durable at once, sent when the server takes it.

``append`` writes to the spool and returns; a thread sends batch after batch in line protocol and forgets each when
the server has confirmed it. A repeat after a crash is harmless: (measurement, tags, time) is the identity of a point
there as here. A reading that the server refuses for good is found by halving the batch, set aside and counted, and
blocks nothing. The latest readings are the gateway's own; older ones are asked of the server in Flux.
docs/storage.md says what has been run against which server.

The client is imported only where it is used: it takes 28 MB. Its plain synchronous write is called, and the retry is
ours.
"""

import io
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from devices.errors import StoreUnavailable
from devices.message import Text
from devices.reading import SECOND, Instant, Reading
from gateway.ports import Aggregate, Point, Receipt
from gateway.stores.folder import FolderLock
from gateway.stores.series_flux import latest_of, latest_query, points_of, range_query, steps_query
from gateway.stores.series_lines import lines
from gateway.stores.series_spool import Batch, ReadingSpool

if TYPE_CHECKING:
    from influxdb_client.rest import ApiException

log = logging.getLogger("keyarea.influx")

_BATCH_BYTES = 64 << 10
_FIRST_RETRY_S, _LONGEST_RETRY_S = 1.0, 30.0
_TIMEOUT_MS = 10_000
_LATE: Instant = 30 * SECOND
_REFUSED = (400, 413, 422)
_MOST_HALVINGS = 200


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


class Sending(msgspec.Struct, frozen=True):
    """How far the server is behind: for people and metrics."""

    bytes_waiting: int
    waiting_since: Instant | None
    rejected_bytes: int
    last_error: Text | None


class SeriesInflux:
    """gateway.ports.SeriesStore on InfluxDB. Every method may raise StoreUnavailable."""

    def __init__(self, server: Server, token: str, folder: Path, now: Callable[[], Instant]) -> None:
        # Imported here: 28 MB that a gateway with its own files should not carry.
        from influxdb_client.client.influxdb_client import InfluxDBClient
        from influxdb_client.client.write_api import SYNCHRONOUS
        from influxdb_client.domain.dialect import Dialect
        from urllib3 import Retry

        self._server, self._now = server, now
        self._folder_lock = FolderLock(folder, "spool.lock")
        try:
            self._spool = ReadingSpool(folder, server.spool_megabytes << 20)
        except BaseException:
            self._folder_lock.release()
            raise
        self._client = InfluxDBClient(
            server.url,
            token=token or "none",
            org=server.org,
            timeout=_TIMEOUT_MS,
            enable_gzip=True,
            retries=Retry(0),  # the sender below owns the retry
        )
        self._write = self._client.write_api(write_options=SYNCHRONOUS).write
        self._query = self._client.query_api().query_raw
        self._dialect = Dialect(annotations=["datatype", "group", "default"], date_time_format="RFC3339Nano")  # type: ignore[no-untyped-call]
        self._news, self._stop = threading.Event(), threading.Event()
        self._waiting_since: Instant | None = None
        self._last_error: Text | None = None
        self._sender = threading.Thread(target=self._send_all, name="influx", daemon=True)
        self._sender.start()

    # -- the store -----------------------------------------------------------------------------------------

    def append(self, readings: Sequence[Reading], receipts: Sequence[Receipt] = ()) -> None:
        if readings:
            self._spool.append(readings, receipts, self._now())
            self._news.set()

    def receipts(self) -> Sequence[Receipt]:
        return self._spool.receipts()

    def latest(self) -> dict[tuple[str, str], Reading]:
        """What the gateway knows itself; in a new folder, what the server has of the last thirty days."""
        known = self._spool.latest()
        if known:
            return known
        try:
            self._spool.remember(latest_of(self._ask(latest_query(self._server.bucket))))
        except StoreUnavailable as error:
            # Every first value is then a snapshot and supervision counts from the start: safe, only slower.
            log.warning("starting without stored readings: %s", error)
        return self._spool.latest()

    def latest_of(self, device: str) -> list[Reading]:
        return self._spool.latest_of(device)

    def range(
        self,
        device: str,
        signal: str,
        start: Instant,
        end: Instant,
        step: Instant | None = None,
        aggregate: Aggregate = "mean",
    ) -> list[Point]:
        """What the server has: the newest seconds may still be on their way."""
        if start >= end:
            return []
        bucket = self._server.bucket
        if step is None:
            return points_of(self._ask(range_query(bucket, device, signal, start, end)))
        return points_of(self._ask(steps_query(bucket, device, signal, start, end, step, aggregate)))

    def upkeep(self, now: Instant) -> None:
        """Says so (StoreUnavailable) when readings have waited for the server for half a minute."""
        if not self._sender.is_alive():
            raise RuntimeError("the thread that sends readings to the time-series server has died")
        sending = self.sending()
        if sending.waiting_since is not None and sending.last_error and now - sending.waiting_since >= _LATE:
            since = datetime.fromtimestamp(sending.waiting_since // SECOND, UTC)
            raise StoreUnavailable(
                Text.of("stores.waits_in_spool", reason=sending.last_error, since=f"{since:%Y-%m-%d %H:%M:%S}")
            )

    def retain(self, before: Instant) -> int:
        """Nothing: the retention period of the bucket forgets."""
        return 0

    def sending(self) -> Sending:
        return Sending(self._spool.bytes_waiting, self._waiting_since, self._spool.rejected_bytes, self._last_error)

    def close(self) -> None:
        """What waits stays in the spool for the next start."""
        self._stop.set()
        self._news.set()
        self._sender.join(_TIMEOUT_MS / 1000 + 5)
        self._client.close()  # type: ignore[no-untyped-call]
        self._spool.close()
        self._folder_lock.release()

    # -- sending -------------------------------------------------------------------------------------------

    def _send_all(self) -> None:
        pause = _FIRST_RETRY_S
        while not self._stop.is_set():
            self._news.clear()
            try:
                batch = self._spool.take(_BATCH_BYTES)
                if batch is None:
                    self._waiting_since = None
                    self._news.wait()
                    continue
                self._waiting_since = batch.since
                self._deliver(batch)
                self._last_error, pause = None, _FIRST_RETRY_S
            except StoreUnavailable as error:
                if not self._last_error:
                    log.warning("%s", error)
                self._last_error = error.text
                self._stop.wait(pause)
                pause = min(pause * 2, _LONGEST_RETRY_S)

    def _deliver(self, batch: Batch) -> None:
        """All of a batch, halving what the server refuses until the readings are found that it does not want."""
        refused: list[tuple[Reading, str]] = []
        parts = [batch.readings] if batch.readings else []
        asked = 0
        while parts and not self._stop.is_set():
            part = parts.pop()
            reason = self._send(part)
            asked += 1
            if reason is None:
                continue
            if len(part) == 1 or asked >= _MOST_HALVINGS:
                refused += [(reading, reason) for reading in part]
            else:
                half = len(part) // 2
                parts += [part[half:], part[:half]]
        if parts:
            return  # told to stop: all of it is sent again after the start, which is harmless
        self._spool.done(batch, refused)
        if refused:
            log.error("the time-series server refused %d readings, kept in rejected/: %s", len(refused), refused[0][1])

    def _send(self, readings: Sequence[Reading]) -> str | None:
        """None if the server has them, or why it never will. Raises StoreUnavailable if it may later."""
        from influxdb_client.rest import ApiException
        from urllib3.exceptions import HTTPError

        try:
            self._write(bucket=self._server.bucket, record=lines(readings), write_precision="ns")  # type: ignore[arg-type]
        except ApiException as error:
            if error.status in _REFUSED:
                return _reason(error)
            raise StoreUnavailable(Text.of("stores.server", reason=_reason(error))) from error
        except (HTTPError, OSError) as error:
            raise StoreUnavailable(Text.of("stores.server_silent", reason=_cause(error))) from error
        return None

    # -- asking --------------------------------------------------------------------------------------------

    def _ask(self, query: str) -> Iterator[str]:
        """Lines of the answer, as they come."""
        from influxdb_client.rest import ApiException
        from urllib3.exceptions import HTTPError

        try:
            with closing(self._query(query, dialect=self._dialect)) as answer:
                answer.auto_close = False
                yield from io.TextIOWrapper(answer, encoding="utf-8", newline="")
        except ApiException as error:
            raise StoreUnavailable(Text.of("stores.server", reason=_reason(error))) from error
        except (HTTPError, OSError) as error:
            raise StoreUnavailable(Text.of("stores.server_silent", reason=_cause(error))) from error


def _reason(error: "ApiException") -> str:
    """Status and what the server says, short and on one line; never our request, which holds the token."""
    try:
        said = msgspec.json.decode(error.body or b"", type=_Answer).message
    except msgspec.DecodeError:
        said = str(error.reason or "")
    return " ".join(f"{error.status} {said}".split())[:200]


def _cause(error: Exception) -> str:
    """What lies behind an error of the HTTP library, without addresses."""
    return type(getattr(error, "reason", error)).__name__


class _Answer(msgspec.Struct):
    message: str
