"""Is one commit slower than another? Both under the same short load, in alternating pairs, in one run.

``python -m benchmarks.pairs ingest --before COMMIT --pairs 11`` (or ``latency``). Each round is a fresh gateway, so
what one process happens to be like (memory, hashes) counts as noise and not as a difference; who goes first changes
from pair to pair, so that what the machine does meanwhile falls on both. Each commit is unpacked in a folder of its
own, runs with its own load and this environment's libraries, and looks itself that it has imported nothing else.

A pair's ratio is after / before: CPU of the gateway for each message (``ingest``), median time from publish to the live
stream (``latency``). Said are the median of the ratios and its 95 % interval by order statistics, which asks nothing of
how they are spread: of 11 pairs the second and the tenth (98.8 %), and of fewer than 6 there is none. Two equal commits
(``--before HEAD``) show what this machine can tell apart. What is not committed is not measured.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from math import comb
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from benchmarks.setup import write_result

ROOT = Path(__file__).resolve().parents[1]
ROUND = Path(__file__).with_name("pair_round.py")
LIMIT, CONFIDENCE = 1.05, 0.95
_CALM = 0.5
"""Load average of a machine that does nothing else."""


class Interval(msgspec.Struct, frozen=True):
    """Where the median lies, and how sure that is."""

    lower: float
    upper: float
    confidence: float


def interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval | None:
    """The narrowest of the n-th smallest to the n-th largest that holds the true median so surely; None of too few."""
    count, ordered = len(values), sorted(values)
    for rank in range(count // 2, 0, -1):
        sure = 1 - 2 * sum(comb(count, below) for below in range(rank)) / 2**count
        if sure >= confidence:
            return Interval(ordered[rank - 1], ordered[-rank], sure)
    return None


def verdict(found: Interval | None) -> str:
    """What the interval allows to say, and no more."""
    if found is None:
        return f"no {CONFIDENCE:.0%} interval of so few pairs: at least 6 are needed"
    if found.upper < LIMIT:
        return f"the upper limit is under {LIMIT}: not slower by so much"
    if found.lower > LIMIT:
        return f"the lower limit is over {LIMIT}: slower"
    return f"{LIMIT} lies in the interval: not decided; more pairs, or a quieter machine"


def unpacked(commit: str, folder: Path) -> Path:
    """That commit's files."""
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def one_round(what: str, place: Path) -> dict[str, Any]:
    """The figures of the commit that lies there. SystemExit with what it said if it fails."""
    env = {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": ""}
    # -P: the folder of the script, which is that of this commit, is no place to import from
    command = [sys.executable, "-P", str(ROUND), what]
    done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise SystemExit(f"a round of {place.name} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def full_hash(commit: str) -> str:
    """Raises SystemExit for what git does not know."""
    done = subprocess.run(
        ["git", "rev-parse", "--verify", f"{commit}^{{commit}}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{commit} is no commit here")
    return done.stdout.strip()


def measured(what: str, places: tuple[Path, Path], pairs: int) -> list[dict[str, Any]]:
    """Each pair with the figures of both and the ratio, said as it comes."""
    found = []
    for number in range(pairs):
        order = places if number % 2 == 0 else places[::-1]
        figures = {place: one_round(what, place) for place in order}
        before, after = (figures[place] for place in places)
        ratio = after["value"] / before["value"]
        found.append({"before": before, "after": after, "ratio": ratio})
        first = "before" if number % 2 == 0 else "after"
        print(
            f"pair {number + 1:2}, {first:>6} first: {before['value']:.2f} {before['unit']}, "
            f"{after['value']:.2f} {after['unit']}, ratio {ratio:.3f}",
            flush=True,
        )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("ingest", "latency"))
    parser.add_argument("--before", required=True, help="the commit that is taken as 1")
    parser.add_argument("--after", default="HEAD", help="the commit that may be slower")
    parser.add_argument("--pairs", type=int, default=11)
    args = parser.parse_args()
    hashes = full_hash(args.before), full_hash(args.after)
    busy = os.getloadavg()[0]
    if busy > _CALM:
        print(f"load average {busy:.1f}: the machine is busy with other things, so the interval will be wide")
    with tempfile.TemporaryDirectory() as name:
        places = Path(name) / "before", Path(name) / "after"
        for commit, place in zip(hashes, places, strict=True):
            place.mkdir()
            unpacked(commit, place)
            one_round("imports", place)
        found = measured(args.what, places, args.pairs)
    ratios = [pair["ratio"] for pair in found]
    limits = interval(ratios)
    print(f"{args.what}: {hashes[1][:7]} / {hashes[0][:7]}, all ratios {min(ratios):.3f} to {max(ratios):.3f}")
    said = f"{limits.confidence:.1%} interval {limits.lower:.3f} to {limits.upper:.3f}" if limits else "no interval"
    print(f"median {median(ratios):.3f}, {said}")
    print(verdict(limits))
    said_of = {"before": hashes[0], "after": hashes[1], "load_average": busy, "median": median(ratios)}
    write_result(f"pairs_{args.what}", {**said_of, "interval": msgspec.to_builtins(limits), "pairs": found})
    return 0 if limits is not None and limits.upper < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
