"""An inspection on a phone, in a real browser: every point, a finding with its photo, and the hazard of it."""

import io

from PIL import Image
from playwright.sync_api import Browser, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running


def test_a_finding_with_a_photo_on_a_phone_is_a_hazard_on_its_page(browser: Browser, running_gateway: Running) -> None:
    page = sign_in(browser, running_gateway.url, "olga", "zh", width=390, at="")
    page.goto(f"{running_gateway.url}/console/inspections?checklist=vehicle")
    expect(page.locator("a[href*='checklist=warehouse']")).to_have_text("仓库检查")  # the site's own
    page.select_option("#begin select[name=area]", "store")
    page.fill("#begin input[name=subject]", "truck 7")
    page.click("#begin .ka-main")
    points = page.locator("fieldset.ka-point")
    expect(points).to_have_count(8)
    for place in range(8):
        points.nth(place).locator(f"input[value={'abnormal' if place == 4 else 'normal'}]").check()
    page.click("button[name=finish]")
    expect(page.locator(".ka-refused")).to_contain_text("轮胎")  # what is not normal says what
    worn = points.nth(4)
    worn.locator("textarea").fill("worn to 1 mm")
    picture = io.BytesIO()
    Image.new("RGB", (80, 60), (200, 60, 20)).save(picture, "JPEG")
    worn.locator("input[type=file]").set_input_files(
        {"name": "tyre.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    expect(worn.locator("img")).to_be_visible()
    page.click("button[name=finish]")
    page.wait_for_url("**/console/inspections?done=finish")
    page.goto(f"{running_gateway.url}/console/hazards")
    hazard = page.locator("article", has_text="worn to 1 mm")
    expect(hazard.locator("img")).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.context.close()
    cases = [one["content"] for one in running_gateway.client("olga").get("/api/workflows/hazard/cases")]
    assert ["inspection"] == [one["source"] for one in cases if one["description"] == "worn to 1 mm"]
