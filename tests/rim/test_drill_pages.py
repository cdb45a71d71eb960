"""A drill on the screens: marked wherever it shows, on no strip and in no figure, its result beside the targets."""

import re

from playwright.sync_api import Browser, expect

from tests.rim.browsing import sign_in, sign_in_by_hand
from tests.rim.conftest import Running
from tests.rim.test_console_sound import FIRE, hears


def test_a_drill_is_marked_everywhere_until_something_real_breaks_in(browser: Browser, own_gateway: Running) -> None:
    url = own_gateway.url
    room = sign_in_by_hand(browser, url, "olga")
    page = sign_in(browser, url, "ada", at="/console/drills?plan=1")
    page.fill("[name=purpose]", "Evacuation")
    page.select_option("[name=area]", "store")
    page.locator("#plan-drill button.ka-main").click()
    page.get_by_role("button", name="Begin now").click()
    hears(room, "keyarea sounds drill: 2 tones")
    row = room.locator(".ka-alerts tbody tr.ka-unreal")
    expect(row.first).to_contain_text("DRILL: FIRE · Smoke")
    expect(room.locator("#drilling")).to_contain_text("DRILL in Chemical store until")
    expect(room.locator("#strip")).to_be_hidden()
    expect(room.locator("#counters")).to_have_text("A:0 B:0 C:0 D:0")
    row.first.click()
    expect(room.locator(".ka-panel h2")).to_contain_text("DRILL: ")
    room.keyboard.press("a")
    detected, acknowledged = (page.locator(".ka-drill-figures tbody tr").nth(place) for place in (0, 1))
    expect(detected).to_have_text(re.compile(r"Detected\s*0 s\s*10 s\s*passed"))
    expect(acknowledged).to_contain_text("olga")
    own_gateway.gateway.kill()
    own_gateway.gateway.start()
    (runs,) = own_gateway.client().get("/api/drills")["running"]
    assert ("running", "olga") == (runs["stage"], runs["measured"][1]["by"]), "a crash takes nothing of it"
    own_gateway.readings("smoke-3", smoke=True)
    hears(room, FIRE)
    expect(room.locator("#strip")).to_contain_text("FIRE · Chemical store")
    expect(row).to_have_count(0)
    expect(room.locator("#drilling")).to_be_hidden()
    expect(page.locator(".ka-drill-state")).to_contain_text("broken off REAL ALARM: fire, Chemical store.")
    (alert,) = [each for each in own_gateway.client().get("/api/alerts?open=true")["alerts"] if each["rule"] == "smoke"]
    assert ("real", "smoke-3") == (alert["origin"], alert["key"])
    phone = sign_in(browser, url, "ada", "zh", width=390, at=page.url.removeprefix(url))
    expect(phone.locator(".ka-drill-figures")).to_contain_text("未完成")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for each in (room, page, phone):
        each.context.close()
