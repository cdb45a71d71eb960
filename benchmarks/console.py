"""What consoles cost the gateway, and how long a fire takes to a row in a browser, with many pages open.

``python -m benchmarks.console``. Pages are links as a browser has them (``/api/board/live``), the CPU is the gateway's
beyond what the same alerts cost with nobody looking, in rounds with and without pages, of which the median counts.
Counted is every thread but the one that works hardest while nobody looks: the pipeline's, which waits for the disk and
does nothing for pages, swings by more than they cost. The way to the row is measured in Chromium, by the page's clock.
Seven minutes; it ends with 1 when a gate does not hold.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from math import inf
from pathlib import Path
from statistics import median, quantiles

import websockets
from paho.mqtt.client import Client as Mqtt
from paho.mqtt.enums import CallbackAPIVersion
from playwright.sync_api import sync_playwright

from benchmarks.setup import site, thread_seconds, write_result
from tests.rim.browsing import CHROMIUM, FLAGS, sign_in
from tests.rim.processes import Client, GatewayProcess, Mosquitto, free_port, wait_until

_DEVICES = 10_100
_FAST = 50
"""Of these detectors each new alert is one."""
_ROUNDS, _SETTLES_S, _MEASURED_S = 3, 3.0, 20.0
_PAGES_30_AT_MOST, _PAGES_10_AT_MOST, _ROW_UNDER_MS = 3.0, 10.0, 400


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
        await asyncio.sleep(max(0.0, began + for_s - time.monotonic()))


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


async def cost(
    gateway: GatewayProcess, alarms: Alarms, client: Client, *, pages: int, per_second: int
) -> dict[int, float]:
    """CPU of the gateway a second, in percent of a core by thread, over a third of a minute."""
    looking = [asyncio.ensure_future(_look(gateway.url, client.token)) for _ in range(pages)]
    await alarms.keep(per_second, _SETTLES_S)
    before, began = thread_seconds(gateway.pid), time.monotonic()
    await alarms.keep(per_second, _MEASURED_S)
    took = time.monotonic() - began
    used = {id_: 100 * (at - before.get(id_, 0.0)) / took for id_, at in thread_seconds(gateway.pid).items()}
    broken = [page for page in looking if page.done()]
    if broken:
        raise RuntimeError(f"{len(broken)} of {pages} pages lost their link: {broken[0].exception()}")
    for page in looking:
        page.cancel()
    await asyncio.gather(*looking, return_exceptions=True)
    return used


async def pages_cost(
    gateway: GatewayProcess, alarms: Alarms, client: Client, *, pages: int, per_second: int
) -> dict[str, float]:
    """With the pages and without, by turns: what is between is theirs."""
    whole, pipeline, each = [], [], []
    for _ in range(_ROUNDS):
        gone = await cost(gateway, alarms, client, pages=0, per_second=per_second)
        there = await cost(gateway, alarms, client, pages=pages, per_second=per_second)
        hardest = max(gone, key=lambda thread: gone[thread]) if per_second else 0
        whole.append(sum(there.values()) - sum(gone.values()))
        pipeline.append(gone.get(hardest, 0.0))
        each.append(whole[-1] - there.get(hardest, 0.0) + gone.get(hardest, 0.0))
    return {
        "pages": median(each),
        "least": min(each),
        "most": max(each),
        "with the pipeline": median(whole),
        "pipeline": median(pipeline),
    }


WATCH = """() => {
    window.seen = {};
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
        if (!node.dataset?.id) return;
        const device = node.querySelector(".ka-c-device").textContent;
        requestAnimationFrame(() => setTimeout(() => { window.seen[device] ??= Date.now(); }));
    }))).observe(document.getElementById("page"), { subtree: true, childList: true });
}"""
"""When the row was painted: the task after the frame that holds it."""
_IN_SIGHT = 12
"""First-out stands on top, so what is measured must fit above the edge: it is acknowledged before the next dozen."""


def acknowledge(client: Client) -> None:
    """Whatever nobody has acknowledged yet."""
    for alert in client.get("/api/alerts?open=true&aside=false&limit=1000")["alerts"]:
        if alert["state"] != "acknowledged":
            client.post(f"/api/alerts/{alert['id']}/acknowledge")


def to_the_row(gateway: GatewayProcess, alarms: Alarms, client: Client, *, pages: int, dozens: int) -> dict[str, float]:
    """From publish to the painted row, in ms, in the first of so many pages of Chromium."""
    sent: dict[str, float] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        first = sign_in(browser, gateway.url, "olga")
        for _ in range(pages - 1):
            first.context.new_page().goto(gateway.url)
        first.bring_to_front()
        first.evaluate(WATCH)
        for dozen in range(dozens):
            acknowledge(client)
            first.wait_for_timeout(3_000)
            for number in range(_IN_SIGHT):
                device = _DEVICES - _FAST - 1 - dozen * _IN_SIGHT - number
                sent[f"d{device}"] = time.time() * 1_000
                alarms.say(device, smoke=True)
                first.wait_for_timeout(97)
            first.wait_for_timeout(3_000)
        seen = first.evaluate("window.seen")
        browser.close()
    took = [seen[device] - at for device, at in sent.items() if device in seen]
    if len(took) < 2:
        return {"p50_ms": inf, "p99_ms": inf, "worst_ms": inf, "missing": len(sent)}
    cuts = quantiles(took, n=100, method="inclusive")
    return {"p50_ms": cuts[49], "p99_ms": cuts[98], "worst_ms": max(took), "missing": len(sent) - len(took)}


FIGURES: dict[str, dict[str, float]] = {}


def told(name: str, figures: dict[str, float]) -> None:
    """Print what is measured as soon as it is."""
    FIGURES[name] = {key: round(value, 2) for key, value in figures.items()}
    print(name, json.dumps(FIGURES[name]), flush=True)


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
            few = asyncio.run(pages_cost(gateway, alarms, client, pages=30, per_second=50))
            told("30 pages, 30 open, 50/s", few)
            calm = asyncio.run(pages_cost(gateway, alarms, client, pages=30, per_second=0))
            told("30 pages, 30 open, calm", calm)
            row = to_the_row(gateway, alarms, client, pages=10, dozens=4)
            told("row in Chromium, 10 pages", row)
            alarms.open(args.open, client)
            many = asyncio.run(pages_cost(gateway, alarms, client, pages=10, per_second=50))
            told(f"10 pages, {args.open} open, 50/s", many)
    write_result("console", FIGURES)
    held = {
        "30 pages, 30 open": few["pages"] <= _PAGES_30_AT_MOST,
        "10 pages, many open": many["pages"] <= _PAGES_10_AT_MOST,
        "row": row["p99_ms"] < _ROW_UNDER_MS and row["missing"] == 0,
    }
    print(*(f"{name}: {'holds' if holds else 'DOES NOT HOLD'}" for name, holds in held.items()), sep="\n")
    return 0 if all(held.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
