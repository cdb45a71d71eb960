"""The control room by hand: reached by keys, never the wrong alert, the buttons in sight on a desk and a phone."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.rim.browsing import drawn_row, sign_in
from tests.rim.conftest import Running
from tests.rim.processes import wait_until


def on_fire(running: Running) -> str:
    device = running.fresh_smoke()
    running.readings(device, smoke=True)
    return device


def is_in_sight(page: Page, wanted: Locator) -> bool:
    """Whether a finger would hit it: it is the topmost thing at its middle."""
    return wanted.evaluate(
        """(element) => {
            const box = element.getBoundingClientRect();
            const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            return hit !== null && (element === hit || element.contains(hit));
        }"""
    )


def test_an_alert_is_reached_and_acknowledged_without_a_mouse(browser: Browser, own_gateway: Running) -> None:
    """Tab leads to the row, Enter chooses it; the keys go on working while a button holds the focus."""
    page = sign_in(browser, own_gateway.url, "olga")
    fire = drawn_row(page, on_fire(own_gateway))
    fire.focus()
    assert "solid" == fire.evaluate("(element) => getComputedStyle(element).outlineStyle")
    page.keyboard.press("Enter")
    expect(fire).to_have_class(re.compile("ka-chosen"))
    expect(page.locator(".ka-panel")).to_contain_text("Go and look")
    version = next(rule["version"] for rule in own_gateway.client().get("/api/rules") if rule["name"] == "smoke")
    expect(page.locator(".ka-panel")).to_contain_text(f"Rule: smoke · {version}")
    page.get_by_role("button", name="Silence", exact=True).first.focus()
    page.keyboard.press("a")
    expect(fire).to_contain_text("acknowledged")
    page.context.close()


def test_a_question_is_about_the_alert_that_it_was_asked_about(browser: Browser, own_gateway: Running) -> None:
    """While a dialog is open the keys do nothing beneath it: neither choose another alert nor acknowledge this one."""
    page = sign_in(browser, own_gateway.url, "olga")
    first = on_fire(own_gateway)
    second = on_fire(own_gateway)
    expect(drawn_row(page, second)).to_be_visible()
    drawn_row(page, first).click()
    expect(page.locator(".ka-panel")).to_contain_text(first)
    page.keyboard.press("n")
    dialog = page.locator("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="OK").focus()
    page.keyboard.press("j")
    page.keyboard.press("a")
    dialog.get_by_label("Note").fill("the guard is on the way")
    dialog.get_by_role("button", name="OK").click()
    expect(page.locator(".ka-panel")).to_contain_text("the guard is on the way")
    expect(page.locator(".ka-panel")).to_contain_text(first)
    expect(drawn_row(page, first)).to_contain_text("new")
    page.context.close()


def test_what_came_after_a_person_looked_is_shown_before_it_is_acknowledged(
    browser: Browser, own_gateway: Running
) -> None:
    """The smoke comes again between the look and the gateway: nothing is acknowledged until that is seen, too."""
    page = sign_in(browser, own_gateway.url, "olga")
    device = on_fire(own_gateway)
    fire = drawn_row(page, device)
    fire.click()

    def late(route: Route) -> None:
        own_gateway.readings(device, smoke=False)
        own_gateway.readings(device, smoke=True)
        wait_until(lambda: count() == 2, "the smoke came again")
        route.continue_()

    def count() -> int:
        found = own_gateway.client().get("/api/alerts?open=true")["alerts"]
        return int(next(alert["occurrences"] for alert in found if alert["key"] == device))

    page.route("**/acknowledge", late, times=1)
    page.keyboard.press("a")
    dialog = page.locator("dialog")
    expect(dialog).to_contain_text("2 times by now, and you were shown 1")
    expect(fire).to_contain_text("new")
    dialog.get_by_role("button", name="Acknowledge").click()
    expect(fire).to_contain_text("acknowledged")
    page.context.close()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_buttons_of_the_last_of_many_alerts_are_in_sight(
    browser: Browser, running_gateway: Running, width: int
) -> None:
    """Nobody scrolls to and fro between the list and the button."""
    for _ in range(8 if width == 390 else 4):
        last = on_fire(running_gateway)
    page = sign_in(browser, running_gateway.url, "olga", width=width)
    chosen = drawn_row(page, last)
    expect(chosen).to_be_visible()
    chosen.scroll_into_view_if_needed()
    chosen.click()
    acknowledge = page.get_by_role("button", name="Acknowledge (a)")
    expect(acknowledge).to_be_visible()
    wait_until(lambda: is_in_sight(page, acknowledge), "the button is in sight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    acknowledge.click()
    expect(acknowledge).to_be_hidden()
    owner = drawn_row(page, last).locator(".ka-c-owner")  # among those that are seen it may stand anywhere
    expect(owner).to_contain_text("olga")
    box = owner.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
    page.context.close()


def test_a_page_that_has_fallen_behind_draws_once_what_waits(browser: Browser, running_gateway: Running) -> None:
    page = sign_in(browser, running_gateway.url, "olga")
    changes = page.evaluate(
        """async () => {
            const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
            const { alerts } = await import(loaded.find((name) => name.includes("/desk.js")));
            let changes = 0;
            const over = new Promise((done) => {
                alerts.addEventListener("change", () => { changes += 1; setTimeout(done); });
            });
            for (let number = 0; number < 200; number += 1) alerts.take({ drop: [`nobody-${number}`] });
            await over;
            return changes;
        }"""
    )
    assert 1 <= changes < 20
    page.context.close()


def test_an_area_is_not_disarmed_by_one_touch(browser: Browser, running_gateway: Running) -> None:
    """The tile offers the other mode, and asks before it is set."""
    client = running_gateway.client()
    client.post("/api/areas/office/mode", {"mode": "armed", "force": True})
    page = sign_in(browser, running_gateway.url, "olga", at="/areas")
    tile = page.locator(".ka-tile", has_text="Office")
    expect(tile).to_contain_text("Mode: armed")
    tile.get_by_role("link", name="Switch to disarmed").click()
    expect(page.locator("#page")).to_contain_text("The area is armed now")
    page.get_by_role("link", name="Cancel").click()
    expect(tile).to_contain_text("Mode: armed")
    assert "armed" == {area["id"]: area["mode"] for area in client.get("/api/areas")}["office"]
    tile.get_by_role("link", name="Switch to disarmed").click()
    page.get_by_role("button", name="Switch to disarmed").click()
    expect(tile).to_contain_text("Mode: disarmed")
    expect(tile.get_by_role("link", name="Switch to disarmed")).to_be_hidden()
    client.post("/api/areas/office/mode", {"mode": "armed", "force": True})
    expect(tile).to_contain_text("Mode: armed")
    page.context.close()
