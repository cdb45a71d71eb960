"""Bypass and walk test in the running gateway: over HTTP and the command line, kept over a restart, in the ledger."""

import json
from contextlib import closing

import pytest

from tests.rim.conftest import Running
from tests.rim.processes import Client, wait_until


def alert_of(client: Client, key: str) -> dict | None:
    return next((alert for alert in client.get("/api/alerts?open=true")["alerts"] if alert["key"] == key), None)


def book(client: Client, name: str) -> list[dict]:
    return [entry["fields"] for entry in client.get(f"/api/ledger?book={name}")["entries"]]


def test_a_bypass_survives_a_kill_and_what_it_held_comes_back(own_gateway: Running) -> None:
    running = own_gateway
    tech, operator, admin = (running.client(user) for user in ("tom", "olga", "ada"))
    running.readings("smoke-1", smoke=False)
    wait_until(lambda: tech.get("/api/devices/smoke-1")["latest"], "the first word")
    tech.post("/api/bypasses", {"devices": ["smoke-1"], "reason": "welding", "for_s": 3600})
    (wish,) = tech.get("/api/bypasses/wishes")
    operator.post(f"/api/bypasses/{wish['id']}/consent", {})
    running.readings("smoke-1", smoke=True)
    held = wait_until(lambda: alert_of(operator, "smoke-1"), "the alert that is set aside")
    assert ("bypass", "out_of_service", "tom", "welding") == tuple(
        held["aside"][name] for name in ("reason", "kind", "by", "note")
    )
    shown = {alert["rule"] for alert in operator.get("/api/alerts?aside=false")["alerts"] if alert["active"]}
    assert {"workflow:bypass", "workflow:fire_watch"} == shown
    assert {"bypass": 1} == operator.get("/api/health")["set_aside"]
    assert [held["id"]] == [alert["id"] for alert in operator.get("/api/alerts?aside=true")["alerts"]]

    running.gateway.kill()
    running.gateway.start()

    (standing,) = wait_until(lambda: tech.get("/api/bypasses"), "the bypass")
    assert (["smoke-1"], "tom", "olga") == (standing["devices"], standing["by"], standing["consented_by"])
    again = alert_of(operator, "smoke-1")
    assert again is not None
    assert (held["id"], held["aside"]) == (again["id"], again["aside"])
    tech.post(f"/api/bypasses/{standing['id']}/end", {"note": "done"})
    back = alert_of(operator, "smoke-1")
    assert back is not None
    assert (None, "unacknowledged", held["id"]) == (back["aside"], back["state"], back["id"])
    assert [] == tech.get("/api/bypasses")
    told = [(entry["step"], entry["devices"], entry["reason"]) for entry in book(admin, "bypasses")]
    assert [(step, "smoke-1", "welding") for step in ("begun", "ended")] == told
    asked = [(entry["step"], entry["devices"], "welding" in entry["text"]) for entry in book(admin, "consents")]
    assert [(step, "smoke-1", True) for step in ("asked", "given")] == asked
    steps = [event["action"] for event in operator.get(f"/api/alerts/{held['id']}")["history"]]
    assert ["raised", "brought_back"] == steps


def test_a_walk_test_ticks_on_the_stream_and_its_report_is_in_the_ledger(own_gateway: Running) -> None:
    running = own_gateway
    tech, admin = running.client("tom"), running.client("ada")
    for name in ("smoke-1", "smoke-2", "smoke-3"):
        running.readings(name, smoke=name == "smoke-3")  # the third is up already
    wait_until(lambda: alert_of(admin, "smoke-3"), "the alert of what is up")
    admin.post(f"/api/alerts/{alert_of(admin, 'smoke-3')['id']}/acknowledge", {})  # type: ignore[index]
    tech.post("/api/walk-tests", {"devices": ["smoke-1", "smoke-2", "smoke-3"], "note": "yearly"})
    (test,) = tech.get("/api/walk-tests")["running"]
    running.readings("smoke-3", smoke=True)  # said again, and triggered by nobody
    with closing(tech.events(after=0)) as events:
        running.readings("smoke-1", smoke=True)
        ticked = next(data for _, kind, data in events if kind == "fact" and data["step"] == "answered")
    fields = ticked["fields"]
    assert (["smoke-1"], "smoke", 1, 3) == (
        ticked["devices"], fields["signal"], fields["answered_count"], fields["count"],
    )  # fmt: skip
    held = alert_of(admin, "smoke-1")
    assert held is not None
    assert "walk_test" == held["aside"]["reason"]
    running.readings("smoke-1", smoke=False)

    running.gateway.kill()
    running.gateway.start()

    wait_until(lambda: tech.get("/api/walk-tests")["running"], "the test that goes on")
    wait_until(lambda: not alert_of(admin, "smoke-1")["active"], "the end of the trigger")  # type: ignore[index]
    tech.post(f"/api/walk-tests/{test['id']}/end", {"note": "battery of smoke-2 is flat"})
    report = tech.get(f"/api/walk-tests/{test['id']}")
    assert ("finished", ["smoke-2", "smoke-3"], "tom") == (report["outcome"], report["missing"], report["ended_by"])
    assert ["smoke-1"] == [tested["device"] for tested in tech.get("/api/walk-tests/last-tested")]
    assert ("closed", "test") == tuple(
        admin.get(f"/api/alerts/{held['id']}")["alert"][name] for name in ("state", "disposition")
    )
    first, last = book(admin, "walk_tests")
    assert ("started", "smoke-1, smoke-2, smoke-3") == (first["step"], first["devices"])
    assert ("ended", 1, "smoke-2, smoke-3") == (last["step"], last["answered_count"], last["missing"])
    assert last["answered"].startswith("smoke-1 smoke ")
    verified = running.gateway.keyarea("ledger", "verify", "--data", str(running.data))
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_the_command_line_bypasses_and_walks(own_gateway: Running) -> None:
    running = own_gateway

    def keyarea(*args: str) -> tuple[int, str]:
        done = running.gateway.keyarea(*args, "--data", str(running.data))
        return done.returncode, done.stdout + done.stderr

    tech = running.client("tom")
    assert 1 == keyarea("bypass", "begin", "nobody", "--for", "1h", "--reason", "x")[0]
    status, text = keyarea("bypass", "begin", "door-1", "--for", "30min", "--reason", "welding", "--by", "tom")
    assert (0, True) == (status, "bypassed until" in text), text
    assert "welding" in keyarea("bypass", "list")[1]
    assert tech.get("/api/bypasses")[0]["by"].startswith("tom (os:")
    assert 0 == keyarea("bypass", "end", "door-1")[0]
    assert 1 == keyarea("bypass", "end", "door-1")[0]
    assert 1 == keyarea("bypass", "begin", "smoke-1", "--for", "9h", "--reason", "too long for a fire detector")[0]

    running.readings("smoke-2", smoke=False)
    wait_until(lambda: tech.get("/api/devices/smoke-2")["latest"], "the first word")
    assert 0 == keyarea("walktest", "start", "smoke-2")[0]
    running.readings("smoke-2", smoke=True)
    wait_until(lambda: tech.get("/api/walk-tests")["running"][0]["answers"], "the tick")
    status, text = keyarea("walktest", "end")
    assert (0, True) == (status, "1 of 1 answered" in text), text
    status, text = keyarea("walktest", "list", "--json")
    assert ["finished"] == [test["outcome"] for test in json.loads(text)]
    assert "smoke-2" in keyarea("walktest", "tested")[1]


@pytest.mark.parametrize("user", ["olga", "mia"])
def test_who_is_no_technician_bypasses_nothing(running_gateway: Running, user: str) -> None:
    client = running_gateway.client(user)
    for path, body in (
        ("/api/bypasses", {"devices": ["smoke-9"], "reason": "x", "for_s": 60}),
        ("/api/walk-tests", {"devices": ["smoke-9"]}),
    ):
        with pytest.raises(Exception, match="403"):
            client.post(path, body)
