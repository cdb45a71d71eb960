"""From a sensor's message to reading, alert, ledger and stream, on a real broker and a real process."""

import http.client
import json
from contextlib import closing
from itertools import count

import pytest

from tests.rim.conftest import Running
from tests.rim.processes import PATIENCE_S, Client, wait_until


def open_alert(client: Client, device: str) -> dict:
    """The open alert of the rule ``smoke`` for that device, waited for."""

    def find() -> dict | None:
        alerts = client.get("/api/alerts?open=true")["alerts"]
        return next((alert for alert in alerts if alert["key"] == device and alert["rule"] == "smoke"), None)

    return wait_until(find, f"an alert of {device}")


def status(running: Running, client: Client, method: str, path: str, body: dict | None = None) -> tuple[int, str]:
    """Status and text of a request."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE_S)
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_a_reading_is_stored_and_shown(running_gateway: Running) -> None:
    """What a device says can be read back, newest and by range."""
    device = running_gateway.fresh_smoke()
    client = running_gateway.client()
    latest = wait_until(lambda: client.get(f"/api/devices/{device}")["latest"], "the reading")
    assert {reading["signal"]: reading["value"] for reading in latest} == {"smoke": False, "temperature": 21.5}
    found = client.get(
        f"/api/readings?device={device}&signal=temperature&start=2020-01-01T00:00:00Z&end=2100-01-01T00:00:00Z"
    )
    assert [21.5] == [point["value"] for point in found["points"]]


def test_smoke_is_an_alert_on_the_stream_in_the_list_and_in_the_ledger(running_gateway: Running) -> None:
    """One smoke message arrives everywhere, once."""
    device = running_gateway.fresh_smoke()
    client = running_gateway.client()
    with closing(client.events()) as events:
        _, first, _ = next(events)
        assert first == "beat"
        running_gateway.readings(device, smoke=True)
        event = next(data for _, kind, data in events if kind == "alert" and data["alert"]["key"] == device)
    assert (event["action"], event["alert"]["state"]) == ("raised", "unacknowledged")
    alert = open_alert(client, device)
    assert alert["latched"]
    assert [device] == [cause["device"] for cause in alert["causes"]]
    entries = client.get("/api/ledger?book=alerts&limit=1000")["entries"]
    assert 1 == sum(entry["fields"]["alert"] == alert["id"] for entry in entries)


def test_a_fire_latches_until_a_person_resets_it(running_gateway: Running) -> None:
    """Acknowledge, cause gone, reset, close with a finding: in this order and no other."""
    device = running_gateway.fresh_smoke()
    operator = running_gateway.client("olga")
    running_gateway.readings(device, smoke=True)
    alert = open_alert(operator, device)
    path = f"/api/alerts/{alert['id']}"
    code, text = status(running_gateway, operator, "POST", f"{path}/close", {"disposition": "confirmed"})
    assert (code, "acknowledge" in text) == (409, True)
    operator.post(f"{path}/acknowledge", {"note": "guard sent"})
    code, text = status(running_gateway, operator, "POST", f"{path}/reset", {})
    assert (code, "cause" in text) == (409, True)
    running_gateway.readings(device, smoke=False)
    wait_until(lambda: not operator.get(path)["alert"]["active"], "the cause is gone")
    assert operator.get(path)["alert"]["state"] == "acknowledged"
    operator.post(f"{path}/reset")
    operator.post(f"{path}/close", {"disposition": "false_alarm", "note": "dust"})
    detail = operator.get(path)
    assert (detail["alert"]["state"], detail["alert"]["disposition"]) == ("closed", "false_alarm")
    actions = [step["action"] for step in detail["history"]]
    assert actions == ["raised", "acknowledge", "cause_gone", "reset", "close"]


def test_a_person_ends_what_no_device_ends_and_says_how_they_know(running_gateway: Running) -> None:
    """A device that is alive is believed first; whoever is sure ends it all the same."""
    device = running_gateway.fresh_smoke()
    operator = running_gateway.client("olga")
    running_gateway.readings(device, smoke=True)
    path = f"/api/alerts/{open_alert(operator, device)['id']}"
    code, text = status(running_gateway, operator, "POST", f"{path}/end-cause", {"note": "looked"})
    assert (code, "can say so itself" in text) == (409, True)
    assert 422 == status(running_gateway, operator, "POST", f"{path}/end-cause", {"note": ""})[0]
    operator.post(f"{path}/end-cause", {"note": "it hangs in the workshop", "is_sure": True})
    detail = operator.get(path)
    assert (detail["alert"]["active"], detail["alert"]["latched"]) == (False, True)
    step = detail["history"][-1]
    assert (step["action"], step["by"], step["note"]) == ("end_cause", "olga", "it hangs in the workshop")
    (smoke,) = [one for one in operator.get(f"/api/devices/{device}")["latest"] if one["signal"] == "smoke"]
    assert (smoke["value"], smoke["quality"]) == (False, ["deduced"])


def test_roles_are_kept(running_gateway: Running) -> None:
    """A technician may not acknowledge, an operator may not look into the quarantine, nobody may without a session."""
    device = running_gateway.fresh_smoke()
    technician, operator = running_gateway.client("tom"), running_gateway.client("olga")
    running_gateway.readings(device, smoke=True)
    alert = open_alert(operator, device)
    assert 403 == status(running_gateway, technician, "POST", f"/api/alerts/{alert['id']}/acknowledge", {})[0]
    assert 403 == status(running_gateway, operator, "GET", "/api/quarantine")[0]
    nobody = Client(running_gateway.port, "olga")
    nobody.token = "wrong"
    assert 401 == status(running_gateway, nobody, "GET", "/api/alerts")[0]


def test_a_retained_open_door_is_found_not_opened(running_gateway: Running) -> None:
    """A retained message is a snapshot: it raises nothing for a door, and the ledger says that it was found open."""
    running_gateway.publish("zigbee2mqtt/office/door 1", {"contact": False}, retain=True)
    client = running_gateway.client()

    def found() -> list:
        entries = client.get("/api/ledger?book=events&limit=1000")["entries"]
        return [entry for entry in entries if entry["fields"].get("device") == "door-1"]

    wait_until(found, "the door was found open")
    assert not [alert for alert in client.get("/api/alerts?open=true")["alerts"] if alert["key"] == "door-1"]
    running_gateway.publish("zigbee2mqtt/office/door 1", {"contact": True})
    running_gateway.publish("zigbee2mqtt/office/door 1", {"contact": False})
    wait_until(
        lambda: [a for a in client.get("/api/alerts?open=true")["alerts"] if a["key"] == "door-1"],
        "a door that opens while armed is an intrusion",
    )


def test_a_stream_resumes_where_it_broke_off(running_gateway: Running) -> None:
    """With the last event's number a client misses nothing."""
    client = running_gateway.client()
    first, second = running_gateway.fresh_smoke(), running_gateway.fresh_smoke()
    with closing(client.events(after=0)) as broken_off:
        next(broken_off)
        running_gateway.readings(first, smoke=True)
        open_alert(client, first)
    running_gateway.readings(second, smoke=True)
    open_alert(client, second)
    told = raised_since(client, 0, {first, second})
    assert [first, second] == told


def raised_since(client: Client, after: int, wanted: set[str]) -> list[str]:
    """The devices of ``wanted`` in the order in which the stream tells of them."""
    told: list[str] = []
    with closing(client.events(after=after)) as events:
        for _, kind, data in events:
            if kind == "alert" and data["action"] == "raised" and data["alert"]["key"] in wanted:
                told.append(data["alert"]["key"])
            if len(told) == len(wanted):
                break
    return told


def test_status_tells_from_another_terminal(running_gateway: Running) -> None:
    """``keyarea status`` says what is up; without a gateway it says what to do and fails."""
    told = running_gateway.gateway.keyarea("status", "--data", str(running_gateway.data))
    assert "pipeline up" in told.stdout
    assert "mqtt up" in told.stdout
    missing = running_gateway.gateway.keyarea("status", "--data", str(running_gateway.data / "nowhere"))
    assert (missing.returncode, "keyarea serve" in missing.stderr) == (2, True)


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("keyarea/smoke-1/readings", b"not json"),
        ("keyarea/smoke-1/readings", b""),
        ("keyarea/smoke-1/readings", b'{"readings": {"smoke": "perhaps"}}'),
        ("keyarea/smoke-1/readings", b'{"readings": {"temperature": NaN}}'),
        ("keyarea/smoke-1/readings", b'{"readings": {"temperature": 1e400}}'),
        ("keyarea/smoke-1/readings", b'{"readings": {"temperature": 99999}}'),
        ("keyarea/smoke-1/readings", b'{"readings": {"no_such_signal": 1}}'),
        ("keyarea/smoke-1/readings", b'{"readings": {"smoke": true}, "device": "smoke-2"}'),
        ("keyarea/smoke-1/readings", b'{"readings": {"smoke": true}, "time": "yesterday"}'),
        ("keyarea/smoke-1/readings", b"[" * 100_000),
        ("keyarea/smoke-1/readings", b'{"readings": ' + b'{"a":' * 100_000),
        ("keyarea/smoke-1/readings", b"x" * 1_000_000),
        ("keyarea/smoke-1/readings", b'{"readings": {"smoke": tr\xff\xfe}}'),
        ("keyarea/smoke-1/status", b"maybe"),
        ("zigbee2mqtt/office/door 1", b"[1, 2]"),
        ("zigbee2mqtt/office/door 1", b'{"contact": "perhaps"}'),
        ("tele/x/SENSOR", b"{"),
    ],
)
def test_bad_input_is_kept_for_the_technician_and_harms_nothing(
    running_gateway: Running, topic: str, payload: bytes
) -> None:
    """Counted, shown, never a reading, and the gateway goes on."""
    technician = running_gateway.client("tom")
    pid = running_gateway.gateway.pid
    before = metric(running_gateway, "keyarea_malformed_total")
    running_gateway.publish(topic, payload)
    wait_until(lambda: metric(running_gateway, "keyarea_malformed_total") > before, "it is counted")
    newest = technician.get("/api/malformed")[0]
    assert newest["address"] == topic
    assert payload.hex().startswith(newest["payload_hex"])
    assert len(newest["payload_hex"]) <= 400
    warmth = 20 + next(_WARMER)
    running_gateway.readings("smoke-2", temperature=warmth)

    def newest_of_it() -> list[object]:
        return [reading["value"] for reading in technician.get("/api/devices/smoke-2")["latest"]]

    wait_until(lambda: warmth in newest_of_it(), "the next reading arrives")
    assert pid == running_gateway.gateway.pid
    assert metric(running_gateway, "keyarea_task_restarts_total") == 0


_WARMER = count()


def metric(running: Running, name: str) -> float:
    """The sum of a metric over its labels; 0 if it is not there yet."""
    lines = running.metrics().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.partition("{")[0].partition(" ")[0] == name)


@pytest.mark.parametrize("time", ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_clock_that_is_wrong_is_noted_and_not_believed(running_gateway: Running, time: str) -> None:
    """Stored at the time of arrival, marked; the alert comes all the same."""
    device = running_gateway.fresh_smoke()
    running_gateway.publish(f"keyarea/{device}/readings", {"readings": {"smoke": True}, "time": time})
    alert = open_alert(running_gateway.client(), device)
    assert "clock_suspect" in alert["causes"][0]["quality"]
    assert alert["causes"][0]["time"] == alert["causes"][0]["received"]


def test_an_unknown_device_waits_in_quarantine(running_gateway: Running) -> None:
    """Neither dropped nor trusted."""
    running_gateway.publish("zigbee2mqtt/new sensor", {"smoke": True, "battery": 90})
    technician = running_gateway.client("tom")

    def waiting() -> dict | None:
        return next((s for s in technician.get("/api/quarantine") if s["address"] == "new sensor"), None)

    assert wait_until(waiting, "it is in quarantine")["guess_kind"] == "smoke_detector"
    assert not [a for a in technician.get("/api/alerts")["alerts"] if a["key"] == "new sensor"]
