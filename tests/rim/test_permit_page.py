"""A permit to enter a confined space on a phone: in and out by a press, and everybody out when the air is bad."""

from playwright.sync_api import Browser, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running

_SPACE = {"item": "CS-7", "area": "store", "kind": "underground", "place": "sump 7", "dangers": "sludge gas"}
_PERMIT = {
    "space": "CS-7", "work": "clean the sump", "hours": 8, "lead": "Sun", "workers": ["Zhao", "Li"], "watcher": "Qian",
    "ventilation": "blower",
}  # fmt: skip
_AIR = {"point": "bottom", "lel": 0, "oxygen": 20.9, "co": 0, "h2s": 0}
_AT = "/api/workflows/confined_space"
_MEASURES = (
    *("isolated", "drained", "ventilated", "locked_out", "low_voltage", "breathing", "lifeline"),
    *("rescue_gear", "communication", "fenced", "tools_counted"),
)


def test_in_and_out_by_a_press_and_everybody_out_when_the_air_is_bad(
    browser: Browser, running_gateway: Running
) -> None:
    tom, mia, ada = (running_gateway.client(name) for name in ("tom", "mia", "ada"))
    mia.post("/api/workflows/confined_spaces/add", _SPACE)
    case = tom.post(f"{_AT}/apply", _PERMIT)["case"]
    assert 409 == tom.try_post(f"{_AT}/approve", {"case": case})[0]
    waits = mia.post(f"{_AT}/approve", {"case": case})
    ada.post("/api/workflows/consent/give", {"case": waits["case"]})
    tom.post(f"{_AT}/tick", {"case": case, "measures": list(_MEASURES)})
    tom.post(f"{_AT}/brief", {"case": case})
    tom.post(f"{_AT}/test_gas", {"case": case, **_AIR})
    tom.post(f"{_AT}/start", {"case": case})

    page = sign_in(browser, running_gateway.url, "olga", "zh", width=390, at="/console/permits")
    row = page.locator(f"#permit-{case}")
    expect(row).to_contain_text("sump 7")
    zhao = row.locator("li", has_text="Zhao")
    zhao.locator("button").click()
    expect(row.locator("li.ka-permit-in")).to_have_count(1)
    expect(zhao.locator("button")).to_have_text("离开")
    tom.post(f"{_AT}/test_gas", {"case": case, **_AIR, "oxygen": 19.4})
    expect(row.locator("[role=alert]")).to_contain_text("立即撤出")  # the page keeps itself up to date
    expect(row.locator("li", has_text="Li").locator("button")).to_have_count(0)
    assert 409 == tom.try_post(f"{_AT}/finish", {"case": case})[0]
    zhao.locator("button").click()
    expect(row.locator("li.ka-permit-in")).to_have_count(0)
    expect(row.locator("[role=alert]")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [] == page.strangers  # type: ignore[attr-defined]
    page.context.close()

    tom.post(f"{_AT}/finish", {"case": case})
    running_gateway.client("olga").post(f"{_AT}/accept", {"case": case})
    entries = ada.get("/api/ledger?book=permits")["entries"]
    steps = [each["fields"]["step"] for each in entries if each["fields"]["case"] == case]
    assert {"entered", "evacuate_gas", "left", "all_out", "finished", "accepted", "closed"} <= set(steps)
