"""Incidents in the control room: one fire is one line, unfolded by a key; what joins it later is new."""

import re

from playwright.sync_api import Browser, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running
from tests.rim.processes import wait_until


def on_fire(running: Running) -> str:
    device = running.fresh_smoke()
    running.readings(device, smoke=True)
    return device


def test_one_fire_is_one_line_that_a_key_unfolds(browser: Browser, own_gateway: Running) -> None:
    page = sign_in(browser, own_gateway.url, "olga", is_unfolded=False)
    first, second = on_fire(own_gateway), on_fire(own_gateway)
    line = page.locator(".ka-alerts tbody tr:has(button.ka-fold)", has_text="FIRE")
    expect(line).to_have_count(1)
    line.click()
    panel = page.locator(".ka-panel")
    expect(panel).to_contain_text("Order of joining")
    for device in (first, second):
        expect(panel).to_contain_text(device)
    page.keyboard.press("a")
    expect(line).to_contain_text("acknowledged")
    third = on_fire(own_gateway)
    expect(line).to_have_class(re.compile("ka-new"))
    expect(panel).to_contain_text(third)
    expect(page.get_by_role("cell", name=third, exact=True)).to_have_count(0)
    page.keyboard.press("ArrowRight")
    row = page.locator("tr.ka-nested", has=page.get_by_role("cell", name=third, exact=True))
    expect(row).to_contain_text("new")
    expect(line.locator("button.ka-fold")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowLeft")
    expect(row).to_have_count(0)
    page.keyboard.press("s")
    expect(line).to_contain_text("silenced")
    expect(line).to_have_class(re.compile("ka-new"))
    fourth = on_fire(own_gateway)
    expect(panel).to_contain_text(fourth)
    expect(line).not_to_contain_text("silenced")
    page.context.close()


def test_what_programs_and_pages_say_of_an_incident(browser: Browser, own_gateway: Running) -> None:
    """The list, the page and the API say the same number; a verb at its address acts on what was seen."""
    client = own_gateway.client()
    device = on_fire(own_gateway)

    def alert() -> dict[str, object] | None:
        return next((one for one in client.get("/api/alerts?open=true")["alerts"] if one["key"] == device), None)

    wait_until(lambda: alert() is not None, "the fire is open")
    found = alert()
    assert found is not None
    number = found["incident"]
    incident = client.get(f"/api/incidents/{number}")
    assert (number, "fire", "open") == (incident["number"], incident["kind"], incident["stage"])
    assert number in [one["number"] for one in client.get("/api/incidents")["running"]]
    client.post(f"/api/incidents/{number}/acknowledge", {"saw": [f"{found['id']}:1"]})
    assert "acknowledged" == (alert() or {})["state"]
    page = sign_in(browser, own_gateway.url, "olga", at="/console/incidents")
    page.get_by_role("link", name=str(number)).click()
    expect(page.locator("#page")).to_contain_text(device)
    expect(page.locator("#page")).to_contain_text("acknowledged ada")
    page.goto(f"{own_gateway.url}/console/workflows/shelving?ask=shelve&alert={found['id']}")
    form = page.locator("details[open]")
    expect(form).to_contain_text(device)
    expect(form.locator("input[name=alert]")).to_be_hidden()
    expect(form.locator("input[name=alert]")).to_have_value(str(found["id"]))
    page.context.close()
