"""Every route at its border: sessions, roles, hostile requests, documents."""

import http.client
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.rim.conftest import Running
from tests.rim.processes import PASSWORD, PATIENCE_S, USERS, Client, wait_until

OPEN_TO_ALL = {"POST /api/session", "GET /healthz", "GET /healthz/alarms"}


def ask(
    running: Running, method: str, path: str, *, body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], str]:
    """Status, headers and text."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE_S)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    told = {name.lower(): value for name, value in reversed(answer.getheaders())}  # the first of a name
    text = (
        "" if told.get("content-type", "").startswith("text/event-stream") else answer.read().decode(errors="replace")
    )
    connection.close()
    return answer.status, told, text


def routes(running: Running) -> list[tuple[str, str]]:
    """(method, path) of every documented route."""
    document = json.loads(ask(running, "GET", "/api/openapi.json")[2])
    return [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]


def in_the_manual(path: str) -> str:
    """As the manual has it: what is asked of workflows is described once for all of them."""
    if re.fullmatch(r"/api/workflows/\w+/cases", path):
        return "/api/workflows/{workflow}/cases"
    return re.sub(r"^/api/workflows/\w+/\w+$", "/api/workflows/{workflow}/{ask}", path)


def filled(path: str) -> str:
    """A path with something in the place of each name."""
    return re.sub(r"{\w+}", "x", path)


def test_no_route_answers_without_a_session(running_gateway: Running) -> None:
    """But signing in, and what a watchdog asks."""
    answers = {
        f"{method} {path}": ask(
            running_gateway, method, re.sub(r"{\w+}", "x", path), body=b"{}", content_type="application/json"
        )
        for method, path in routes(running_gateway)
    }
    assert len(answers) > 20
    refused = {route for route, (status, _, _) in answers.items() if status == 401}
    assert refused == set(answers) - OPEN_TO_ALL


def test_every_route_is_in_the_manual(running_gateway: Running) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    assert [] == [f"{m} {p}" for m, p in routes(running_gateway) if f"`{m} {in_the_manual(p)}`" not in manual]


def test_the_manual_tells_the_roles(running_gateway: Running) -> None:
    """Each route refuses with 403 exactly the roles that docs/api.md does not name."""
    manual = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    named = dict(re.findall(r"^\| `(\w+ \S+)` \| ([^|]+) \|", manual, re.MULTILINE))
    tokens = {role: running_gateway.client(user).token for user, role in USERS.items()}
    for route, roles in named.items():
        if route in OPEN_TO_ALL or route == "DELETE /api/session":
            continue
        method, path = route.split()
        for role, token in tokens.items():
            status, _, text = ask(
                running_gateway,
                method,
                filled(path),
                body=b"{}" if method == "POST" else None,
                content_type="application/json",
                authorization=f"Bearer {token}",
            )
            may = role in roles or (roles.startswith("all") and role != "kiosk")
            assert (status == 403) == (not may), (route, role, status, text)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/session", b"", 422),
        ("/api/session", b"[" * 60_000, 400),
        ("/api/session", b'{"user": "olga", "password": "x", "role": "admin"}', 422),
        ("/api/session", b'{"user": {"a": 1}, "password": "x"}', 422),
        ("/api/session", b'{"user": "nobody", "password": "wrong-password"}', 401),
        ("/api/session", b'{"user": "' + b"x" * 70_000 + b'", "password": "x"}', 413),
        ("/api/devices", b'{"id": "x", "family": "keyarea", "address": "x"}', 422),
        ("/api/devices", b'{"id": "x", "family": "keyarea", "address": "x", "area": ""}', 422),
        ("/api/records", b'{"book": "no such book", "fields": {}}', 409),
        ("/api/alerts/none/acknowledge", b"{}", 409),
        ("/api/alerts/none/close", b'{"disposition": "whatever"}', 422),
        ("/api/workflows/consent/give", b'{"case": "none"}', 409),
        ("/api/workflows/consent/give", b'{"by": "wang"}', 422),
        ("/api/areas/nowhere/mode", b'{"mode": "armed"}', 409),
        ("/api/areas/store/mode", b'{"mode": "no such mode"}', 409),
    ],
)
def test_what_cannot_be_is_refused_in_words(running_gateway: Running, path: str, body: bytes, status: int) -> None:
    token = running_gateway.client("ada").token
    answer, _, text = ask(
        running_gateway, "POST", path, body=body, content_type="application/json", authorization=f"Bearer {token}"
    )
    assert answer == status, text
    assert json.loads(text)["error"]


@pytest.mark.parametrize(
    "query",
    [
        "device=smoke-0&signal=temperature&start=yesterday&end=now",
        "device=nobody&signal=temperature&start=0&end=1",
        "device=smoke-0&signal=temperature&start=0&end=99999999999999&step=1s",
        "device=smoke-0&signal=temperature&start=0&end=1&aggregate=sum",
        "device=smoke-0&signal=temperature&start=0&end=1&step=5",
        "device=smoke-0",
    ],
)
def test_impossible_ranges_are_refused(running_gateway: Running, query: str) -> None:
    token = running_gateway.client("olga").token
    status, _, text = ask(running_gateway, "GET", f"/api/readings?{query}", authorization=f"Bearer {token}")
    assert status in (404, 422)
    assert json.loads(text)["error"]


def test_answers_carry_safe_headers(running_gateway: Running) -> None:
    _, headers, _ = ask(running_gateway, "GET", "/api/alerts")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_a_cookie_is_not_enough_from_another_site(running_gateway: Running) -> None:
    """A page of somebody else cannot acknowledge for an operator who is signed in."""
    credentials = json.dumps({"user": "olga", "password": PASSWORD}).encode()
    _, headers, _ = ask(running_gateway, "POST", "/api/session", body=credentials, content_type="application/json")
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    asked: dict[str, Any] = {
        "body": b"{}",
        "content_type": "application/json",
        "cookie": cookie.partition(";")[0],
    }
    status, _, _ = ask(running_gateway, "POST", "/api/alerts/x/acknowledge", origin="http://evil.example", **asked)
    assert status == 403
    own = f"http://127.0.0.1:{running_gateway.port}"
    status, _, _ = ask(running_gateway, "POST", "/api/alerts/x/acknowledge", origin=own, **asked)
    assert status == 409


def test_a_signed_out_token_is_worth_nothing(running_gateway: Running) -> None:
    token = Client(running_gateway.port, "olga").token
    assert ask(running_gateway, "GET", "/api/me", authorization=f"Bearer {token}")[0] == 200
    assert ask(running_gateway, "DELETE", "/api/session", authorization=f"Bearer {token}")[0] == 200
    assert ask(running_gateway, "GET", "/api/me", authorization=f"Bearer {token}")[0] == 401


def test_an_area_is_armed_and_a_record_is_written(running_gateway: Running) -> None:
    client = running_gateway.client("olga")
    assert client.post("/api/areas/store/mode", {"mode": "armed"})["done"]
    assert {area["id"]: area["mode"] for area in client.get("/api/areas")}["store"] == "armed"
    client.post("/api/areas/store/mode", {"mode": "disarmed"})
    entries = running_gateway.client("mia").get("/api/ledger?book=arming&limit=1000")["entries"]
    newest = [entry for entry in entries if entry["area"] == "store"][-2:]
    assert [("olga", "armed"), ("olga", "disarmed")] == [(entry["by"], entry["fields"]["mode"]) for entry in newest]


def test_an_alert_is_told_in_the_callers_language_and_written_in_the_sites(running_gateway: Running) -> None:
    client = running_gateway.client("olga")
    device = running_gateway.fresh_smoke()
    running_gateway.readings(device, smoke=True)
    english, chinese = (
        wait_until(
            lambda path=path: next((a for a in client.get(path)["alerts"] if a["key"] == device), None), "the alert"
        )
        for path in ("/api/alerts?open=true", "/api/alerts?open=true&lang=zh")
    )
    assert english["text"].endswith(f"smoke of {device} active")
    assert chinese["text"].endswith(f"{device} 的烟雾报警 动作")
    assert english["message"] == chinese["message"]
    path = f"/api/alerts/{english['id']}?lang=zh"
    step = wait_until(lambda: next(iter(client.get(path)["history"]), None), "the stored step")
    assert chinese["text"] == step["alert"]["text"]
    entries = running_gateway.client("mia").get("/api/ledger?book=alerts&limit=1000")["entries"]
    fields = next(entry["fields"] for entry in entries if entry["fields"]["alert"] == english["id"])
    assert (english["text"], english["message"]["key"]) == (fields["text"], fields["text_key"])
    assert english["message"]["params"] == json.loads(fields["text_params"])
