"""The technician's pages in a real browser, mostly as wide as a phone: adopt, commission, look, import."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running
from tests.rim.processes import wait_until

PHONE = 390
HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}"


@pytest.fixture
def phone(browser: Browser, running_gateway: Running) -> Iterator[Page]:
    """Signed in as a technician; nothing may come from elsewhere, and no script of the page may fail."""
    page = sign_in(browser, running_gateway.url, "tom", width=PHONE, at="")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    yield page
    assert [] == faults
    assert [] == page.strangers  # type: ignore[attr-defined]
    page.context.close()


def see(page: Page, text: str) -> None:
    expect(page.locator("body")).to_contain_text(text)


def test_an_unknown_device_is_adopted_commissioned_and_plotted(phone: Page, running_gateway: Running) -> None:
    """It speaks, it stands on top, the form is filled in; its trigger is seen and heard; the record says so."""
    address, page = "fresh-detector", phone
    running_gateway.readings(address, smoke=False, temperature=21.5)
    page.goto(f"{running_gateway.url}/console/waiting")
    card = page.locator(".ka-card", has_text=address)
    expect(card).to_contain_text("Smoke detector")
    expect(card).to_contain_text("temperature 21.5 °C")
    expect(card).to_contain_text(re.compile(r"\d+ s ago"))
    card.get_by_role("link", name="Adopt").click()
    page.get_by_text("More: signals").click()
    expect(page.get_by_label("Id", exact=False).first).to_have_value(address)
    page.get_by_role("button", name="Adopt and commission").click()
    see(page, "Choose the area that it watches.")
    page.get_by_label("Area").select_option("Chemical store")
    page.get_by_text("More: signals").click()
    page.get_by_label("Longest silence (s)").fill("-5")
    page.get_by_label("Note").fill("by the pump")
    page.get_by_role("button", name="Adopt and commission").click()
    see(page, "must be more than 0 seconds")
    expect(page.get_by_label("Note")).to_have_value("by the pump")
    page.get_by_label("Longest silence (s)").fill("")
    page.get_by_role("button", name="Adopt and commission").click()

    see(page, "Trigger it now")
    page.get_by_label("Note").fill("the ladder")
    running_gateway.readings(address, smoke=True, temperature=22.5)
    see(page, "Trigger seen")
    expect(page.locator("body")).to_have_attribute("data-ticks", "1")
    expect(page.get_by_label("Note")).to_have_value("the ladder")
    page.get_by_label("Note").fill("")
    page.get_by_role("button", name="Finish all the same").click()
    see(page, "say why in the note")
    page.get_by_label("Note").fill("the ladder is needed elsewhere")
    page.get_by_role("button", name="Finish all the same").click()
    record = page.locator(".ka-record")
    expect(record).to_contain_text("the ladder is needed elsewhere")
    expect(record).to_contain_text("keyarea fresh-detector")

    page = phone
    running_gateway.readings(address, smoke=False, temperature=23.5)
    page.goto(f"{running_gateway.url}/console/devices/{address}")
    see(page, "23.5 °C")
    see(page, "the ladder is needed elsewhere")
    assert 23.5 in wait_until(lambda: plotted(page, "temperature"), "the temperature is plotted")
    running_gateway.readings(address, smoke=False, temperature=24.5)
    see(page, "24.5 °C")


def plotted(page: Page, title: str) -> list[float]:
    """The values that the chart of that title has drawn."""
    return page.evaluate(
        """(title) => [...document.querySelectorAll("ka-chart")].flatMap(({ chart }) => {
            const drawn = chart?.getOption();
            return drawn?.title[0].text.startsWith(title) ? drawn.series[1].data.map((pair) => pair[1]) : [];
        })""",
        title,
    )


def test_a_sender_is_rejected_and_readmitted(phone: Page, running_gateway: Running) -> None:
    """What it calls itself is text, whatever it is."""
    page = phone
    running_gateway.readings(HOSTILE, motion=True)
    page.goto(f"{running_gateway.url}/console/waiting")
    card = page.locator(".ka-card", has_text=HOSTILE)
    expect(card).to_be_visible()
    card.get_by_role("link", name="Reject").click()
    see(page, HOSTILE)
    page.get_by_label("Note").fill("a neighbour's")
    page.get_by_role("button", name="Reject").click()
    page.get_by_text(re.compile(r"^Rejected \(\d+\)$")).click()  # others may have been turned away before
    row = page.locator("#rejected li", has_text=HOSTILE)
    expect(row).to_be_visible()
    expect(card).to_have_count(0)
    row.get_by_role("button", name="Readmit").click()
    expect(row).to_have_count(0)
    running_gateway.readings(HOSTILE, motion=True)
    expect(card).to_be_visible()
    card.get_by_role("link", name="Adopt").click()
    see(page, HOSTILE)
    assert 0 == page.locator("img[src=x]").count()


def test_a_card_keeps_its_place_while_its_sender_speaks(phone: Page, running_gateway: Running) -> None:
    """A button that is pressed at this moment, or holds the keyboard, is not built anew under the finger."""
    page = phone
    running_gateway.readings("chatterbox", motion=False)
    page.goto(f"{running_gateway.url}/console/waiting")
    card = page.locator(".ka-card", has_text="chatterbox")
    expect(card).to_contain_text("1 messages")
    card.get_by_role("link", name="Adopt").focus()
    running_gateway.readings("chatterbox", motion=True)
    expect(card).to_contain_text("2 messages")
    expect(card.get_by_role("link", name="Adopt")).to_be_focused()


def test_a_list_is_imported_whole_or_not_at_all(phone: Page, running_gateway: Running) -> None:
    """Faults stand by row and column; a good list shows what it would change, and does it when told to."""
    page = phone
    page.goto(f"{running_gateway.url}/console/import")
    bad = "id,family,address,area,interval_s\nheat-1,keyarea,heat-1,store,soon\nheat-2,keyarea,heat-2,cellar,\n"
    upload(page, bad)
    see(page, "nothing was imported")
    rows = page.locator("tbody tr")
    expect(rows.filter(has_text="interval_s")).to_contain_text("expected a number")
    expect(rows.filter(has_text="cellar")).to_contain_text("3")
    upload(page, bad.replace("soon", "600"))
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("cellar")
    assert "heat-1" not in {device["id"] for device in running_gateway.client().get("/api/devices")}
    upload(page, bad.replace("soon", "600").replace("cellar", "office"))
    see(page, "adopted: 2")
    assert "heat-1" not in {device["id"] for device in running_gateway.client().get("/api/devices")}
    page.get_by_label("Note").fill("two for the heat")
    page.get_by_role("button", name="Import: 2 changes").click()
    see(page, "Imported.")
    page.goto(f"{running_gateway.url}/console/devices?text=heat-")
    see(page, "2 of ")
    expect(page.locator(".ka-device")).to_have_count(2)
    page.get_by_label("Find").press("End")
    page.get_by_label("Find").press_sequentially("2")
    expect(page.locator(".ka-device")).to_have_count(1)
    expect(page.get_by_label("Find")).to_be_focused()
    assert page.url.endswith("?text=heat-2")


def upload(page: Page, text: str) -> None:
    page.locator("input[type=file]").set_input_files(
        [{"name": "list.csv", "mimeType": "text/csv", "buffer": text.encode()}]
    )


def test_a_device_is_described_anew_exchanged_and_retired(phone: Page, running_gateway: Running) -> None:
    running_gateway.readings("first-probe", leak=False)
    client = running_gateway.client()
    wait_until(lambda: any(s["address"] == "first-probe" for s in client.get("/api/quarantine")), "it waits")
    client.post(
        "/api/devices",
        {"id": "cellar-probe", "family": "keyarea", "address": "first-probe", "area": "store", "name": "Probe"},
    )
    page = f"{running_gateway.url}/console/devices/cellar-probe"
    phone.goto(f"{page}/amend")
    phone.get_by_label("Name", exact=True).fill("Probe under the pump")
    phone.get_by_role("button", name="Save").click()
    phone.wait_for_url(page)
    document = phone
    see(document, "Probe under the pump")
    form = opened(document, "Replace hardware")
    form.get_by_role("button", name="Replace hardware").click()
    expect(form).to_contain_text("This is needed.")
    form.get_by_label("Address").fill("second-probe")
    form.get_by_role("button", name="Replace hardware").click()
    see(document, "Trigger it now")
    document.goto(page)
    see(document, "keyarea first-probe → keyarea second-probe")
    opened(document, "Retire").get_by_role("button", name="Retire").click()
    document.wait_for_url(f"{running_gateway.url}/console/devices")
    document.goto(page)
    see(document, "There is no device cellar-probe in service.")
    see(document, "retired")


def opened(page: Page, name: str) -> Locator:
    """The form of that name on the page of a device."""
    form = page.locator("details", has_text=name)
    form.locator("summary").click()
    return form


def test_a_walk_test_ticks_and_ends_with_a_report(browser: Browser, own_gateway: Running) -> None:
    """Those not yet walked stand on top; the control room is told who walks; the fire is set aside with its reason."""
    names = [own_gateway.fresh_smoke() for _ in range(2)]
    phone = sign_in(browser, own_gateway.url, "tom", width=PHONE, at="/console/walk-tests")
    phone.get_by_label("Note").fill("with the ladder")
    phone.get_by_role("button", name="Begin").click()
    see(phone, "Choose the area that you walk.")
    expect(phone.get_by_label("Note")).to_have_value("with the ladder")
    phone.get_by_label("Area").select_option(label="Chemical store")
    phone.get_by_label("In alarm for longer").select_option(label="180 s")
    phone.get_by_role("button", name="Begin").click()
    phone.wait_for_url(re.compile("/console/walk-tests/[0-9a-f]+"))
    rows = phone.locator(".ka-walk")
    expect(rows.filter(has_text=names[0])).to_contain_text("○")
    own_gateway.readings(names[0], smoke=True)
    expect(rows.filter(has_text=names[0])).to_contain_text("✓")
    expect(phone.locator(".ka-walk-last")).to_contain_text(names[0])
    expect(phone.locator("body")).to_have_attribute("data-ticks", "1")
    expect(rows.first).to_contain_text("○")
    expect(rows.filter(has_text=names[0])).to_contain_text("still in alarm")

    room = sign_in(browser, own_gateway.url, "olga")
    expect(room.locator(".ka-walking")).to_contain_text("Chemical store")
    room.get_by_role("button", name="1 set aside: walk test 1").click()
    see(room, "Walk test · tom")
    expect(room.locator(".ka-walking")).to_contain_text(re.compile("in alarm by the test for .*, shouts in"))
    own_gateway.readings(names[0], smoke=False)
    expect(room.locator(".ka-walking")).not_to_contain_text("in alarm by the test")
    expect(rows.filter(has_text=names[0])).not_to_contain_text("still in alarm")
    room.context.close()

    phone.get_by_role("link", name="End the walk test").click()
    see(phone, "detectors have not answered")
    phone.get_by_role("button", name="End the walk test").click()
    report = phone.locator(".ka-record")
    expect(report).to_contain_text(re.compile(r"1 of \d+ answered"))
    expect(report).to_contain_text("finished")
    entries = own_gateway.client().get("/api/ledger?limit=1000")["entries"]
    assert any(entry["book"] == "walk_tests" for entry in entries)
    phone.context.close()


def test_a_bypass_needs_a_reason_and_is_shown_until_it_ends(phone: Page, running_gateway: Running) -> None:
    page = phone
    page.goto(f"{running_gateway.url}/console/devices/door-1")
    form = opened(page, "Bypass")
    form.get_by_role("button", name="Bypass").click()
    expect(form).to_contain_text("a bypass has a reason")
    form.get_by_label("Reason").fill("the door is being painted")
    form.get_by_role("button", name="Bypass").click()
    expect(page.locator(".ka-is-bypassed")).to_be_visible()
    page.goto(f"{running_gateway.url}/console/bypasses")
    card = page.locator(".ka-card", has_text="the door is being painted")
    expect(card.locator(".ka-age-of")).to_have_text(re.compile(r"1 h 59 min|2 h 0 min"))
    card.get_by_role("link", name="Back into service").click()
    page.get_by_role("button", name="Back into service").click()
    see(page, "Nothing is bypassed.")


def test_work_on_a_device_is_written_into_the_ledger(phone: Page, running_gateway: Running) -> None:
    """And how often it is to be tested is part of its description."""
    client = running_gateway.client()
    client.post("/api/devices", {"id": "due-1", "family": "keyarea", "address": "due-1", "area": "store"})
    phone.goto(f"{running_gateway.url}/console/devices/due-1/amend")
    page = phone
    page.get_by_text("More: signals").click()
    page.get_by_label("Put up on").fill("2020-01-31")
    page.get_by_label("Test every (days)").fill("often")
    page.get_by_role("button", name="Save").click()
    see(page, "A whole number of days, or nothing.")
    page.get_by_label("Test every (days)").fill("180")
    page.get_by_role("button", name="Save").click()
    form = opened(phone, "Record work")
    form.get_by_label("Note").fill("with test gas")
    form.get_by_role("button", name="Record work").click()
    see(phone, "It stands in the ledger.")
    assert 180 == client.get("/api/devices/due-1")["test_every_days"]
    entries = client.get("/api/ledger?book=maintenance")["entries"]
    assert any(entry["fields"].get("device") == "due-1" for entry in entries)


@pytest.mark.parametrize(
    "path",
    [
        "walk-tests",
        "bypasses",
        "devices",
        "devices/smoke-0",
        "devices/smoke-0/commissioning",
        "waiting",
        "import",
        "malformed",
    ],
)
def test_no_page_is_wider_than_a_phone(phone: Page, running_gateway: Running, path: str) -> None:
    phone.goto(f"{running_gateway.url}/console/{path}")
    expect(phone.locator("#data-age")).to_have_text(re.compile(r"\d+ s|–"))
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE


@pytest.mark.parametrize(
    ("wanted", "opened"), [("/console/devices/door-1", "/console/devices/door-1"), ("//example.org/", "/")]
)
def test_a_label_leads_through_the_sign_in_to_its_page(
    browser: Browser, running_gateway: Running, wanted: str, opened: str
) -> None:
    """And no link leads away from here."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{running_gateway.url}/sign-in?next={quote(wanted)}")
    page.fill("input[name=user]", "tom")
    page.fill("input[name=password]", "correct-horse-battery-staple")
    page.click("button")
    page.wait_for_url(running_gateway.url + opened)
    context.close()


def test_an_operator_may_look_and_not_adopt(browser: Browser, running_gateway: Running) -> None:
    page = sign_in(browser, running_gateway.url, "olga", at="")
    page.goto(f"{running_gateway.url}/console/waiting")
    see(page, "Your role may not see this")
    page.goto(f"{running_gateway.url}/console/devices/smoke-0")
    see(page, "smoke-0")
    expect(page.locator("details", has_text="Retire")).to_have_count(0)
    refused = page.request.post(page.url, form={"do": "retire", "note": ""}, headers={"Origin": running_gateway.url})
    assert 403 == refused.status
    page.context.close()


@pytest.mark.parametrize(
    ("language", "told", "link", "mark"),
    [
        ("en", "Unregistered device: .*smoke reported by keyarea {}", "Go to the unknown", "Reports a danger"),
        ("zh", "未登记设备：.*烟雾报警（由 keyarea {} 上报）", "前往“未知设备”", "正在报警"),
    ],
)
def test_the_alarm_of_an_unknown_device_leads_to_where_it_waits(
    browser: Browser, own_gateway: Running, language: str, told: str, link: str, mark: str
) -> None:
    """It is rejected by two people only, since it has told a danger; that goes on to be an alert."""
    address = f"cellar-{language}"
    page = sign_in(browser, own_gateway.url, "tom", language)
    own_gateway.readings(address, temperature=21.5, smoke=True)
    row = page.locator(".ka-table tbody tr").filter(has_text=re.compile(told.format(address)))
    row.click()
    page.locator(".ka-panel").get_by_role("link", name=link).click()
    card = page.locator(".ka-card", has_text=address)
    expect(card).to_contain_text(mark)
    technician = own_gateway.client("tom")
    assert not technician.post("/api/quarantine/reject", {"family": "keyarea", "address": address})["done"]
    wishes = technician.get("/api/bypasses/wishes")
    (wish,) = [wish for wish in wishes if wish["order"] == "reject" and address in wish["reason"]]
    own_gateway.client("olga").post(f"/api/bypasses/{wish['id']}/consent")
    expect(card).to_have_count(0)
    page.context.close()
