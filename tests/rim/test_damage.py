"""Records that are missing or damaged: nothing is acknowledged, and alarms are shown and told all the same."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.rim.broker_side import kept_for
from tests.rim.conftest import Running
from tests.rim.processes import Client, wait_until


def told(client: Client, key: str) -> dict[str, Any]:
    """The open alert about that device or part, once there is one."""

    def found() -> dict[str, Any] | None:
        alerts = client.get("/api/alerts?open=true")["alerts"]
        return next((alert for alert in alerts if alert["key"] == key), None)

    alert = wait_until(found, f"an alert about {key}")
    assert isinstance(alert, dict)
    return alert


def without_entries(data: Path) -> None:
    with closing(sqlite3.connect(data / "records.sqlite")) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM ledger")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "the data folder is deleted": shutil.rmtree,
    "rows of the ledger are deleted": without_entries,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_while_running(damage: str, own_gateway: Running) -> None:
    running, client = own_gateway, own_gateway.client()
    running.readings("smoke-0", smoke=True)
    told(client, "smoke-0")
    wait_until(lambda: client.get("/api/ledger")["entries"], "it is recorded")
    DAMAGES[damage](running.data)
    tamper = told(client, "part:records")
    assert (tamper["alert_class"], tamper["priority"]) == ("tamper", 1)
    assert "nothing is recorded until" in " ".join(client.get("/api/health")["faults"])
    running.readings("smoke-1", smoke=True)
    fire = told(client, "smoke-1")
    assert fire["alert_class"] == "fire"
    wait_until(lambda: fire["id"] in client.get("/api/health")["unrecorded"], "it is marked as not recorded")
    running.gateway.kill()
    assert f"{running.base}/smoke-1/readings" in kept_for(running.base, running.broker)


def test_a_ledger_that_is_shorter_at_a_start(own_gateway: Running) -> None:
    """The gateway starts, takes in and shows, and records nothing; resumed by a person, it goes on."""
    running, gateway = own_gateway, own_gateway.gateway
    running.readings("smoke-0", smoke=True)
    client = running.client()
    told(client, "smoke-0")
    wait_until(lambda: client.get("/api/ledger")["entries"], "it is recorded")
    gateway.stop()
    without_entries(running.data)
    gateway.start()
    client = running.client()  # signing in works
    assert told(client, "part:records")["alert_class"] == "tamper"
    running.readings("smoke-1", smoke=True)
    told(client, "smoke-1")
    broken = gateway.keyarea("ledger", "verify", "--data", str(running.data))
    assert (broken.returncode, "missing: the chain was" in broken.stdout) == (1, True)
    gateway.stop()
    assert gateway.keyarea("ledger", "resume", "--data", str(running.data)).returncode == 0
    gateway.start()
    client = running.client()
    wait_until(lambda: client.get("/api/alerts?open=true")["alerts"], "up")
    told(client, "smoke-1")
    wait_until(lambda: client.get("/api/health")["ok"], "all is recorded again")
    assert gateway.keyarea("ledger", "verify", "--data", str(running.data)).returncode == 0


def test_records_and_readings_that_cannot_be_read_at_a_start(own_gateway: Running) -> None:
    """It starts with none, people can sign in, alarms are shown, and what was there is kept."""
    running, gateway = own_gateway, own_gateway.gateway
    running.readings("smoke-0", smoke=True)
    told(running.client(), "smoke-0")
    wait_until((running.data / "accounts.copy").exists, "the accounts are copied")
    gateway.kill()
    for name in ("records.sqlite", "series.sqlite"):
        (running.data / name).write_bytes(b"\xa5" * 100_000)
        for suffix in ("-wal", "-shm"):
            (running.data / (name + suffix)).unlink(missing_ok=True)
    gateway.start()
    client = running.client()
    assert told(client, "part:records")["alert_class"] == "tamper"
    told(client, "part:readings")
    running.readings("smoke-1", smoke=True)
    assert told(client, "smoke-1")["alert_class"] == "fire"
    gateway.kill()
    assert f"{running.base}/smoke-1/readings" in kept_for(running.base, running.broker)
    assert list(running.data.glob("records.sqlite.damaged-*"))
    assert list(running.data.glob("series.sqlite.damaged-*"))


def test_records_that_lack_a_table_at_a_start(own_gateway: Running) -> None:
    """Readable, and yet no gateway can work on them: as damaged as a file of noise."""
    running, gateway = own_gateway, own_gateway.gateway
    wait_until((running.data / "accounts.copy").exists, "the accounts are copied")
    gateway.stop()
    with closing(sqlite3.connect(running.data / "records.sqlite")) as connection, connection:
        connection.execute("DROP TABLE rule_memory")
    gateway.start()
    client = running.client()
    assert told(client, "part:records")["alert_class"] == "tamper"
    assert "lacks rule_memory" in " ".join(client.get("/api/health")["faults"])
    running.readings("smoke-1", smoke=True)
    assert told(client, "smoke-1")["alert_class"] == "fire"
    gateway.kill()
    assert f"{running.base}/smoke-1/readings" in kept_for(running.base, running.broker)
    assert list(running.data.glob("records.sqlite.damaged-*"))


def test_spoilt_rows_are_named_and_no_page_breaks_over_them(own_gateway: Running) -> None:
    running, gateway = own_gateway, own_gateway.gateway
    for device in ("smoke-0", "smoke-1"):
        running.readings(device, smoke=True)
    client = running.client()
    spoilt, whole = told(client, "smoke-0")["id"], told(client, "smoke-1")["id"]
    wait_until(lambda: len(client.get("/api/ledger")["entries"]) >= 2, "both are recorded")
    gateway.stop()
    with closing(sqlite3.connect(running.data / "records.sqlite")) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE alerts SET content = CAST(x'7b22ff' AS TEXT) WHERE id = ?", (spoilt,))
        connection.execute("UPDATE ledger SET content = '{' WHERE sequence = 1")
    gateway.start()
    client = running.client()
    assert whole in {alert["id"] for alert in client.get("/api/alerts")["alerts"]}
    assert "damaged" in str(client.get("/api/ledger")["entries"][0]["fields"])
    assert f"alert {spoilt} is damaged" in " ".join(client.get("/api/health")["faults"])
    # What its rule remembers says that the fire stands: it is an alert all the same.
    wait_until(lambda: spoilt in {alert["id"] for alert in client.get("/api/alerts?open=true")["alerts"]}, "the fire")
