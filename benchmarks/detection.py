"""How soon rules find recorded fires, and how often they cry wolf: ``fusion`` beside plain limits, in one run.

``python -m benchmarks.detection [--part recorded|modelled]``. The episodes (benchmarks/recordings/) are
real fires, office days without one, and nuisances made by models; each device of each episode is scored by itself. A
rule is given the readings as the engine would give them and woken when it asks to be. An alert before ignition, or
in an episode without fire, is false. Choose parameters on these; how good a rule is, others say, on what is not here.

``limits``: 57 °C, 3.4 %/m, 30 ppm. ``pair``, the conventional one: 57 °C or 8.3 K in 60 s, or 3.4 %/m. ``rise``:
1.74 K in 60 s.
"""

import argparse
import csv
import lzma
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import accumulate
from math import exp
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from alerts.event import Event, Tick
from alerts.kinds import kinds
from alerts.parted import PartedRule
from alerts.rule import Memory, Rule
from benchmarks.detection_gates import gates
from benchmarks.setup import write_result
from devices.device import Device
from devices.reading import SECOND, Instant, Reading

RECORDINGS = Path(__file__).with_name("recordings")
_EPOCH: Instant = 1_795_521_600 * SECOND
Series = tuple[str, str, int, int, list[int], list[int]]
"""(device, signal, decimals of the seconds, decimals of the values, seconds, values): first the first, then steps."""

_Part = list[tuple[str, list[Series]]]


def _rule(kind: str, **parameters: Any) -> Rule[Any]:
    table = {"kind": kind, "name": kind, "alert_class": "fire", "priority": 1, "procedure": "look", **parameters}
    made: Rule[Any] = msgspec.convert(table, kinds()[kind])
    return made


RULES: dict[str, tuple[Rule[Any], ...]] = {
    "fusion": (_rule("fusion"),),
    "limits": (
        _rule("threshold", signal="temperature", above=57),
        _rule("threshold", signal="smoke_density", above=3.4),
        _rule("threshold", signal="co", above=30),
    ),
    "pair": (
        _rule("threshold", signal="temperature", above=57),
        _rule("rate_of_rise", signal="temperature", rise=8.3, within_s=60),
        _rule("threshold", signal="smoke_density", above=3.4),
    ),
    "rise": (_rule("rate_of_rise", signal="temperature", rise=1.74, within_s=60),),
}


class Episode(msgspec.Struct, frozen=True):
    name: str
    kind: str
    stratum: str
    ignition_s: float | None
    device_days: float


class Alert(msgspec.Struct, frozen=True):
    """``at_s``: seconds from the beginning of the episode; of each device the false ones, and the first true one."""

    rules: str
    episode: str
    device: str
    at_s: float


def episodes() -> dict[str, Episode]:
    with (RECORDINGS / "episodes.csv").open(encoding="utf-8") as file:
        return {
            row["name"]: Episode(
                row["name"],
                row["kind"],
                row["group"] if row["source"] == "modelled" else row["stratum"],
                float(row["ignition_s"]) if row["kind"] == "fire" else None,  # a nuisance has a time of its own there
                float(row["device_days"]),
            )
            for row in csv.DictReader(file)
        }


def recorded(part: str) -> list[tuple[str, list[Series]]]:
    files = sorted(RECORDINGS.glob(f"{part}*.msgpack.xz"))
    each = (msgspec.msgpack.decode(lzma.decompress(file.read_bytes()), type=_Part) for file in files)
    return [episode for part_of in each for episode in part_of]


def readings(series: Sequence[Series]) -> dict[str, list[Reading]]:
    """Of each device, in the order of time."""
    found: dict[str, list[Reading]] = defaultdict(list)
    for device, signal, time_places, value_places, times, values in series:
        for at, value in zip(accumulate(times), accumulate(values), strict=True):
            now = _EPOCH + at * SECOND // 10**time_places
            found[device].append(Reading(device, signal, value / 10**value_places, now, now))
    return {device: sorted(said, key=lambda reading: reading.received) for device, said in found.items()}


def breaches(rule: Rule[Any], said: Sequence[Reading]) -> Iterator[Instant]:
    """When the rule is breached anew, for one device."""
    device = Device(id=said[0].device, family="keyarea", address="x", area="place")
    memories: dict[str, Memory] = {}
    wakes: dict[str, Instant] = {}

    def steps(part: str, event: Event, now: Instant) -> bool:
        before = memories.get(part) or rule.start()
        after = memories[part] = rule.step(before, event, now)
        if after.wake_at is None:
            wakes.pop(part, None)
        else:
            wakes[part] = after.wake_at
        return before.breach is None and after.breach is not None

    for reading in said:
        while wakes and (due := min(wakes.items(), key=lambda wake: wake[1]))[1] <= reading.received:
            if steps(due[0], Tick(due[1]), due[1]):
                yield due[1]
        if rule.watches(device, reading.signal):
            part = rule.part_of(reading.device, reading.signal) if isinstance(rule, PartedRule) else ""
            if steps(part, reading, reading.received):
                yield reading.received


def scored(work: tuple[Episode, list[Series]]) -> tuple[list[Alert], int]:
    """The alerts of every set of rules in one episode, and how many readings there were."""
    episode, series = work
    alerts = []
    said = readings(series)
    for name, rules in RULES.items():
        for device, told in said.items():
            times = sorted((at - _EPOCH) / SECOND for rule in rules for at in breaches(rule, told))
            fire = episode.ignition_s
            true = [at for at in times if fire is not None and at >= fire][:1]
            false = [at for at in times if fire is None or at < fire]
            alerts += [Alert(name, episode.name, device, at) for at in (*false, *true)]
    return alerts, sum(len(told) for told in said.values())


def interval(count: int) -> tuple[float, float]:
    """The 95 % interval of a Poisson mean of which ``count`` were seen (exact, Garwood 1936)."""

    def tail(mean: float, most: int) -> float:
        term = total = exp(-mean)
        for n in range(1, most + 1):
            term *= mean / n
            total += term
        return total

    def solved(most: int, wanted: float) -> float:
        low, high = 0.0, 10.0 * (count + 3)
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if tail(middle, most) > wanted else (low, middle)
        return low

    return (solved(count - 1, 0.975) if count else 0.0), solved(count, 0.025)


def table(alerts: Sequence[Alert], devices: dict[str, int], known: dict[str, Episode]) -> list[dict[str, Any]]:
    """Of each set of rules and stratum: devices of fires, found, delays, false alerts."""
    rows = []
    strata = sorted({(known[name].kind, known[name].stratum) for name in devices})
    for kind, stratum in strata:
        members = {name for name in devices if (known[name].kind, known[name].stratum) == (kind, stratum)}
        of = sum(devices[name] for name in members)
        days = sum(known[name].device_days for name in members)
        for rules in RULES:
            own = [alert for alert in alerts if alert.rules == rules and alert.episode in members]
            delays = sorted(d for alert in own if (d := _delay(alert, known)) is not None)
            false = [alert for alert in own if _delay(alert, known) is None]
            low, high = interval(len(false))
            row: dict[str, Any] = {"stratum": stratum, "rules": rules, "devices": of}
            if kind == "fire":
                row |= {"found": len(delays), "median_s": _at(delays, 0.5), "p90_s": _at(delays, 0.9)}
            row |= {
                "false": len(false),
                "false_episodes": len({alert.episode for alert in false}),
                "per_1000_device_days": [round(1000 * n / days, 1) for n in (len(false), low, high)],
            }
            rows.append(row)
    return rows


def beaten(alerts: Sequence[Alert], known: dict[str, Episode], part: set[str]) -> list[dict[str, Any]]:
    """Against real alarms at the same place: how many were later than the rules, and by how much."""
    first = {(a.rules, a.episode, a.device): d for a in alerts if (d := _delay(a, known)) is not None}
    with (RECORDINGS / "alarms.csv").open(encoding="utf-8") as file:
        real = [row for row in csv.DictReader(file) if row["episode"] in part]
    rows = []
    for technology in sorted({row["technology"] for row in real}):
        sounded = [row for row in real if row["technology"] == technology]
        for rules in RULES:
            gains = [
                float(row["after_ignition_s"]) - first[key]
                for row in sounded
                if (key := (rules, row["episode"], row["device"])) in first
            ]
            won = sum(gain > 0 for gain in gains)
            rows.append(
                {
                    "technology": technology, "rules": rules, "alarms": len(sounded), "beaten": won,
                    "median_gain_s": round(median(gains), 1) if gains else None,
                }
            )  # fmt: skip
    return rows


def paired(alerts: Sequence[Alert], known: dict[str, Episode]) -> list[dict[str, Any]]:
    """How much earlier ``fusion`` is than ``pair`` where both find the fire, device by device."""
    first = {(a.rules, a.episode, a.device): d for a in alerts if (d := _delay(a, known)) is not None}
    gains: dict[str, list[float]] = defaultdict(list)
    for (rules, episode, device), delay in first.items():
        other = first.get(("pair", episode, device))
        if rules == "fusion" and other is not None:
            gains[known[episode].stratum].append(other - delay)
    return [
        {"stratum": name, "both": len(g), "median_gain_s": round(median(g), 1)} for name, g in sorted(gains.items())
    ]


def _delay(alert: Alert, known: dict[str, Episode]) -> float | None:
    """Seconds after ignition; None of a false alert."""
    fire = known[alert.episode].ignition_s
    return alert.at_s - fire if fire is not None and alert.at_s >= fire else None


def _at(ordered: Sequence[float], share: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else None


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection", description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=("recorded", "modelled"), action="append")
    args = parser.parse_args(argv)
    known = episodes()
    work = [(known[name], series) for part in args.part or ("recorded", "modelled") for name, series in recorded(part)]
    alerts: list[Alert] = []
    count = 0
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        for number, (found, told) in enumerate(pool.map(scored, work), 1):
            alerts += found
            count += told
            if sys.stderr.isatty():
                print(f"\r{number} of {len(work)} episodes", end="", file=sys.stderr, flush=True)
    devices = {episode.name: len({one[0] for one in series}) for episode, series in work}
    figures: dict[str, Any] = {
        "readings": count,
        "strata": table(alerts, devices, known),
        "real_alarms": beaten(alerts, known, set(devices)),
        "fusion_before_pair": paired(alerts, known),
    }
    for name in ("strata", "real_alarms", "fusion_before_pair"):
        print(f"\n{name}")
        for row in figures[name]:
            print("  " + "  ".join(f"{key} {value}" for key, value in row.items()))
    held = list(gates(figures))
    print("\ngates")
    for gate in held:
        print(f"  {'holds' if gate.holds else 'DOES NOT HOLD'}  {gate.what}: {gate.found}")
    if not args.part:
        figures["gates"] = [{"gate": gate.what, "found": gate.found, "holds": gate.holds} for gate in held]
        write_result("detection", figures)
    return 0 if all(gate.holds for gate in held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
