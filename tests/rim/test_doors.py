"""Who may be at an open page: an account that is disabled, a session that runs out, a screen on a wall, a stranger."""

import http.client
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from gateway.stores import tables
from gateway.stores.database import Database
from tests.rim.browsing import sign_in
from tests.rim.conftest import Running
from tests.rim.processes import PASSWORD, PATIENCE_S, Client, wait_until

DAY_NS = 86_400_000_000_000


def let_run_out(running: Running) -> None:
    """Every session was opened two days ago."""
    with Database.to_look_at(running.data) as database, database.writing() as connection:
        now = time.time_ns()
        moved = {"created": now - 2 * DAY_NS, "last_seen": now - DAY_NS, "expires": now - DAY_NS}
        connection.execute(update(tables.sessions).values(**moved))


def state_of(client: Client, device: str) -> str | None:
    found = client.get("/api/alerts?open=true")["alerts"]
    return next((alert["state"] for alert in found if alert["key"] == device), None)


def fire_of(page: Page, device: str) -> None:
    """Chooses the fire of that detector in the control room."""
    cell = page.locator("td", has_text=re.compile(rf"^\s*{device}\s*$"))
    page.locator(".ka-table tbody tr").filter(has=cell).first.click()
    expect(page.locator(".ka-panel")).to_contain_text("Acknowledge (a)")


@pytest.mark.parametrize("path", ["/", "/areas", "/console/devices"])
def test_a_disabled_account_loses_its_open_page_and_is_told(browser: Browser, own_gateway: Running, path: str) -> None:
    running = own_gateway
    page = sign_in(browser, running.url, "olga", at="")
    page.goto(running.url + path)
    expect(page.locator("body")).to_have_attribute("data-live", "live")
    done = running.gateway.keyarea("user", "disable", "olga", "--data", str(running.data))
    assert done.returncode == 0, done.stderr
    page.wait_for_url(re.compile("/sign-in"))
    expect(page.locator("[role=alert]")).to_contain_text("disabled")
    page.goto(running.url + "/")
    page.wait_for_url(re.compile("/sign-in"))
    page.context.close()


def test_a_disabled_account_has_no_order_and_no_stream_left(browser: Browser, own_gateway: Running) -> None:
    """Also from a browser that does not leave its page: what it sends is refused, and its socket is cut."""
    running = own_gateway
    running.readings("smoke-1", smoke=True)
    other, olga = running.client("ada"), running.client("olga")
    stream = olga.events()
    next(stream)
    page = sign_in(browser, running.url, "olga")
    fire_of(page, "smoke-1")
    links = []
    page.on("websocket", lambda link: links.append(link) if "/api/board/live" in link.url else None)
    page.reload()
    fire_of(page, "smoke-1")
    page.route("**/sign-in*", lambda route: route.fulfill(status=204))  # which leaves the browser where it is
    running.gateway.keyarea("user", "disable", "olga", "--data", str(running.data))
    page.keyboard.press("a")
    wait_until(lambda: page.wait_for_timeout(50) or links[0].is_closed(), "the link is cut")
    assert [kind for _, kind, _ in stream][-1] == "signed_out"
    assert state_of(other, "smoke-1") == "unacknowledged"
    page.context.close()


def test_a_session_that_runs_out_leaves_a_live_screen_and_every_verb_asks_for_a_sign_in(
    browser: Browser, own_gateway: Running
) -> None:
    """It goes on over a restart of the gateway; whoever signs in on it acts at once."""
    running = own_gateway
    other = running.client("ada")
    running.readings("smoke-1", smoke=True)
    page = sign_in(browser, running.url, "olga")
    fire_of(page, "smoke-1")
    let_run_out(running)
    expect(page.locator(".ka-banner", has_text="session ran out")).to_be_visible()
    page.keyboard.press("a")
    dialog = page.locator("dialog.ka-sign-in")
    expect(dialog).to_be_visible()
    other = running.client("ada")
    assert state_of(other, "smoke-1") == "unacknowledged"
    dialog.get_by_role("button", name="Cancel").click()

    running.gateway.stop()
    running.gateway.start()
    expect(page.locator("body")).to_have_attribute("data-live", "live")
    running.readings("smoke-2", smoke=True)
    row = page.locator(".ka-table tbody tr", has_text="smoke-2")
    expect(row).to_be_visible()
    row.click()
    expect(page.locator(".ka-panel")).not_to_contain_text("Acknowledge (a)")
    page.goto(f"{running.url}/console/devices")  # more than the live screen takes a sign-in
    expect(dialog).to_be_visible()
    assert page.url.startswith(f"{running.url}/?")
    dialog.get_by_label("Password").fill("not the password")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_contain_text("wrong")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{running.url}/console/devices")
    page.goto(running.url)
    fire_of(page, "smoke-1")
    page.keyboard.press("a")
    wait_until(lambda: state_of(other, "smoke-1") == "acknowledged", "the acknowledgement")
    assert page.strangers == []  # type: ignore[attr-defined]
    page.context.close()


def test_another_page_goes_to_the_live_screen_when_its_session_runs_out(browser: Browser, own_gateway: Running) -> None:
    page = sign_in(browser, own_gateway.url, "olga", "zh", at="")
    page.goto(f"{own_gateway.url}/console/devices")
    expect(page.locator("body")).to_have_attribute("data-live", "live")
    let_run_out(own_gateway)
    page.wait_for_url(f"{own_gateway.url}/")
    expect(page.locator(".ka-banner", has_text="登录已于")).to_be_visible()
    page.context.close()


def test_a_kiosk_shows_everything_that_is_live_and_offers_nothing(browser: Browser, own_gateway: Running) -> None:
    running = own_gateway
    page = sign_in(browser, running.url, "kim")
    (cookie,) = (found for found in page.context.cookies() if found["name"] == "keyarea_session")
    assert cookie["expires"] - time.time() > 300 * 86_400
    running.readings("smoke-1", smoke=True)
    row = page.locator(".ka-table tbody tr", has_text="smoke-1")
    row.click()
    expect(page.locator(".ka-panel")).to_contain_text("Go and look")
    expect(page.locator(".ka-panel")).not_to_contain_text("Acknowledge")
    page.keyboard.press("a")
    expect(page.locator(".ka-note").first).to_contain_text("may look, not act")
    let_run_out(running)
    page.goto(f"{running.url}/areas")
    expect(page.locator(".ka-tile").first).to_be_visible()
    expect(page.locator(".ka-banner", has_text="session ran out")).to_be_hidden()
    assert page.goto(f"{running.url}/console/devices").status == 403  # type: ignore[union-attr]
    client = running.client("kim")
    assert client.get("/api/alerts?open=true")["alerts"]
    for path in ("/api/alerts", "/api/devices", "/api/bypasses", "/api/ledger"):
        with pytest.raises(AssertionError, match="403"):
            client.get(path)
    page.context.close()


def status(running: Running, path: str, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE_S)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    connection.close()
    return answer.status


def test_the_link_asks_for_the_cookie_and_for_our_own_page(running_gateway: Running) -> None:
    running, path = running_gateway, "/api/board/live?after="
    own, token = running.url, running.client("olga").token
    upgrade = {"connection": "Upgrade", "upgrade": "websocket", "sec_websocket_version": "13"}
    upgrade |= {"sec_websocket_key": "dGhlIHNhbXBsZSBub25jZQ=="}
    cookie = f"keyarea_session={token}"
    refused: list[dict[str, str]] = [
        {},
        {"origin": own},
        {"origin": own, "cookie": "keyarea_session=x"},
        {"origin": "http://evil.example", "cookie": cookie},
        {"origin": "null", "cookie": cookie},
        {"cookie": cookie},
    ]
    for headers in refused:
        assert status(running, path, **upgrade, **headers) == 403, headers
    assert status(running, path, **upgrade, origin=own, cookie=cookie) == 101


def test_the_stream_asks_where_its_cookie_comes_from(running_gateway: Running) -> None:
    cookie = f"keyarea_session={running_gateway.client('olga').token}"
    assert status(running_gateway, "/api/stream", origin="http://evil.example", cookie=cookie) == 403


def test_a_person_changes_the_own_password_and_every_other_session_ends(browser: Browser, own_gateway: Running) -> None:
    running, new = own_gateway, "tiger-lamp-4821-虎"
    other, left = running.client("olga"), sign_in(browser, running.url, "olga")
    page = sign_in(browser, running.url, "olga", "zh", at="")
    page.goto(f"{running.url}/password")

    def change(old: str, first: str, second: str) -> None:
        for name, value in (("old", old), ("new", first), ("again", second)):
            page.fill(f"input[name={name}]", value)
        page.click("button")

    change("not the password", new, new)
    expect(page.locator("[role=alert]")).to_contain_text("旧密码不正确")
    change(PASSWORD, new, f"{new}x")
    expect(page.locator("[role=alert]")).to_contain_text("不一致")
    change(PASSWORD, "password123", "password123")
    expect(page.locator("[role=alert]")).to_contain_text("攻击者")
    change(PASSWORD, new, new)
    page.wait_for_url(f"{running.url}/")
    expect(page.locator("body")).to_have_attribute("data-live", "live")
    left.wait_for_url(re.compile("/sign-in"))
    with pytest.raises(AssertionError, match="401"):
        other.get("/api/me")
    again = Client(running.port, "olga", new)
    token = again.post("/api/me/password", {"old": new, "new": PASSWORD})["token"]
    with pytest.raises(AssertionError, match="401"):
        again.get("/api/me")
    again.token = token
    assert again.get("/api/me")["user"] == "olga"
    kiosk = running.client("kim")
    with pytest.raises(AssertionError, match="403"):
        kiosk.post("/api/me/password", {"old": PASSWORD, "new": new})
    for opened in (left, page):
        opened.context.close()


def test_three_hundred_guesses_at_once_lock_nobody_out_and_are_few_entries(own_gateway: Running) -> None:
    """They come from one address; the owner's browser is known from an earlier sign-in."""
    running = own_gateway
    mark = cookies_of(running, PASSWORD)["keyarea_browser"]
    with ThreadPoolExecutor(60) as pool:
        statuses = list(pool.map(lambda n: tried(running, f"wrong password {n}"), range(300)))
    assert set(statuses) <= {401, 429}
    assert statuses.count(401) < 20  # five at once; then after pauses that double, if the machine takes that long
    assert tried(running, PASSWORD, cookie=f"keyarea_browser={mark}") == 200
    done = running.gateway.keyarea("user", "role", "tom", "manager", "--data", str(running.data))
    assert done.returncode == 0, done.stderr
    admin = running.client("ada")

    def entries() -> list[dict]:
        return list(admin.get("/api/ledger?book=access")["entries"])

    wait_until(lambda: any(entry["fields"]["action"] == "role" for entry in entries()), "the new role in the ledger")
    told = [(entry["by"], entry["fields"]) for entry in entries()]
    assert 10 > sum(fields["action"] in ("failed", "locked_out") for _, fields in told) >= 2
    (change,) = ((by, fields) for by, fields in told if fields["action"] == "role")
    assert change[0].startswith("os:")
    assert (change[1]["account"], change[1]["role"]) == ("tom", "manager")
    assert any(by == "olga" and fields["action"] == "signed_in" for by, fields in told)
    assert "wrong password" not in str(told)
    assert running.gateway.keyarea("ledger", "verify", "--data", str(running.data)).returncode == 0


def asked(running: Running, password: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE_S)
    body = json.dumps({"user": "olga", "password": password})
    connection.request("POST", "/api/session", body, {"content-type": "application/json", **headers})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def tried(running: Running, password: str, **headers: str) -> int:
    return asked(running, password, **headers).status


def cookies_of(running: Running, password: str) -> dict[str, str]:
    set_by = asked(running, password).headers.get_all("set-cookie") or []
    return dict(each.partition(";")[0].split("=", 1) for each in set_by)
