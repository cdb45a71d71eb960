"""The roster and the people register in a browser: a certificate of before, a gap, a swap, and none in a circle."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running, serving, site
from tests.rim.processes import Mosquitto, free_port, wait_until

STAFF = """
[workflows.people]
certificates = [{ id = "guard", name = "Guard's certificate", name_zh = "保安员证" }]
posts = [{ id = "gate", name = "Gate", certificates = ["guard"] }]

[[workflows.duty.posts]]
id = "gate"
name = "Gate"
name_zh = "大门岗"
cover = "day"
longest_h = 24
certificate = "guard"
"""
PEOPLE = {"G-1": ("Li Na", "olga"), "G-2": ("Wu Gang", "tom")}


def day(after: int) -> str:
    """Of the site, in Shanghai."""
    return (datetime.now(UTC) + timedelta(hours=8, days=after)).date().isoformat()


def asked(page: Page, running: Running, workflow: str, case: str, ask: str, **fields: str) -> None:
    """The form of an ask about a case, filled in and sent."""
    page.goto(f"{running.url}/console/workflows/{workflow}?case={case}&ask={ask}")
    form = page.locator(f"#ask-{ask}")
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator(".ka-main").click()


def test_people_and_their_roster(browser: Browser, broker: Mosquitto, tmp_path: Path) -> None:
    web, name = free_port(), tmp_path.name
    with serving(tmp_path, site(broker.port, web, smokes=1, name=name) + STAFF, web, broker, name) as running:
        for person, (called, account) in PEOPLE.items():
            said = {"person": person, "name": called, "account": account, "posts": ["gate"]}
            running.client("mia").post("/api/workflows/people/add", said)
        mia = sign_in(browser, running.url, "mia", width=390, at="")
        a_certificate_of_before_takes_a_second_person(browser, running, mia)
        line = a_gap_is_shown_and_the_calendar_has_what_is_planned(running, mia)
        a_swap_is_asked_for_and_approved_and_none_goes_round_in_a_circle(browser, running, mia, line)
        whoever_has_left_signs_in_no_more(browser, running)
        assert [] == mia.strangers  # type: ignore[attr-defined]
        mia.context.close()


def a_certificate_of_before_takes_a_second_person(browser: Browser, running: Running, mia: Page) -> None:
    ada = sign_in(browser, running.url, "ada", at="")
    for person in PEOPLE:
        asked(mia, running, "people", person, "give_certificate", kind="guard", issued="2030-01-01")
        expect(mia.locator(".ka-refused, .ka-fault").first).to_contain_text("day from")
        asked(mia, running, "people", person, "give_certificate", kind="guard", issued="2024-05-01")
        expect(mia.locator(".ka-done")).to_contain_text("second person")
        assert [] == people(running)[person]["certificates"]
        ada.goto(f"{running.url}/console/bypasses")
        card = ada.locator(".ka-card", has_text=person)
        expect(card).to_contain_text("2024-05-01")
        card.get_by_role("link", name="Consent or decline").click()
        expect(ada.locator("main")).to_contain_text("under both names")
        ada.get_by_role("button", name="Consent", exact=True).click()
        expect(card).to_have_count(0)
        wait_until(lambda one=person: people(running)[one]["certificates"], f"the certificate of {person}")  # type: ignore[misc]
    ada.context.close()


def people(running: Running) -> dict[str, Any]:
    return {case["id"]: case["content"] for case in running.client("mia").get("/api/workflows/people/cases")}


def a_gap_is_shown_and_the_calendar_has_what_is_planned(running: Running, mia: Page) -> str:
    said = {"post": "gate", "person": "G-1", "first": day(1), "start": "08:00", "end": "16:00"}
    line = running.client("mia").post("/api/duty/lines", {**said, "rule": "FREQ=DAILY;COUNT=3"})["case"]
    mia.goto(f"{running.url}/console/roster")
    planned, gap = (mia.locator("p.ka-step", has_text=day(after)) for after in (3, 4))
    expect(planned).to_contain_text("08:00–16:00 Li Na")
    expect(gap).to_contain_text("nobody")
    expect(gap.locator("b").first).to_be_visible()
    assert not mia.evaluate("document.documentElement.scrollWidth > innerWidth")
    with mia.expect_download() as download:
        mia.locator("a[download='gate.ics']").click()
    calendar = Path(download.value.path()).read_text(encoding="utf-8")
    assert 3 == calendar.count("BEGIN:VEVENT")
    assert "Li Na" in calendar
    return str(line)


def a_swap_is_asked_for_and_approved_and_none_goes_round_in_a_circle(
    browser: Browser, running: Running, mia: Page, line: str
) -> None:
    olga, tom = (sign_in(browser, running.url, user, at="") for user in ("olga", "tom"))
    asked(olga, running, "duty", line, "swap", day=day(2), person="G-2")
    expect(olga.locator(".ka-done")).to_be_visible()
    expect(olga.locator("#ask-approve")).to_have_count(0)  # a leader's
    mia.goto(f"{running.url}/console/roster")
    swapped = mia.locator("p.ka-step", has_text=day(2))
    expect(swapped).to_contain_text("Li Na")
    asked(mia, running, "duty", line, "approve", day=day(2))
    expect(mia.locator(".ka-done")).to_be_visible()
    mia.goto(f"{running.url}/console/roster")
    expect(swapped).to_contain_text("Wu Gang")
    asked(tom, running, "duty", line, "swap", day=day(2), person="G-1")
    expect(tom.locator(".ka-refused")).to_contain_text("go round in a circle")
    for page in (olga, tom):
        page.context.close()


def whoever_has_left_signs_in_no_more(browser: Browser, running: Running) -> None:
    """Their session ends, too, and the ledger says so."""
    tom = sign_in(browser, running.url, "tom", at="")
    areas = f"{running.url}/api/areas"
    assert 200 == tom.request.get(areas).status
    running.client("mia").post("/api/workflows/people/leave", {"case": "G-2"})
    wait_until(lambda: tom.request.get(areas).status == 401, "tom is shut out")
    tom.context.close()

    def entered() -> list[tuple[str, str]]:
        entries = running.client("ada").get("/api/ledger?book=access")["entries"]
        return [(one["fields"]["action"], one["by"]) for one in entries if one["fields"].get("account") == "tom"]

    wait_until(lambda: entered()[-1] == ("disabled", ""), "it stands in the ledger")
