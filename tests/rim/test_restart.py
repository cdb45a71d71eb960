"""What a stop, a kill or a sign of SIGTERM leaves behind, and what a client that was cut off gets back."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress

from paho.mqtt.client import Client as Mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.rim.conftest import Running
from tests.rim.processes import PATIENCE_S, Client, free_port, wait_until


def open_keys(client: Client) -> dict[str, dict]:
    """Open alerts by what they are about."""
    return {alert["key"]: alert for alert in client.get("/api/alerts?open=true")["alerts"]}


def test_a_restart_keeps_alerts_modes_and_data_and_the_stream_goes_on(own_gateway: Running) -> None:
    running = own_gateway
    client = running.client("olga")
    running.readings("smoke-1", smoke=False, temperature=21.5)
    running.readings("smoke-1", smoke=True)
    first = wait_until(lambda: open_keys(client).get("smoke-1"), "an alert")
    client.post(f"/api/alerts/{first['id']}/acknowledge", {"note": "seen"})
    client.post("/api/areas/office/mode", {"mode": "disarmed"})
    with closing(client.events(after=0)) as events:
        actions = [data["action"] for _, kind, data in events_until(events, "mode") if kind == "alert"]
    assert actions == ["raised", "acknowledge"]

    assert running.gateway.stop() == 0
    running.readings("smoke-2", smoke=True)  # while nobody listens: the broker keeps it
    running.gateway.start()

    again = wait_until(lambda: open_keys(client), "the session still counts")
    assert (again["smoke-1"]["id"], again["smoke-1"]["acknowledged_by"]) == (first["id"], "olga")
    wait_until(lambda: "smoke-2" in open_keys(client), "what came meanwhile")
    assert {a["id"]: a["mode"] for a in client.get("/api/areas")}["office"] == "disarmed"
    latest = {r["signal"]: r["value"] for r in client.get("/api/devices/smoke-1")["latest"]}
    assert latest == {"smoke": True, "temperature": 21.5}
    with closing(client.events(after=0)) as events:
        told = [(data["action"], data["alert"]["key"]) for _, kind, data in take_alerts(events, 3) if kind == "alert"]
    assert told == [("raised", "smoke-1"), ("acknowledge", "smoke-1"), ("raised", "smoke-2")]
    verified = running.gateway.keyarea("ledger", "verify", "--data", str(running.data))
    assert verified.returncode == 0, verified.stdout + verified.stderr


def events_until(events: Iterator, kind: str) -> Iterator:
    """Events up to and with the first of that kind."""
    for event in events:
        yield event
        if event[1] == kind:
            return


def test_a_stream_survives_a_restart_with_last_event_id(own_gateway: Running) -> None:
    """The header that a browser sends by itself; a number that never was ends in a reset, not in silence."""
    running = own_gateway
    client = running.client("olga")
    running.readings("smoke-0", smoke=True)
    wait_until(lambda: "smoke-0" in open_keys(client), "an alert")
    running.gateway.kill()
    running.gateway.start()
    running.readings("smoke-1", smoke=True)
    with closing(client.events(last_event_id=0)) as events:
        told = [data["alert"]["key"] for _, kind, data in take_alerts(events, 2) if kind == "alert"]
    assert told == ["smoke-0", "smoke-1"]
    with closing(client.events(last_event_id=999_999)) as events:
        assert [kind for _, kind, _ in events] == ["beat", "reset"]


def take_alerts(events: Iterator, count: int) -> Iterator:
    for event in events:
        yield event
        count -= event[1] == "alert"
        if not count:
            return


def test_sigterm_ends_it_in_good_order_with_streams_open(own_gateway: Running) -> None:
    """Exit status 0, whoever listens; nothing of the socket file stays."""
    client = own_gateway.client("olga")
    with closing(client.events()) as events:
        next(events)
        assert own_gateway.gateway.stop() == 0
        with suppress(OSError, ValueError):
            list(events)
    assert not (own_gateway.data / "gateway.sock").exists()
    assert "Error" not in own_gateway.gateway.log_tail()


def test_a_retained_smoke_is_an_alarm_and_a_retained_door_is_not(own_gateway: Running) -> None:
    """Both were found at the start; only danger counts when it is found."""
    running = own_gateway
    assert running.gateway.stop() == 0
    base = running.base
    try:
        running.readings("smoke-3", smoke=True, retain=True)
        running.readings("door-1", door=True, retain=True)
        running.gateway.start()
        client = running.client("olga")
        alert = wait_until(lambda: open_keys(client).get("smoke-3"), "an alarm that was found")
        assert "snapshot" in alert["causes"][0]["quality"]
        found = wait_until(
            lambda: client.get("/api/ledger?book=events&limit=1000")["entries"], "a door that was found open"
        )
        assert ["door-1"] == [entry["fields"]["device"] for entry in found]
        assert set(open_keys(client)) == {"smoke-3"}
    finally:
        for device in ("smoke-3", "door-1"):
            running.publish(f"{base}/{device}/readings", b"", retain=True)


def test_what_was_not_acknowledged_comes_again_after_a_kill_and_counts_once(own_gateway: Running) -> None:
    """Killed again and again while the same hundred alarms arrive: each is raised once, by alerts and by ledger."""
    running = own_gateway
    client = running.client("ada")
    sender = Mqtt(CallbackAPIVersion.VERSION2)
    sender.connect("127.0.0.1", running.broker.port)
    sender.loop_start()
    topic = f"{running.base}/smoke-4/readings"
    for round_ in range(3):
        sent = [
            sender.publish(topic, f'{{"readings": {{"temperature": {60 + n % 2 + round_ / 10}, "smoke": true}}}}', 1)
            for n in range(300)
        ]
        running.gateway.kill()
        running.gateway.start()
        for message in sent:
            message.wait_for_publish(PATIENCE_S)
    wait_until(lambda: {"smoke-4"} <= set(open_keys(client)), "the alarm")
    running.readings("smoke-0", smoke=True)
    wait_until(lambda: "smoke-0" in open_keys(client), "the queue is empty")
    sender.disconnect()
    sender.loop_stop()
    raised = [
        entry["fields"]["rule"]
        for entry in client.get("/api/ledger?book=alerts&limit=1000")["entries"]
        if entry["fields"]["action"] == "raised" and entry["fields"]["key"] == "smoke-4"
    ]
    assert raised.count("smoke") == 1
    assert running.gateway.stop() == 0
    verified = running.gateway.keyarea("ledger", "verify", "--data", str(running.data))
    assert verified.returncode == 0, verified.stdout + verified.stderr


RISE = """
[[rules]]
kind = "rate_of_rise"
name = "rise"
alert_class = "gas"
priority = 1
signal = "temperature"
rise = 10
within_s = 3600
procedure = "1. Look."
"""


def test_what_a_rule_looks_back_over_is_known_after_a_kill(own_gateway: Running) -> None:
    """The rise began before it; the start itself tells nothing."""
    running = own_gateway
    assert running.gateway.stop() == 0
    running.gateway.site_file.write_text(running.gateway.site_file.read_text() + RISE)
    running.gateway.start()
    client = running.client("olga")
    running.readings("smoke-1", smoke=False, temperature=15.5)
    wait_until(lambda: client.get("/api/devices/smoke-1")["latest"], "it is stored")
    running.gateway.kill()
    running.gateway.start()
    wait_until(lambda: client.get("/api/devices/smoke-1")["latest"], "the session still counts")
    assert {} == open_keys(client)
    running.readings("smoke-1", temperature=26.0)
    alert = wait_until(lambda: open_keys(client).get("smoke-1"), "an alert")
    assert ("rise", [26.0]) == (alert["rule"], [cause["value"] for cause in alert["causes"]])


def test_a_second_gateway_on_the_same_data_is_refused(own_gateway: Running) -> None:
    """It says why and ends; the first goes on."""
    web = free_port()
    other = own_gateway.gateway.site_file.with_name("other.toml")
    text = own_gateway.gateway.site_file.read_text().replace(f"port = {own_gateway.port}", f"port = {web}")
    other.write_text(text)
    second = subprocess.run(
        [sys.executable, "-m", "gateway", "serve", "--config", str(other), "--data", str(own_gateway.data)],
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert second.returncode not in (0, None)
    assert "Traceback" not in second.stderr
    assert own_gateway.gateway.health()["ok"]
