"""What consoles cost the gateway, and how long a fire takes to a row in a browser, with many pages open.

``python -m benchmarks.console``. Pages are links as a browser has them (``/api/board/live``), the CPU is the gateway's
beyond what the same alerts cost with nobody looking; the way to the row is measured in Chromium, by the page's clock.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles

import websockets
from paho.mqtt.client import Client as Mqtt
from paho.mqtt.enums import CallbackAPIVersion
from playwright.sync_api import sync_playwright

from benchmarks.setup import cpu_seconds, site, write_result
from tests.rim.browsing import CHROMIUM, FLAGS, sign_in
from tests.rim.processes import Client, GatewayProcess, Mosquitto, free_port, wait_until

_DEVICES = 10_100
_FAST = 50
"""Of these detectors each new alert is one."""


class Alarms:
    """Detectors that go off and on again, so many a second."""

    def __init__(self, broker: Mosquitto) -> None:
        self._mqtt = Mqtt(CallbackAPIVersion.VERSION2)
        self._mqtt.max_queued_messages_set(0)
        self._mqtt.max_inflight_messages_set(1_000)
        self._mqtt.connect("127.0.0.1", broker.port)
        self._mqtt.loop_start()

    def say(self, device: int, *, smoke: bool) -> None:
        body = {"readings": {"smoke": smoke, "temperature": 21.0}}
        self._mqtt.publish(f"keyarea/d{device}/readings", json.dumps(body), qos=1)

    def open(self, count: int, client: Client) -> None:
        """So many open alerts that stay."""
        for device in range(count):
            self.say(device, smoke=True)
        wait_until(lambda: client.get("/api/health")["open_alerts"] >= count, f"{count} open alerts", 600)

    async def keep(self, per_second: int, for_s: float) -> None:
        """New steps of alerts: a detector that is in alarm already says so again and again."""
        began = time.monotonic()
        for number in range(int(per_second * for_s)):
            await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
            self.say(_DEVICES - 1 - number // 2 % _FAST, smoke=number % 2 == 0)


async def _look(url: str, token: str) -> None:
    """One page: takes all that comes."""
    address = url.replace("http", "ws") + "/api/board/live?after="
    headers = {"Cookie": f"keyarea_session={token}"}
    async with websockets.connect(
        address, origin=websockets.Origin(url), additional_headers=headers, compression=None, max_size=None
    ) as link:
        await link.send('{"path": "/", "sound": "running"}')
        async for _ in link:
            pass


async def cost(gateway: GatewayProcess, alarms: Alarms, client: Client, *, pages: int, per_second: int) -> float:
    """CPU of the gateway a second, in percent of a core, over half a minute."""
    looking = [asyncio.ensure_future(_look(gateway.url, client.token)) for _ in range(pages)]
    await alarms.keep(per_second, 5)
    before, began = cpu_seconds(gateway.pid), time.monotonic()
    await alarms.keep(per_second, 30) if per_second else await asyncio.sleep(30)
    used = (cpu_seconds(gateway.pid) - before) / (time.monotonic() - began)
    for page in looking:
        page.cancel()
    await asyncio.gather(*looking, return_exceptions=True)
    return 100 * used


async def pages_cost(
    gateway: GatewayProcess, alarms: Alarms, client: Client, *, pages: int, per_second: int
) -> dict[str, float]:
    """With the pages and without: what is between is theirs."""
    without = await cost(gateway, alarms, client, pages=0, per_second=per_second)
    with_pages = await cost(gateway, alarms, client, pages=pages, per_second=per_second)
    return {"without": without, "with": with_pages, "pages": with_pages - without}


WATCH = """() => {
    window.seen = {};
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
        if (node.dataset && node.dataset.id) window.seen[node.querySelector(".ka-c-device").textContent] ??= Date.now();
    }))).observe(document.getElementById("page"), { subtree: true, childList: true });
}"""


def to_the_row(gateway: GatewayProcess, alarms: Alarms, client: Client, *, pages: int, count: int) -> dict[str, float]:
    """From publish to the row, in ms, in the first of so many pages of Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        first = sign_in(browser, gateway.url, "olga")
        for _ in range(pages - 1):
            first.context.new_page().goto(gateway.url)
        first.bring_to_front()
        first.wait_for_timeout(3_000)
        first.evaluate(WATCH)
        sent = {}
        for device in range(_DEVICES - _FAST - count, _DEVICES - _FAST):
            sent[f"d{device}"] = time.time() * 1_000
            alarms.say(device, smoke=True)
            first.wait_for_timeout(97)
        first.wait_for_timeout(3_000)
        seen = first.evaluate("window.seen")
        browser.close()
    took = [seen[device] - at for device, at in sent.items() if device in seen]
    cuts = quantiles(took, n=100, method="inclusive")
    return {"p50_ms": cuts[49], "p99_ms": cuts[98], "worst_ms": max(took), "count": len(took)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, default=10_000, help="open alerts of the second measurement")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker:
        text = site(devices=_DEVICES, areas=50, broker_port=broker.port, web_port=free_port())
        web = int(text.split("[web]\nport = ")[1].split("\n", 1)[0])
        gateway = GatewayProcess(Path(name), text, web_port=web)
        gateway.add_users()
        with gateway:
            alarms, client = Alarms(broker), Client(web, "olga")
            alarms.open(30, client)
            figures: dict[str, dict[str, float]] = {
                "30 pages, 30 open, 50/s": asyncio.run(pages_cost(gateway, alarms, client, pages=30, per_second=50)),
                "30 pages, 30 open, calm": asyncio.run(pages_cost(gateway, alarms, client, pages=30, per_second=0)),
                "row in Chromium, 10 pages": to_the_row(gateway, alarms, client, pages=10, count=40),
            }
            alarms.open(args.open, client)
            many = asyncio.run(pages_cost(gateway, alarms, client, pages=10, per_second=50))
            figures[f"10 pages, {args.open} open, 50/s"] = many
    write_result("console", figures)
    print(json.dumps(figures, indent=2))
    is_met = figures["30 pages, 30 open, 50/s"]["pages"] <= 3 and many["pages"] <= 10
    return 0 if is_met and figures["row in Chromium, 10 pages"]["p99_ms"] < 400 else 1


if __name__ == "__main__":
    sys.exit(main())
