"""``keyarea status``: from another terminal, what is up, how old the newest reading is, what is open."""

import argparse
from pathlib import Path

from gateway.terminal import told

HELP = "status_word.help"
EPILOG = "status_word.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path("data"), help=told("option_words.status_data"))
    parser.add_argument("--json", action="store_true", help=told("option_words.json"))


def run(args: argparse.Namespace) -> int:
    from gateway.cli_client import client_in
    from gateway.cli_output import print_json

    health = client_in(args.data).health.show()
    if args.json:
        print_json(health)
        return 0 if health.ok else 1
    up_s = (health.now - health.started).total_seconds()
    newest = "none yet"
    if health.newest_reading is not None:
        newest = f"{max(0.0, (health.now - health.newest_reading).total_seconds()):.1f} s ago"
    print(f"keyarea {health.version}, up {_span(up_s)}")
    print(f"newest reading  {newest}")
    print(f"devices         {health.devices}, {health.devices_lost} lost")
    if health.not_understood:
        print(f"not understood  {health.not_understood} messages; the newest: keyarea device malformed")
    print(f"upkeep          {health.batteries_low} batteries low, {health.devices_due} due for a test or calibration")
    print(f"alerts          {health.open_alerts} open, {health.unacknowledged} not acknowledged")
    if health.set_aside:
        why = ", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in sorted(health.set_aside.items()))
        print(f"set aside       {sum(health.set_aside.values())}: {why}")
    print(f"ledger          {health.ledger_entries} entries")
    print("tasks           " + ", ".join(f"{name} {state}" for name, state in sorted(health.tasks.items())))
    print("lines           " + (", ".join(f"{n} {s}" for n, s in sorted(health.lines.items())) or "none"))
    if health.callers:
        print(
            "callers         " + ", ".join(f"{n} {now} of {most}" for n, (now, most) in sorted(health.callers.items()))
        )
    for fault in health.faults:
        print(f"FAULT           {fault}")
    return 0 if health.ok else 1


def _span(seconds: float) -> str:
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [f"{days} d", f"{hours} h", f"{minutes} min", f"{seconds} s"]
    while len(parts) > 1 and parts[0].startswith("0 "):
        parts.pop(0)
    return " ".join(parts[:2])
