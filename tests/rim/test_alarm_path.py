"""An alarm's whole way in a running gateway: to a real page and its sound, past one that draws nothing, outside."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from websockets.sync.client import connect

from tests.gateway.notify.peers import WebServer
from tests.rim.browsing import sign_in, sign_in_by_hand
from tests.rim.conftest import Running, serving, site
from tests.rim.processes import Mosquitto, free_port, wait_until

CHANNEL = """
[[channels]]
id = "hook"
kind = "webhook"
url = "http://127.0.0.1:{web}/checks"
allow = ["127.0.0.1/32"]
timeout_s = 1

[alarm_path]
channel = "hook"
"""


def links(running: Running) -> dict[str, str]:
    """How each link stands."""
    return {each["link"]: each["state"] for each in running.client().get("/api/alarm-path")["links"]}


def checked(running: Running) -> dict[str, Any]:
    """What the path looks like after one more check."""
    before = running.client().get("/api/alarm-path")["checked"]
    running.client().post("/api/alarm-path/check", {})
    seen = wait_until(
        lambda: (now := running.client().get("/api/alarm-path"))["checked"] != before and now, "one more check"
    )
    return dict(seen)


def deaf_page(browser: Browser, running: Running) -> Page:
    """A page whose audio device stands: its context says that it runs, and its clock does not go on."""
    context = browser.new_context()
    context.add_init_script(
        "Object.defineProperty(BaseAudioContext.prototype, 'currentTime', { get: () => 7 });"
        "Object.defineProperty(BaseAudioContext.prototype, 'state', { get: () => 'running' });"
    )
    token = running.client("ada").token
    context.add_cookies([{"name": "keyarea_session", "value": token, "url": running.url}])
    page = context.new_page()
    page.goto(running.url)
    return page


def sounds(running: Running, account: str) -> list[str]:
    """What the pages of that account say of their sound."""
    return [each["sound"] for each in running.client().get("/api/screens") if each["account"] == account]


def told(running: Running) -> set[str]:
    """The links that an open alert of the highest priority names."""
    alerts = running.client().get("/api/alerts?open=true")["alerts"]
    keys = {alert["key"] for alert in alerts if alert["priority"] == 1}
    return {key.removeprefix("part:path:") for key in keys if key.startswith("part:path:")}


@contextmanager
def mute_page(running: Running) -> Iterator[None]:
    """A page that is alive, can sound by its own word, and draws nothing."""
    token, host = running.client("olga").token, running.url.removeprefix("http://")
    headers = {"Cookie": f"keyarea_session={token}"}
    with connect(f"ws://{host}/api/board/live", origin=running.url, additional_headers=headers) as link:  # type: ignore[arg-type]
        link.send(json.dumps({"path": "/", "sound": "running"}))
        wait_until(lambda: "olga" in [page["account"] for page in running.client().get("/api/screens")], "its receipt")
        yield


def test_a_check_reaches_a_real_page_and_a_fire_is_followed_to_it(browser: Browser, own_gateway: Running) -> None:
    """The check is drawn in no list and makes no tone that the page would tell of; the fire does both."""
    page = sign_in_by_hand(browser, own_gateway.url, "olga")
    heard: list[str] = []
    page.on("console", lambda line: heard.append(line.text))
    wait_until(lambda: own_gateway.client().get("/api/screens"), "the page's receipt")
    path = checked(own_gateway)
    assert [("olga", "/", "tone")] == [(each["account"], each["path"], each["sound"]) for each in path["screens"]]
    assert {"engine": "ok", "store": "ok", "stream": "ok", "screens": "ok", "messages": "unused"} == links(own_gateway)
    assert [] == [text for text in heard if text.startswith("keyarea sounds")]
    expect(page.locator(".ka-alerts tbody tr")).to_have_count(0)
    assert [] == own_gateway.client().get("/api/alerts")["alerts"]
    assert 'keyarea_alert_events_total{action="raised"' not in own_gateway.metrics()

    own_gateway.readings("smoke-1", smoke=True)
    (alert,) = wait_until(lambda: own_gateway.client().get("/api/alerts?open=true")["alerts"], "the fire")

    def way() -> list[tuple[str, ...]]:
        steps = own_gateway.client().get(f"/api/alerts/{alert['id']}/way")
        return [(each["stage"], each["who"], each["how"], each["sound"]) for each in steps]

    wait_until(lambda: ("drawn", "olga", "drawn", "tone") in way(), "the page's receipt")
    assert ["device", "received", "raised", "stored", "drawn"] == [stage for stage, *_ in way()]
    page.locator(".ka-alerts tbody tr").first.click()
    expect(page.locator(".ka-panel")).to_contain_text("drawn for olga (/): tone began")
    page.context.close()
    stuck = deaf_page(browser, own_gateway)
    wait_until(lambda: sounds(own_gateway, "ada") == ["blocked"], "it says that it cannot sound")
    assert [("ada", "blocked")] == [(each["account"], each["sound"]) for each in checked(own_gateway)["screens"]]
    stuck.context.close()
    small = sign_in(browser, own_gateway.url, "tom", "zh", width=390, at="/console/alarm-path")
    expect(small.locator("#alarm-path-links")).to_contain_text("畅通")
    assert 0 <= small.evaluate("document.documentElement.clientWidth - document.documentElement.scrollWidth")
    small.get_by_role("button", name="立即自检").click()
    expect(small).to_have_url(f"{own_gateway.url}/console/alarm-path")
    small.context.close()


@pytest.mark.slow
def test_a_page_that_draws_nothing_and_a_channel_that_refuses_are_named(
    broker: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, name, web = free_port(), tmp_path.name, WebServer()
    keys = tmp_path / "keys.toml"
    keys.write_text('"notify/hook" = "a secret of the site"\n')
    keys.chmod(0o600)
    monkeypatch.setenv("KEYAREA_KEYS", str(keys))
    web.answers += [503] * 1_000
    text = site(broker.port, port, smokes=2, name=name) + CHANNEL.format(web=web.port)
    with serving(tmp_path, text, port, broker, name) as running, mute_page(running):
        checked(running)
        checked(running)
        found = links(running)
        assert ("broken", "broken", "ok") == (found["screens"], found["messages"], found["stream"])
        health = running.client().get("/api/health")["faults"]
        assert any("no screen drew a check of the alarm path: olga (/)" in fault for fault in health)
        assert any("hook did not accept" in fault and "503" in fault for fault in health)
        told = {alert["key"]: alert["priority"] for alert in running.client().get("/api/alerts?open=true")["alerts"]}
        assert 1 == told["part:path:screens"] == told["part:path:messages"]
        assert 503 == httpx.get(f"{running.url}/healthz/alarms").status_code
    web.close()
