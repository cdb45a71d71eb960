"""Who may be at an open page: an account that is disabled, a session that runs out, a screen on a wall, a stranger."""

import http.client
import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from gateway.stores import tables
from gateway.stores.database import Database
from tests.rim.browsing import PATIENCE_MS, sign_in
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
    page = sign_in(browser, running.url, "olga")
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
    page.evaluate("window.cut = false; window.socket.on('disconnect', () => { window.cut = true; })")
    page.route("**/sign-in*", lambda route: route.fulfill(status=204))  # which leaves the browser where it is
    running.gateway.keyarea("user", "disable", "olga", "--data", str(running.data))
    page.keyboard.press("a")
    page.wait_for_function("window.cut", timeout=PATIENCE_MS)
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
    page = sign_in(browser, own_gateway.url, "olga", "zh")
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
    expect(page.locator(".q-notification").first).to_contain_text("may look, not act")
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


def test_the_socket_asks_for_the_cookie_and_for_our_own_page(running_gateway: Running) -> None:
    running = running_gateway
    path = "/_nicegui_ws/socket.io/?EIO=4&transport="
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
    ]
    for headers in (*refused, {"cookie": cookie}):
        assert status(running, path + "websocket", **upgrade, **headers) == 403, headers
    for headers in refused:
        assert status(running, path + "polling", **headers) in (401, 403), headers
    assert status(running, path + "websocket", **upgrade, origin=own, cookie=cookie) == 101
    assert status(running, path + "polling", origin=own, cookie=cookie) == 200


def test_the_stream_asks_where_its_cookie_comes_from(running_gateway: Running) -> None:
    cookie = f"keyarea_session={running_gateway.client('olga').token}"
    assert status(running_gateway, "/api/stream", origin="http://evil.example", cookie=cookie) == 403
