"""Workflows over the API of a real gateway: two people, the stream in Chinese, the ledger, the second start."""

import tomllib
from typing import Any

from tests.rim.conftest import Running
from tests.rim.processes import Client, wait_until

TICKET = {
    "area": "store", "place": "tank 3", "work": "weld a flange", "level": "first", "hours": 4, "worker": "Zhao",
    "certificate": "T-1", "watcher": "Qian", "devices": ["smoke-1"],
}  # fmt: skip


def test_hot_work_from_the_ticket_to_the_detector_that_is_held_back(own_gateway: Running) -> None:
    tom, olga = own_gateway.client("tom"), own_gateway.client("olga")
    status, asked = tom.try_post("/api/workflows/hot_work/issue", TICKET)
    assert (202, True) == (status, asked["waits"])
    (waiting,) = olga.get("/api/workflows/consent/cases")
    assert asked["case"] == waiting["id"]
    status, ticket = olga.try_post("/api/workflows/consent/give", {"case": waiting["id"]})
    assert (200, False) == (status, ticket["waits"])
    case = ticket["case"]
    tom.post("/api/workflows/hot_work/test_gas", {"case": case, "point": "manhole", "value": 0.5})
    again = tom.post("/api/workflows/hot_work/start", {"case": case})
    olga.post("/api/workflows/consent/give", {"case": again["case"]})
    (open_ticket,) = tom.get("/api/workflows/hot_work/cases")
    assert ("working", ["smoke-1"]) == (open_ticket["content"]["stage"], open_ticket["content"]["devices"])

    own_gateway.readings("smoke-1", smoke=True)
    held = wait_until(
        lambda: next((a for a in olga.get("/api/alerts?open=true")["alerts"] if a["key"] == "smoke-1"), None),
        "the smoke of the work",
    )
    assert "hot_work" == held["aside"]["reason"]
    own_gateway.gateway.kill()
    own_gateway.gateway.start()
    olga = own_gateway.client("olga")
    (open_ticket,) = olga.get("/api/workflows/hot_work/cases")
    assert case == open_ticket["id"]
    entries = olga.get("/api/ledger?book=hot_work")["entries"]
    assert {"issued", "gas_tested", "started"} <= {entry["fields"]["step"] for entry in entries}


def test_who_may_not_ask_is_told_and_a_wrong_form_too(own_gateway: Running) -> None:
    olga, tom = own_gateway.client("olga"), own_gateway.client("tom")
    assert 403 == olga.try_post("/api/workflows/hot_work/issue", TICKET)[0]
    assert 422 == tom.try_post("/api/workflows/hot_work/issue", {**TICKET, "level": "fourth"})[0]
    assert 422 == tom.try_post("/api/workflows/hot_work/issue", {**TICKET, "by": "olga"})[0]
    assert 409 == tom.try_post("/api/workflows/hot_work/issue", {**TICKET, "hours": 9})[0]


def test_every_workflow_is_listed_in_the_callers_language(own_gateway: Running) -> None:
    listed = {flow["name"]: flow for flow in own_gateway.client("olga").get("/api/workflows?lang=zh")}
    assert "动火作业" == listed["hot_work"]["title"]
    assert {"issue", "test_gas", "start", "pause", "finish"} == {ask["tag"] for ask in listed["hot_work"]["asks"]}
    form = own_gateway.client("olga").get("/api/openapi.json")["paths"]["/api/workflows/hot_work/issue"]["post"]
    assert "A new ticket" == form["summary"]


def test_a_rule_is_changed_by_two_tried_before_and_stays_so_after_a_restart(own_gateway: Running) -> None:
    tom, ada = own_gateway.client("tom"), own_gateway.client("ada")
    own_gateway.readings("smoke-1", smoke=False)
    known = _rule(tom, "smoke")
    assert 1 == known["number"]
    about = ("version", "number", "since", "by", "second")
    changed = {"rule": {name: value for name, value in known.items() if name not in about} | {"hold_s": 5}}
    assert tom.try_post("/api/rules/propose?check=true", changed)[1]["trial"]
    status, proposed = tom.try_post("/api/rules/propose", changed)
    assert (200, 403) == (status, tom.try_post("/api/workflows/rule_change/approve", {"case": proposed["case"]})[0])
    assert 0 == _rule(tom, "smoke")["hold_s"]
    ada.post("/api/workflows/rule_change/approve", {"case": proposed["case"]})
    wait_until(lambda: _rule(tom, "smoke")["hold_s"] == 5, "the approved rule")
    where = ("--data", str(own_gateway.data))
    exported = tomllib.loads(own_gateway.gateway.keyarea("rules", "export", *where).stdout)["rules"]
    assert [5] == [rule["hold_s"] for rule in exported if rule["name"] == "smoke"]
    assert {rule["name"] for rule in tom.get("/api/rules") if rule["number"]} == {rule["name"] for rule in exported}
    missing = own_gateway.gateway.keyarea("rules", "suggest", *where).stdout
    (area,) = {each["area"] for each in tom.get("/api/rules/suggestions?area=office")}
    assert ("office", True) == (area, all(rule["name"] for rule in tomllib.loads(missing)["rules"]))
    own_gateway.gateway.kill()
    own_gateway.gateway.start()
    tom = own_gateway.client("tom")
    found = _rule(tom, "smoke")
    assert (2, 5, "tom", "ada") == (found["number"], found["hold_s"], found["by"], found["second"])
    assert found["version"] != known["version"]
    entries = own_gateway.client("ada").get("/api/ledger?book=rule_change")["entries"]
    assert ["adopted", "proposed", "in_force"] == [entry["fields"]["step"] for entry in entries]


def _rule(client: Client, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(rule for rule in client.get("/api/rules") if rule["name"] == name)
    return found
