"""A silent hold-up: on the screens of the account that the site names, and nowhere else."""

import http.client
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.rim.browsing import sign_in, sign_in_by_hand
from tests.rim.conftest import Running, serving, site
from tests.rim.processes import PATIENCE_S, Client, Mosquitto, free_port, wait_until
from tests.rim.test_console_sound import hears

TABLES = """
[[devices]]
id = "desk"
family = "keyarea"
address = "desk"
area = "office"
name = "Button under the desk"
kind = "panic_button"
signals = ["panic", "battery"]

[[rules]]
kind = "state"
name = "hold-up"
title = "Button"
alert_class = "hold_up"
priority = 1
signals = ["panic"]
procedure = "1. Do not call the room."
"""
HOLD_UP = re.compile(r"HOLD-UP|劫持|Button ·|panic", re.IGNORECASE)
MUTE, SILENT = "screens:sound", "screens:silent"


@pytest.fixture
def bank(broker: Mosquitto, tmp_path: Path) -> Iterator[Running]:
    """Silent alarms are for the screens of olga."""
    web, name = free_port(), tmp_path.name
    text = site(broker.port, web, smokes=2, name=name) + TABLES
    text = text.replace('name = "Test site"', 'name = "Test site"\nsilent_alarm_screens = ["olga"]')
    with serving(tmp_path, text, web, broker, name) as running:
        running.readings("desk", panic=False, battery=90)
        yield running


def hold_up(client: Client) -> dict[str, object] | None:
    found = client.get("/api/alerts?open=true")["alerts"]
    return next((alert for alert in found if alert["key"] == "desk"), None)


def own(client: Client, key: str) -> str:
    """The state of the gateway's own alert with that key, "" if there is none."""
    found = client.get("/api/alerts?open=true")["alerts"]
    return next((alert["state"] for alert in found if alert["key"] == key), "")


def _metrics_of(running: Running, client: Client) -> str:
    """What somebody who is signed in reads of the metrics."""
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE_S)
    connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {client.token}"})
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def listed(page: Page, path: str) -> str:
    """All that a page shows, once it is up to date."""
    page.goto(path)
    expect(page.locator("body")).to_have_attribute("data-live", "live")
    expect(page.locator("#data-age")).to_have_text(re.compile(r"\d"))
    wait_until(lambda: page.evaluate("performance.now() > 2500"), "the page has had time")
    return (
        page.locator("body").inner_text().replace("door-armed, hold-up", "")
    )  # that there is such a rule is no secret


def test_it_sounds_and_shows_on_the_named_screens_alone(browser: Browser, bank: Running) -> None:
    """On no page and in no answer or stream of anybody else, not even of the administrator."""
    named, other = sign_in_by_hand(browser, bank.url, "olga"), sign_in(browser, bank.url, "ada")
    olga, ada = bank.client("olga"), bank.client("ada")
    wait_until(lambda: any(screen["account"] == "olga" for screen in ada.get("/api/screens")), "olga's receipt")
    heard: list[str] = []
    other.on("console", lambda line: heard.append(line.text))
    stream = ada.events()
    next(stream)
    before = {name: ada.get("/api/health")[name] for name in ("open_alerts", "unacknowledged")}
    bank.readings("desk", panic=True)
    hears(named, "keyarea sounds 1: 4 tones")
    expect(named.locator(".ka-strip")).to_contain_text("HOLD-UP · Office")
    expect(named.locator(".ka-alerts tbody tr").first).to_contain_text("HOLD-UP")
    alert = hold_up(olga)
    assert alert is not None
    for path in ("/", "/areas", "/console/devices", "/console/devices/desk", "/manager", "/console/waiting"):
        text = listed(other, bank.url + path)
        assert not HOLD_UP.search(text.replace("Panic button", "")), (path, text)
    assert "all well" in listed(other, f"{bank.url}/console/devices/desk")
    assert [] == [text for text in heard if text.startswith("keyarea sounds")]
    assert hold_up(ada) is None
    assert before == {name: ada.get("/api/health")[name] for name in before}
    assert ["battery"] == [reading["signal"] for reading in ada.get("/api/devices/desk")["latest"]]
    office = {area["id"]: area for area in ada.get("/api/areas")}["office"]
    assert ("", 0) == (office["worst"], office["open_alerts"])
    entries = [entry["fields"] for entry in ada.get("/api/ledger?limit=1000")["entries"]]
    assert [] == [fields for fields in entries if fields.get("alert") == alert["id"]]
    with pytest.raises(AssertionError, match="404"):
        ada.get(f"/api/alerts/{alert['id']}")
    with pytest.raises(AssertionError, match="no such open alert"):
        ada.post(f"/api/alerts/{alert['id']}/acknowledge")
    tick = {"step": "hold_up_look"}
    asked = [ada.try_post(f"/api/responses/{case}/tick", tick) for case in (alert["id"], "ab" * 8)]
    assert asked[0] == asked[1], "its response is answered as if there were none"
    assert "keyarea_alert_events" not in _metrics_of(bank, ada)
    assert "keyarea_alert_events" in bank.metrics(), "whoever has the token reads all of it"
    bank.readings("smoke-1", smoke=True)
    kinds = []
    for _, kind, data in stream:
        kinds.append((kind, data.get("alert", {}).get("key")))
        if kinds[-1] == ("alert", "smoke-1"):
            break
    assert ("alert", "desk") not in kinds
    bank.readings("desk", panic=False)
    wait_until(lambda: not (hold_up(olga) or {}).get("active"), "the button is let go")
    for verb, body in (("acknowledge", {}), ("reset", {}), ("close", {"disposition": "confirmed", "note": "two men"})):
        olga.post(f"/api/alerts/{alert['id']}/{verb}", body)
    assert ada.get(f"/api/alerts/{alert['id']}")["alert"]["disposition"] == "confirmed"
    named.context.close()
    other.context.close()


def test_with_no_named_screen_open_the_control_rooms_show_it_without_a_sound(browser: Browser, bank: Running) -> None:
    """A fault says beforehand that none is open; other pages and the API still say nothing of the hold-up."""
    room = sign_in(browser, bank.url, "ada")
    heard: list[str] = []
    room.on("console", lambda line: heard.append(line.text))
    ada = bank.client("ada")
    wait_until(lambda: own(ada, SILENT) == "unacknowledged", "a fault: no screen for silent alarms")
    expect(room.locator(".ka-alerts").first).to_contain_text("No screen for silent alarms is open")
    found = ada.get("/api/alerts?open=true")["alerts"]
    for alert in found:
        ada.post(f"/api/alerts/{alert['id']}/acknowledge")
    for alert in found:  # the page has heard of it, and its speaker with it
        shown = room.locator(".ka-alerts tbody tr", has_text=alert["text"].partition(":")[0])
        expect(shown.first).to_contain_text("acknowledged")
    heard.clear()
    bank.readings("desk", panic=True)
    row = room.locator(".ka-alerts tbody tr", has_text="HOLD-UP")
    expect(row).to_be_visible()
    expect(room.locator(".ka-strip")).to_be_hidden()
    assert hold_up(ada) is None
    other = sign_in(browser, bank.url, "mia")
    for path in ("/", "/areas", "/manager"):
        assert not HOLD_UP.search(listed(other, bank.url + path)), path
    assert [] == [text for text in heard if text.startswith("keyarea sounds")]
    row.click()
    room.keyboard.press("a")
    expect(row).to_contain_text("acknowledged")
    named = sign_in(browser, bank.url, "olga")
    expect(named.locator(".ka-alerts tbody tr", has_text="HOLD-UP")).to_be_visible()
    expect(row).to_be_hidden()
    wait_until(lambda: own(ada, SILENT) == "", "the fault is over")
    for page in (room, other, named):
        page.context.close()


def test_duress_told_by_an_unregistered_device_is_as_silent(bank: Running) -> None:
    """It waits with all else that it said; what it said of duress is for the named account alone."""
    olga, ada = bank.client("olga"), bank.client("ada")
    bank.publish(f"{bank.base}/keypad/readings", {"readings": {"duress": True, "battery": 80}})

    def strangers(client: Client) -> list[str]:
        found = client.get("/api/alerts?open=true")["alerts"]
        return [alert["text"] for alert in found if alert["rule"].startswith("gateway-unregistered")]

    wait_until(lambda: strangers(olga), "an alert about the stranger")
    assert "duress reported by" in strangers(olga)[0]
    assert [] == strangers(ada)
    (waiting,) = ada.get("/api/quarantine")
    assert ({"battery": 80}, []) == (waiting["signals"], waiting["dangers"])
