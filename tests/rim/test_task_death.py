"""A part of the real process dies: it is seen, started again, and if that does not help the process ends."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.rim.conftest import Running, site
from tests.rim.processes import PATIENCE_S, Client, GatewayProcess, Mosquitto, free_port, wait_until


@contextmanager
def held(running: Running) -> Iterator[None]:
    """Another program holds the records: they can be read, so the gateway starts, and its pipeline cannot begin."""
    with closing(sqlite3.connect(running.data / "records.sqlite", timeout=PATIENCE_S)) as database:
        database.isolation_level = None
        database.execute("BEGIN IMMEDIATE")
        yield


def rename(running: Running, old: str, new: str) -> None:
    """Take a table away from the running gateway, or give it back."""
    with closing(sqlite3.connect(running.data / "records.sqlite", timeout=PATIENCE_S)) as database:
        database.execute(f"ALTER TABLE {old} RENAME TO {new}")
        database.commit()


def open_alerts(client: Client) -> dict[str, dict]:
    return {alert["key"]: alert for alert in client.get("/api/alerts?open=true")["alerts"]}


def test_a_part_that_dies_is_a_fault_and_is_started_again(own_gateway: Running) -> None:
    """What came meanwhile waits at the broker, because nobody acknowledged it."""
    assert own_gateway.gateway.stop() == 0
    own_gateway.readings("smoke-1", smoke=True)
    with held(own_gateway):
        own_gateway.gateway.start(wait=False)
        health = wait_until(
            lambda: next((h for h in [own_gateway.gateway.health()] if h and h["tasks"]["pipeline"] != "up"), None),
            "it died",
        )
    assert not health["ok"]
    assert any("pipeline" in fault for fault in health["faults"])
    wait_until(own_gateway.gateway.is_up, "it is up")
    client = own_gateway.client("olga")
    wait_until(lambda: {"smoke-1", "part:pipeline"} <= set(open_alerts(client)), "the alarm and the fault")
    wait_until(lambda: not open_alerts(client)["part:pipeline"]["active"], "the fault is over")
    fault = open_alerts(client)["part:pipeline"]
    assert (fault["alert_class"], fault["area"], fault["state"]) == ("fault", "gateway", "returned")
    wait_until(lambda: own_gateway.gateway.health()["ok"], "all is well")
    assert [line for line in own_gateway.metrics().splitlines() if 'restarts_total{task="pipeline"}' in line]


def test_a_part_that_keeps_dying_ends_the_process(own_gateway: Running) -> None:
    """Non-zero, with the reason in words, so that systemd begins from nothing; the alarm is not lost by it."""
    assert own_gateway.gateway.stop() == 0
    own_gateway.readings("smoke-2", smoke=True)
    with held(own_gateway):
        own_gateway.gateway.start(wait=False)
        assert own_gateway.gateway.wait() == 1
    assert "pipeline died 5 times" in own_gateway.gateway.log_tail()
    assert "another program holds the database" in own_gateway.gateway.log_tail()
    own_gateway.gateway.start()
    client = own_gateway.client("olga")
    wait_until(lambda: "smoke-2" in open_alerts(client), "the alarm that was not acknowledged")


def test_a_store_that_fails_is_a_fault_alert_and_takes_no_part_down(own_gateway: Running) -> None:
    """A table goes missing under the running gateway: alarms stay live, and are stored when it is back."""
    client = own_gateway.client("olga")
    rename(own_gateway, "rule_memory", "taken_away")
    own_gateway.readings("smoke-3", smoke=True)
    wait_until(lambda: {"smoke-3", "part:storage"} <= set(open_alerts(client)), "the alarm and the fault")
    health = own_gateway.gateway.health()
    assert any(fault.startswith("storage") for fault in health["faults"])
    assert set(health["tasks"].values()) == {"up"}
    assert not [alert for alert in client.get("/api/alerts")["alerts"] if alert["key"] == "smoke-3"]
    rename(own_gateway, "taken_away", "rule_memory")
    wait_until(lambda: own_gateway.gateway.health()["ok"], "all is well")
    wait_until(lambda: not open_alerts(client)["part:storage"]["active"], "the fault is over")
    stored = {alert["key"] for alert in client.get("/api/alerts")["alerts"]}
    assert {"smoke-3", "part:storage"} <= stored
    assert "task_restarts_total{" not in own_gateway.metrics()


def test_a_fault_that_ended_while_the_gateway_was_down_is_over(tmp_path: Path) -> None:
    """The broker is lost, the gateway stops, both come back: the line's alert does not stand for ever."""
    web = free_port()
    with Mosquitto(tmp_path) as broker:
        gateway = GatewayProcess(tmp_path, site(broker.port, web, smokes=1), web_port=web)
        gateway.add_users()
        with gateway:
            client = Client(web, "olga")
            broker.stop()
            wait_until(lambda: open_alerts(client).get("line:mqtt", {}).get("active"), "a fault of the line")
            assert gateway.stop() == 0
            broker.start()
            gateway.start()
            wait_until(lambda: not open_alerts(client)["line:mqtt"]["active"], "the fault is over")


def test_a_port_that_is_taken_ends_the_process_with_a_word(own_gateway: Running, tmp_path: Path) -> None:
    """Another gateway holds the port of the console."""
    folder = tmp_path / "second"
    folder.mkdir()
    text = site(own_gateway.broker.port, own_gateway.port, smokes=1).replace(
        "[web]", f'client_id = "{tmp_path.name}-2"\n[web]'
    )
    second = GatewayProcess(folder, text, web_port=own_gateway.port)
    second.start(wait=False)
    assert second.wait() == 1
    assert f"cannot listen on 127.0.0.1:{own_gateway.port}" in second.log_tail()
    assert own_gateway.gateway.health()["ok"]
