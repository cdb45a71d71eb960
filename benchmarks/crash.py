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
from tests.rim.processes import Client, GatewayProcess, Mosquitto, free_port, wait_until

_EMPTY_SITE_RULES = ("two-smokes",)


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
        gateway.add_users()
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
            wait_until(lambda: gateway.health(), "the gateway answers again", 60)
            if progress:
                print(f"\rkilled {number + 1} of {kills}", end="", flush=True)
        publisher.terminate()
        publisher.wait(20)
        print()
        alarms = [json.loads(line)["device"] for line in noted.read_text().splitlines() if line.endswith("}")]
        wanted = set(alarms)
        client = Client(gateway.port)
        raised: Counter[str] = Counter()

        def all_there() -> bool:
            nonlocal raised
            raised = raised_in_ledger(client)
            return wanted <= set(raised)

        try:
            wait_until(all_there, "every acknowledged alarm is in the ledger", 30)
        except AssertionError as error:
            print(error)
        alerts = Counter(alert["key"] for alert in stored_alerts(client))
        gateway.stop()
        verify = gateway.keyarea("ledger", "verify", "--data", str(gateway.data))
    return {
        "kills": kills,
        "seed": seed,
        "acknowledged": len(wanted),
        "missing": len(wanted - set(raised)) + len(wanted - set(alerts)),
        "twice": sum(count > 1 for count in raised.values()) + sum(count > 1 for count in alerts.values()),
        "chain": "verified" if verify.returncode == 0 else verify.stdout + verify.stderr,
    }


def raised_in_ledger(client: Client) -> Counter[str]:
    """How often each device's smoke was raised, by the ledger."""
    found: Counter[str] = Counter()
    after = 0
    while True:
        page = client.get(f"/api/ledger?book=alerts&after={after}&limit=500")
        for entry in page["entries"]:
            fields = entry["fields"]
            if fields["action"] in ("raised", "joined") and fields["rule"] == "smoke":
                found[fields["key"]] += 1
        if not page["entries"]:
            return found
        after = page["entries"][-1]["sequence"]


def stored_alerts(client: Client) -> list[dict[str, str]]:
    """Every stored alert of the rule ``smoke``."""
    return [alert for alert in client.get("/api/alerts")["alerts"] if alert["rule"] == "smoke"]


if __name__ == "__main__":
    sys.exit(main())
