"""How long every board and count takes with a year of work behind it: p99 of each must be under 300 ms.

``nice python -m benchmarks.year [--days 365] [--times 100] [--folder KEPT]``. The year is made as the demo makes its
quarter (gateway/history_replay.py), then a gateway is started on it and each address asked, one after the other: the
first after the start, which may read what is new since a projection was stored, and the others. That is counted by
the clock: a busy machine makes it longer. What 10,000 open cases add to a reading is ``benchmarks.cases``.
"""

import argparse
import http.client
import tempfile
import time
from datetime import UTC, datetime
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Any

from benchmarks.setup import write_result
from devices.reading import SECOND
from gateway.history_replay import HistoryReplay
from gateway.site.load import parse
from gateway.stores.database import Database
from gateway.stores.users import Users
from simulators.working_year import YEAR, working_days
from tests.rim.processes import PASSWORD, Client, GatewayProcess, Mosquitto, free_port, is_listening, wait_until

MOST_MS = 300.0
PAGES = (
    *("/", "/console/obligations", "/console/coverage", "/console/roster", "/console/patrols", "/console/hazards"),
    *("/console/inspections", "/console/books", "/console/workflows", "/console/kpi?span=year"),
)
API = (
    *("/api/obligations", "/api/alerts?open=true", "/api/areas", "/api/health", "/api/duty/calendar"),
    *(f"/api/workflows/{name}/cases" for name in ("hazard", "people", "patrols", "coverage", "duty", "attendance")),
    *(
        "/api/records/unsigned",
        "/api/ledger?limit=100",
        "/api/ledger?book=gate&limit=100",
        "/api/rules",
        "/api/kpi?span=year",
    ),
)


def make(folder: Path, days: int) -> dict[str, Any]:
    """The data folder of a site that has worked for so long, with an administrator; what that took."""
    folder.mkdir(mode=0o700)
    site = parse(_site_file(1883, 8080), "factory.toml")
    until = int(datetime.now(UTC).timestamp())
    happenings = working_days(until, days, time_zone=site.time_zone)
    first = next(happenings)
    begun, used = time.monotonic(), time.process_time()
    made = HistoryReplay(site, folder, first.at).run(chain([first], happenings), until)
    took = {"seconds": time.monotonic() - begun, "cpu_seconds": time.process_time() - used}
    with Database.in_folder(folder) as database:
        Users(database).add("ada", PASSWORD, "admin", until * SECOND)
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file()) / 2**20
    counted = {"happenings": made.happenings, "turns": made.turns, "entries": made.entries}
    return {**took, **counted, "refused": dict(made.refused), "megabytes": size}


def _site_file(broker: int, web: int) -> str:
    """The sample site on these ports; nobody is at the other ends of its lines."""
    text = files("gateway.site.sample").joinpath("factory.toml").read_text(encoding="utf-8")
    return text.replace("port = 1883", f"port = {broker}").replace("\nport = 8080\n", f"\nport = {web}\n")


def ask(port: int, path: str, token: str) -> float:
    """Milliseconds until all of the answer is there. Raises RuntimeError for any but 200."""
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Cookie": f"keyarea_session={token}"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return 1000 * (time.perf_counter() - begun)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=YEAR)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--folder", type=Path, help="made there, or taken from there if it has been")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        figures: dict[str, Any] = {"days": args.days}
        if not (folder / "data").exists():
            figures["made"] = make(folder / "data", args.days)
            print(figures)
        web = free_port()
        with Mosquitto(folder) as broker:
            gateway = GatewayProcess(folder, _site_file(broker.port, web), web_port=web).start(wait=False)
            try:
                wait_until(lambda: is_listening(web), "the gateway listens")  # its serial lines never come up
                token = Client(web).token
                figures["ms"] = {path: _measured(web, path, token, args.times) for path in (*PAGES, *API)}
            finally:
                gateway.stop()
    write_result("year", figures)
    over = {path: each for path, each in figures["ms"].items() if each["p99"] > MOST_MS}
    for path, each in figures["ms"].items():
        print(f"{path:<45}" + "  ".join(f"{name} {value:7.1f}" for name, value in each.items()))
    print(f"over {MOST_MS:.0f} ms: {', '.join(over) or 'none'}")
    return 1 if over else 0


def _measured(port: int, path: str, token: str, times: int) -> dict[str, float]:
    first = ask(port, path, token)
    each = sorted(ask(port, path, token) for _ in range(times))
    return {"first": first, "median": each[times // 2], "p99": each[min(times - 1, int(0.99 * times))]}


if __name__ == "__main__":
    raise SystemExit(main())
