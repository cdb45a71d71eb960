"""Every kind of line at one gateway: cables out for a minute and in again, a megabyte of noise, peers that never speak.

``python -m benchmarks.lines`` (``--out 60``: seconds that the cables are out). Real serial ports, sockets and far sides
of other makers' libraries where there are some. After each story every device must be understood again, by the same
process; what was to be confirmed is said until it is.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.far_sides import OSDP_KEY, FarSide, Wall
from benchmarks.setup import resident_megabytes, write_result
from tests.rim.processes import Client, GatewayProcess, Mosquitto, free_port, wait_until
from tests.rim.site_parts import SMOKE_IS_A_FIRE

_NOISE = 1 << 20
_MUTE_PEERS = 20
_GIVE_UP_S = 120.0

SITE = (
    """\
id = "lines"
name = "Lines"

[mqtt]
port = {broker}

[web]
port = {web}

[[areas]]
id = "wall"
name = "Wall"

{tables}
"""
    + SMOKE_IS_A_FIRE
    + """
[[rules]]
kind = "supervision"
name = "lost"
alert_class = "fault"
priority = 3
procedure = "1. Visit the device."
"""
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=float, default=60.0, metavar="S", help="how long the cables are out")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        figures = asyncio.run(story(Path(name), args.out))
    print(json.dumps(figures, indent=2))
    write_result("lines", figures)
    return 0 if all("never" not in line.values() for line in figures["lines"].values()) else 1


async def story(folder: Path, out_s: float) -> dict[str, Any]:
    """Run it all; of each line the seconds until its device was understood again, or ``never``."""
    async with Wall(folder).at_work() as wall:
        with Mosquitto(folder) as broker:
            web, keys = free_port(), folder / "keys.toml"
            keys.write_text(f'"osdp/gate/1" = "{OSDP_KEY.hex()}"\n')
            keys.chmod(0o600)
            text = SITE.format(broker=broker.port, web=web, tables=wall.tables)
            gateway = GatewayProcess(folder, text, web_port=web, env={"KEYAREA_KEYS": str(keys)})
            gateway.add_users()
            gateway.start(wait=False)
            try:
                await asyncio.to_thread(wait_until, gateway.health, "the gateway is up", 60)
                return await _stories(gateway, wall, out_s)
            finally:
                gateway.stop()


async def _stories(gateway: GatewayProcess, wall: Wall, out_s: float) -> dict[str, Any]:
    client = await asyncio.to_thread(Client, gateway.port)
    lines: dict[str, dict[str, Any]] = {side.name: {} for side in wall.sides}
    await _all_show(client, wall.sides, False, lines, "first_s")
    before, pid = resident_megabytes(gateway.pid), gateway.pid

    _say(f"every cable out, for {out_s:g} s")
    for side in wall.sides:
        side.pull()
    for side in wall.sides:
        await side.show(True)
    await asyncio.sleep(out_s)
    health = gateway.health()
    assert health is not None
    lost = sorted(name for name, state in health["lines"].items() if state != "up")
    leaks = [side.name for side in wall.sides if await asyncio.to_thread(_shows, client, side, True)]
    assert not leaks, f"these cables were not out: {leaks}"
    for side in wall.sides:
        side.plug()
    await _all_seen(client, wall.sides, True, lines, "back_after_s")

    _say(f"{_NOISE} random bytes on each line")
    chance = random.Random(26_875)
    async with asyncio.TaskGroup() as group:
        for side in wall.sides:
            group.create_task(side.noise(chance.randbytes(_NOISE)), name=side.name)
    await _all_show(client, wall.sides, False, lines, "after_noise_s")

    _say("peers that never speak")
    mute = [await asyncio.open_connection("127.0.0.1", port) for port in wall.tcp_ports for _ in range(_MUTE_PEERS)]
    await _all_show(client, wall.sides, True, lines, "beside_mute_peers_s")
    for _, writer in mute:
        writer.close()
    alerts = await asyncio.to_thread(client.get, "/api/alerts")
    fires = sorted({alert["key"] for alert in alerts["alerts"] if alert["rule"] == "smoke"})
    return {
        "cables_out_s": out_s,
        "noise_bytes": _NOISE,
        "mute_peers": len(mute),
        "lines_reported_lost": lost,
        "same_process": pid == gateway.pid and gateway.health() is not None,
        "resident_mb": [round(before, 1), round(resident_megabytes(gateway.pid), 1)],
        "devices_with_a_fire_alert": fires,
        "lines": lines,
    }


async def _all_show(client: Client, sides: list[FarSide], flag: bool, lines: dict[str, Any], word: str) -> None:
    for side in sides:
        await side.show(flag)
    await _all_seen(client, sides, flag, lines, word)


async def _all_seen(client: Client, sides: list[FarSide], flag: bool, lines: dict[str, Any], word: str) -> None:
    async with asyncio.TaskGroup() as group:
        for side in sides:
            group.create_task(_seen(client, side, flag, lines[side.name], word), name=side.name)


async def _seen(client: Client, side: FarSide, flag: bool, line: dict[str, Any], word: str) -> None:
    begun = time.monotonic()
    line[word] = "never"
    while time.monotonic() - begun < _GIVE_UP_S:
        if await asyncio.to_thread(_shows, client, side, flag):
            line[word] = round(time.monotonic() - begun, 1)
            break
        await asyncio.sleep(0.1)
    _say(f"  {side.name:<16} {word} {line[word]}")


def _shows(client: Client, side: FarSide, flag: bool) -> bool:
    told = client.get(f"/api/devices/{side.device}")
    return any(reading["signal"] == side.signal and reading["value"] is flag for reading in told["latest"])


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
