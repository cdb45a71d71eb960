"""How long a fire takes to the live stream while the gateway is flooded, against a calm gateway of the same run.

``make flood``, or ``python -m benchmarks.flood storm births``. Each flood is one file of benchmarks/floods/:

- ``WHAT``: one line for the table
- ``run(target)``: the load, in a process of its own; it is bounded, speaks to loopback only, and comes to its end
- and, where needed: ``DEVICES`` and ``AREAS`` of the site (d0, d1, ... of the family keyarea), ``FAMILIES`` on MQTT,
  ``PORTS`` (how many free ports it wants), ``tables(target)`` (more of the site file, for instance a line on one of
  them), ``ENV`` (more of the gateway's environment)

Each flood has a gateway and a Mosquitto to itself. Fires are told over MQTT by detectors that were quiet, in an area
that is flooded too: some while all is calm, then one a second from the start of the flood to its end. Every one of
these must be on the stream within the larger of 0.5 s and 5 times the median of the calm ones.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from statistics import median
from typing import Any, Self

import msgspec
from paho.mqtt.client import Client as Mqtt
from paho.mqtt.enums import CallbackAPIVersion

from benchmarks import floods
from benchmarks.setup import site, write_result
from tests.rim.processes import Client, GatewayProcess, Mosquitto, free_port, wait_until

_AT_MOST_S = 0.5
_TIMES_CALM = 5
_CALM, _LEAST, _MOST = 9, 3, 200
_LONGEST_FLOOD_S = 180.0
_GIVE_UP_S = 60.0


class Target(msgspec.Struct, frozen=True):
    """Where a flood finds what it floods: ports on loopback, ``ports`` those that it asked for; the data folder."""

    broker: int
    web: int
    ports: tuple[int, ...]
    data: str


def names() -> list[str]:
    """Every flood that there is."""
    return sorted(module.name for module in iter_modules(floods.__path__))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("floods", nargs="*", metavar="FLOOD", help=f"of {', '.join(names())}; none named: all")
    parser.add_argument("--pour", help=argparse.SUPPRESS)
    args = parser.parse_args()
    unknown = set(args.floods) - set(names())
    if unknown:
        parser.error(f"there is no flood {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    if args.pour:
        return _pour(args.floods[0], msgspec.json.decode(args.pour, type=Target))
    results = {}
    print(f"{'flood':<10} {'calm s':>8} {'worst s':>8} {'allowed':>8} {'fires':>6} {'lasted':>8}")
    for name in args.floods or names():
        with tempfile.TemporaryDirectory() as folder:
            try:
                told = results[name] = measure(name, Path(folder))
            except AssertionError as error:
                results[name] = {"is_kept": False, "failed": str(error)}
                print(f"{name:<10} FAILED: {error}", flush=True)
                continue
        print(
            f"{name:<10} {told['calm_s']:8.3f} {told['worst_s']:8.3f} {told['allowed_s']:8.3f} {told['fires']:>6} "
            f"{told['lasted_s']:>6.1f} s  {'' if told['is_kept'] else 'TOO LATE: '}{told['what']}",
            flush=True,
        )
    if not args.floods:
        write_result("flood", results)
    return 0 if all(told["is_kept"] for told in results.values()) else 1


def _pour(name: str, target: Target) -> int:
    """In a process of its own: ready, wait for the word, flood, done."""
    flood = import_module(f"benchmarks.floods.{name}")
    print("ready", flush=True)
    sys.stdin.readline()
    flood.run(target)
    return 0


def measure(name: str, folder: Path) -> dict[str, Any]:
    """The figures of one flood, in seconds."""
    flood = import_module(f"benchmarks.floods.{name}")
    with Mosquitto(folder) as broker:
        ports = tuple(free_port() for _ in range(getattr(flood, "PORTS", 0)))
        target = Target(broker.port, free_port(), ports, str(folder / "data"))
        gateway = GatewayProcess(folder, _site(flood, target), web_port=target.web, env=getattr(flood, "ENV", None))
        gateway.add_users()
        with gateway, _Fires(broker.port, Client(gateway.port)) as fires:
            calm = fires.calm()
            during, lasted = fires.during(name, target)
    allowed = max(_AT_MOST_S, _TIMES_CALM * median(calm))
    return {
        "what": flood.WHAT,
        "calm_s": median(calm),
        "worst_s": max(during),
        "median_s": median(during),
        "allowed_s": allowed,
        "fires": len(during),
        "lasted_s": lasted,
        "is_kept": max(during) <= allowed,
    }


def _site(flood: Any, target: Target) -> str:
    base = site(
        devices=getattr(flood, "DEVICES", 50),
        areas=getattr(flood, "AREAS", 5),
        broker_port=target.broker,
        web_port=target.web,
        families=getattr(flood, "FAMILIES", ("keyarea",)),
    )
    witnesses = "\n".join(
        f'[[devices]]\nid = "fire{number}"\nfamily = "keyarea"\naddress = "fire{number}"\narea = "area0"\n'
        f'kind = "smoke_detector"\nsignals = ["smoke"]\n'
        for number in range(_CALM + _MOST)
    )
    more = getattr(flood, "tables", None)
    return f"{base}\n{witnesses}\n{more(target) if more is not None else ''}"


class _Fires:
    """Detectors that are set off one by one, and the live stream on which each is awaited."""

    def __init__(self, broker: int, client: Client) -> None:
        self._publisher = Mqtt(CallbackAPIVersion.VERSION2)
        self._publisher.connect("127.0.0.1", broker)
        self._publisher.loop_start()
        self._events = client.events()
        self._arrived: dict[str, float] = {}
        self._sent: dict[str, float] = {}
        self._is_listening = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        assert self._is_listening.wait(_GIVE_UP_S), "the stream begins"
        for number in range(_CALM + _MOST):
            # Known and quiet before: an alarm must be a change, not a first value.
            self._publisher.publish(f"keyarea/fire{number}/readings", b'{"readings": {"smoke": false}}', qos=1)
        return self

    def __exit__(self, *_: object) -> None:
        self._publisher.disconnect()
        self._publisher.loop_stop()

    def _listen(self) -> None:
        for at, kind, data in self._events:
            self._is_listening.set()
            if kind == "alert" and data["action"] == "raised" and data["alert"]["rule"] == "smoke":
                self._arrived.setdefault(data["alert"]["key"], at)

    def calm(self) -> list[float]:
        """The delays of fires that nothing else disturbs."""
        time.sleep(2)
        for _ in range(_CALM):
            self._set_off()
            time.sleep(0.3)
        return self._delays([*self._sent])

    def during(self, name: str, target: Target) -> tuple[list[float], float]:
        """The delays of fires while it is flooded, and how long that took."""
        before = len(self._sent)
        pouring = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.flood", name, "--pour", msgspec.json.encode(target).decode()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        assert pouring.stdin is not None
        assert pouring.stdout is not None
        assert pouring.stdout.readline().strip() == "ready"
        begun = time.monotonic()
        pouring.stdin.write("go\n")
        pouring.stdin.flush()
        try:
            while pouring.poll() is None or len(self._sent) - before < _LEAST:
                assert time.monotonic() - begun < _LONGEST_FLOOD_S, "a flood comes to its end"
                if len(self._sent) - before < _MOST:
                    self._set_off()
                time.sleep(1)
        finally:
            pouring.kill()
        assert pouring.wait() == 0, "the flood itself failed"
        lasted = time.monotonic() - begun
        return self._delays([*self._sent][before:]), lasted

    def _set_off(self) -> None:
        device = f"fire{len(self._sent)}"
        self._sent[device] = time.monotonic()
        body = json.dumps({"readings": {"smoke": True}, "sent_ns": time.time_ns()})
        self._publisher.publish(f"keyarea/{device}/readings", body, qos=1)

    def _delays(self, devices: Sequence[str]) -> list[float]:
        wait_until(lambda: self._arrived.keys() >= {*devices}, "every fire is on the stream", _GIVE_UP_S)
        return [self._arrived[device] - self._sent[device] for device in devices]


if __name__ == "__main__":
    sys.exit(main())
