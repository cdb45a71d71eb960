"""A guard walks a whole round with a phone, with a finding and a photograph; the last third of it without a network."""

import io
import re
from typing import Any

import segno
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running
from tests.rim.processes import wait_until

TAGS = {"Gate": "KA-7F3A9C21", "Store": "KA-51D0BE77", "Tower": "KA-0E4419AA"}

SCANNED = re.compile("(?<!to be )scanned")


def code(text: str) -> bytes:
    """A picture of a tag, as a camera would take it."""
    made = io.BytesIO()
    segno.make_qr(text).save(made, kind="png", scale=8, border=4)
    return made.getvalue()


def photo() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 60, 20)).save(made, "JPEG")
    return made.getvalue()


def the_round(running_gateway: Running) -> Any:
    (found,) = running_gateway.client().get("/api/workflows/patrols/cases")
    return found


def test_a_guard_walks_a_round_the_last_third_without_a_network(running_gateway: Running, browser: Browser) -> None:
    running_gateway.client().post("/api/workflows/patrols/begin", {"route": "round"})
    desk = sign_in(browser, running_gateway.url, "ada", at="/console/patrols")
    seen = desk.locator("article")
    desk.locator(".ka-floor-scroll").evaluate("plan => { plan.focus(); window.plan = plan; }")
    page = sign_in(browser, running_gateway.url, "ada", width=390, at="")
    page.goto(f"{running_gateway.url}/console/patrol#{TAGS['Gate']}")  # as an NFC tag opens it
    expect(page.locator("#rounds li.scanned")).to_have_text("Gate: scanned")
    page.set_input_files("#picture", {"name": "code.png", "mimeType": "image/png", "buffer": code(TAGS["Store"])})
    expect(page.locator("#rounds li.scanned")).to_have_count(2)
    expect(page.locator("#waiting")).to_have_text("0")
    page.wait_for_function(
        "navigator.serviceWorker.controller !== null && caches.match('/console/patrol').then(Boolean)"
    )

    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#state")).to_contain_text("no network")
    page.fill("#tag", TAGS["Tower"])
    page.click("#by-hand button")
    page.select_option("#place", "tower")
    page.fill("[name=description]", "the ladder is rusted through")
    page.set_input_files("[name=photo]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    page.click("#finding button")
    expect(page.locator("#waiting")).to_have_text("2")
    expect(page.locator("#rounds li.scanned")).to_have_count(3)
    assert 390 >= page.evaluate("document.documentElement.scrollWidth")
    assert 2 == len(the_round(running_gateway)["content"]["visits"])
    expect(seen.locator("li", has_text=SCANNED)).to_have_count(2)

    page.context.set_offline(False)
    expect(page.locator("#waiting")).to_have_text("0")
    content = wait_until(lambda: _done(running_gateway), "the round is done")
    expect(seen.locator("li", has_text=SCANNED)).to_have_count(3)
    assert desk.evaluate("window.plan.isConnected && document.activeElement === window.plan")  # patched in its place
    desk.context.close()
    page.goto(f"{running_gateway.url}/console/patrols")
    expect(page.locator(".ka-floor .ka-floor-person text")).to_have_text("ada")  # where she was seen last
    assert 390 >= page.evaluate("document.documentElement.scrollWidth")
    page.context.close()
    assert ["gate", "store", "tower"] == [visit["checkpoint"] for visit in content["visits"]]
    assert [] == [mark for visit in content["visits"] for mark in visit["marks"] if mark == "clock_jumped"]
    entries = running_gateway.client().get("/api/ledger?book=patrol_rounds&limit=1000")["entries"]
    (found,) = (each for each in entries if each["fields"].get("step") == "found")
    assert "the ladder is rusted through" == found["fields"]["description"]
    assert found["fields"]["attachment"].startswith("sha256:")


def _done(running_gateway: Running) -> Any:
    content = the_round(running_gateway)["content"]
    return content if content["is_over"] and content["findings"] else None
