"""``keyarea follow``: committed events as they come, for eyes and for scripts; after a cut it goes on where it was."""

import argparse
from pathlib import Path

import msgspec

from gateway.cli_client import client_of
from gateway.cli_output import run_refused, shown
from gateway.terminal import told

HELP = "follow_command.help"
EPILOG = "follow_command.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--after", type=int, metavar="N", help=told("follow_command.after"))
    parser.add_argument("--kind", action="append", metavar="KIND", help=told("follow_command.kind"))
    parser.add_argument("--tries", type=int, metavar="N", help=told("follow_command.tries"))
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="FOLDER", help=told("command_line.data"))
    parser.add_argument("--json", action="store_true", help=told("follow_command.json"))


def run(args: argparse.Namespace) -> int:
    return run_refused(args, _follow, "follow")


def _follow(args: argparse.Namespace) -> int:
    for event in client_of(args).stream(args.after, tries=args.tries):
        if event.kind == "beat" or (args.kind and event.kind not in args.kind):
            continue
        told_event = {"position": event.position, "kind": event.kind, "data": event.data}
        if args.json:
            print(msgspec.json.encode(told_event).decode(), flush=True)
        else:
            print(f"{event.position or '-':>7}  {event.kind:<9}  {shown(_summary(event.data))}", flush=True)
    return 0


def _summary(data: dict[str, object]) -> str:
    """What it says of itself, else its plain fields."""
    alert = data.get("alert")
    inner = alert if isinstance(alert, dict) else data
    words = [data.get("action"), data.get("step"), inner.get("area"), inner.get("key"), inner.get("text")]
    plain = [f"{name} {value}" for name, value in data.items() if isinstance(value, str | int) and value != ""]
    return "  ".join(str(word) for word in words if word) or "  ".join(plain)
