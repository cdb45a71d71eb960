"""How long a fire takes from the detector's message to a painted row in Chromium, with ten pages open.

``python -m benchmarks.console_row``; a minute. It ends with 1 when the gate does not hold. A site on a day like others:
a hundred detectors that all speak, two fires a second, each in an area of its own, so that each is one new row. Counted
by one clock, from publish to the task after the frame that holds the row, in the page in front; the other nine draw
the same. All ten pages and the gateway share this machine: what they cost each other is in the figure.

It is no flood. With 10,000 devices that fall silent meanwhile, what was measured is how ten pages on two cores make
10,000 rows. Floods have a benchmark of their own (flood.py, to the stream), and so has what 10,000 open alerts cost the
gateway (console.py).
"""

import json
import os
import sys
import tempfile
import time
from math import inf
from pathlib import Path
from statistics import quantiles

from playwright.sync_api import Page, sync_playwright

from benchmarks.alarms import Alarms
from benchmarks.setup import site, write_result
from tests.rim.browsing import CHROMIUM, FLAGS, sign_in
from tests.rim.processes import Client, GatewayProcess, Mosquitto, free_port

_PAGES = 10
_DOZENS, _IN_SIGHT = 4, 12
"""First-out stands on top, so what is measured must fit above the edge: it is acknowledged before the next dozen."""
_AREAS, _DEVICES = 50, 100
"""Two detectors an area: one goes off, and the other is well."""
_BETWEEN_MS, _SETTLES_MS = 500, 3_000
_UNDER_MS = 400

WATCH = """() => {
    window.seen = {};
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
        if (!node.dataset?.id) return;
        const device = node.querySelector(".ka-c-device").textContent;
        requestAnimationFrame(() => setTimeout(() => { window.seen[device] ??= Date.now(); }));
    }))).observe(document.getElementById("page"), { subtree: true, childList: true });
}"""
"""When the row was painted: the task after the frame that holds it."""


def measured() -> dict[str, float]:
    """From publish to the painted row, in ms, in the first of ten pages."""
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker, sync_playwright() as playwright:
        port = free_port()
        text = site(devices=_DEVICES, areas=_AREAS, broker_port=broker.port, web_port=port)
        gateway = GatewayProcess(Path(name), text, web_port=port)
        gateway.add_users()
        with gateway:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            first = sign_in(browser, gateway.url, "olga")
            for _ in range(_PAGES - 1):
                first.context.new_page().goto(gateway.url)
            first.bring_to_front()
            first.evaluate(WATCH)
            sent = _fires(first, Alarms(broker), Client(port, "olga"))
            seen = first.evaluate("window.seen")
            browser.close()
    return _summed({device: seen.get(device, inf) - at for device, at in sent.items()})


def _fires(page: Page, alarms: Alarms, client: Client) -> dict[str, float]:
    """When each device was in alarm, in ms since 1970, when there was time for all rows."""
    sent: dict[str, float] = {}
    for dozen in range(_DOZENS):
        _acknowledge(client)
        for device in range(len(sent), _DEVICES):
            alarms.say(device, smoke=False)
        page.wait_for_timeout(_SETTLES_MS)
        for device in range(dozen * _IN_SIGHT, (dozen + 1) * _IN_SIGHT):
            sent[f"d{device}"] = time.time() * 1_000
            alarms.say(device, smoke=True)
            page.wait_for_timeout(_BETWEEN_MS)
        page.wait_for_timeout(_SETTLES_MS)
    return sent


def _acknowledge(client: Client) -> None:
    """Whatever nobody has acknowledged yet."""
    for alert in client.get("/api/alerts?open=true&aside=false&limit=1000")["alerts"]:
        if alert["state"] != "acknowledged":
            client.post(f"/api/alerts/{alert['id']}/acknowledge")


def _summed(took: dict[str, float]) -> dict[str, float]:
    drawn = [ms for ms in took.values() if ms < inf]
    if len(drawn) < 2:
        return {"p50_ms": inf, "p99_ms": inf, "worst_ms": inf, "missing": len(took)}
    cuts = quantiles(drawn, n=100, method="inclusive")
    return {"p50_ms": cuts[49], "p99_ms": cuts[98], "worst_ms": max(drawn), "missing": len(took) - len(drawn)}


if __name__ == "__main__":
    busy, figures = os.getloadavg()[0], measured()
    write_result("console_row", {"pages": _PAGES, "load_average": busy, **figures})
    print(json.dumps(figures))
    sys.exit(0 if figures["p99_ms"] < _UNDER_MS and figures["missing"] == 0 else 1)
