"""What supervision of 10,000 devices costs, and how long after its interval a loss is reported.

``python -m benchmarks.supervision`` (``--help`` for sizes); four parts.

- The engine alone is given an hour of 10,000 devices, each with a rhythm of its own from 30 to 90 s, three readings a
  message, in turns of 50 ms, and woken exactly when it asks to be. Its CPU with the supervision rule less its CPU
  without, over the hour, is the share of a core. Both are given the same stretches in turn, so that whatever else the
  machine does burdens both.
- Two gateway processes, one with the rule and one without, hear the same broker at the same time: 10,000 devices, each
  once a minute. The difference of their CPU holds all that follows from the rule: wake-ups, rows, commits.
- The survey of stored readings: one look at each device's day.
- A gateway process hears the 10,000, while 200 others with intervals from 4 to 12 s fall silent one by one: from the
  last publish to the alert on the API's live stream, less the interval.
"""

import argparse
import contextlib
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from heapq import heapify, heapreplace
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from paho.mqtt.client import Client as Mqtt
from paho.mqtt.enums import CallbackAPIVersion

from alerts.engine.engine import Engine
from alerts.event import Tick
from alerts.kinds import kinds
from benchmarks.setup import cpu_seconds, site, write_result
from devices.device import Device
from devices.reading import SECOND, Instant, Reading
from gateway.device_forecast import DeviceForecast
from gateway.stores.series_sqlite import SeriesSqlite
from tests.rim.processes import Client, GatewayProcess, Mosquitto, free_port, wait_until

_TURN: Instant = SECOND // 20
_START: Instant = 1_795_363_200 * SECOND
_STRETCH: Instant = 60 * SECOND


def rules(*, supervised: bool) -> list[Any]:
    """As in the site of the other benchmarks, with and without supervision."""
    shared = {"priority": 1, "procedure": "Look.", "alert_class": "fire"}
    tables: list[dict[str, Any]] = [
        {"kind": "state", "name": "smoke", "signals": ["smoke"], **shared},
        {"kind": "threshold", "name": "hot", "signal": "temperature", "above": 70.0, **shared},
    ]
    if supervised:
        tables.append({"kind": "supervision", "name": "lost", "interval_s": 100, **shared, "alert_class": "fault"})
    return [msgspec.convert(table, kinds()[table["kind"]]) for table in tables]


def words(devices: int, seed: int) -> Iterator[tuple[Instant, Sequence[Reading]]]:
    """What ``devices`` say, turn after turn: each at its own pace, give or take a tenth."""
    chance = random.Random(seed)
    periods = [chance.uniform(30, 90) for _ in range(devices)]
    due = [(_START + int(chance.uniform(0, period) * SECOND), number) for number, period in enumerate(periods)]
    heapify(due)
    turn = _START
    while True:
        turn += _TURN
        said: list[Reading] = []
        while due[0][0] <= turn:
            at, number = due[0]
            name = f"d{number}"
            said += (
                Reading(name, "smoke", False, turn, turn),
                Reading(name, "temperature", 21.5, turn, turn),
                Reading(name, "humidity", 40.0, turn, turn),
            )
            heapreplace(due, (at + int(periods[number] * chance.uniform(0.9, 1.1) * SECOND), number))
        yield turn, said


class Run:
    """An engine at work, and the CPU that it used."""

    def __init__(self, devices: Sequence[Device], *, supervised: bool) -> None:
        self.engine = Engine(
            rules=rules(supervised=supervised), devices=devices, area_modes={"area0": "armed"}, schedules={}
        )
        self.engine.step([], _START)
        self.cpu = 0.0
        self.losses = self.rows = self.looks = 0

    def work(self, stretch: Sequence[tuple[Instant, Sequence[Reading]]]) -> None:
        """A stretch of turns, as the pipeline would make them: it wakes when asked to, and when something comes."""
        engine, began = self.engine, time.process_time()
        for turn, said in stretch:
            while (wake_at := engine.wake_at) is not None and wake_at < turn:
                self._told(engine.step([Tick(wake_at)], wake_at))
            if said:
                self._told(engine.step(said, turn))
        self.cpu += time.process_time() - began

    def _told(self, effects: Any) -> None:
        self.looks += 1
        if effects.alerts or effects.memories:
            self.losses += len(effects.alerts)
            self.rows += len(effects.memories)


def cost(devices: int, seconds: int, seed: int) -> dict[str, Any]:
    """CPU of both engines over the same simulated time."""
    installed = [
        Device(id=f"d{number}", family="keyarea", address=f"d{number}", area="area0", kind="temperature_sensor")
        for number in range(devices)
    ]
    runs = {supervised: Run(installed, supervised=supervised) for supervised in (False, True)}
    source, messages, stretch = words(devices, seed), 0, list[tuple[Instant, Sequence[Reading]]]()
    settled = dict.fromkeys(runs, 0.0)
    rows = 0
    for number in range(seconds // 60 + 10):
        stretch = [next(source) for _ in range(_STRETCH // _TURN)]
        if number == 10:  # ten minutes to learn every rhythm are not the routine
            settled = {supervised: run.cpu for supervised, run in runs.items()}
            rows = runs[True].rows
        if number >= 10:
            messages += sum(len(said) for _, said in stretch) // 3
        for supervised in (number % 2 == 0, number % 2 == 1):
            runs[supervised].work(stretch)
    without, with_it = (runs[each].cpu - settled[each] for each in (False, True))
    sources = [runs[True].engine.supervised(device.id) for device in installed]
    return {
        "devices": devices,
        "simulated_seconds": seconds,
        "messages": messages,
        "cpu_without_s": without,
        "cpu_with_s": with_it,
        "percent_of_a_core": 100 * (with_it - without) / seconds,
        "percent_of_a_core_while_learning": 100 * (settled[True] - settled[False]) / 600,
        "learnt": sum(each is not None and each.interval_from == "learnt" for each in sources),
        "false_losses": runs[True].losses,
        "rows_while_learning": rows,
        "rows_after": runs[True].rows - rows,
    }


def processes(folder: Path, devices: int, seconds: int) -> dict[str, float]:
    """CPU of two gateways on one broker, with and without the rule, in the second half of ``seconds``."""
    used: dict[bool, float] = {}
    rate = round(devices / 60)
    with Mosquitto(folder) as broker, contextlib.ExitStack() as running:
        gateways: dict[bool, GatewayProcess] = {}
        for supervised in (False, True):
            place = folder / f"gateway-{supervised}"
            place.mkdir()
            web = free_port()
            text = site(devices=devices, areas=50, broker_port=broker.port, web_port=web, client_id=place.name)
            if not supervised:
                text = text.partition('[[rules]]\nkind = "supervision"')[0]
            gateways[supervised] = running.enter_context(GatewayProcess(place, text, web_port=web))
        fleet = load(broker.port, devices, rate, seconds)
        time.sleep(seconds / 2)
        before = {supervised: cpu_seconds(gateway.pid) for supervised, gateway in gateways.items()}
        began = time.monotonic()
        fleet.wait(seconds + 60)
        took = time.monotonic() - began
        used = {each: cpu_seconds(gateways[each].pid) - before[each] for each in gateways}
        open_alerts = (gateways[True].health() or {})["open_alerts"]
    return {
        "messages_per_second": rate,
        "seconds": took,
        "cpu_without_s": used[False],
        "cpu_with_s": used[True],
        "percent_of_a_core": 100 * (used[True] - used[False]) / took,
        "false_losses": open_alerts,
    }


def load(port: int, devices: int, rate: int, seconds: int) -> subprocess.Popen[bytes]:
    """The fleet, speaking for so many seconds."""
    return subprocess.Popen(
        [
            sys.executable, "-m", "simulators.load", "--port", str(port), "--devices", str(devices),
            "--rate", str(rate), "--messages", str(rate * seconds),
        ],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


def survey(devices: int) -> dict[str, Any]:
    """CPU of one look at every device's stored day: charge and link quality once in ten minutes."""
    now = _START + 86_400 * SECOND
    installed = [Device(id=f"d{n}", family="keyarea", address=f"d{n}", area="area0") for n in range(devices)]
    with tempfile.TemporaryDirectory() as name:
        series = SeriesSqlite(Path(name), lambda: now)
        for minute in range(0, 1440, 10):
            at = _START + minute * 60 * SECOND
            series.append(
                [Reading(d.id, signal, 80.0, at, at) for d in installed for signal in ("battery", "linkquality")]
            )
        series.seal(now)
        looking = DeviceForecast(series, "UTC", done=dict, tell=lambda due: None, monotonic=lambda: 0.0)
        began = time.process_time()
        looking.look(installed, now)
        cpu = time.process_time() - began
        series.close()
    return {"devices": devices, "cpu_s": cpu, "percent_of_a_core": 100 * cpu / devices * 10_000 / (6 * 3600)}


def delay(folder: Path, devices: int, silent: int, seconds: int, seed: int) -> dict[str, Any]:
    """How long after its interval each silent device's loss is on the live stream."""
    chance = random.Random(seed)
    intervals = {f"q{number}": round(chance.uniform(4, 12), 1) for number in range(silent)}
    ends = {name: chance.uniform(5, seconds - 15) for name in intervals}
    tables = "\n".join(
        f'[[devices]]\nid = "{name}"\nfamily = "keyarea"\naddress = "{name}"\narea = "area0"\ninterval_s = {interval}\n'
        for name, interval in intervals.items()
    )
    with Mosquitto(folder) as broker:
        web = free_port()
        text = site(devices=devices, areas=50, broker_port=broker.port, web_port=web, client_id="keyarea-silence")
        gateway = GatewayProcess(folder, text.replace("[[rules]]", tables + "\n[[rules]]", 1), web_port=web)
        gateway.add_users()
        with gateway:
            return _silences(gateway, broker, devices, intervals, ends, seconds)


def _silences(
    gateway: GatewayProcess,
    broker: Mosquitto,
    devices: int,
    intervals: dict[str, float],
    ends: dict[str, float],
    seconds: int,
) -> dict[str, Any]:
    lost: dict[str, float] = {}
    others: list[str] = []
    events = Client(gateway.port).events()

    def listen() -> None:
        for at, kind, data in events:
            if kind == "alert" and data["action"] == "raised" and data["alert"]["rule"] == "lost":
                key = data["alert"]["key"]
                if key in intervals:
                    lost.setdefault(key, at)
                else:
                    others.append(key)

    threading.Thread(target=listen, daemon=True).start()
    rate = round(devices / 60)
    fleet = load(broker.port, devices, rate, seconds)
    publisher = Mqtt(CallbackAPIVersion.VERSION2)
    publisher.connect("127.0.0.1", broker.port)
    publisher.loop_start()
    last: dict[str, float] = {}
    began = time.monotonic()
    next_at = dict.fromkeys(intervals, began)
    while next_at:
        now = time.monotonic()
        for name in [name for name, at in next_at.items() if at <= now]:
            last[name] = time.monotonic()
            publisher.publish(f"keyarea/{name}/readings", b'{"readings": {"temperature": 21.0}}', qos=1)
            next_at[name] = now + intervals[name] / 3
            if now - began >= ends[name]:
                del next_at[name]
        time.sleep(0.005)
    wait_until(lambda: len(lost) == len(intervals), "every loss is told", 60)
    fleet.wait(seconds + 60)
    publisher.disconnect()
    publisher.loop_stop()
    late = sorted(lost[name] - last[name] - intervals[name] for name in intervals)
    return {
        "devices": devices,
        "messages_per_second": rate,
        "silent": len(intervals),
        "earliest_s": late[0],
        "median_s": median(late),
        "worst_s": late[-1],
        "false_losses": len(others),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--minutes", type=int, default=60, help="simulated, of the cost part")
    parser.add_argument("--silent", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60, help="real, of the delay part")
    parser.add_argument("--pair-seconds", type=int, default=360, help="real, of the two processes")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    figures: dict[str, Any] = {"seed": args.seed, "cost": cost(args.devices, args.minutes * 60, args.seed)}
    spent = figures["cost"]
    print(
        f"supervision of {args.devices} devices, {spent['messages'] / spent['simulated_seconds']:.0f} messages/s: "
        f"{spent['percent_of_a_core']:.2f} % of a core (under 2), {spent['learnt']} rhythms learnt, "
        f"{spent['false_losses']} false losses",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as name:
        figures["processes"] = processes(Path(name), args.devices, args.pair_seconds)
    whole = figures["processes"]
    print(
        f"two processes at {whole['messages_per_second']} messages/s: {whole['percent_of_a_core']:.2f} % of a core "
        f"more with supervision (under 2), {whole['false_losses']} false losses",
        flush=True,
    )
    figures["survey"] = survey(min(args.devices, 1_000))
    print(f"the survey of 10,000 devices, every six hours: {figures['survey']['percent_of_a_core']:.2f} % of a core")
    with tempfile.TemporaryDirectory() as name:
        figures["delay"] = delay(Path(name), args.devices, args.silent, args.seconds, args.seed)
    late = figures["delay"]
    print(
        f"{late['silent']} losses beside {late['messages_per_second']} messages/s: reported {late['median_s']:.2f} s "
        f"after the interval, {late['worst_s']:.2f} s at worst (under 2), {late['false_losses']} false losses"
    )
    write_result("supervision", figures)
    shares = [figures[part]["percent_of_a_core"] for part in ("cost", "processes")]
    ok = max(shares) + figures["survey"]["percent_of_a_core"] < 2 and late["worst_s"] < 2
    return 0 if ok and not any(figures[part]["false_losses"] for part in ("cost", "processes", "delay")) else 1


if __name__ == "__main__":
    sys.exit(main())
