"""Kills the gateway with SIGKILL at random moments under QoS 1 alarms; afterwards nothing acknowledged is missing.

``python -m benchmarks.crash --kills 50`` (the long form of tests/rim/test_crash.py). A publisher notes each alarm
that the broker acknowledged. After the last start every noted alarm must be in the alerts exactly once and in the
ledger exactly once, and the chain must verify.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.setup import site, write_result
from gateway.stores.database import Database
from gateway.stores.records_read import RecordsReader
from tests.rim.processes import GatewayProcess, Mosquitto, free_port, wait_until

_GIVE_UP_S = 30.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    args = parser.parse_args()
    print(f"seed {args.seed}")
    with tempfile.TemporaryDirectory() as name:
        figures = crash(Path(name), kills=args.kills, seed=args.seed, progress=True)
    print(json.dumps(figures, indent=2))
    write_result("crash", figures)
    return 0 if figures["missing"] == figures["twice"] == 0 and figures["chain"] == "verified" else 1


def crash(folder: Path, *, kills: int, seed: int, progress: bool = False) -> dict[str, int | str]:
    """Run the whole story in ``folder``; the figures that must be zero are ``missing`` and ``twice``."""
    chance = random.Random(seed)
    devices, per_second = 200 * kills, 60
    with Mosquitto(folder) as broker:
        web = free_port()
        gateway = GatewayProcess(
            folder, site(devices=devices, areas=20, broker_port=broker.port, web_port=web), web_port=web
        )
        gateway.start()
        noted = folder / "acknowledged.jsonl"
        publisher = subprocess.Popen(
            [
                sys.executable, "-m", "simulators.load", "--alarms", "--port", str(broker.port),
                "--devices", str(devices), "--rate", str(per_second), "--messages", str(devices),
                "--noted", str(noted),
            ],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        for number in range(kills):
            time.sleep(chance.uniform(0.05, 1.5))
            gateway.kill()
            gateway.start(wait=False)
            wait_until(gateway.answers, "the gateway answers again")
            if progress:
                print(f"\rkilled {number + 1} of {kills}", end="", flush=True)
        publisher.terminate()
        publisher.wait(20)
        if progress:
            print()
        wanted = {json.loads(line)["device"] for line in noted.read_text().splitlines() if line.endswith("}")}
        wait_for_the_rest(gateway.data, wanted)
        gateway.stop()
        verify = gateway.keyarea("ledger", "verify", "--data", str(gateway.data))
        alerts, raised = stored(gateway.data)
    return {
        "kills": kills,
        "seed": seed,
        "acknowledged": len(wanted),
        "missing": len(wanted - set(raised)) + len(wanted - set(alerts)),
        "twice": sum(count > 1 for count in (*raised.values(), *alerts.values())),
        "chain": "verified" if verify.returncode == 0 else verify.stdout + verify.stderr,
    }


def wait_for_the_rest(data: Path, wanted: set[str]) -> None:
    """Until every alarm is stored, or nothing more has been for a while: the broker kept a backlog for the gateway."""
    found, since = -1, time.monotonic()
    while time.monotonic() - since < _GIVE_UP_S:
        alerts, raised = stored(data)
        if wanted <= set(alerts) & set(raised):
            return
        if len(alerts) != found:
            found, since = len(alerts), time.monotonic()
        time.sleep(0.5)


def stored(data: Path) -> tuple[Counter[str], Counter[str]]:
    """How often each device's smoke is an alert, and how often the ledger tells that it was raised."""
    with Database.in_folder(data) as database:
        reader = RecordsReader(database, "bench")
        alerts = Counter(alert.key for alert in reader.alerts(limit=1_000_000) if alert.rule == "smoke")
        fields = (entry.draft.fields for entry in reader.ledger_entries() if entry.draft.book == "alerts")
        begun = ("raised", "joined")
        raised = Counter(str(told["key"]) for told in fields if told["action"] in begun and told["rule"] == "smoke")
    return alerts, raised


if __name__ == "__main__":
    sys.exit(main())
