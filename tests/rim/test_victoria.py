"""The InfluxDB writer and its spool against a real server: VictoriaMetrics, which takes the same line protocol."""

import json
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.reading import SECOND, Reading
from gateway.clock import SystemClock
from gateway.site.model import Influx
from gateway.stores.series_influx import SeriesInflux
from tests.rim.processes import free_port, is_listening, wait_until

CLOCK = SystemClock()


class Victoria:
    """Debian's victoria-metrics on a free port, its data in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                "victoria-metrics", f"-storageDataPath={self._folder}", f"-httpListenAddr=127.0.0.1:{self.port}",
                "-retentionPeriod=100y", "-search.latencyOffset=0s",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_until(lambda: is_listening(self.port), "victoria-metrics listens")

    def stop(self) -> None:
        """SIGTERM: it writes what it has taken to its disk, and is gone."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def points(self, device: str) -> list[tuple[int, float]]:
        """(milliseconds, value) of every stored point of that device's temperature."""
        with urllib.request.urlopen(f"{self.url}/internal/force_flush", timeout=10) as flushed:
            flushed.read()
        match = urllib.parse.quote(f'{{__name__="temperature_number",device="{device}"}}')
        with urllib.request.urlopen(f"{self.url}/api/v1/export?match[]={match}", timeout=10) as answer:
            series = [json.loads(line) for line in answer.read().splitlines()]
        return sorted(pair for entry in series for pair in zip(entry["timestamps"], entry["values"], strict=True))


@pytest.fixture
def victoria(tmp_path: Path) -> Iterator[Victoria]:
    server = Victoria(tmp_path / "victoria")
    server.start()
    yield server
    server.stop()


def readings(device: str, first: int, count: int) -> list[Reading]:
    """Temperatures a second apart, ending now."""
    start = CLOCK.now() // SECOND - 1000
    return [
        Reading(device, "temperature", 20 + number / 10, (start + number) * SECOND, CLOCK.now())
        for number in range(first, first + count)
    ]


def test_everything_arrives_once_across_a_server_that_was_away(victoria: Victoria, tmp_path: Path) -> None:
    """Written; the server gone, more to the spool; started anew; the server back: all there, once."""
    setup = Influx(url=victoria.url)
    sent = readings("d1", 0, 300)
    store = SeriesInflux(setup, "token", tmp_path / "spool", CLOCK.now)
    for place in range(0, 100, 20):
        store.append(sent[place : place + 20])
    wait_until(lambda: len(victoria.points("d1")) == 100, "the first hundred")
    victoria.stop()
    for place in range(100, 200, 20):
        store.append(sent[place : place + 20])
    store.close()
    store = SeriesInflux(setup, "token", tmp_path / "spool", CLOCK.now)
    for place in range(200, 300, 20):
        store.append(sent[place : place + 20])
    victoria.start()
    wait_until(lambda: len(victoria.points("d1")) == 300, "all of them", 60)
    assert [(r.time // 1_000_000, r.value) for r in sent] == victoria.points("d1")
    store.close()


def test_hostile_names_stay_names(victoria: Victoria, tmp_path: Path) -> None:
    """A device name with every sign that line protocol knows is one device, and no second line."""
    name = 'a,b=c d"e\\f'
    store = SeriesInflux(Influx(url=victoria.url), "token", tmp_path / "spool", CLOCK.now)
    store.append(readings("innocent", 0, 1) + readings(name + "\ninnocent,x=1 number=9", 0, 1) + readings(name, 0, 1))
    wait_until(lambda: len(victoria.points("innocent")) == 1, "it arrived")
    assert [value for _, value in victoria.points("innocent")] == [20.0]
    store.close()
