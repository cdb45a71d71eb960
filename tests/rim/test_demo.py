"""The demo as a newcomer starts it: a whole factory, on MQTT and on every kind of line, and gone again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rim.processes import PATIENCE_S, Client, free_port, is_listening, wait_until


class Demo:
    """A running demo, and an administrator who is signed in."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._port = folder, free_port()
        self._log = folder.with_suffix(".log")
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "gateway",
                    "demo",
                    "--data",
                    str(folder),
                    "--port",
                    str(self._port),
                    "--speed",
                    "4",
                    "--past",
                    "none",
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until(self._is_up, "the demo listens")
        sign_ins = dict(line.split() for line in (folder / "sign-ins.txt").read_text().splitlines())
        self.client = Client(self._port, "admin", sign_ins["admin"])

    def _is_up(self) -> bool:
        assert self.process.poll() is None, self.told()
        return is_listening(self._port)

    def told(self) -> str:
        return self._log.read_text(errors="replace")

    def latest(self, device: str) -> dict[str, Any]:
        return {reading["signal"]: reading["value"] for reading in self.client.get(f"/api/devices/{device}")["latest"]}

    def until(self, device: str, signal: str, value: Any) -> None:
        """It says so, or has said so: a machine that is slow looks at a quick story too late."""
        wait_until(lambda: value in self.said(device, signal), f"{device} says {signal} {value}")

    def said(self, device: str, signal: str) -> list[Any]:
        series = self.client.get(f"/api/readings?device={device}&signal={signal}&start=0&end={2**42}")
        return [self.latest(device).get(signal), *(point["value"] for point in series["points"])]

    def open_alerts(self) -> set[tuple[str, str]]:
        """Rule and key of each."""
        return {(alert["rule"], alert["key"]) for alert in self.client.get("/api/alerts?open=true")["alerts"]}

    def stop(self) -> int:
        """As Ctrl-C does it."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path / "demo")
    yield demo
    if demo.process.poll() is None:
        demo.stop()  # whose simulators end with it; a kill would leave them


def test_every_kind_of_line_is_heard_and_nothing_is_strange(demo: Demo) -> None:
    """Fire panel, alarm panel, Modbus bus, card reader: readings of each, no unknown device, no word not understood."""
    demo.until("dormitory-uitd", "mains", True)
    demo.until("dormitory-floor-3-smoke", "smoke", False)
    demo.until("warehouse-panel", "online", True)
    demo.until("gasroom-loop", "gas", 0)
    demo.until("gate-card", "credential", "26:20:22591")
    wait_until(lambda: 15 < demo.latest("boiler-climate").get("temperature", 0) < 30, "the transmitter measures")
    wait_until(lambda: 15 < demo.latest("dormitory-laundry-heat").get("temperature", 0) < 30, "the heat head measures")
    demo.until("gate-card", "tamper", True)
    demo.until("warehouse-zone-2", "intrusion.interior", True)
    demo.until("dormitory-floor-3-call", "call_point", True)
    demo.until("servers-motion", "occupancy", True)
    demo.until("chemical-siren", "siren", True)
    demo.until("chemical-fan", "switch", True)  # two detectors
    wait_until(
        lambda: (
            {("siren", "acted", 1), ("voice", "acted", 1), ("relay", "acted", 1)}
            == {(each["what"], each["state"], each["attempts"]) for each in demo.client.get("/api/outputs")}
        ),
        "siren, voice and fan have acted",
    )
    expected = {
        ("tamper", "gate-card"),
        ("break-in", "warehouse-zone-2"),
        ("call-point", "dormitory-floor-3-call"),
    }
    wait_until(lambda: expected <= demo.open_alerts(), "each is an alert")
    open_alerts = demo.open_alerts()
    assert {("device-lost", "archive-probe")} == {pair for pair in open_alerts if pair[0] == "device-lost"}
    assert_the_flood_is_a_chapter_of_its_own(demo)
    messages = demo.folder / "messages.txt"
    wait_until(lambda: messages.exists() and '"alert_class":"fire"' in messages.read_text(), "people outside are told")
    assert [] == demo.client.get("/api/quarantine")
    assert [] == demo.client.get("/api/malformed")
    assert demo.stop() == 0
    assert "left alone" not in demo.told()
    assert "Traceback" not in demo.told()
    assert not [name for name in ("serial0", "serial1") if os.path.lexists(demo.folder / name)]


def assert_the_flood_is_a_chapter_of_its_own(demo: Demo) -> None:
    """A newcomer first sees a bad night, 10 alerts in 10 minutes at most; then what a flood looks like.

    That a part of the gateway lags on a busy machine is no part of the story, nor that a site without a past has nobody
    on its roster.
    """
    last = {"servers-leak", "pumps-leak", "archive-door", "archive-motion", "servers-door", "servers-motion"}

    def raised() -> list[tuple[str, str]] | None:
        alerts = demo.client.get("/api/alerts")["alerts"]
        own = [each for each in alerts if each["alert_class"] != "duty" and not each["key"].startswith("part:")]
        found = [(alert["raised"], alert["key"]) for alert in own]
        return sorted(found) if last <= {key for _, key in found} else None

    found = wait_until(raised, "the flood is raised", 60)
    before = [key for _, key in found[: next(n for n, (_, key) in enumerate(found) if key in last)]]
    assert "warehouse-zone-2" in before
    assert 10 >= len(before)
    assert 10 < len(found)
