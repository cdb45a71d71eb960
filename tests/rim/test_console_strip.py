"""A fire is seen on every page of every role, wherever the page is scrolled to; and what closes it is a finding."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running
from tests.rim.processes import USERS, Client, wait_until
from tests.rim.test_console_sound import hears, walked
from tests.rim.web_relay import WebRelay

WORDS = {
    "en": re.compile(r"FIRE · Chemical store\s*(\d+ s|\d:\d\d)\s*Go there"),
    "zh": re.compile(r"火警 · 化学品库\s*(\d+ 秒|\d:\d\d)\s*前往"),
}


def is_in_sight(part: Locator) -> bool:
    """Whether its middle is the topmost thing there, within the window."""
    return part.evaluate(
        """(element) => {
            const box = element.getBoundingClientRect();
            const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return hit !== null && element.contains(hit);
        }"""
    )


def open_alert(running: Running, device: str) -> str:
    """The id of the open alert about that device, once there is one."""

    def found() -> str:
        alerts = running.client().get("/api/alerts?open=true")["alerts"]
        return next((alert["id"] for alert in alerts if alert["key"] == device), "")

    return wait_until(found, f"an alert about {device}")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_strip_is_on_every_page_of_every_role(browser: Browser, own_gateway: Running, language: str) -> None:
    """What, where, since when, a way there; until somebody has acknowledged it. And the fire is heard there."""
    own_gateway.readings("smoke-1", smoke=True)
    alert = open_alert(own_gateway, "smoke-1")
    shown = []
    for user in USERS if language == "en" else ("ada",):  # the words change with the language, and nothing else
        page = sign_in(browser, own_gateway.url, user, language, width=390)
        for path in walked(user) if language == "en" else ("/", "/areas"):
            page.goto(own_gateway.url + path)
            strip = page.locator(".ka-strip")
            expect(strip).to_have_text(WORDS[language])
            expect(strip).to_have_attribute("href", f"/?alert={alert}")
            assert is_in_sight(strip), (user, path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (user, path)
            if language == "en":
                hears(page)  # the same in every language; what was evaluated counts as a person's touch
        shown.append((page, strip))
    own_gateway.client().post(f"/api/alerts/{alert}/acknowledge")
    for page, strip in shown:
        expect(strip).to_be_hidden()
        page.context.close()


def test_the_strip_leads_to_the_alert(browser: Browser, own_gateway: Running) -> None:
    """From another page by a link; in the control room it chooses the row without leaving the page."""
    own_gateway.readings("smoke-1", smoke=True)
    page = sign_in(browser, own_gateway.url, "olga", at="")
    page.goto(f"{own_gateway.url}/areas")
    page.locator(".ka-strip").click()
    page.wait_for_url(re.compile(r"/\?alert=\w+$"))
    expect(page.locator(".ka-panel")).to_contain_text("Go and look")
    expect(page.locator("tr.ka-chosen")).to_contain_text("smoke-1")
    own_gateway.readings("smoke-1", smoke=False)
    page.goto(own_gateway.url)
    expect(page.locator(".ka-panel")).to_contain_text("Choose an alert")
    page.locator(".ka-strip").click()
    expect(page.locator("tr.ka-chosen")).to_contain_text("smoke-1")
    assert page.url == f"{own_gateway.url}/"
    page.context.close()


def test_what_is_no_danger_to_life_has_no_strip(browser: Browser, own_gateway: Running) -> None:
    own_gateway.readings("smoke-1", temperature=75.0)
    page = sign_in(browser, own_gateway.url, "olga")
    expect(page.locator(".ka-alerts tbody tr").first).to_contain_text("smoke-1")
    expect(page.locator(".ka-strip")).to_be_hidden()
    page.context.close()


def scrolled_down(page: Page) -> None:
    page.mouse.move(300, 500)
    page.mouse.wheel(0, 5000)
    wait_until(lambda: page.evaluate("scrollY > 100"), "the page is scrolled")


def test_scrolling_takes_no_banner_away(browser: Browser, running_gateway: Running) -> None:
    """Strip and flood in the fixed bar; cut off, the amber word too, in Chinese, and no English beside it."""
    for _ in range(12):
        running_gateway.readings(running_gateway.fresh_smoke(), smoke=True)
    with WebRelay(running_gateway.port) as line:
        _scrolls_away_nothing(sign_in(browser, f"http://127.0.0.1:{line.port}", "olga", "zh", width=390), line)


def _scrolls_away_nothing(page: Page, line: WebRelay) -> None:
    flood = page.locator(".ka-banner", has_text="报警泛滥")
    expect(flood).to_be_visible()
    scrolled_down(page)
    assert is_in_sight(page.locator(".ka-strip"))
    assert is_in_sight(flood)
    line.cut()  # a browser that is set offline takes half a core for its open sockets
    late = page.locator("#late-banner")
    expect(late).to_be_visible()
    expect(late).to_have_text(re.compile(r"已 \d+ 秒 未更新"))
    assert is_in_sight(late)
    assert "8px" == page.evaluate("getComputedStyle(document.body, '::after').borderTopWidth")
    expect(page.locator("#not-live")).to_be_visible()
    page.context.close()


def test_a_sign_that_blinks_is_readable_at_every_moment(browser: Browser, running_gateway: Running) -> None:
    """Two fills, each with a contrast of 4.5 or more to its letter; never seen through; in one phase."""
    for _ in range(2):
        running_gateway.readings(running_gateway.fresh_smoke(), smoke=True)
    page = sign_in(browser, running_gateway.url, "olga")
    signs = page.locator(".ka-new .ka-sign")
    expect(signs.nth(1)).to_be_visible()
    seen: set[tuple[str, str]] = set()

    def both() -> bool:
        looks = signs.evaluate_all(
            """(signs) => signs.slice(0, 2).map((sign) => {
                const style = getComputedStyle(sign);
                return [style.color, style.backgroundColor, style.opacity, style.animationName];
            })"""
        )
        assert looks[0] == looks[1]
        color, fill, opacity, animation = looks[0]
        assert (opacity, animation) == ("1", "none")
        seen.add((color, fill))
        return len(seen) == 2

    wait_until(both, "both fills are seen")
    assert all(_contrast(color, fill) >= 4.5 for color, fill in seen)
    page.context.close()


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""

    def luminance(text: str) -> float:
        parts = [int(number) / 255 for number in re.findall(r"\d+", text)[:3]]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def closed_alert(client: Client, alert: str) -> dict[str, Any] | None:
    found: dict[str, Any] = client.get(f"/api/alerts/{alert}")["alert"]
    return found if found["state"] == "closed" else None


def test_nothing_is_closed_without_a_finding(browser: Browser, own_gateway: Running) -> None:
    """No finding is preset; grey until one is chosen, of a fire until a note is there too; Enter is no way round."""
    own_gateway.readings("smoke-1", smoke=True)
    alert = open_alert(own_gateway, "smoke-1")
    page = sign_in(browser, own_gateway.url, "olga", at="")
    page.goto(f"{own_gateway.url}/?alert={alert}")
    expect(page.get_by_role("button", name="Acknowledge (a)")).to_be_visible()
    page.keyboard.press("c")
    expect(page.locator(".ka-note")).to_contain_text("acknowledge the alert first")
    own_gateway.readings("smoke-1", smoke=False)
    client = own_gateway.client()
    wait_until(lambda: not client.get(f"/api/alerts/{alert}")["alert"]["active"], "the cause is gone")
    for verb in ("acknowledge", "reset"):
        client.post(f"/api/alerts/{alert}/{verb}")
    expect(page.get_by_role("button", name="Close (c)")).to_be_visible()
    page.keyboard.press("c")
    dialog = page.locator("dialog")
    expect(dialog).to_contain_text(re.compile(r"Close: FIRE · Smoke · smoke-1, Chemical store · \d\d:\d\d:\d\d"))
    confirm, note = dialog.get_by_role("button", name="Close"), dialog.get_by_label("Note")
    expect(confirm).to_be_disabled()
    expect(dialog.locator("input[type=radio]:checked")).to_have_count(0)
    note.fill("dust")
    note.press("Enter")
    expect(confirm).to_be_disabled()
    note.fill("")
    dialog.get_by_text("False alarm").click()
    expect(confirm).to_be_disabled()
    assert client.get(f"/api/alerts/{alert}")["alert"]["state"] == "acknowledged"
    note.fill("dust from the works next door")
    expect(confirm).to_be_enabled()
    note.press("Enter")
    expect(dialog).to_be_hidden()
    closed = wait_until(lambda: closed_alert(client, alert), "it is closed")
    assert (closed["disposition"], closed["note"]) == ("false_alarm", "dust from the works next door")
    page.context.close()


def test_a_fire_that_comes_again_is_new_and_nobodys(browser: Browser, own_gateway: Running) -> None:
    """Its clock starts anew, in the row and in the strip, and who acknowledged the one before does not own it."""
    client = own_gateway.client("ada")
    own_gateway.readings("smoke-1", smoke=True)
    alert = open_alert(own_gateway, "smoke-1")
    client.post(f"/api/alerts/{alert}/acknowledge")
    page = sign_in(browser, own_gateway.url, "olga")
    row = page.locator(".ka-alerts tbody tr", has_text="smoke-1")
    expect(row.locator(".ka-c-owner")).to_have_text("ada")
    expect(row.locator(".ka-c-age")).to_have_text(re.compile(r"^(\d+ s|\d:\d\d)$"))
    own_gateway.readings("smoke-1", smoke=False)
    wait_until(lambda: not client.get(f"/api/alerts/{alert}")["alert"]["active"], "the smoke has gone")
    own_gateway.readings("smoke-1", smoke=True)
    expect(row.locator(".ka-c-age")).to_have_text(re.compile(r"^again (\d+ s|\d:\d\d) ago \(2nd\)$"))
    expect(row.locator(".ka-c-owner")).to_have_text("")
    expect(page.locator(".ka-strip")).to_have_text(WORDS["en"])
    row.click()
    expect(page.locator(".ka-panel")).to_contain_text("first ")
    page.context.close()
