"""The canteen on a tablet: somebody is checked, too little of a dish is refused, enough is kept; in both languages."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import serving, site
from tests.rim.processes import Mosquitto, free_port, wait_until

KITCHEN = """
[[devices]]
id = "cold-1"
family = "keyarea"
address = "cold-1"
area = "office"
name = "Sample fridge"
name_zh = "留样冰箱"
kind = "refrigerator"
signals = ["temperature"]

[workflows.people]
posts = [{ id = "canteen", name = "Canteen" }]

[workflows.canteen_fridge]
fridges = [{ device = "cold-1", use = "samples" }]

[workflows.morning_check]
post = "canteen"
"""


def test_a_morning_in_the_kitchen(browser: Browser, broker: Mosquitto, tmp_path: Path) -> None:
    web, name = free_port(), tmp_path.name
    with serving(tmp_path, site(broker.port, web, smokes=1, name=name) + KITCHEN, web, broker, name) as running:
        cook = {"person": "K-1", "name": "Yu Fang", "name_zh": "余芳", "posts": ["canteen"]}
        running.client("mia").post("/api/workflows/people/add", cook)
        running.readings("cold-1", temperature=4.0)
        menu = {"area": "office", "meal": "lunch", "served": "23:59", "dishes": ["rice", "soup"]}
        running.client("mia").post("/api/canteen/menus", menu)
        morning = "/api/workflows/morning_check/cases"
        wait_until(lambda: running.client("mia").get(morning), "the day has begun")
        page = sign_in(browser, running.url, "olga", at="/console/kitchen", width=820)
        page.get_by_role("button", name="Fit").click()
        expect(page.locator(".ka-done")).to_have_text("The check is entered.")
        expect(page.locator("main")).to_contain_text("Everybody is checked; fit: 1")
        expect(page.locator("main")).to_contain_text("Sample fridge")
        page.locator("[name=grams]").fill("124")
        page.get_by_role("button", name="Keep a sample").click()
        expect(page.locator(".ka-refused")).to_contain_text("at least 125 g")
        page.locator("[name=grams]").fill("125")
        page.get_by_role("button", name="Keep a sample").click()
        expect(page.locator(".ka-kitchen-stands")).to_contain_text("rice, 125 g")
        expect(page.locator(".ka-kitchen-missing")).to_have_text("soup: no sample yet")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        phone = sign_in(browser, running.url, "mia", "zh", at="/console/kitchen", width=390)
        expect(phone.locator(".ka-kitchen-missing")).to_have_text("soup：尚未留样")
        expect(phone.locator("main")).to_contain_text("留样冰箱")
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for each in (page, phone):
            each.context.close()
