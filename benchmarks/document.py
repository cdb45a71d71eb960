"""How soon the console's document is right again after a restart, a line cut for 15 s, a line silent for 25 s.

``python -m benchmarks.document``. One page of Chromium behind a relay; meanwhile a detector goes off. Counted by the
page's own clock from the moment at which the line is back to the painted row; the document must be the same one (its
random number) and report by itself that it sounds. Two minutes; it ends with 1 when one of the three takes over 10 s.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, sync_playwright

from benchmarks.alarms import Alarms
from benchmarks.console_row import WATCH
from benchmarks.setup import site, write_result
from tests.rim.browsing import CHROMIUM, FLAGS, sign_in
from tests.rim.processes import GatewayProcess, Mosquitto, free_port
from tests.rim.web_relay import WebRelay

_DEVICES = 12
_WITHIN_MS = 10_000.0
_LATEST_MS = 30_000
"""Whoever is not right by then is not waited for."""
_CUT_S, _SILENT_S = 15.0, 25.0


class Sounding:
    """What the page says on its console whenever it makes a sound."""

    def __init__(self, page: Page) -> None:
        self.at = -inf
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.text.startswith("keyarea sounds"):
            self.at = time.time() * 1_000


def right_again(page: Page, sounding: Sounding, device: str, outage: Callable[[], None]) -> dict[str, Any]:
    """``outage`` returns when the line is back."""
    before = page.evaluate("window.keyarea.document")
    outage()
    back = time.time() * 1_000
    took = inf
    while time.time() * 1_000 < back + _LATEST_MS:
        page.wait_for_timeout(200)
        seen = page.evaluate("device => window.seen[device] ?? null", device)
        if seen is not None and sounding.at > back and page.locator("body").get_attribute("data-live") == "live":
            took = max(seen, sounding.at) - back
            break
    return {"right_after_ms": took, "same_document": before == page.evaluate("window.keyarea.document")}


def main() -> int:
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker, sync_playwright() as playwright:
        port = free_port()
        text = site(devices=_DEVICES, areas=_DEVICES, broker_port=broker.port, web_port=port)
        gateway = GatewayProcess(Path(name), text, web_port=port)
        gateway.add_users()
        with gateway, WebRelay(port) as line:
            alarms = Alarms(broker)
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = sign_in(browser, f"http://127.0.0.1:{line.port}", "olga")
            sounding = Sounding(page)
            page.locator("#quiet").click()
            page.evaluate(WATCH)

            def restart() -> None:
                gateway.kill()
                alarms.say(1, smoke=True)
                gateway.start()

            def gone(fail: Callable[[], None], for_s: float, device: int) -> None:
                fail()
                alarms.say(device, smoke=True)
                page.wait_for_timeout(1_000 * for_s)
                line.mend()

            figures = {
                "restart": right_again(page, sounding, "d1", restart),
                "cut for 15 s": right_again(page, sounding, "d2", lambda: gone(line.cut, _CUT_S, 2)),
                "silent for 25 s": right_again(page, sounding, "d3", lambda: gone(line.hush, _SILENT_S, 3)),
            }
            browser.close()
    write_result("document", figures)
    print(json.dumps(figures, indent=2))
    return 0 if all(f["right_after_ms"] <= _WITHIN_MS and f["same_document"] for f in figures.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
