"""What a reading costs in the engine with 10,000 open cases against none, as a ratio.

``python -m benchmarks.cases``. Two engines get the same readings in alternating pairs; the cases neither hold nor
listen to what is read. Prints the median ratio, which must be 1.02 at most (ADR 0177).
"""

import argparse
import gc
import time
from statistics import median

from alerts.engine.engine import Engine
from alerts.kernel.kernel import Kernel
from alerts.rules.threshold import KIND
from benchmarks.setup import write_result
from devices.device import Device
from devices.reading import SECOND, Instant, Reading
from tests.alerts.kernel.toy import Close, Toy

START: Instant = 1_795_363_200 * SECOND
_BATCH = 1_000


class Quiet(Toy):
    """The toy, which listens to nothing."""

    listens = type(Toy.listens)()


def engine(cases: int) -> Engine:
    """With 200 devices, a threshold on each, and so many open cases."""
    devices = [Device(id=f"t{n}", family="keyarea", address=f"t{n}", area="store") for n in range(200)]
    rule = KIND(
        name="hot",
        alert_class="fire",
        priority=1,
        procedure="look",
        signal="temperature",
        above=60,  # type: ignore[call-arg]
    )
    made = Engine(rules=[rule], devices=devices, area_modes={"store": ""}, schedules={}, kernel=Kernel([Quiet()]))
    asks = [Close(id=str(n), by="li", role="technician", hours=1_000) for n in range(cases)]
    for start in range(0, len(asks), _BATCH):
        made.step(asks[start : start + _BATCH], START)
    assert len(made.kernel.cases.of("toy")) == cases
    return made


def batch(turn: int) -> tuple[list[Reading], Instant]:
    now = START + (turn + 2) * SECOND
    return [Reading(f"t{n % 200}", "temperature", 20 + n % 7, now, now) for n in range(_BATCH)], now


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=600)
    parser.add_argument("--cases", type=int, default=10_000)
    args = parser.parse_args()
    engines = {"none": engine(0), "many": engine(args.cases)}
    gc.collect()
    gc.freeze()  # as the gateway does after its start
    spent: dict[str, list[int]] = {name: [] for name in engines}
    for turn in range(args.turns):
        readings, now = batch(turn)
        for name in ("none", "many") if turn % 2 else ("many", "none"):
            begun = time.process_time_ns()
            engines[name].step(readings, now)
            spent[name].append(time.process_time_ns() - begun)
    ratio = median(many / none for many, none in zip(spent["many"], spent["none"], strict=True))
    figures = {
        "cases": args.cases,
        "ns_a_reading": {name: median(times) / _BATCH for name, times in spent.items()},
        "median_ratio": ratio,
    }
    write_result("cases", figures)
    print(figures)
    return 0 if ratio <= 1.02 else 1


if __name__ == "__main__":
    raise SystemExit(main())
