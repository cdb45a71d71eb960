"""A store keeper counts a store in a browser, another consents; what does not balance stands on top, on a phone too."""

from playwright.sync_api import Browser, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running


def test_a_store_is_counted_by_two_and_what_is_missing_is_told(browser: Browser, running_gateway: Running) -> None:
    running, url = running_gateway, running_gateway.url
    olga, mia = running.client("olga"), running.client("mia")
    item = {"store": "vault", "item": "acid", "title": "Acid", "goods": "chemical", "unit": "kg"}
    case = mia.post("/api/workflows/stock/enter", item)["case"]
    bought = {"case": case, "quantity": "10", "unit": "kg", "document": "d1", "supplier": "Works"}
    waits = olga.post("/api/workflows/stock/receive", bought)
    mia.post("/api/workflows/consent/give", {"case": waits["case"]})

    page = sign_in(browser, url, "olga", at="/console/stock")
    expect(page.locator(".ka-case", has_text="Acid")).to_contain_text("10 kg")
    page.get_by_role("link", name="Count this store").click()
    form = page.locator("#count")
    expect(form).not_to_contain_text("10 kg")
    form.locator("[name=acid]").fill("ten")
    form.get_by_role("button", name="Counted by two").click()
    expect(form.get_by_role("alert")).to_contain_text("acid = ten")
    form.locator("[name=acid]").fill("9.5")
    form.get_by_role("button", name="Counted by two").click()
    expect(page.locator(".ka-done")).to_contain_text("second keeper")

    phone = sign_in(browser, url, "mia", "zh", width=390, at="/console/stock")
    phone.get_by_role("link", name="olga: 盘点").click()
    consent = phone.locator(".ka-ask", has=phone.locator("#ask-give"))
    consent.locator("summary").click()
    consent.get_by_role("button").last.click()
    expect(phone.locator(".ka-done")).to_be_visible()  # it is committed
    phone.goto(f"{url}/console/stock")
    told = phone.locator(".ka-case", has_text="账面 10 kg，实物 9.5 kg").first
    expect(told.get_by_role("link", name="更正结存")).to_be_visible()
    assert 390 >= phone.evaluate("document.documentElement.scrollWidth")
