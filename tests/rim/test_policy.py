"""What the console's pages may do in a browser: strictly what they need, on every page."""

import re

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.rim.browsing import drawn_row, sign_in
from tests.rim.conftest import Running
from tests.rim.processes import wait_until
from tests.rim.test_api import ask

PAGES = (
    *("/", "/areas", "/console/devices", "/console/devices/smoke-1", "/console/devices/smoke-1/commissioning"),
    *("/console/devices/smoke-1/amend", "/console/waiting", "/console/adopt", "/console/reject", "/console/import"),
    *("/console/walk-tests", "/console/bypasses", "/console/malformed", "/manager", "/password", "/nowhere"),
    *("/console/books", "/console/books/fire_patrol", "/console/books/visitors/print"),
    *("/console/patrols", "/console/patrol", "/console/workflows", "/console/workflows/patrols"),
)
STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def watched(page: Page) -> list[str]:
    """Every violation that the browser reports from now on."""
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if "Content Security Policy" in said.text else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_every_page_does_only_what_its_policy_allows(browser: Browser, running_gateway: Running) -> None:
    """And opens without a fault."""
    running = running_gateway
    running.readings("smoke-1", smoke=False, temperature=21.5)
    page = sign_in(browser, running.url, "ada")
    violations = watched(page)
    for path in PAGES:
        answer = page.goto(running.url + path)
        assert answer is not None
        if path == "/password":
            assert "script-src" not in policy_of(answer)
            continue
        assert STRICT == policy_of(answer), path
        assert (404 if path == "/nowhere" else 200) == answer.status
        if path != "/console/patrol":  # a page of its own, which goes on without a network
            expect(page.locator("body")).to_contain_text("Test site")
            expect(page.locator("#data-age")).to_have_text(re.compile(r"\d+ s"))
        assert [] == violations, path
    page.context.close()


def policy_of(answer: Response) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))


def test_what_is_opened_on_a_page_keeps_to_it_too(browser: Browser, running_gateway: Running) -> None:
    """Menus, dialogs, notes at the edge, a choice from a list."""
    running, device = running_gateway, running_gateway.fresh_smoke()
    page = sign_in(browser, running.url, "ada", "zh")
    violations = watched(page)
    running.readings(device, smoke=True)
    drawn_row(page, device).click()
    page.get_by_role("button", name="ada ▾").click()
    expect(page.locator("#own-menu")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator(".ka-note").first).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto(f"{running.url}/console/walk-tests")
    page.get_by_label("部位").select_option(index=1)
    page.goto(f"{running.url}/console/devices/{device}")
    wait_until(lambda: page.evaluate("Boolean(document.querySelector('ka-chart')?.chart)"), "a curve is drawn")
    assert [] == violations
    page.context.close()


def test_markup_that_got_into_a_page_runs_nothing(browser: Browser, running_gateway: Running) -> None:
    page = sign_in(browser, running_gateway.url, "ada")
    violations = watched(page)
    page.evaluate(
        """() => {
            window.ran = [];
            const put = (html) => document.body.insertAdjacentHTML("beforeend", html);
            put('<img src="data:," onerror="window.ran.push(1)">');
            put('<svg onload="window.ran.push(2)"></svg>');
            put('<iframe srcdoc="<script>parent.ran.push(3)</script>"></iframe>');
            const script = document.createElement("script");
            script.textContent = "window.ran.push(4)";
            document.body.append(script);
            put('<a id="bad" href="javascript:window.ran.push(5)">x</a>');
            document.getElementById("bad").click();
        }"""
    )
    page.wait_for_function("document.querySelector('iframe') !== null")
    page.wait_for_timeout(500)
    assert page.evaluate("window.ran") == []
    assert violations
    page.context.close()


@pytest.mark.parametrize("path", ["/", "/sign-in", "/healthz", "/api/alerts", "/nowhere"])
def test_every_answer_is_guarded(running_gateway: Running, path: str) -> None:
    cookie = f"keyarea_session={running_gateway.client('ada').token}"
    _, headers, _ = ask(running_gateway, "GET", path, cookie=cookie)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=(self)" in headers["permissions-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "server" not in headers
