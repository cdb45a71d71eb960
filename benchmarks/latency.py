"""From publish to the event on the API's live stream, while other devices send 3,000 messages a second.

``python -m benchmarks.latency``. Each alarm is the first smoke of a device that was quiet, so each is one new alert.
The yardstick of the same run is a bare paho consumer that gets the same messages: publish to its callback.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import quantiles

from paho.mqtt.client import Client as Mqtt
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks.setup import site, write_result
from tests.rim.processes import Client, GatewayProcess, Mosquitto, free_port, wait_until


def alarm(device: str) -> tuple[str, bytes]:
    """Topic and payload of a smoke alarm that says when it was sent."""
    body = {"readings": {"smoke": True, "temperature": 21.0, "humidity": 40.0}, "sent_ns": time.time_ns()}
    return f"keyarea/{device}/readings", json.dumps(body).encode()


def spread(values: list[float]) -> dict[str, float]:
    """p50, p99 and the worst, in milliseconds."""
    cuts = quantiles(values, n=100, method="inclusive")
    return {"p50_ms": cuts[49], "p99_ms": cuts[98], "worst_ms": max(values), "count": len(values)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alarms", type=int, default=400)
    parser.add_argument("--per-second", type=float, default=20)
    parser.add_argument("--rate", type=int, default=3_000, help="messages a second of the other devices")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker:
        web = free_port()
        quiet = 1000
        text = site(devices=quiet + args.alarms, areas=50, broker_port=broker.port, web_port=web)
        gateway = GatewayProcess(Path(name), text, web_port=web)
        gateway.add_users()
        with gateway:
            ours, bare = measure(gateway, broker, quiet, args.alarms, args.per_second, args.rate)
    figures = {"rate": args.rate, "stream": spread(ours), "bare": spread(bare)}
    figures["ratio_p50"] = figures["stream"]["p50_ms"] / figures["bare"]["p50_ms"]  # type: ignore[index]
    write_result("latency", figures)
    print(json.dumps(figures, indent=2))
    print(f"p99 publish to stream at {args.rate} messages/s: {figures['stream']['p99_ms']:.1f} ms (under 100)")  # type: ignore[index]
    return 0 if len(ours) == args.alarms and figures["stream"]["p99_ms"] < 100 else 1  # type: ignore[index]


def measure(
    gateway: GatewayProcess, broker: Mosquitto, quiet: int, alarms: int, per_second: float, rate: int
) -> tuple[list[float], list[float]]:
    """Milliseconds from publish to stream and from publish to the bare consumer, an entry an alarm."""
    sent: dict[str, float] = {}
    arrived: dict[str, float] = {}
    client = Client(gateway.port)
    events = client.events()

    def listen() -> None:
        for at, kind, data in events:
            if kind == "alert" and data["action"] == "raised" and data["alert"]["rule"] == "smoke":
                arrived.setdefault(data["alert"]["key"], at)
                if len(arrived) == alarms:
                    return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    consumer = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bare_paho", str(broker.port), str(alarms), "alarm-copy/#"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert consumer.stdout is not None
    assert consumer.stdout.readline().strip() == "ready"
    publisher = Mqtt(CallbackAPIVersion.VERSION2)
    publisher.connect("127.0.0.1", broker.port)
    publisher.loop_start()
    first = [f"d{number}" for number in range(quiet, quiet + alarms)]
    for device in first:
        # Known and quiet before: an alarm must be a change, not a first value.
        publisher.publish(f"keyarea/{device}/readings", b'{"readings": {"smoke": false}}', qos=1)
    seconds = alarms / per_second + 4
    noise = subprocess.Popen(
        [
            sys.executable, "-m", "simulators.load", "--port", str(broker.port), "--devices", str(quiet),
            "--rate", str(rate), "--messages", str(int(rate * seconds)),
        ],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    beat = time.monotonic() + 2
    for device in first:
        time.sleep(max(0.0, beat - time.monotonic()))
        beat += 1 / per_second
        topic, payload = alarm(device)
        sent[device] = time.monotonic()
        publisher.publish(topic, payload, qos=1)
        publisher.publish(f"alarm-copy/{device}", payload, qos=1)
    listener.join(30)
    bare = json.loads(consumer.stdout.readline())["delays_ms"]
    noise.wait(60)
    publisher.disconnect()
    publisher.loop_stop()
    wait_until(lambda: len(arrived) == alarms, f"{alarms} alerts on the stream, not {len(arrived)}", 10)
    return [(arrived[device] - sent[device]) * 1000 for device in first], bare


if __name__ == "__main__":
    sys.exit(main())
