"""A full disk: a clear fault, alerts still live, nothing corrupted, everything stored when there is room again."""

import json
import subprocess
from contextlib import closing
from datetime import datetime, timedelta

from tests.rim.conftest import Running
from tests.rim.processes import wait_until
from tests.rim.test_end_to_end import status

UNLIMITED = "unlimited"


def limit(running: Running, size: int | str) -> None:
    """Let no file of the gateway grow beyond ``size`` bytes: writing more fails as on a full disk."""
    subprocess.run(
        ["prlimit", "--pid", str(running.gateway.pid), f"--fsize={size}:{UNLIMITED}"], check=True, capture_output=True
    )


def test_alerts_stay_live_and_nothing_is_lost(own_gateway: Running) -> None:
    device, other = own_gateway.fresh_smoke(), own_gateway.fresh_smoke()
    pid = own_gateway.gateway.pid
    client = own_gateway.client("olga")
    wait_until(lambda: client.get(f"/api/devices/{other}")["latest"], "the devices are heard")
    with closing(client.events()) as events:
        next(events)
        limit(own_gateway, 1)
        own_gateway.readings(device, smoke=True)
        told = next(data for _, kind, data in events if kind == "alert" and data["alert"]["key"] == device)
        assert told["action"] == "raised"
    health = wait_until(lambda: next((h for h in [own_gateway.gateway.health()] if h and h["faults"]), None), "a fault")
    assert any("storage" in fault for fault in health["faults"])
    assert device in {alert["key"] for alert in client.get("/api/alerts?open=true")["alerts"]}
    said = own_gateway.gateway.keyarea("status", "--data", str(own_gateway.data))
    assert (said.returncode, "FAULT" in said.stdout) == (1, True)
    assert status(own_gateway, client, "GET", "/healthz") == (503, '{"ok":false}')

    # Longer than it takes to give up on a part that keeps dying: a full disk is not a reason to end.
    entries = health["ledger_entries"]
    since = datetime.fromisoformat(health["now"])
    later = since + timedelta(seconds=12)
    wait_until(lambda: datetime.fromisoformat(own_gateway.gateway.health()["now"]) > later, "some time")
    alert = next(alert for alert in client.get("/api/alerts?open=true")["alerts"] if alert["key"] == device)
    code, text = status(own_gateway, client, "POST", f"/api/alerts/{alert['id']}/acknowledge", {})
    assert (code, "stored when" in text) == (503, True)
    health = own_gateway.gateway.health()
    assert set(health["tasks"].values()) == {"up"}, health
    assert health["ledger_entries"] == entries

    limit(own_gateway, UNLIMITED)
    assert own_gateway.gateway.pid == pid
    wait_until(lambda: not (own_gateway.gateway.health() or {"faults": [1]})["faults"], "the fault is gone")
    wait_until(lambda: device in {alert["key"] for alert in client.get("/api/alerts")["alerts"]}, "it is stored")
    assert status(own_gateway, client, "GET", "/healthz") == (200, '{"ok":true}')
    assert own_gateway.gateway.keyarea("status", "--data", str(own_gateway.data)).returncode == 0
    own_gateway.readings(other, smoke=True)
    wait_until(lambda: other in {alert["key"] for alert in client.get("/api/alerts")["alerts"]}, "and goes on")
    assert own_gateway.gateway.stop() == 0
    verified = own_gateway.gateway.keyarea("ledger", "verify", "--data", str(own_gateway.data))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    export = own_gateway.data / "export.jsonl"
    own_gateway.gateway.keyarea("ledger", "export", str(export), "--data", str(own_gateway.data))
    fields = [json.loads(line)["entry"]["fields"] for line in export.read_text().splitlines() if '"entry"' in line]
    assert ["raised", "acknowledged"] == [told["action"] for told in fields if told.get("key") == device]
