"""Names, reasons and messages written by an enemy: text on every page; they run nothing and leave the page whole."""

import json
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running
from tests.rim.processes import GatewayProcess, Mosquitto, free_port, wait_until

TURNED = "\u202e"
"""Right-to-left override: what follows would be read backwards, beside words that are ours."""
PROBES = "<img src=x onerror=bad(1)>{{bad(2)}}\"'><svg onload=bad(3)>${bad(4)}"


def evil(word: str) -> str:
    """A name that begins with ``word`` and goes on with all that may hurt a page."""
    return f"{word}{PROBES}<script>bad(5)</script>{TURNED}moc.live\U0001f525" + "W" * 60


def calls_itself(word: str) -> str:
    """An address on MQTT: no slash in it, at most 100 characters."""
    return f"{word}<img src=x onerror=bad(6)>{{{{bad(7)}}}}{TURNED}" + "W" * 30


def site(broker: int, web: int, base: str) -> str:
    name, area, device, rule = (
        json.dumps(evil(word), ensure_ascii=False) for word in ("site", "area", "device", "rule")
    )
    return f"""\
id = "hostile"
name = {name}

[mqtt]
port = {broker}
client_id = "{base}"
[mqtt.families]
keyarea = "{base}"

[web]
port = {web}

[[areas]]
id = "vault"
name = {area}
name_zh = {area}
responsible = {area}
mode = "armed"

[[devices]]
id = "door"
family = "keyarea"
address = "door"
area = "vault"
name = {device}
name_zh = {device}
signals = ["door", "credential"]

[[devices]]
id = "leak"
family = "keyarea"
address = "leak"
area = "vault"
name = {device}
signals = ["leak"]

[[rules]]
kind = "state"
name = "forced"
title = {rule}
title_zh = {rule}
alert_class = "intrusion"
priority = 2
signals = ["door"]
procedure = {rule}
procedure_zh = {rule}
"""


@pytest.fixture(scope="module")
def hostile(broker: Mosquitto, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A gateway in which everything that can have a name of one's own has a bad one, and much has happened."""
    folder, web = tmp_path_factory.mktemp("hostile"), free_port()
    base = f"hostile-{web}"
    gateway = GatewayProcess(folder, site(broker.port, web, base), web_port=web)
    gateway.add_users()
    with gateway:
        running = Running(gateway, broker, base)
        happen(running)
        yield running
        running.close()


def happen(running: Running) -> None:
    tech, boss = running.client("tom"), running.client("ada")
    running.publish(f"{running.base}/door/readings", {"readings": {"door": False, "credential": evil("card")}})
    running.readings("door", door=True)
    running.readings("leak", leak=False)
    running.publish(f"{running.base}/leak/readings", evil("payload"))
    running.readings(calls_itself("stranger"), smoke=False)
    running.readings(calls_itself("outcast"), smoke=False)
    strangers = {calls_itself("stranger"), calls_itself("outcast")}
    wait_until(lambda: strangers <= {one["address"] for one in boss.get("/api/quarantine")}, "both strangers wait")
    away = {"family": "keyarea", "address": calls_itself("outcast"), "line": "", "note": evil("note")}
    tech.post("/api/quarantine/reject", away)
    forced = wait_until(lambda: boss.get("/api/alerts?open=true&area=vault")["alerts"], "the door is told")
    alert = next(alert for alert in forced if alert["rule"] == "forced")
    boss.post(f"/api/alerts/{alert['id']}/comment", {"note": evil("note")})
    new = {"id": "probe", "family": "keyarea", "address": "probe", "area": "vault"}
    tech.post("/api/devices", {**new, "name": evil("probe").replace(TURNED, ""), "note": evil("note")})
    tech.post("/api/devices/probe/commission", {})
    tech.post("/api/devices/probe/finish", {"note": evil("note")})
    tech.post("/api/walk-tests", {"devices": ["leak"], "note": evil("note")})
    running.readings("leak", leak=True)
    walk = boss.get("/api/walk-tests")["running"][0]["id"]
    tech.post(f"/api/walk-tests/{walk}/end", {"note": evil("note")})
    tech.post("/api/bypasses", {"devices": ["leak"], "reason": evil("reason"), "for_s": 3600})


PAGES = [
    ("/", ["rule", "area", "device"]),
    ("/areas", ["area"]),
    ("/console/devices", ["device", "area"]),
    ("/console/devices/door", ["device", "card", "rule"]),
    ("/console/devices/probe", ["probe", "note"]),
    ("/console/devices/probe/amend", ["probe", "area"]),
    ("/console/devices/probe/commissioning", ["probe", "note"]),
    (f"/console/devices/{quote(evil('nobody').replace('/', ''))}", []),  # the page that says so names nothing
    ("/console/waiting", ["stranger"]),
    (
        f"/console/adopt?{urlencode({'line': '', 'family': 'keyarea', 'address': calls_itself('stranger')})}",
        ["stranger"],
    ),
    (f"/console/adopt?{urlencode({'line': '', 'family': 'keyarea', 'address': evil('gone')})}", ["gone"]),
    (f"/console/reject?{urlencode({'line': '', 'family': 'keyarea', 'address': evil('gone')})}", ["gone"]),
    (f"/console/devices?{urlencode({'text': evil('sought'), 'area': evil('sought')})}", ["site"]),
    ("/console/walk-tests", ["area"]),
    ("/console/bypasses", ["device", "reason", "area"]),
    ("/console/malformed", ["payload"]),
    ("/console/import", ["site"]),
    ("/manager", ["rule", "area"]),
]


def show_all(page: Page, path: str) -> None:
    """What a click opens."""
    if path == "/":
        page.locator(".ka-alerts tbody tr", has_text="rule<img").first.click()
        expect(page.locator(".ka-panel")).to_contain_text("note<img")
        page.keyboard.press("n")
        expect(page.locator("dialog")).to_contain_text("rule<img")
    elif path == "/manager":
        page.locator(".ka-list-linked tbody tr", has_text="rule<img").first.locator("a").click()
        expect(page.locator("#page")).to_contain_text("note<img")
    elif path == "/console/waiting":
        page.locator("#rejected summary").click()
        expect(page.locator("body")).to_contain_text("outcast<img")
    elif path == "/console/devices/door":
        page.locator("summary", has_text="屏蔽").click()
        expect(page.locator("h1")).to_contain_text("device<img")
    elif path == "/console/walk-tests":
        page.locator(".ka-test").first.click()
        expect(page.locator(".ka-record")).to_contain_text("device<img")
        expect(page.locator(".ka-record")).to_contain_text("note<img")
    elif path == "/console/import":
        rows = f"id,family,address,area,{PROBES.replace(',', '')}\r\nx,keyarea,x,vault,\r\n"
        name = PROBES.replace('"', "").replace("'", "").replace("/", "")
        page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/csv", "buffer": rows.encode()})
        expect(page.locator(".ka-refused")).to_contain_text("<img src=x onerror=bad(1)>")


LOOK = """() => ({ ran: window.badly || [], turned: document.body.innerText.includes("\\u202e") })"""
WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("body *")]
    .filter((part) => part.getBoundingClientRect().right > innerWidth)
    .map((part) => `${part.tagName}.${part.className}`)"""


def test_a_hostile_name_is_text_on_every_page(browser: Browser, hostile: Running) -> None:
    """No script and no template runs, nothing turns the words around, and the page is no wider than phone or desk."""
    page = sign_in(browser, hostile.url, "ada", "zh", width=390)
    page.add_init_script("window.bad = (how) => { window.badly = [...(window.badly || []), how]; };")
    faults: list[str] = []
    wide: dict[str, list[str]] = {}
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    for path, words in PAGES:
        page.goto(hostile.url + path)
        for word in words:
            expect(page.locator("body"), path).to_contain_text(f"{word}<img")
        show_all(page, path)
        assert {"ran": [], "turned": False} == page.evaluate(LOOK), path
        assert 0 == page.locator("img[src=x], svg[onload]").count(), path
        for width in (390, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            if found := page.evaluate(WIDE):
                wide[f"{path} {width}"] = found
        page.set_viewport_size({"width": 390, "height": 900})
    assert {} == wide
    assert [] == faults
    assert [] == page.strangers  # type: ignore[attr-defined]
    page.context.close()
