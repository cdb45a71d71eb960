"""A signed-in page in a real browser, which may not ask anybody but the gateway for anything.

CPU on Chromium's headless shell instead of ``chromium --headless``: test_console_strip 161 to 105 s,
test_console_devices 115 to 66, test_console_sound 92 to 59, test_doors 78 to 41, test_console 48 to 28. What only the
whole browser does (a kiosk, its own permission to sound without a click) is tested by flags.
"""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.rim.processes import PASSWORD

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


def sign_in(browser: Browser, url: str, user: str, language: str = "en", *, width: int = 1600) -> Page:
    """A signed-in control room page; a request to anywhere else fails the test."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_cookies([{"name": "keyarea_language", "value": language, "url": url}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    strangers: list[str] = []
    page.on("request", lambda r: strangers.append(r.url) if not r.url.startswith((url, "data:", "blob:")) else None)
    page.strangers = strangers  # type: ignore[attr-defined]
    page.goto(f"{url}/sign-in")
    page.fill("input[name=user]", user)
    page.fill("input[name=password]", PASSWORD)
    page.click("button")
    page.wait_for_url(f"{url}/")
    return page
