"""The gate on a phone: a visitor is registered in five acts, seen out with one tap, and whole only with a reason."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running

NUMBER, LONGEST_ACTS = "330523198804126666", 5


def test_a_gatekeeper_registers_a_visitor_in_five_acts_and_sees_out_with_one(
    browser: Browser, running_gateway: Running
) -> None:
    page = sign_in(browser, running_gateway.url, "olga", "zh", width=390, at="")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{running_gateway.url}/console/visitors")
    expect(page.locator("body")).to_have_attribute("data-words", re.compile(r"/words\.zh\.json$"))
    acts = 0
    for label, text in (("姓名", "郑十"), ("证件号码", NUMBER), ("接待人", "olga"), ("事由", "送货")):
        page.get_by_label(label, exact=True).fill(text)
        acts += 1
    for button in page.get_by_role("group", name="接待人确认方式").get_by_role("button").all():
        assert fits(page, button.bounding_box())
    page.get_by_role("button", name="电话").click()
    acts += 1
    assert acts <= LONGEST_ACTS
    expect(page.get_by_role("status").filter(has_text="已登记")).to_be_visible()
    inside = page.locator("article").filter(has_text="郑十")
    expect(inside).to_contain_text("在厂内")
    assert NUMBER not in page.content()
    inside.get_by_role("button", name="离开").click()
    expect(page.get_by_role("status").filter(has_text="访客已离开")).to_be_visible()
    expect(page.locator("article").filter(has_text="郑十")).to_have_count(0)
    waits_for_the_hosts_word(page)
    assert [] == faults
    page.context.close()
    seen_whole_with_a_reason(browser, running_gateway)


def waits_for_the_hosts_word(page: Page) -> None:
    """Asked for later, it is one tap, too: the host's own, or the gate's with how it was said."""
    for host, button in (("olga", "我已约见"), ("mia", "当面")):
        for label, text in (("姓名", "吴九"), ("证件号码", "1"), ("接待人", host), ("事由", "业务")):
            page.get_by_label(label, exact=True).fill(text)
        page.get_by_role("button", name="询问接待人").click()
        waiting = page.locator("article").filter(has_text="吴九")
        waiting.get_by_role("button", name=button).click()
        if host == "olga":
            waiting.get_by_role("button", name="放行").click()
        expect(page.get_by_role("status").filter(has_text="请放行")).to_be_visible()
        waiting.get_by_role("button", name="离开").click()
        expect(waiting).to_have_count(0)


def fits(page: Page, box: object) -> bool:
    """Within the width of a phone, and large enough for a thumb."""
    assert isinstance(box, dict)
    return bool(box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["height"] >= 40 and page)


def seen_whole_with_a_reason(browser: Browser, gateway: Running) -> None:
    """In and out are one row of the print; the number is there in full once a reason is given."""
    page = sign_in(browser, gateway.url, "mia", at="/console/books/visitors/print")
    row = page.get_by_role("row").filter(has_text="郑十")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("**************6666")
    page.get_by_label("Why in full").fill("asked by the police")
    page.get_by_role("button", name="Show numbers in full").click()
    expect(row).to_contain_text(NUMBER)
    kept = gateway.client("mia").get("/api/ledger?book=disclosures")["entries"][-1]
    assert ("mia", "asked by the police") == (kept["by"], kept["fields"]["reason"])
    page.context.close()
