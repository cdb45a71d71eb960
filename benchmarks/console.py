"""What consoles cost the gateway with many pages open; how long a fire takes to a row is another (console_row.py).

``python -m benchmarks.console``. Pages are links as a browser has them (``/api/board/live``), the CPU is the gateway's
beyond what the same alerts cost with nobody looking, in rounds with and without pages, of which the median counts.
Counted is every thread but the one that works hardest while nobody looks: the pipeline's, which waits for the disk and
does nothing for pages, swings by more than they cost. Seven minutes; it ends with 1 when a gate does not hold.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import websockets

from benchmarks.alarms import Alarms
from benchmarks.setup import site, thread_seconds, write_result
from tests.rim.processes import Client, GatewayProcess, Mosquitto, free_port

_DEVICES = 10_100
_FAST = range(_DEVICES - 50, _DEVICES)
"""Of these detectors each new alert is one."""
_ROUNDS, _SETTLES_S, _MEASURED_S = 3, 3.0, 20.0
_PAGES_30_AT_MOST, _PAGES_10_AT_MOST = 3.0, 10.0


async def _look(url: str, token: str) -> None:
    """One page: takes all that comes."""
    address = url.replace("http", "ws") + "/api/board/live?after="
    headers = {"Cookie": f"keyarea_session={token}"}
    async with websockets.connect(
        address, origin=websockets.Origin(url), additional_headers=headers, compression=None, max_size=None
    ) as link:
        await link.send('{"path": "/", "sound": "running"}')
        async for said in link:
            if said[:9] == b'{"canary"':  # as a page does: else the gateway names screens that draw nothing
                shown = [[json.loads(said)["canary"]["id"], "drawn", "tone", 0]]
                await link.send(json.dumps({"shown": shown}))


async def cost(
    gateway: GatewayProcess, alarms: Alarms, client: Client, *, pages: int, per_second: int
) -> dict[int, float]:
    """CPU of the gateway a second, in percent of a core by thread, over a third of a minute."""
    looking = [asyncio.ensure_future(_look(gateway.url, client.token)) for _ in range(pages)]
    await alarms.keep(per_second, _SETTLES_S, among=_FAST)
    before, began = thread_seconds(gateway.pid), time.monotonic()
    await alarms.keep(per_second, _MEASURED_S, among=_FAST)
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
            alarms.open(args.open, client)
            many = asyncio.run(pages_cost(gateway, alarms, client, pages=10, per_second=50))
            told(f"10 pages, {args.open} open, 50/s", many)
    write_result("console", FIGURES)
    held = {
        "30 pages, 30 open": few["pages"] <= _PAGES_30_AT_MOST,
        "10 pages, many open": many["pages"] <= _PAGES_10_AT_MOST,
    }
    print(*(f"{name}: {'holds' if holds else 'DOES NOT HOLD'}" for name, holds in held.items()), sep="\n")
    return 0 if all(held.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
