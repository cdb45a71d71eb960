"""A device is well only when no alert about it is open."""

from playwright.sync_api import Browser, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running
from tests.rim.processes import wait_until


def test_a_latched_fire_whose_smoke_has_gone_is_not_all_well(browser: Browser, own_gateway: Running) -> None:
    """On the device's page and in the list, in both languages; well again when the fire is closed."""
    client = own_gateway.client()

    def fire() -> dict[str, object]:
        found = client.get("/api/alerts?open=true")["alerts"]
        return next((alert for alert in found if alert["key"] == "smoke-1"), {})

    own_gateway.readings("smoke-1", smoke=True)
    wait_until(fire, "a fire")
    own_gateway.readings("smoke-1", smoke=False)
    wait_until(lambda: fire()["active"] is False, "the smoke has gone")
    for user, language, words in (("tom", "en", "alarm, cause gone"), ("mia", "zh", "报警未结，原因已消失")):
        page = sign_in(browser, own_gateway.url, user, language, at="")
        page.goto(f"{own_gateway.url}/console/devices/smoke-1")
        expect(page.locator("#device .ka-chip").first).to_have_text(words)
        timelines = page.locator("a[href^='/manager/alerts/']")
        expect(timelines).to_have_count(1 if user == "mia" else 0)  # whoever may see the ledger gets from here to there
        page.goto(f"{own_gateway.url}/console/devices?state=gone")
        expect(page.locator(".ka-device")).to_have_count(1)
        expect(page.locator(".ka-device .ka-chip")).to_have_text(words)
        page.context.close()
    for verb, body in (("acknowledge", {}), ("reset", {}), ("close", {"disposition": "false_alarm", "note": "dust"})):
        client.post(f"/api/alerts/{fire()['id']}/{verb}", body)
    page = sign_in(browser, own_gateway.url, "tom", at="")
    page.goto(f"{own_gateway.url}/console/devices/smoke-1")
    expect(page.locator("#device .ka-chip").first).to_have_text("all well")
    page.context.close()
