"""A data folder that the release before left is opened by the gateway: it goes on where that one stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.stores.database import FILE_NAME
from tests.gateway.stores import data_of_0008
from tests.rim.conftest import Running, site
from tests.rim.processes import GatewayProcess, Mosquitto, free_port


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """On the site file that it was written with, and a broker of its own: the client id is the default one."""
    web = free_port()
    with Mosquitto(tmp_path) as broker:
        gateway = GatewayProcess(tmp_path, site(broker.port, web, smokes=5), web_port=web)
        gateway.data.mkdir(mode=0o700)
        data_of_0008.write(f"sqlite:///{gateway.data / FILE_NAME}")
        sequence, digest = data_of_0008.HEAD
        (gateway.data / "ledger.witness").write_text(f"{sequence} {digest} {data_of_0008.SITE}\n")
        with gateway:
            running = Running(gateway, broker)
            yield running
            running.close()


def test_people_find_what_was_there_and_the_ledger_goes_on(running: Running) -> None:
    tech, operator, admin = (running.client(user) for user in ("tom", "olga", "ada"))
    health = admin.get("/api/health")
    assert [] == [fault for fault in health["faults"] if "damaged" in fault or "ledger" in fault]
    devices = {device["id"]: device for device in tech.get("/api/devices")}
    assert {"new-1", "announced-1"} <= devices.keys()
    assert "smoke-4" not in devices
    assert ["stranger-1"] == [sender["address"] for sender in tech.get("/api/quarantine/rejected")]
    assert ["adopted", "replaced"] == [change["action"] for change in tech.get("/api/devices/new-1/history")]
    assert {"smoke-2", "smoke-3"} == {tested["device"] for tested in tech.get("/api/walk-tests/last-tested")}
    assert "disarmed" == {area["id"]: area["mode"] for area in operator.get("/api/areas")}["office"]
    alerts = operator.get("/api/alerts?open=true")["alerts"]
    (fire,) = (alert for alert in alerts if (alert["key"], alert["rule"]) == ("smoke-0", "smoke"))
    assert "unacknowledged" == fire["state"]  # somebody has seen it, and nobody has done anything since
    steps = [step["action"] for step in operator.get(f"/api/alerts/{fire['id']}")["history"]]
    assert ["acknowledge", "expired"] == steps[-2:]
    assert data_of_0008.HEAD[0] < health["ledger_entries"]
    assert {0, 1} == {
        rule["number"] for rule in operator.get("/api/rules")
    }  # the site file's are version 1 from now on
    verified = running.gateway.keyarea("ledger", "verify", "--data", str(running.data))
    assert verified.returncode == 0, verified.stdout + verified.stderr
