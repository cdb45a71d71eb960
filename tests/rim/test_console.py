"""The console in a real browser: what an operator sees and does."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running
from tests.rim.conftest import site as site_text
from tests.rim.processes import GatewayProcess, Mosquitto, free_port, wait_until


def rows(page: Page, device: str) -> Locator:
    """The rows of alerts whose device column shows that device."""
    cell = page.locator("td", has_text=re.compile(rf"^\s*{device}\s*$"))
    return page.locator(".ka-table tbody tr").filter(has=cell)


def row(page: Page, device: str) -> Locator:
    return rows(page, device).first


def test_an_operator_handles_a_fire_with_the_keyboard(browser: Browser, own_gateway: Running) -> None:
    """The row appears by itself; a acknowledges, r resets, c closes; nothing comes from outside."""
    page = sign_in(browser, own_gateway.url, "olga")
    device = own_gateway.fresh_smoke()
    own_gateway.readings(device, smoke=True)
    fire = row(page, device)
    expect(fire).to_contain_text("FIRE")
    expect(page).to_have_title(re.compile(r"\(\d+\) keyarea"))
    fire.click()
    panel = page.locator(".ka-panel")
    expect(panel).to_contain_text("Go and look")
    page.keyboard.press("a")
    expect(fire).to_contain_text("acknowledged")
    expect(fire).to_contain_text("olga")
    page.keyboard.press("r")
    expect(page.locator(".ka-note").first).to_contain_text("cause")
    own_gateway.readings(device, smoke=False)
    expect(panel).to_contain_text("cause is gone")
    page.keyboard.press("r")
    client = own_gateway.client()
    wait_until(lambda: not client.get("/api/alerts?open=true")["alerts"][0]["latched"], "it is reset")
    expect(panel.get_by_role("button", name="Close (c)")).to_be_visible()
    page.keyboard.press("c")
    dialog = page.locator("dialog")
    dialog.get_by_text("False alarm").click()
    dialog.get_by_label("Note").fill("dust from the works next door")
    dialog.get_by_role("button", name="Close").click()
    expect(panel).to_contain_text("dust from the works next door")
    expect(rows(page, device)).to_have_count(0)
    assert page.strangers == []  # type: ignore[attr-defined]
    page.context.close()


def test_the_page_speaks_chinese(browser: Browser, own_gateway: Running) -> None:
    page = sign_in(browser, own_gateway.url, "olga", "zh")
    device = own_gateway.fresh_smoke()
    own_gateway.readings(device, smoke=True)
    expect(row(page, device)).to_contain_text("火警")
    expect(row(page, device)).to_contain_text("化学品库")
    expect(row(page, device)).to_contain_text("是 / 是")
    expect(page.locator("body")).to_contain_text("未确认")
    row(page, device).click()
    page.keyboard.press("a")
    expect(row(page, device)).to_contain_text("已确认")
    page.keyboard.press("r")
    expect(page.locator(".ka-note").first).to_contain_text("原因仍存在")
    hot = own_gateway.fresh_smoke()
    own_gateway.readings(hot, temperature=75.5)
    expect(row(page, hot)).to_contain_text("温度 75.5 °C")
    page.context.close()


def test_names_are_text_and_nothing_else(browser: Browser, running_gateway: Running) -> None:
    """A device named with markup and a template, and a hostile message, are shown as they are."""
    running_gateway.publish("keyarea/smoke-1/readings", b'<img src=x onerror="document.title=1337"> {{7*7}}')
    page = sign_in(browser, running_gateway.url, "tom")
    alarms: list[str] = []
    page.on("dialog", lambda dialog: alarms.append(dialog.message))
    page.goto(f"{running_gateway.url}/console/devices")
    expect(page.locator("body")).to_contain_text("<img src=x onerror=alert(1)> {{7*7}}")
    assert page.locator("img[src=x]").count() == 0
    assert "49" not in page.locator("b", has_text="{{7*7}}").first.inner_text()
    page.goto(f"{running_gateway.url}/console/malformed")
    expect(page.locator(".ka-list")).to_contain_text("onerror=")
    assert page.locator("img[src=x]").count() == 0
    assert alarms == []
    page.context.close()


def test_nobody_looks_without_a_session(browser: Browser, running_gateway: Running) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(running_gateway.url + "/")
    assert page.url.endswith("/sign-in")
    page.fill("input[name=user]", "olga")
    page.fill("input[name=password]", "wrong-password")
    page.click("button")
    expect(page.locator("[role=alert]")).to_contain_text("wrong")
    context.close()


def test_a_screen_that_gets_nothing_says_so(
    browser: Browser, broker: Mosquitto, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """With the gateway gone the page itself, by its own clock, covers the list with NOT LIVE."""
    web = free_port()
    text = site_text(broker.port, web).replace("[web]", 'client_id = "mortal"\n\n[web]')
    gateway = GatewayProcess(tmp_path_factory.mktemp("mortal"), text, web_port=web)
    gateway.add_users()
    with gateway:
        page = sign_in(browser, gateway.url, "olga")
        expect(page.locator("#data-age")).to_be_visible()
        expect(page.locator("body")).to_have_attribute("data-live", "live")
        gateway.kill()
        expect(page.locator("#late-banner")).to_be_visible()
        expect(page.locator("#not-live")).to_be_visible()
        expect(page.locator("#not-live")).to_contain_text("NOT LIVE")
        page.context.close()
