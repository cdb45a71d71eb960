"""``python -m fuzz``: every decoder, one million inputs each, as many at a time as there are processors.

Ends with 1 if anything broke. What broke lies in a file, and the command that replays it is printed with it.
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
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from devices.families import families
from fuzz.target import Target

_TELL_EVERY_S = 15
_GUIDED = 0.05
"""So much of all inputs is guided by coverage; what that finds is where the others begin."""


class Outcome(msgspec.Struct):
    """How a decoder fared."""

    family: str
    inputs: int = 0
    seconds: float = 0.0
    rss_kib: int = 0
    crashes: list[tuple[str, str]] = []
    """(file, what broke)"""


class Run:
    """All families, a few at a time."""

    def __init__(self, names: Sequence[str], args: argparse.Namespace, scratch: Path) -> None:
        self._waiting, self._args, self._scratch = list(names), args, scratch
        self._lock = threading.Lock()
        self.outcomes = {name: Outcome(name, crashes=[]) for name in names}

    def run(self) -> None:
        threads = [threading.Thread(target=self._work, name=f"fuzz {n}") for n in range(self._args.jobs)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    return
                family = self._waiting.pop(0)
            self._attack(self.outcomes[family])

    def _attack(self, outcome: Outcome) -> None:
        """First guided, then in mass; the second is spared once something broke."""
        guided = round(self._args.inputs * _GUIDED)
        for module, inputs in (("fuzz.guided", guided), ("fuzz.mass", self._args.inputs - guided)):
            if not outcome.crashes:
                self._part(outcome, module, inputs)

    def _part(self, outcome: Outcome, module: str, inputs: int) -> None:
        args, log = self._args, self._scratch / f"{outcome.family}.log"
        command = [
            *(sys.executable, "-m", module, outcome.family, "--inputs", str(inputs), "--seed", str(args.seed)),
            *("--crashes", str(args.crashes), "--megabytes", str(args.megabytes)),
            *("--corpus", str(self._scratch / outcome.family)),
        ]
        before, seconds, is_done = outcome.inputs, outcome.seconds, False
        told_at = time.monotonic()
        with (
            log.open("wb") as errors,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
        ):
            assert process.stdout is not None
            for line in process.stdout:
                if not line.startswith("{"):
                    continue
                told = json.loads(line)
                outcome.inputs, outcome.seconds = before + told["inputs"], seconds + told["seconds"]
                outcome.rss_kib = max(outcome.rss_kib, told["rss_kib"])
                is_done = told.get("done", False)
                if "crash" in told:
                    outcome.crashes.append((told["crash"], told["error"]))
                if is_done or time.monotonic() - told_at > _TELL_EVERY_S:
                    told_at = time.monotonic()
                    print(f"{outcome.family:<16} {outcome.inputs:>10,} of {args.inputs:,}", flush=True)
        if not is_done and not outcome.crashes:
            end = log.read_text(errors="replace")[-2000:]
            outcome.crashes.append(("", f"{module} ended with {process.returncode}: {end}"))


def replay(path: Path) -> int:
    """Feed again what broke a decoder; the error comes out as it did."""
    told = json.loads(path.read_text(encoding="utf-8"))
    target = Target(told["family"])
    for data in told["inputs"]:
        target.feed(bytes.fromhex(data))
    print(f"{len(told['inputs'])} inputs of {told['family']}: nothing breaks any more")
    return 0


def show(outcomes: Sequence[Outcome]) -> None:
    table = Table("decoder", "inputs", "inputs/s", "crashes", "peak memory", title="make fuzz")
    for column in table.columns[1:]:
        column.justify = "right"
    for outcome in outcomes:
        rate = f"{outcome.inputs / outcome.seconds:,.0f}" if outcome.seconds else ""
        memory = f"{outcome.rss_kib / 1024:.0f} MiB"
        table.add_row(outcome.family, f"{outcome.inputs:,}", rate, str(len(outcome.crashes)), memory)
    Console().print(table)
    for outcome in outcomes:
        for path, error in outcome.crashes:
            print(f"{outcome.family}: {error}")
            if path:
                print(f"  again: {sys.executable} -m fuzz --replay {path}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("families", nargs="*", help="of these alone; none: all that there are")
    parser.add_argument("--inputs", type=int, default=1_000_000, help="for each decoder (1,000,000)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="decoders at one time (all processors)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other inputs; 0: by the clock")
    parser.add_argument("--megabytes", type=int, default=512, help="memory that a decoder's process may take (512)")
    parser.add_argument("--crashes", type=Path, default=Path("fuzz-crashes"), help="folder for what broke")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="feed again what broke a decoder")
    args = parser.parse_args()
    if args.replay:
        return replay(args.replay)
    unknown = set(args.families) - set(families())
    if unknown:
        parser.error(f"no family is called {', '.join(sorted(unknown))}; there are {', '.join(sorted(families()))}")
    args.seed = args.seed or int(time.time()) & 0x7FFFFFFF
    print(f"seed {args.seed}, {args.inputs:,} inputs for each decoder, {args.jobs} at a time", flush=True)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        run = Run(args.families or sorted(families()), args, Path(scratch))
        run.run()
    outcomes = list(run.outcomes.values())
    show(outcomes)
    return 1 if any(outcome.crashes or outcome.inputs < args.inputs for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
