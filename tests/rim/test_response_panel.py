"""The checklist beside a fire: clocks run in the page, steps are ticked by key and press, a call has its words."""

import re

from playwright.sync_api import Browser, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running
from tests.rim.processes import wait_until


def test_a_fire_is_answered_from_the_panel(browser: Browser, own_gateway: Running) -> None:
    """On a telephone, in Chinese: who goes, on the scene, real, what burns; then the same on a desk, as it stands."""
    own_gateway.readings("smoke-1", smoke=True)
    client = own_gateway.client()
    wait_until(lambda: client.get("/api/responses")["running"], "a response to the fire")
    page = sign_in(browser, own_gateway.url, "olga", "zh", width=390)
    page.locator(".ka-alerts tbody tr").first.click()
    panel = page.locator("ka-response")
    expect(panel.locator("[data-due]").first).to_have_text(re.compile(r"^(\d:\d\d|超时 \d+:\d\d)$"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    panel.locator("#person").fill("Wang")
    panel.locator("#press-dispatch").click()
    expect(panel).to_contain_text("Wang")
    page.locator(".ka-panel h2").click()
    page.keyboard.press("1")
    expect(panel.locator("li").first).to_contain_text("✓")
    panel.locator("#press-real").click()
    panel.locator("#burns").fill("<b>纸箱</b>")
    panel.locator("#press-script").click()
    expect(panel.locator("#script-call_119")).to_contain_text("<b>纸箱</b>")
    page.context.close()
    page = sign_in(browser, own_gateway.url, "olga")
    page.locator(".ka-alerts tbody tr").first.click()
    expect(page.locator("ka-response")).to_contain_text("It is real.")
    (running,) = client.get("/api/responses")["running"]
    done = {step["id"] for step in running["steps"] if step["done"]}
    assert ("real", {"scene", "confirm"}, ["Wang"]) == (running["verdict"], done, running["sent"])
    (alert,) = client.get("/api/alerts?open=true&area=" + running["area"])["alerts"][:1]
    steps = [step["action"] for step in client.get(f"/api/alerts/{alert['id']}")["history"]]
    assert "comment" in steps, "each of these is a step of the response"
    own_gateway.readings("smoke-1", smoke=False)
    number = running["incident"]
    wait_until(lambda: not client.get("/api/alerts?open=true")["alerts"][0]["active"], "the smoke is gone")
    client.post(f"/api/incidents/{number}/acknowledge", {})
    client.post(f"/api/incidents/{number}/close", {"disposition": "confirmed", "note": "a box"})
    page.goto(f"{own_gateway.url}/console/incidents/{number}")
    expect(page.locator("ka-response")).to_contain_text("The response has ended.")
    expect(page.locator("ka-response")).to_contain_text("Response team in place (not done)")
    expect(page.locator("ka-response button")).to_have_count(1)  # what was said can still be copied
    page.context.close()
