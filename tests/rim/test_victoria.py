"""The way to a server, with a real one: VictoriaMetrics takes InfluxDB's line protocol and gives everything back.

It knows times to the millisecond and no texts, and no Flux; so ranges are read at its export endpoint here.
"""

import json
import subprocess
import urllib.parse
import urllib.request

import pytest

from devices.errors import StoreUnavailable
from devices.reading import SECOND
from gateway.ports import Point
from gateway.site.model import Influx
from gateway.stores import series_influx
from gateway.stores.series_influx import SeriesInflux
from gateway.stores.series_lines import FLAG, NUMBER, QUALITY, name

# The suite that holds for both stores; pytest collects it here with this file's fixtures.
from tests.gateway.stores.series_examples import NOON, points_of, reading, same, sensors
from tests.gateway.stores.test_series import *  # noqa: F403
from tests.rim.processes import PATIENCE_S, free_port, wait_until
from tests.words import refused


class Victoria:
    """Debian's victoria-metrics with its own data folder; ``start`` after ``stop`` keeps port and data."""

    def __init__(self, folder) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                "victoria-metrics",
                f"-httpListenAddr=127.0.0.1:{self.port}",
                f"-storageDataPath={self._folder / 'victoria'}",
                "-retentionPeriod=100y",
                "-dedup.minScrapeInterval=1ms",
                "-memory.allowedBytes=256MB",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self._is_up, "VictoriaMetrics answers")

    def stop(self) -> None:
        """With SIGTERM, because it keeps what it confirmed in the last seconds in memory and has no write-ahead log."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE_S)
            self._process = None

    def kill(self) -> None:
        """With SIGKILL; what it has confirmed before is made durable by a snapshot."""
        self.ask("/snapshot/create")
        assert self._process is not None
        self._process.kill()
        self._process.wait(PATIENCE_S)
        self._process = None

    def export(self, match: str) -> list[dict]:
        """Every stored series that fits, after what is pending has been made readable."""
        self.ask("/internal/force_flush")
        rows = self.ask("/api/v1/export?" + urllib.parse.urlencode({"match[]": match}))
        return [json.loads(row) for row in rows.splitlines()]

    def ask(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=PATIENCE_S) as answer:
            return answer.read().decode()

    def _is_up(self) -> bool:
        try:
            return self.ask("/health") == "OK"
        except OSError:
            assert self._process is not None
            assert self._process.poll() is None, "VictoriaMetrics has ended"
            return False


@pytest.fixture
def victoria(tmp_path):
    found = Victoria(tmp_path)
    found.start()
    yield found
    found.stop()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Retries at once."""
    monkeypatch.setattr(series_influx, "_FIRST_RETRY_S", 0.05)
    monkeypatch.setattr(series_influx, "_LONGEST_RETRY_S", 0.1)


@pytest.fixture
def open_series(tmp_path, victoria):
    """The same as in tests/gateway/stores/test_series.py, with a server behind it."""
    opened = []

    def open_again():
        while opened:
            opened.pop().close()
        opened.append(SeriesInflux(Influx(url=victoria.url), "", tmp_path / "spool", lambda: NOON))
        return opened[-1]

    yield open_again
    while opened:
        opened.pop().close()


@pytest.fixture
def read_back(victoria):
    def ask(store, device, signal_name):
        wait_until(lambda: store.sending().bytes_waiting == 0, "all was sent")
        fields = f"{NUMBER}|{FLAG}|{QUALITY}"
        match = f'{{__name__=~"{signal_name}_({fields})",device={json.dumps(name(device), ensure_ascii=False)}}}'
        return points_in(victoria.export(match))

    return ask


def points_in(rows):
    """Points of an export of one series: its value and its quality are series of their own there."""
    values, qualities = {}, {}
    for row in rows:
        field = row["metric"]["__name__"].rpartition("_")[2]
        kept = qualities if field == QUALITY else values
        for milliseconds, value in zip(row["timestamps"], row["values"], strict=True):
            assert milliseconds not in kept, "a reading arrived twice"
            kept[milliseconds] = bool(value) if field == FLAG else value if field == QUALITY else float(value)
    return [Point(at * 1_000_000, values[at], qualities.get(at, 0)) for at in sorted(values)]


def test_killed_and_started_again_the_server_gets_every_reading_once(open_series, read_back, victoria, monkeypatch):
    """While it is away the spool grows and the gateway says so; afterwards nothing is missing and nothing twice."""
    monkeypatch.setattr(series_influx, "_LATE", 0)
    bursts = sensors(20, 90)
    store = open_series()
    for burst in bursts[:30]:
        store.append(burst)
    wait_until(lambda: store.sending().bytes_waiting == 0, "all was sent")

    victoria.kill()
    sizes = []
    for burst in bursts[30:60]:
        store.append(burst)
        sizes.append(store.sending().bytes_waiting)
    assert sizes == sorted(set(sizes)), "it grows with each burst"
    wait_until(lambda: store.sending().last_error, "the failure is told")
    with refused("nothing is lost", StoreUnavailable):
        store.upkeep(NOON)
    store = open_series()  # and the gateway is started anew meanwhile
    assert store.sending().bytes_waiting == sizes[-1]
    assert {(r.device, r.signal): r for burst in bursts[:60] for r in burst} == store.latest()

    victoria.start()
    for burst in bursts[60:]:
        store.append(burst)
    readings = [r for burst in bursts for r in burst]
    for one in bursts[0]:
        assert same(points_of(readings, one.device, one.signal), read_back(store, one.device, one.signal))
    store.upkeep(NOON + 3600 * SECOND)
    assert store.sending().rejected_bytes == 0


def test_stopped_while_it_receives_the_server_gets_every_reading(open_series, read_back, victoria):
    """Confirmed is what a server has said to have; what it has not may come twice, and is kept once."""
    store = open_series()
    bursts = sensors(50, 60)
    for number, burst in enumerate(bursts):
        store.append(burst)
        if number in (15, 40):
            victoria.stop()
        if number in (25, 45):
            victoria.start()
    readings = [r for burst in bursts for r in burst]
    for device in ("sd-0", "sd-7", "sd-49"):
        expected = points_of(readings, device, "temperature")
        assert len(expected) == 60
        assert same(expected, read_back(store, device, "temperature"))


def test_a_server_without_flux_says_so(open_series):
    store = open_series()
    store.append([reading()])
    with refused("400", StoreUnavailable):
        store.range("d1", "temperature", 0, NOON)
