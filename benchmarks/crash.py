"""Kills gateway and broker at random moments under QoS 1 alarms, stops the gateway, loses acknowledgements.

``python -m benchmarks.crash --kills 200 --broker-kills 20`` (the long form of tests/rim/test_crash.py). Detectors of
several families say "all clear", then "smoke"; each smoke that the broker acknowledged is noted. The gateway reaches
the broker over a link that swallows PUBACKs when told to, and is then cut. Mosquitto writes its state down as in
deploy/mosquitto. After the last start every noted smoke must be one standing alert and begun once in the ledger, and
the chain must verify. SIGINT to this process alone ends the blows, and what was done is counted.

An alarm may be missing for one reason alone: the broker was killed before it had written it down and before it
had it acknowledged by the gateway. So of each the figures say whether the broker still had it: what was acknowledged
by the gateway (the link saw it), or stood in the broker's file when it died, or came after its last death, is
``missing``; the rest ``died_with_the_broker``. ``twice``: two alerts of one smoke, or, where its message has a time,
two beginnings in the ledger. ``shown_as_over``: the alert is not active although smoke was the last word.
"""

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.crash_devices import Fate, Publisher, Told, site
from benchmarks.setup import write_result
from gateway.stores.database import Database
from gateway.stores.records_read import RecordsReader
from tests.rim.lossy_link import LossyLink
from tests.rim.processes import GatewayProcess, Mosquitto, free_port, wait_until

_GIVE_UP_S = 30.0
_DETECTORS_A_BLOW = 12
_BROKER = "persistence true\npersistence_location {folder}/\nautosave_interval 5\nqueue_qos0_messages true"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50, help="SIGKILLs of the gateway")
    parser.add_argument("--broker-kills", type=int, default=5, help="SIGKILLs of the broker")
    parser.add_argument("--stops", type=int, default=5, help="times that the gateway is stopped (SIGSTOP) for a while")
    parser.add_argument("--losses", type=int, default=10, help="times that PUBACKs are lost, and then the connection")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    args = parser.parse_args()
    print(f"seed {args.seed}")
    interrupted: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _frame: interrupted.append(number))
    with tempfile.TemporaryDirectory() as name:
        figures = crash(
            Path(name), kills=args.kills, broker_kills=args.broker_kills, stops=args.stops, losses=args.losses,
            seed=args.seed, progress=True, is_over=lambda: bool(interrupted),
        )  # fmt: skip
    print(json.dumps(figures, indent=2))
    write_result("crash", figures)
    return 0 if is_well(figures) else 1


def is_well(figures: dict[str, Any]) -> bool:
    """Whether what must be so is so."""
    faults = (figures["missing"], figures["twice"], figures["shown_as_over"])
    return faults == (0, 0, 0) and figures["chain"] == "verified" and figures["acknowledged"] > 0


def crash(
    folder: Path,
    *,
    kills: int,
    broker_kills: int,
    stops: int,
    losses: int,
    seed: int,
    progress: bool = False,
    is_over: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Run the whole story in ``folder``; its figures."""
    chance = random.Random(seed)
    blows = ["gateway"] * kills + ["broker"] * broker_kills + ["stop"] * stops + ["loss"] * losses
    chance.shuffle(blows)
    detectors = _DETECTORS_A_BLOW * len(blows)  # few: a start reads the site file, and there are many
    (folder / "gateway").mkdir()
    with (
        Mosquitto(folder, extra=_BROKER.format(folder=folder)) as broker,
        LossyLink(broker.port) as link,
        Publisher(broker.port) as publisher,
    ):
        web = free_port()
        text = site(detectors, broker_port=link.port, web_port=web)
        gateway = GatewayProcess(folder / "gateway", text, web_port=web)
        gateway.start()
        broker.save()  # a broker that dies before it has written the session down knows of no subscription afterwards
        fate = Fate(lambda: broker.state.read_bytes() if broker.state.exists() else b"")
        struck: Counter[str] = Counter()
        for number, blow in enumerate(blows, 1):
            if is_over():
                break
            publisher.add(_DETECTORS_A_BLOW)
            time.sleep(chance.uniform(0.05, 1.5))
            _strike(blow, chance, gateway, broker, link, fate)
            struck[blow] += 1
            if progress:
                print(f"\r{number} of {len(blows)}", end="", flush=True)
        publisher.stop()
        if progress:
            print()
        wanted = {told.detector.id: told for told in publisher.acknowledged}
        lost = {id_ for id_, told in wanted.items() if fate.died_with_the_broker(told)}
        _wait_for_the_rest(gateway.data, wanted.keys() - lost)
        gateway.stop()
        verify = gateway.keyarea("ledger", "verify", "--data", str(gateway.data))
        taken = {one.topic + one.payload.decode() for one in link.acknowledged}
        return {
            "kills": struck["gateway"], "broker_kills": struck["broker"], "stops": struck["stop"],
            "losses": struck["loss"], "seed": seed,
            **_figures(gateway.data, wanted, lost, taken),
            "repeated": sum(one.is_dup for one in link.delivered),
            "chain": "verified" if verify.returncode == 0 else verify.stdout + verify.stderr,
        }  # fmt: skip


def _strike(
    blow: str, chance: random.Random, gateway: GatewayProcess, broker: Mosquitto, link: LossyLink, fate: Fate
) -> None:
    if blow == "broker":
        broker.kill()
        fate.broker_died()
        time.sleep(chance.uniform(0, 0.5))
        broker.start()
    elif blow == "stop":
        gateway.freeze(chance.uniform(0.5, 4.0))
    elif blow == "loss":
        link.loses_acknowledgements = True
        time.sleep(chance.uniform(0.1, 1.5))
        link.cut()
    else:
        gateway.kill()
        if chance.random() < 0.5:
            link.cut()
        gateway.start(wait=False)
        wait_until(gateway.answers, "the gateway answers again")


def _figures(data: Path, wanted: dict[str, Told], lost: set[str], taken: set[str]) -> dict[str, Any]:
    """``taken``: topic and payload of what the gateway acknowledged."""
    alerts, standing, begun = _stored(data)
    absent = {id_ for id_ in wanted if not alerts[id_] or not begun[id_]}
    gone = {id_ for id_ in absent & lost if wanted[id_].detector.topic + wanted[id_].payload.decode() not in taken}
    for id_ in sorted(absent - gone):
        print(f"missing: {wanted[id_].detector}, acknowledged by the gateway or still with the broker")
    present = wanted.keys() - absent
    twice = {id_ for id_ in present if alerts[id_] > 1 or (wanted[id_].detector.has_time and begun[id_] > 1)}
    return {
        "acknowledged": len(wanted),
        "missing": len(absent - gone),
        "died_with_the_broker": len(gone),
        "twice": len(twice),
        "occurrences": sum(begun[id_] > 1 for id_ in present - twice),
        "shown_as_over": len(present - standing),
    }


def _wait_for_the_rest(data: Path, wanted: set[str]) -> None:
    """Until every alarm is stored, or nothing more has been for a while: the broker kept a backlog for the gateway."""
    found, since = -1, time.monotonic()
    while time.monotonic() - since < _GIVE_UP_S:
        alerts, _, begun = _stored(data)
        if wanted <= set(alerts) & set(begun):
            return
        if len(alerts) != found:
            found, since = len(alerts), time.monotonic()
        time.sleep(0.5)


def _stored(data: Path) -> tuple[Counter[str], set[str], Counter[str]]:
    """How often each detector's smoke is an alert, whose is active, and how often the ledger tells that it began."""
    with Database.in_folder(data) as database:
        reader = RecordsReader(database, "bench")
        found = [alert for alert in reader.alerts(limit=1_000_000) if alert.rule == "smoke"]
        fields = (entry.draft.fields for entry in reader.ledger_entries() if entry.draft.book == "alerts")
        told = [one for one in fields if one["action"] in ("raised", "joined") and one["rule"] == "smoke"]
    standing = {alert.key for alert in found if alert.active}
    return Counter(alert.key for alert in found), standing, Counter(str(one["key"]) for one in told)


if __name__ == "__main__":
    sys.exit(main())
