"""A bypass of fire detectors takes two people: over HTTP, on the command line, and in a browser."""

import pytest
from playwright.sync_api import Browser, expect

from tests.rim.browsing import sign_in
from tests.rim.conftest import Running
from tests.rim.processes import Client, wait_until


def alert_of(client: Client, rule: str, key: str | None = None) -> dict | None:
    found = client.get("/api/alerts?open=true")["alerts"]
    return next((alert for alert in found if alert["rule"] == rule and key in (None, alert["key"])), None)


def wish_for(client: Client, device: str) -> dict | None:
    return next((wish for wish in client.get("/api/bypasses/wishes") if device in wish["devices"]), None)


def test_nothing_is_bypassed_before_a_second_person_consents(own_gateway: Running) -> None:
    """Also over a kill; both names stand in the ledger and in the area's alert."""
    running = own_gateway
    tech, operator, admin = (running.client(user) for user in ("tom", "olga", "ada"))
    tech.post("/api/bypasses", {"devices": ["smoke-1"], "reason": "welding", "for_s": 3600})
    assert [] == tech.get("/api/bypasses")

    running.gateway.kill()
    running.gateway.start()

    wish = wait_until(lambda: wish_for(tech, "smoke-1"), "the wish, still waiting")
    running.readings("smoke-1", smoke=True)
    fire = wait_until(lambda: alert_of(operator, "smoke", "smoke-1"), "the fire")
    assert fire["aside"] is None
    with pytest.raises(AssertionError, match=r"409.*somebody else than tom"):
        tech.post(f"/api/bypasses/{wish['id']}/consent", {})
    operator.post(f"/api/bypasses/{wish['id']}/consent", {"note": "I watch"})
    with pytest.raises(AssertionError, match=r"409.*nobody waits"):
        admin.post(f"/api/bypasses/{wish['id']}/consent", {})
    (standing,) = tech.get("/api/bypasses")
    assert ("tom", "olga") == (standing["by"], standing["consented_by"])
    told = alert_of(operator, "workflow:bypass", "store")
    assert told is not None
    assert "by tom, with the consent of olga (welding)" in told["text"]
    fire = alert_of(operator, "smoke", "smoke-1")
    assert fire is not None
    assert fire["aside"] is None  # what was shown stays shown until somebody has acknowledged it
    tech.post(f"/api/bypasses/{wish['id']}/end", {})
    entries = [entry["fields"] for entry in admin.get("/api/ledger?book=bypasses")["entries"]]
    assert [("begun", "tom", "olga"), ("ended", "tom", "olga")] == [
        (entry["step"], entry["bypassed_by"], entry["consented_by"]) for entry in entries
    ]
    asked = admin.get("/api/ledger?book=consents")["entries"]
    assert [("asked", "tom", None), ("given", "tom", "olga")] == [
        (entry["fields"]["step"], entry["fields"]["asked_by"], entry.get("second") or None) for entry in asked
    ]


def test_a_site_with_one_account_is_told_what_to_do(own_gateway: Running) -> None:
    running = own_gateway
    admin = running.client("ada")
    for name in ("tom", "mia", "olga"):
        done = running.gateway.keyarea("user", "disable", name, "--data", str(running.data))
        assert done.returncode == 0, done.stderr
    with pytest.raises(AssertionError, match=r"409.*nobody else has an account.*keyarea user add"):
        admin.post("/api/bypasses", {"devices": ["smoke-1"], "reason": "welding", "for_s": 3600})
    assert [] == admin.get("/api/bypasses/wishes")
    admin.post("/api/bypasses", {"devices": ["door-1"], "reason": "painting", "for_s": 3600})
    assert ["door-1"] == admin.get("/api/bypasses")[0]["devices"]


def test_the_command_line_asks_and_does_not_consent_to_its_own_wish(own_gateway: Running) -> None:
    running = own_gateway

    def keyarea(*args: str) -> tuple[int, str]:
        done = running.gateway.keyarea("bypass", *args, "--data", str(running.data))
        return done.returncode, done.stdout + done.stderr

    begin = ("begin", "smoke-1", "--for", "30min", "--reason", "welding", "--by", "tom")
    status, text = keyarea(*begin)
    assert (0, True) == (status, "not bypassed yet" in text), text
    assert "waits for a second person" in keyarea("list")[1]
    status, text = keyarea("consent", "smoke-1", "--by", "olga")  # the same login on the machine
    assert (1, True) == (status, "somebody else than tom" in text), text
    assert 0 == keyarea("decline", "smoke-1")[0]
    assert 1 == keyarea("decline", "smoke-1")[0]

    tech = running.client("tom")
    tech.post("/api/bypasses", {"devices": ["smoke-1"], "reason": "welding", "for_s": 1800})
    assert 1 == keyarea("consent", "smoke-1", "--by", "tom")[0]
    status, text = keyarea("consent", "smoke-1", "--by", "olga")
    assert (0, True) == (status, "bypassed until" in text), text
    assert tech.get("/api/bypasses")[0]["consented_by"].startswith("olga (os:")


@pytest.mark.parametrize(
    ("language", "consent", "own", "waits"),
    [
        ("en", "Consent", "somebody else has to consent", "Asked for."),
        ("zh", "同意屏蔽", "须由另一人同意", "已提交申请"),
    ],
)
def test_one_asks_and_another_consents_in_the_browser(
    browser: Browser, running_gateway: Running, language: str, consent: str, own: str, waits: str
) -> None:
    device = running_gateway.fresh_smoke()
    bypass, reason, back, decide, take_back = {
        "en": ("Bypass", "Reason", "Back into service", "Consent or decline", "Take it back"),
        "zh": ("屏蔽", "原因", "恢复运行", "同意或不同意", "撤回申请"),
    }[language]
    page = f"/console/devices/{device}"
    asks = sign_in(browser, running_gateway.url, "tom", language, width=390, at=page)
    asks.locator("summary", has_text=bypass).click()
    asks.get_by_label(reason).fill(f"welding at {device}")
    asks.get_by_role("button", name=bypass, exact=True).click()
    expect(asks.locator("body")).to_contain_text(waits)
    asks.goto(f"{running_gateway.url}/console/bypasses")
    card = asks.locator(".ka-card", has_text=f"welding at {device}")
    expect(card).to_contain_text(own)
    card.get_by_role("link", name=take_back).click()
    expect(asks.get_by_role("button", name=take_back)).to_be_visible()
    expect(asks.get_by_role("button", name=consent, exact=True)).to_have_count(0)
    asks.go_back()

    consents = sign_in(browser, running_gateway.url, "olga", language, at="/console/bypasses")
    there = consents.locator(".ka-card", has_text=f"welding at {device}")
    there.get_by_role("link", name=decide).click()
    consents.get_by_role("button", name=consent, exact=True).click()
    expect(there).to_contain_text("tom + olga")

    expect(card).to_contain_text("tom + olga")
    card.get_by_role("link", name=back).click()
    asks.get_by_role("button", name=back).click()
    expect(card).to_have_count(0)
    for page in (asks, consents):
        assert [] == page.strangers  # type: ignore[attr-defined]
        page.context.close()
