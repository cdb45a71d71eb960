"""A signed-in page in a real browser, which may not ask anybody but the gateway for anything.

CPU on Chromium's headless shell instead of ``chromium --headless``: test_console_strip 161 to 105 s,
test_console_devices 115 to 66, test_console_sound 92 to 59, test_doors 78 to 41, test_console 48 to 28. What only the
whole browser does (a kiosk, its own permission to sound without a click) is tested by flags.
"""

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.rim.processes import PASSWORD, wait_until

_SHELL, _WHOLE = "/usr/bin/chromium-headless-shell", "/usr/bin/chromium"
CHROMIUM = _SHELL if Path(_SHELL).exists() else _WHOLE
"""The same engine without a browser's windows around it takes a third less of a core."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


def sign_in(
    browser: Browser,
    url: str,
    user: str,
    language: str = "en",
    *,
    width: int = 1600,
    at: str = "/",
    is_unfolded: bool = True,
) -> Page:
    """A page of somebody who is signed in already; a request to anywhere else fails the test.

    The session is fetched without the form: it and the control room behind it are half a second of a core for each page
    that a test wants to see. ``at``: where it looks first; "" is nowhere yet. ``is_unfolded``: every alert of an
    incident has a row, as somebody chose who wants to see them all.
    """
    page = _page(browser, url, language, width, is_unfolded=is_unfolded)
    form = {"user": user, "password": PASSWORD}
    entered = page.context.request.post(f"{url}/sign-in", form=form, max_redirects=0)
    assert 303 == entered.status, entered.text()
    if at:
        page.goto(url + at)
    return page


def sign_in_by_hand(browser: Browser, url: str, user: str) -> Page:
    """A control room page behind the form, whose button was touched: a browser lets it sound from then on."""
    page = _page(browser, url, "en", 1600)
    page.goto(f"{url}/sign-in")
    page.fill("input[name=user]", user)
    page.fill("input[name=password]", PASSWORD)
    page.click("button")
    page.wait_for_url(f"{url}/")
    return page


def _page(browser: Browser, url: str, language: str, width: int, *, is_unfolded: bool = True) -> Page:
    """Of a browser that nobody has used; ``strangers`` are the requests to anywhere else."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_cookies([{"name": "keyarea_language", "value": language, "url": url}])
    page = context.new_page()
    if is_unfolded:
        page.add_init_script("try { localStorage.setItem('keyarea-unfolded', 'all'); } catch {}")
    page.set_default_timeout(PATIENCE_MS)
    strangers: list[str] = []
    page.on("request", lambda r: strangers.append(r.url) if not r.url.startswith((url, "data:", "blob:")) else None)
    page.strangers = strangers  # type: ignore[attr-defined]
    return page


def drawn_row(page: Page, device: str) -> Locator:
    """The first row of alerts of that device: the lists draw what is in sight, so the page is scrolled to it."""
    cell = page.locator("td", has_text=re.compile(rf"^\s*{re.escape(device)}\s*$"))
    row = page.locator(".ka-alerts tbody tr").filter(has=cell).first

    def found() -> bool:
        if row.count():
            return True
        page.evaluate(
            """() => {
                const step = innerHeight / 2, end = document.documentElement.scrollHeight - innerHeight;
                scrollTo(0, scrollY >= end ? 0 : scrollY + step);
                return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
            }"""
        )
        return False  # it is looked for where the page stands then, and not where it stood before

    wait_until(found, f"{device} stands in the list")
    return row
