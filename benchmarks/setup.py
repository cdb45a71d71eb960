"""What every benchmark shares: a site of any size, the machine described, CPU seconds of a process, a result file."""

import json
import os
import platform
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from devices.families import mqtt_families
from gateway import clock
from tests.rim.site_parts import SMOKE_IS_A_FIRE

RESULTS = Path(__file__).parent / "results"


def site(
    *,
    devices: int,
    areas: int,
    broker_port: int,
    web_port: int,
    client_id: str = "keyarea-bench",
    families: Sequence[str] = ("keyarea",),
) -> str:
    """A site file: ``devices`` smoke-and-temperature detectors over ``areas``, with rules that look at all of them."""
    area_tables = "\n".join(f'[[areas]]\nid = "area{n}"\nname = "Area {n}"\n' for n in range(areas))
    bases = "\n".join(f'{family} = "{mqtt_families()[family].base}"' for family in families)
    device_tables = "\n".join(
        f'[[devices]]\nid = "d{n}"\nfamily = "keyarea"\naddress = "d{n}"\narea = "area{n % areas}"\n'
        f'kind = "smoke_detector"\nsignals = ["smoke", "temperature", "humidity"]\n'
        for n in range(devices)
    )
    return f"""\
id = "bench"
name = "Benchmark"

[mqtt]
port = {broker_port}
client_id = "{client_id}"
[mqtt.families]
{bases}

[web]
port = {web_port}

{area_tables}
{device_tables}
{SMOKE_IS_A_FIRE}
[[rules]]
kind = "threshold"
name = "hot"
alert_class = "fire"
priority = 1
signal = "temperature"
above = 70.0
procedure = "1. Go and look."

[[rules]]
kind = "coincidence"
name = "two-smokes"
alert_class = "fire"
priority = 1
per = "area"
signals = ["smoke"]
count = 2
within_s = 60
procedure = "1. Evacuate."

[[rules]]
kind = "supervision"
name = "lost"
alert_class = "fault"
priority = 3
interval_s = 100
procedure = "1. Visit the device."
"""


def cpu_seconds(pid: int) -> float:
    """User and system seconds that a live process has used, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def thread_seconds(pid: int) -> dict[int, float]:
    """User and system seconds of each thread of a live process, by the thread's id; the main thread's is ``pid``."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        fields = (task / "stat").read_text().rpartition(")")[2].split()
        found[int(task.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def resident_megabytes(pid: int) -> float:
    """Resident memory of a live process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError(f"process {pid} has no resident memory")


def machine() -> dict[str, str | int]:
    """What the figures were measured on; no names, no paths."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    return {
        "cpu": model,
        "cores": os.cpu_count() or 0,
        "kernel": platform.release().partition("-")[0],
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "measured_ns": clock.now(),
    }


def write_result(name: str, figures: dict[str, Any]) -> Path:
    """Keep the figures with the machine's description beside the benchmarks."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({"machine": machine(), **figures}, indent=2) + "\n")
    return path
