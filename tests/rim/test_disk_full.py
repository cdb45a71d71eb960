"""A full disk: a clear fault, alerts still live, nothing corrupted, everything stored when there is room again."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.rim.conftest import Running, site
from tests.rim.processes import GatewayProcess, Mosquitto, free_port, wait_until

UNLIMITED = "unlimited"


@pytest.fixture
def bounded(broker: Mosquitto, tmp_path: Path) -> Iterator[Running]:
    """A gateway whose files cannot grow beyond a size that prlimit(1) sets while it runs."""
    web = free_port()
    text = site(broker.port, web).replace("[web]", 'client_id = "bounded"\n\n[web]')
    gateway = GatewayProcess(tmp_path, text, web_port=web)
    gateway.add_users()
    with gateway:
        running = Running(gateway, broker)
        yield running
        running.close()


def limit(running: Running, size: int | str) -> None:
    """Let no file of the gateway grow beyond ``size`` bytes: writing more fails as on a full disk."""
    subprocess.run(
        ["prlimit", "--pid", str(running.gateway.pid), f"--fsize={size}:{UNLIMITED}"], check=True, capture_output=True
    )


def test_alerts_stay_live_and_nothing_is_lost(bounded: Running) -> None:
    device, other = bounded.fresh_smoke(), bounded.fresh_smoke()
    client = bounded.client("olga")
    wait_until(lambda: client.get(f"/api/devices/{other}")["latest"], "the devices are heard")
    with closing(client.events()) as events:
        next(events)
        limit(bounded, 1)
        bounded.readings(device, smoke=True)
        told = next(data for _, kind, data in events if kind == "alert" and data["alert"]["key"] == device)
        assert told["action"] == "raised"
    health = wait_until(lambda: next((h for h in [bounded.gateway.health()] if h and h["faults"]), None), "a fault")
    assert any("storage" in fault for fault in health["faults"])
    assert device in {alert["key"] for alert in client.get("/api/alerts?open=true")["alerts"]}
    said = bounded.gateway.keyarea("status", "--data", str(bounded.data))
    assert (said.returncode, "FAULT" in said.stdout) == (1, True)

    limit(bounded, UNLIMITED)
    wait_until(lambda: not (bounded.gateway.health() or {"faults": [1]})["faults"], "the fault is gone")
    wait_until(lambda: device in {alert["key"] for alert in client.get("/api/alerts")["alerts"]}, "it is stored")
    bounded.readings(other, smoke=True)
    wait_until(lambda: other in {alert["key"] for alert in client.get("/api/alerts")["alerts"]}, "and goes on")
    assert bounded.gateway.stop() == 0
    verified = bounded.gateway.keyarea("ledger", "verify", "--data", str(bounded.data))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    export = bounded.data / "export.jsonl"
    bounded.gateway.keyarea("ledger", "export", str(export), "--data", str(bounded.data))
    raised = [line for line in export.read_text().splitlines() if '"raised"' in line and f'"{device}"' in line]
    assert len(raised) == 1, [json.loads(line) for line in raised]
