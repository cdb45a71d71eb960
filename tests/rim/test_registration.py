"""Registration with a real broker and gateway: an unknown device speaks, is adopted, raises alerts, is supervised."""

import http.client
import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.gateway.test_label_sheet import codes
from tests.rim.conftest import Running
from tests.rim.processes import PATIENCE_S, wait_until
from tests.rim.test_api import ask


def asked(running: Running, method: str, path: str, body: Any = None, user: str = "tom") -> tuple[int, Any]:
    """Status and what was answered, as the technician."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
    kind = "text/csv" if isinstance(body, bytes) else "application/json"
    token = running.client(user).token
    status, headers, text = ask(running, method, path, body=content, content_type=kind, authorization=f"Bearer {token}")
    return status, json.loads(text) if headers["content-type"].startswith("application/json") else text


def changed(answer: tuple[int, Any]) -> tuple[int, str]:
    """The status of an order, and the one thing that it did."""
    status, said = answer
    return status, said["changes"][0]["action"] if said.get("done") and len(said["changes"]) == 1 else str(said)


def counted(answer: tuple[int, Any]) -> tuple[int, Any]:
    """The status of an import and its counts, which are those of its changes."""
    status, said = answer
    for action in ("adopted", "reinstated", "amended", "replaced"):
        assert said[action] == sum(change["action"] == action for change in said["changes"])
    return status, {name: value for name, value in said.items() if name != "changes"}


def waiting(running: Running, address: str) -> dict[str, Any]:
    """That unknown device once it has spoken."""

    def found() -> dict[str, Any] | None:
        senders = asked(running, "GET", "/api/quarantine")[1]
        return next((sender for sender in senders if sender["address"] == address), None)

    sender = wait_until(found, f"{address} waits")
    assert isinstance(sender, dict)
    return sender


def adopt(running: Running, address: str, **more: Any) -> dict[str, Any]:
    """Let it speak, and adopt what is proposed for the store."""
    running.readings(address, smoke=False, battery=90)
    proposed = waiting(running, address)["proposed"]
    wanted = ("id", "family", "address", "line", "name", "name_zh", "kind", "model", "signals")
    body = {**{key: proposed[key] for key in wanted}, "area": "store", **more}
    assert (200, "adopted") == changed(asked(running, "POST", "/api/devices", body))
    return body


def test_an_unknown_device_is_adopted_and_its_next_smoke_is_an_alert(running_gateway: Running) -> None:
    running_gateway.readings("new-1", smoke=False, battery=90)
    sender = waiting(running_gateway, "new-1")
    assert ("new-1", "smoke_detector", "") == tuple(sender["proposed"][key] for key in ("id", "kind", "area"))
    assert 0 <= sender["last_heard_age_s"] < 60
    adopt(running_gateway, "new-1", note="spare part")
    assert "new-1" not in {sender["address"] for sender in asked(running_gateway, "GET", "/api/quarantine")[1]}
    running_gateway.readings("new-1", smoke=True)
    alert = wait_until(
        lambda: next(
            (a for a in asked(running_gateway, "GET", "/api/alerts?open=true")[1]["alerts"] if a["key"] == "new-1"),
            None,
        ),
        "an alert of new-1",
    )
    assert ("fire", "store") == (alert["alert_class"], alert["area"])
    (change,) = asked(running_gateway, "GET", "/api/devices/new-1/history", user="olga")[1]
    assert ("adopted", "tom", "spare part", "new-1") == (
        change["action"],
        change["by"],
        change["note"],
        change["new"]["address"],
    )


def test_what_cannot_be_adopted_names_every_field_and_changes_nothing(running_gateway: Running) -> None:
    body = {"id": "no good", "family": "tasmotta", "address": "x", "area": "cellar", "interval_s": -1}
    status, said = asked(running_gateway, "POST", "/api/devices?check=true", body)
    assert 409 == status
    assert {"id", "family", "area", "interval_s"} == {fault["column"] for fault in said["faults"]}
    assert (409, said) == asked(running_gateway, "POST", "/api/devices", body)
    assert 404 == asked(running_gateway, "GET", "/api/devices/no good".replace(" ", "%20"))[0]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": "a", "family": "keyarea", "address": "a", "area": "store", "colour": "red"},
        {"id": "a", "family": "keyarea", "address": "a", "area": "store", "position": [1]},
        {"id": "a", "family": "keyarea", "address": "a", "area": "store", "name": "\ud800"},
        {"id": "a", "family": "keyarea", "address": "a", "area": "store", "name": "x" * 201},
        {"id": "a", "family": "keyarea", "address": "a", "area": "store", "signals": ["smoke"] * 101},
    ],
)
def test_a_body_that_is_no_device_is_422(running_gateway: Running, body: dict[str, Any]) -> None:
    status, said = asked(running_gateway, "POST", "/api/devices", body)
    assert 422 == status
    assert said["error"]


@pytest.mark.parametrize("name", ["two\nlines", "bell\x07", "back\u202ewards", "nul\x00"])
def test_names_are_one_line_of_printable_characters(running_gateway: Running, name: str) -> None:
    body = {"id": "a1", "family": "keyarea", "address": "a1", "area": "store", "name": name}
    status, said = asked(running_gateway, "POST", "/api/devices", body)
    assert (409, ["name"]) == (status, [fault["column"] for fault in said["faults"]])


def by_two(running: Running, path: str, body: dict[str, Any]) -> None:
    """An order that takes a fire detector out of service: it waits until somebody else has consented."""
    status, said = asked(running, "POST", path, body)
    assert (202, False, True) == (status, said["done"], said["waits"])
    device = path.split("/")[3]
    waiting = running.client("tom").get("/api/workflows/consent/cases")
    assert [said["case"]] == [case["id"] for case in waiting if case["content"]["devices"] == [device]]
    running.client("olga").post("/api/workflows/consent/give", {"case": said["case"]})


def test_a_device_is_described_anew_exchanged_and_retired_and_its_history_tells(running_gateway: Running) -> None:
    adopt(running_gateway, "new-2")
    path = "/api/devices/new-2"
    status, _ = asked(running_gateway, "POST", f"{path}/amend", {"name": "North door", "position": [0.2, 0.5]})
    assert 200 == status
    amended = asked(running_gateway, "GET", path)[1]
    assert ("North door", [0.2, 0.5], "store") == (amended["name"], amended["position"], amended["area"])
    assert 409 == asked(running_gateway, "POST", f"{path}/amend", {"area": "cellar"})[0]
    hardware = {"family": "keyarea", "address": "new-2b", "note": "battery leaked"}
    by_two(running_gateway, f"{path}/replace", hardware)
    running_gateway.readings("new-2", smoke=True)  # the old thing is nobody now
    assert waiting(running_gateway, "new-2")["proposed"]["id"] != "new-2"
    by_two(running_gateway, f"{path}/retire", {"note": "wall taken down"})
    assert 404 == asked(running_gateway, "GET", path)[0]
    told = asked(running_gateway, "GET", f"{path}/history")[1]
    assert ["adopted", "amended", "replaced", "retired"] == [change["action"] for change in told]
    assert ("new-2", "new-2b") == (told[2]["old"]["address"], told[2]["new"]["address"])


def test_a_sender_is_rejected_counted_and_readmitted(running_gateway: Running) -> None:
    running_gateway.readings("lamp-1", smoke=False)
    sender = waiting(running_gateway, "lamp-1")
    body = {"family": sender["family"], "address": "lamp-1", "note": "no sensor"}
    assert 200 == asked(running_gateway, "POST", "/api/quarantine/reject", body)[0]
    running_gateway.readings("lamp-1", smoke=False)

    def counted() -> list[int]:
        turned_away = asked(running_gateway, "GET", "/api/quarantine/rejected")[1]
        return [sender["messages"] for sender in turned_away if sender["address"] == "lamp-1"]

    assert [1] == wait_until(lambda: counted() if counted() != [0] else None, "it is counted")
    assert 409 == asked(running_gateway, "POST", "/api/quarantine/reject", body)[0]
    assert 200 == asked(running_gateway, "POST", "/api/quarantine/readmit", body)[0]
    assert [] == counted()


def test_a_commissioning_is_followed_and_recorded(running_gateway: Running) -> None:
    adopt(running_gateway, "new-3")
    assert 200 == asked(running_gateway, "POST", "/api/devices/new-3/commission", {})[0]

    def walk() -> dict[str, Any]:
        found: dict[str, Any] = next(
            walk for walk in asked(running_gateway, "GET", "/api/commissionings")[1] if walk["device"] == "new-3"
        )
        return found

    assert ("tom", None, 0) == (walk()["by"], walk()["triggered"], walk()["measured"]["messages"])
    running_gateway.readings("new-3", smoke=True)
    seen = wait_until(lambda: walk() if walk()["triggered"] else None, "the trigger is seen")
    assert "smoke" == seen["measured"]["trigger"]
    status, said = asked(running_gateway, "POST", "/api/devices/new-3/finish", {})
    assert 409 == status
    assert "spoken once only" in said["error"]
    assert 200 == asked(running_gateway, "POST", "/api/devices/new-3/finish", {"note": "hall closes"})[0]
    record = asked(running_gateway, "GET", "/api/devices/new-3/history")[1][-1]
    assert ("commissioned", "smoke", "hall closes") == (record["action"], record["measured"]["trigger"], record["note"])


# -- lists -----------------------------------------------------------------------------------------------------


def test_a_list_goes_out_is_edited_and_comes_in_whole(running_gateway: Running) -> None:
    adopt(running_gateway, "new-4", name="=1+1")
    status, text = asked(running_gateway, "GET", "/api/device-list?area=store")
    assert 200 == status
    (row,) = [line for line in text.splitlines() if line.startswith("new-4,")]
    assert "'=1+1" in row
    title = text.splitlines()[0].lstrip("\ufeff")
    renamed = row.replace("'=1+1", "化学品库 北")
    new = f"{title}\r\n{renamed}\r\nnew-5,,,store,smoke_detector,keyarea,new-5,,,smoke,,,,\r\n"
    counts = {"checked_only": True, "adopted": 1, "reinstated": 0, "amended": 1, "replaced": 0}
    assert (200, counts) == counted(asked(running_gateway, "POST", "/api/device-list?check=true", new.encode()))
    assert 404 == asked(running_gateway, "GET", "/api/devices/new-5")[0]
    note = quote("第一批")
    assert (200, counts | {"checked_only": False}) == counted(
        asked(running_gateway, "POST", f"/api/device-list?note={note}", new.encode())
    )
    assert "化学品库 北" == asked(running_gateway, "GET", "/api/devices/new-4")[1]["name"]
    assert "第一批" == asked(running_gateway, "GET", "/api/devices/new-5/history")[1][-1]["note"]
    nothing = {"checked_only": False, "adopted": 0, "reinstated": 0, "amended": 0, "replaced": 0}
    assert (200, nothing) == counted(asked(running_gateway, "POST", "/api/device-list", new.encode()))


def test_every_fault_of_a_list_is_named_and_nothing_is_imported(running_gateway: Running) -> None:
    content = "id,family,address,area\nok-1,keyarea,ok-1,store\nbad,keyarea,q1,cellar\nbad,keyarea,ok-1,store\n"
    status, said = asked(running_gateway, "POST", "/api/device-list", content.encode())
    assert 409 == status
    assert [(3, "area"), (4, "id")] == [(fault["row"], fault["column"]) for fault in said["faults"]]
    assert 404 == asked(running_gateway, "GET", "/api/devices/ok-1")[0]


def test_only_who_may_import_makes_the_gateway_hold_a_large_body(running_gateway: Running) -> None:
    large = b"id,family,address,area\n" + b"x" * (4 * 1024 * 1024)
    assert 413 == asked(running_gateway, "POST", "/api/device-list", large)[0]
    within = b"id,family,address,area\n" + b"\n" * 200_000
    assert 409 == asked(running_gateway, "POST", "/api/device-list", within)[0]
    assert 403 == asked(running_gateway, "POST", "/api/device-list", within, user="olga")[0]
    assert 413 == asked(running_gateway, "POST", "/api/devices", b"x" * 70_000)[0]


def test_the_labels_of_an_area_come_as_pdf(running_gateway: Running) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", running_gateway.port, timeout=PATIENCE_S)
    headers = {"Authorization": f"Bearer {running_gateway.client('tom').token}"}
    connection.request("GET", "/api/device-labels?area=office&sheet=3x7", headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    assert (200, "application/pdf") == (answer.status, answer.getheader("content-type"))
    assert f"{running_gateway.url}/console/devices/door-1" in codes(content)[0]
    assert 409 == asked(running_gateway, "GET", "/api/device-labels?area=nowhere")[0]
    assert 409 == asked(running_gateway, "GET", "/api/device-labels?sheet=1x1")[0]


def alert_of(running: Running, key: str, **wanted: Any) -> dict[str, Any]:
    """That device's open alert once it is so."""

    def found() -> dict[str, Any] | None:
        alerts = asked(running, "GET", "/api/alerts?open=true")[1]["alerts"]
        fits = [a for a in alerts if a["key"] == key and all(a[name] == value for name, value in wanted.items())]
        return fits[0] if fits else None

    alert = wait_until(found, f"an alert of {key}: {wanted}")
    assert isinstance(alert, dict)
    return alert


def test_smoke_of_a_device_that_nobody_adopted_is_an_alert_and_stays_one_when_it_is(own_gateway: Running) -> None:
    """Kept by the broker while nobody listened; a flood of invented names; killed; adopted while it stands."""
    running = own_gateway
    assert running.gateway.stop() == 0
    running.readings("attic-1", smoke=True, battery=90, retain=True)
    running.gateway.start()
    alert = alert_of(running, "line:mqtt", occurrences=1)
    assert ("supervisory", 2, "gateway") == tuple(alert[name] for name in ("alert_class", "priority", "area"))
    assert alert["text"] == "Unregistered device: smoke reported by keyarea attic-1"
    for number in range(300):
        running.readings(f"invented-{number}", smoke=True)
    waiting(running, "invented-299")
    running.gateway.kill()
    running.gateway.start()
    kept = alert_of(running, "line:mqtt")
    assert (alert["id"], True) == (kept["id"], kept["occurrences"] <= 30)
    proposed = waiting(running, "attic-1")["proposed"]
    wanted = ("id", "family", "address", "kind", "signals")
    body = {**{key: proposed[key] for key in wanted}, "area": "store"}
    assert (200, "adopted") == changed(asked(running, "POST", "/api/devices", body))
    alert_of(running, "attic-1", alert_class="fire", active=True)
    entries = running.client("olga").get("/api/ledger?book=alerts&limit=1000")["entries"]
    told = [entry["fields"]["key"] for entry in entries if entry["fields"]["action"] == "raised"]
    assert ["line:mqtt", "attic-1"] == told
    running.publish(f"{running.base}/attic-1/readings", b"", retain=True)
