"""What an entry of the ledger costs, durable in SQLite, against another commit of this repository in the same run.

``python -m benchmarks.ledger --against FOLDER``: FOLDER is a checkout of that commit. Child processes take turns,
eleven each; a child commits batches of alert steps (as in a storm, 200 a transaction) and says its CPU seconds an
entry, those of making drafts and rows included. Without --against this commit alone. Then, here alone, what one with
three values beside the chain costs.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.setup import write_result

_PAIRS, _BATCHES, _BATCH = 11, 25, 200
_HERE = Path(__file__).parents[1]
_NOW = 1_795_521_600_000_000_000


def child(what: str) -> float:
    """CPU microseconds an entry."""
    from gateway.stores.books import read_books
    from gateway.stores.database import Database
    from gateway.stores.records import SqlRecords
    from ledger.journal import drafts_of

    with tempfile.TemporaryDirectory() as folder, Database.in_folder(Path(folder)) as database:
        records, make = SqlRecords(database, "bench"), {"alerts": _alerts, "visitors": _visitors}[what]
        drafts_for = partial(drafts_of, render=str, books=read_books())
        batches = [make(number * _BATCH) for number in range(_BATCHES + 2)]
        for number, effects in enumerate(batches):
            if number == 2:  # warm
                began = time.process_time()
            records.commit(effects, drafts_for(effects, _NOW + number), (), _NOW + number)
        spent = time.process_time() - began
        assert records.ledger_head().sequence == len(batches) * _BATCH
    return spent / (_BATCHES * _BATCH) * 1e6


def _alerts(first: int) -> Any:
    from alerts.alert import Alert, AlertClass, AlertEvent, State
    from alerts.effects import Effects
    from alerts.lifecycle import Action
    from devices.message import plain
    from devices.reading import Reading

    def step(number: int) -> AlertEvent:
        cause = Reading(f"sd-{number}", "smoke", True, _NOW + number, _NOW + number)
        alert = Alert(
            id=f"a{number}",
            rule="smoke",
            rule_version="v1",
            area="store",
            key=cause.device,
            alert_class=AlertClass.FIRE,
            priority=1,
            state=State.UNACKNOWLEDGED,
            raised=cause.time,
            changed=cause.time,
            causes=(cause,),
            text=plain("smoke active"),
            procedure=plain("go and look"),
            latched=True,
        )
        return AlertEvent(alert, Action.RAISED, cause.time)

    return Effects(alerts=[step(number) for number in range(first, first + _BATCH)])


def _visitors(first: int) -> Any:
    from alerts.effects import Effects
    from alerts.event import Recorded

    fields = {"action": "arrived", "document": "ID 110101199001011234", "vehicle": "A 12345", "host": "li"}
    return Effects(
        recorded=[
            (Recorded("gate", "visitors", "wang", {**fields, "person": f"guest {number}"}), _NOW + number)
            for number in range(first, first + _BATCH)
        ]
    )


def measured(folder: Path, what: str) -> float:
    code = f"import runpy; print(runpy.run_path({str(Path(__file__))!r}, run_name='bench')['child']({what!r}))"
    environment = {**os.environ, "PYTHONPATH": f"{folder}:{_HERE}"}
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return float(told.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", type=Path, metavar="FOLDER", help="a checkout of the other commit")
    args = parser.parse_args()
    result: dict[str, Any] = {"pairs": _PAIRS, "entries": _BATCHES * _BATCH}
    here, there = [], []
    for _pair in range(_PAIRS):
        if args.against is not None:
            there.append(measured(args.against.absolute(), "alerts"))
        here.append(measured(_HERE, "alerts"))
    result["us_an_entry"] = round(statistics.median(here), 1)
    result["entries_a_cpu_second"] = round(1e6 / statistics.median(here))
    if there:
        ratios = sorted(mine / its for mine, its in zip(here, there, strict=True))
        result["us_an_entry_against"] = round(statistics.median(there), 1)
        result["ratio"] = round(statistics.median(ratios), 3)
        result["ratio_95"] = [round(ratios[1], 3), round(ratios[-2], 3)]  # of 11: the second and the tenth
    beside = [measured(_HERE, "visitors") for _ in range(5)]
    result["us_an_entry_with_three_values_beside"] = round(statistics.median(beside), 1)
    write_result("ledger", result)


if __name__ == "__main__":
    main()
