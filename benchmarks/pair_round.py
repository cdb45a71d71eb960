"""One round of benchmarks.pairs: run as a file in a folder that holds any commit, with that commit's own modules.

Prints one JSON line: ``value`` in ``unit``, and what else was measured.
"""

import importlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

MESSAGES = 200_000
ALARMS, PER_SECOND, NOISE = 200, 20, 3_000


def ingest() -> dict[str, Any]:
    """CPU microseconds of the gateway for each message at QoS 1, as fast as the broker takes them."""
    from benchmarks.ingest import whole
    from benchmarks.setup import site
    from tests.rim.processes import GatewayProcess, Mosquitto, free_port

    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker:
        web = free_port()
        text = site(devices=1000, areas=50, broker_port=broker.port, web_port=web)
        with GatewayProcess(Path(name), text, web_port=web) as gateway:
            whole(gateway, broker.port, 10_000, 0, 1000)  # warm, and nothing of it left to store
            used, behind, missing = whole(gateway, broker.port, MESSAGES, 0, 1000)
    assert missing == 0, f"{missing} messages are missing"
    return {"value": used, "unit": "us", "behind_s": behind}


def latency() -> dict[str, Any]:
    """Median milliseconds from publish to the live stream, while other devices send 3,000 messages a second."""
    from benchmarks.latency import measure, spread
    from benchmarks.setup import site
    from tests.rim.processes import GatewayProcess, Mosquitto, free_port

    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker:
        web = free_port()
        text = site(devices=1000 + ALARMS, areas=50, broker_port=broker.port, web_port=web)
        gateway = GatewayProcess(Path(name), text, web_port=web)
        gateway.add_users()
        with gateway:
            ours, bare = measure(gateway, broker, 1000, ALARMS, PER_SECOND, NOISE)
    stream = spread(ours)
    return {"value": stream["p50_ms"], "unit": "ms", "p99_ms": stream["p99_ms"], "bare_p50_ms": spread(bare)["p50_ms"]}


def imports() -> dict[str, Any]:
    """Where everything of ours comes from. AssertionError if that is another folder than this one."""
    here = Path.cwd().resolve()
    names = [path.parent.name for path in here.glob("*/__init__.py")]
    for name in names:
        module = importlib.import_module(name)
        assert Path(str(module.__file__)).resolve().is_relative_to(here), f"{name} comes from {module.__file__}"
    assert {"gateway", "api", "alerts", "devices", "ledger", "benchmarks", "simulators"} <= set(names)
    return {"value": 0, "unit": "", "packages": names}


if __name__ == "__main__":
    print(json.dumps({"ingest": ingest, "latency": latency, "imports": imports}[sys.argv[1]]()))
