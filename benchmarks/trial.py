"""How many readings a second a trial of rules takes: the sample site's rules, each kind alone, and with ``fusion``.

``nice python -m benchmarks.trial [--readings 2000000] [--processes 2]``. The devices of the sample site report as the
demo lets them: every 20 s, or three times in their interval. The readings are stored and sealed first; a trial then
reads, unpacks and orders them, and gives them to an engine with rules, as `keyarea rules try` does. CPU seconds of all
processes are counted, too: a busy machine says by the clock what it had left.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from importlib.resources import files
from operator import attrgetter
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.trial.recording import Setting
from alerts.trial.replay import Replay
from benchmarks.setup import machine, write_result
from devices.reading import SECOND, Instant, Reading
from gateway.rule_trial import try_rules
from gateway.site.load import parse
from gateway.site.model import Site
from gateway.stores.database import Database
from gateway.stores.records_read import RecordsReader
from gateway.stores.series_sqlite import SeriesSqlite

_START: Instant = 1_795_363_200 * SECOND
_USUAL_S = 20.0
_RECEIVED = attrgetter("received")
_NUMBERS = {"temperature": 22.0, "humidity": 40.0, "smoke_density": 0.1, "battery": 90.0, "gas": 1.0, "co": 2.0}
_TRUE = ("mains", "online")


def sample() -> Site:
    text = files("gateway.site.sample").joinpath("factory.toml").read_text(encoding="utf-8")
    return parse(text, "factory.toml")


def fusion() -> Rule[Any]:
    table = {"kind": "fusion", "name": "fusion", "alert_class": "fire", "priority": 1, "procedure": "look"}
    made: Rule[Any] = msgspec.convert(table, kinds()["fusion"])
    return made


def readings(site: Site, count: int) -> Iterator[list[Reading]]:
    """A quiet time: numbers waver, nothing happens. In pieces."""
    chance, due = Random(1), [(_START + place * SECOND // 7, device) for place, device in enumerate(site.devices)]
    told = 0
    while told < count:
        piece: list[Reading] = []
        for place, (at, device) in enumerate(due):
            piece += [Reading(device.id, signal, _value(signal, chance), at, at) for signal in device.signals]
            pause_s = min(_USUAL_S, (device.interval_s or 100) / 3) + chance.random()
            due[place] = (at + int(pause_s * SECOND), device)
        told += len(piece)
        yield sorted(piece, key=_RECEIVED)


def _value(signal: str, chance: Random) -> bool | float | str:
    if signal in _NUMBERS:
        return round(_NUMBERS[signal] + chance.random() / 10, 2)
    return signal in _TRUE


def stored(site: Site, folder: Path, count: int) -> tuple[int, Instant]:
    """How many there are, and when the last was received."""
    series, told, last = SeriesSqlite(folder, lambda: _START), 0, _START
    for piece in readings(site, count):
        series.append(piece)
        told, last = told + len(piece), max(last, piece[-1].received)
        if series.seal_due(_START):
            series.seal(_START)
    series.seal(_START)
    series.close()
    Database.in_folder(folder).close()
    return told, last


def tried(site: Site, rules: tuple[Rule[Any], ...], folder: Path, last: Instant, processes: int) -> dict[str, float]:
    """Seconds by the clock and of CPU."""
    site = msgspec.structs.replace(site, rules=rules)
    begun, before = time.perf_counter(), _cpu()
    with Database.to_look_at(folder) as database:
        records = RecordsReader(database, site.id)
        try_rules(rules, site, folder, records, (_START, last + 1), processes)
    return {"seconds": time.perf_counter() - begun, "cpu_seconds": _cpu() - before}


def _cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def alone(site: Site, heard: list[Reading], rules: tuple[Rule[Any], ...]) -> float:
    """Readings a CPU second of the engine with these rules."""
    modes = {area.id: area.mode for area in site.areas}
    replay = Replay(rules, Setting(site.devices, modes), _START)
    begun = time.process_time()
    replay.hear(heard)
    return len(heard) / (time.process_time() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=int, default=2_000_000)
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    site = sample()
    plain = tuple(rule for rule in site.rules if rule.__struct_config__.tag != "fusion")
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        count, last = stored(site, folder, args.readings)
        for title, rules in (("without fusion", plain), ("with fusion", (*plain, fusion()))):
            cost = tried(site, rules, folder, last, args.processes)
            rates = {"a_second": count / cost["seconds"], "a_cpu_second": count / cost["cpu_seconds"]}
            figures[title] = {"readings": count, **cost, **rates}
            print(
                f"{title:<16} {count:>10,} readings, {args.processes} processes: {rates['a_second']:>10,.0f} a second"
                f" on this machine, {rates['a_cpu_second']:>10,.0f} a CPU second"
            )
    heard = sorted((reading for piece in readings(site, 100_000) for reading in piece), key=_RECEIVED)
    tags = sorted({str(rule.__struct_config__.tag) for rule in site.rules} | {"fusion"})
    for tag in tags:
        its = tuple(rule for rule in (*plain, fusion()) if rule.__struct_config__.tag == tag)
        figures[f"kind {tag}"] = rate = alone(site, heard, its)
        print(f"kind {tag:<20} {rate:>10,.0f} readings a CPU second, alone, in the engine")
    write_result("trial", {"machine": machine(), "cores": os.cpu_count(), **figures})


if __name__ == "__main__":
    main()
