"""Codes by the API and on the console: who may give them, and that none is ever said back."""

from playwright.sync_api import Browser, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running

CODE = "590318"


def test_an_administrator_gives_and_takes_codes_and_no_answer_and_no_page_says_one(
    browser: Browser, running_gateway: Running
) -> None:
    ada, olga = running_gateway.client(), running_gateway.client("olga")
    assert 403 == olga.try_post("/api/codes", {"account": "olga", "code": CODE})[0]
    status, told = ada.try_post("/api/codes", {"account": "olga", "code": CODE, "hours": -1})
    assert (422, False) == (status, CODE in str(told))
    assert 409 == ada.try_post("/api/codes", {"account": "olga", "code": CODE, "areas": ["nowhere"]})[0]
    page = sign_in(browser, running_gateway.url, "ada", width=390, at="")
    page.goto(f"{running_gateway.url}/console/codes")
    page.locator("#give [name=account]").fill("nobody")
    page.locator("#give [name=code]").fill(CODE)
    page.locator("#give [name=kind]").select_option("duress")
    page.locator("#give button").click()
    expect(page.locator(".ka-refused")).to_contain_text("nobody")
    assert CODE not in page.content()
    page.locator("#give [name=account]").fill("olga")
    page.locator("#give [name=code]").fill(CODE)
    page.locator("#give button").click()
    expect(page.locator("form", has=page.locator("input[name=take]"))).to_contain_text("duress")
    page.locator("#make [name=account]").fill("olga")
    page.locator("#make [name=hours]").fill("0")
    page.locator("#make button").click()
    expect(page.locator("#make .ka-fault")).to_be_visible()
    page.locator("#make [name=hours]").fill("8")
    page.locator("#make button").click()
    made = page.locator("#made .ka-code").inner_text()
    assert (6, True) == (len(made), made.isdecimal())
    listed = ada.get("/api/codes")
    assert ["duress", "once"] == sorted(each["kind"] for each in listed if each["account"] == "olga")
    assert not any(code in str(listed) for code in (CODE, made))
    page.reload()
    expect(page.locator("#made")).to_have_count(0)
    assert made not in page.content()
    page.get_by_role("button", name="olga").first.click()
    expect(page.locator("input[name=take]")).to_have_count(0)
    page.context.close()


def test_whether_an_area_could_be_armed_is_looked_at_before_anything_is_done(
    browser: Browser, running_gateway: Running
) -> None:
    olga = running_gateway.client("olga")
    before = {area["id"]: area["mode"] for area in olga.get("/api/areas")}
    page = sign_in(browser, running_gateway.url, "olga", width=390, at="")
    page.goto(f"{running_gateway.url}/console/workflows/arming")
    assert [0, 1] == [page.locator(f"#ask-{ask}").count() for ask in ("set_modes", "set_mode")]
    page.locator("details", has=page.locator("#ask-set_mode")).locator("summary").click()
    form = page.locator("#ask-set_mode")
    form.locator("[name=area]").select_option("store")
    form.locator("[name=mode]").select_option("armed")
    form.locator("[name=check]").click()
    expect(page.locator("details[open] [role=status]")).to_be_visible()
    expect(form.locator("[name=mode]")).to_have_value("armed")
    assert before == {area["id"]: area["mode"] for area in olga.get("/api/areas")}
    page.context.close()
