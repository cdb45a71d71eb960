"""The page of education on a phone: a training is planned, held with names, and who was absent is asked for."""

from playwright.sync_api import Browser, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running


def test_who_was_absent_stands_on_the_page_for_who_may_see_names(browser: Browser, running_gateway: Running) -> None:
    manager, operator = running_gateway.client("mia"), running_gateway.client("olga")
    for person, name in (("e-1", "Ding Wei"), ("e-2", "Fang Lan")):
        manager.post("/api/workflows/people/add", {"person": person, "name": name})
    today = manager.get("/api/health")["now"][:10]
    planned = {"kind": "legal", "topic": "Works rules", "planned": today, "hours": 2, "invited": ["e-1", "e-2"]}
    case = manager.post("/api/workflows/education/plan", planned)["case"]
    page = sign_in(browser, running_gateway.url, "mia", "zh", width=390, at="")
    page.goto(f"{running_gateway.url}/console/education")
    training = page.locator("article", has_text="Works rules")
    expect(training).to_contain_text("法制教育")
    training.locator("a").click()
    page.wait_for_url(f"**/console/workflows/education?case={case}")
    manager.post("/api/workflows/education/hold", {"case": case, "passed": ["e-1"]})
    page.goto(f"{running_gateway.url}/console/education")
    expect(training).to_contain_text("待补训：Fang Lan")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.goto(f"{running_gateway.url}/console/education?person=e-1")
    expect(page.locator(".ka-line", has_text="Works rules")).to_contain_text("合格")
    page.context.close()
    (seen,) = (one for one in operator.get("/api/workflows/education/cases") if one["id"] == case)
    assert [] == seen["content"].get("participants", [])
