"""A fire is heard, by the page's own word: it tells its console what it plays.

On every page of every role: test_console_strip.py, which walks through all of them.

Nothing here looks into a page before it has sounded: what Playwright evaluates in one counts as a person's touch.
"""

import re

from playwright.sync_api import Browser, Page, expect

from tests.house.places import ROOT
from tests.rim.browsing import CHROMIUM, FLAGS, PATIENCE_MS, sign_in_by_hand
from tests.rim.conftest import Running
from tests.rim.processes import wait_until

EVERYBODYS = ("/", "/areas", "/console/devices", "/console/devices/smoke-1", "/console/walk-tests", "/console/bypasses")
TECHNICIANS = ("/console/waiting", "/console/malformed", "/console/import", "/console/devices/smoke-1/commissioning")
PAGES = {
    "olga": (*EVERYBODYS, "/manager"),
    "tom": (*EVERYBODYS, *TECHNICIANS),
    "mia": (*EVERYBODYS, "/manager"),
    "ada": (*EVERYBODYS, *TECHNICIANS, "/manager"),
    "kim": ("/", "/areas"),
}


def walked(user: str) -> tuple[str, ...]:
    """Strip and speaker are the document's, one for every page: who sees most walks through all, the others two."""
    return PAGES[user] if user == "ada" else (PAGES[user][0], PAGES[user][-1])


FIRE = "keyarea sounds fire: 6 tones"


def hears(page: Page, what: str = FIRE) -> None:
    """The page plays it within the tests' patience."""
    page.wait_for_event("console", lambda line: line.text == what, timeout=PATIENCE_MS)


def test_it_sounds_again_after_a_change_of_page_and_a_restart_with_nobody_at_the_desk(
    browser: Browser, own_gateway: Running
) -> None:
    """The click of the sign-in is the only one; from there links, then a gateway that is killed and started again.

    It is one document all the time.
    """
    page = sign_in_by_hand(browser, own_gateway.url, "olga")
    documents: list[str] = []
    page.on("load", lambda loaded: documents.append(loaded.url))
    own_gateway.readings("smoke-1", smoke=True)
    hears(page)
    for name in ("Key areas", "Devices", "Review", "Control room"):
        page.get_by_role("link", name=name, exact=True).first.click()
        expect(page).to_have_title(re.compile(rf"{name}$"))
        hears(page)
    own_gateway.gateway.kill()
    own_gateway.gateway.start()
    own_gateway.readings("smoke-2", smoke=True)
    expect(page.locator(".ka-alerts tbody tr", has_text="smoke-2")).to_be_visible()
    hears(page)
    assert [] == documents
    page.context.close()


def test_other_roles_hear_a_danger_to_life_and_nothing_else(browser: Browser, own_gateway: Running) -> None:
    """What is warm sounds for the operator alone; the fire behind it sounds for the manager too."""
    operator, manager = (sign_in_by_hand(browser, own_gateway.url, user) for user in ("olga", "mia"))
    heard: list[str] = []
    manager.on("console", lambda line: heard.append(line.text))
    own_gateway.readings("smoke-2", temperature=75.0)
    hears(operator, "keyarea sounds 3: 1 tones")
    own_gateway.readings("smoke-1", smoke=True)
    hears(manager)
    assert [] == [text for text in heard if text.startswith("keyarea sounds") and text != FIRE]
    operator.context.close()
    manager.context.close()


def test_a_screen_that_cannot_sound_is_told_on_the_others(browser: Browser, own_gateway: Running) -> None:
    """Nobody has touched ada's page: it says so itself, its receipt says so, and so does olga's page, and an alert."""
    watcher = sign_in_by_hand(browser, own_gateway.url, "olga")
    client = own_gateway.client("ada")
    context = browser.new_context()
    context.add_cookies([{"name": "keyarea_session", "value": client.token, "url": own_gateway.url}])
    page = context.new_page()
    page.goto(f"{own_gateway.url}/areas")

    def said(account: str) -> list[str]:
        return [screen["sound"] for screen in client.get("/api/screens") if screen["account"] == account]

    def mute() -> list[str]:
        found = client.get("/api/alerts?open=true")["alerts"]
        return [alert["state"] for alert in found if alert["key"] == "screens:sound"]

    wait_until(lambda: said("ada") == ["blocked"], "the receipt of ada's page")
    wait_until(lambda: said("olga") == ["running"], "the receipt of olga's page")
    wait_until(lambda: mute() == ["unacknowledged"], "an alert about the screen")
    expect(watcher.locator("body")).to_contain_text("Cannot sound: ada, Key areas")
    expect(watcher.locator(".ka-alerts").first).to_contain_text("A screen cannot sound")
    page.mouse.click(600, 500)
    wait_until(lambda: said("ada") == ["running"], "ada's page can sound")
    wait_until(lambda: mute() == ["returned"], "the fault is over")
    expect(page.locator("#sound-state")).to_have_attribute("data-sound", "running")
    context.close()
    watcher.context.close()


def test_a_silence_is_counted_down_and_outlives_a_change_of_page(browser: Browser, own_gateway: Running) -> None:
    """What is raised meanwhile ends it."""
    page = sign_in_by_hand(browser, own_gateway.url, "olga")
    own_gateway.readings("smoke-1", smoke=True)
    hears(page)
    page.keyboard.press("m")
    speaker = page.locator("#sound-state")
    expect(speaker).to_have_text(re.compile(r"Silenced 1[01]\d s"))
    page.get_by_role("link", name="Key areas").first.click()
    expect(page.locator(".ka-tile").first).to_be_visible()
    expect(speaker).to_have_text(re.compile(r"Silenced (1[01]\d|\d\d) s"))
    own_gateway.readings("smoke-2", smoke=True)
    hears(page)
    expect(speaker).to_have_attribute("data-sound", "running")
    page.context.close()


def test_a_kiosk_sounds_with_nobody_ever_at_it(browser: Browser, own_gateway: Running) -> None:
    """Started as deploy/kiosk says, with a sign-in from before: no click, and the fire is heard."""
    flags = re.findall(r"^  (--\S+) \\$", (ROOT / "deploy/kiosk/keyarea-kiosk.sh").read_text(), re.MULTILINE)
    assert "--kiosk" in flags
    own = [flag for flag in flags if not flag.startswith("--user-data-dir")]
    kiosk = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *own])
    context = kiosk.new_context()
    token = own_gateway.client("olga").token
    context.add_cookies([{"name": "keyarea_session", "value": token, "url": own_gateway.url}])
    page = context.new_page()
    page.goto(own_gateway.url)
    own_gateway.readings("smoke-1", smoke=True)
    hears(page)
    kiosk.close()


def test_what_is_silenced_is_quiet_on_every_console_until_something_comes(
    browser: Browser, own_gateway: Running
) -> None:
    """Silence is no acknowledgement, and the next fire sounds at once, everywhere."""
    olga, ada = (sign_in_by_hand(browser, own_gateway.url, user) for user in ("olga", "ada"))
    own_gateway.readings("smoke-1", smoke=True)
    hears(olga)
    hears(ada)
    olga.keyboard.press("m")
    fire = ada.locator(".ka-alerts tbody tr", has_text="smoke-1")
    expect(fire).to_contain_text("silenced")
    expect(fire).to_contain_text("new")
    heard: list[str] = []
    ada.on("console", lambda line: heard.append(line.text))
    expect(olga.locator("#sound-state")).to_have_text(re.compile(r"Silenced (10\d|11[0-5]) s"))
    assert FIRE not in heard
    own_gateway.readings("smoke-2", smoke=True)
    hears(ada)
    hears(olga)
    olga.context.close()
    ada.context.close()
