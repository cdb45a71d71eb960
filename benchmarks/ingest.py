"""CPU per message of the whole gateway at QoS 1, beside a bare paho consumer of the same messages in the same run.

``python -m benchmarks.ingest`` (``--help`` for sizes). 1,000 devices in 50 areas, three signals a message, rules on,
stored, acknowledged after the commit. Then 20,000 messages a second for a while: nothing may be missing. Then
resident memory with 10,000 devices that have all spoken.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.setup import cpu_seconds, resident_megabytes, site, write_result
from tests.rim.processes import METRICS_TOKEN, GatewayProcess, Mosquitto, free_port, wait_until


def load(port: int, *, devices: int, messages: int, rate: int, tree: str = "keyarea") -> dict[str, Any]:
    """Publish ``messages`` at QoS 1 (rate 0: as fast as the broker takes them); what the generator measured."""
    done = subprocess.run(
        [
            sys.executable, "-m", "simulators.load", "--port", str(port), "--devices", str(devices),
            "--rate", str(rate), "--messages", str(messages), "--topic-template", tree + "/{device}/readings",
        ],
        capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def bare(port: int, messages: int, rate: int, devices: int) -> float:
    """CPU microseconds a message of the bare consumer."""
    consumer = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bare_paho", str(port), str(messages), "bare/+/readings"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert consumer.stdout is not None
    assert consumer.stdout.readline().strip() == "ready"
    load(port, devices=devices, messages=messages, rate=rate, tree="bare")
    figures = json.loads(consumer.stdout.readline())
    consumer.wait(30)
    return float(figures["cpu_seconds"]) / messages * 1e6


def readings_stored(gateway: GatewayProcess) -> int:
    """The gateway's own count of readings, from its metrics."""
    asked = urllib.request.Request(gateway.url + "/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith("keyarea_readings_total"):
                return int(float(line.split()[1]))
    return 0


def whole(gateway: GatewayProcess, port: int, messages: int, rate: int, devices: int) -> tuple[float, float, int]:
    """CPU microseconds a message of the gateway, seconds it still needed after the last PUBACK, messages missing."""
    stored_before, cpu_before = readings_stored(gateway), cpu_seconds(gateway.pid)
    load(port, devices=devices, messages=messages, rate=rate)
    published = time.monotonic()
    wanted = stored_before + 3 * messages
    with contextlib.suppress(AssertionError):
        wait_until(lambda: readings_stored(gateway) >= wanted, "every message is stored", 60, every_s=0.02)
    behind = time.monotonic() - published
    cpu = cpu_seconds(gateway.pid) - cpu_before
    missing = messages - (readings_stored(gateway) - stored_before) // 3
    return cpu / messages * 1e6, behind, missing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000, help="messages a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=int, default=20_000, help="messages a second of the endurance part")
    parser.add_argument("--seconds", type=int, default=15, help="length of the endurance part")
    args = parser.parse_args()
    figures: dict[str, Any] = {"messages": args.messages, "rounds": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Mosquitto(folder) as broker:
            web = free_port()
            text = site(devices=1000, areas=50, broker_port=broker.port, web_port=web)
            with GatewayProcess(folder, text, web_port=web) as gateway:
                load(broker.port, devices=1000, messages=5_000, rate=0)
                for number in range(args.rounds):
                    alone = bare(broker.port, args.messages, 0, 1000)
                    ours, _, missing = whole(gateway, broker.port, args.messages, 0, 1000)
                    ratio = ours / alone
                    figures["rounds"].append({"bare_us": alone, "gateway_us": ours, "ratio": ratio, "missing": missing})
                    print(
                        f"round {number + 1}: bare paho {alone:.1f} us, gateway {ours:.1f} us a message, "
                        f"ratio {ratio:.2f}, missing {missing}",
                        flush=True,
                    )
                messages = args.rate * args.seconds
                ours, behind, missing = whole(gateway, broker.port, messages, args.rate, 1000)
                figures["endurance"] = {
                    "rate": args.rate, "messages": messages, "gateway_us": ours, "behind_s": behind, "missing": missing,
                }  # fmt: skip
                print(
                    f"{args.rate} messages/s for {args.seconds} s: {missing} missing, {behind:.2f} s behind at the end"
                )
        figures["memory"] = memory(folder)
        print(f"resident with 10,000 devices: {figures['memory']['resident_megabytes']:.0f} MB")
    figures["ratio"] = median(entry["ratio"] for entry in figures["rounds"])
    print(f"ratio gateway / bare paho, median: {figures['ratio']:.2f} (at most 1.6)")
    write_result("ingest", figures)
    ok = figures["ratio"] <= 1.6 and missing == 0 and figures["memory"]["resident_megabytes"] < 250
    return 0 if ok else 1


def memory(folder: Path) -> dict[str, float]:
    """Resident memory with 10,000 devices after each has spoken ten times."""
    place = folder / "memory"
    place.mkdir()
    with Mosquitto(place) as broker:
        web = free_port()
        text = site(devices=10_000, areas=50, broker_port=broker.port, web_port=web, client_id="keyarea-memory")
        with GatewayProcess(place, text, web_port=web) as gateway:
            whole(gateway, broker.port, 100_000, 0, 10_000)
            return {"devices": 10_000, "resident_megabytes": resident_megabytes(gateway.pid)}


if __name__ == "__main__":
    sys.exit(main())
