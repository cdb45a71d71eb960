"""``keyarea reading``: stored readings of one signal of a device."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from devices.reading import SECOND
from gateway import clock
from gateway.ask_options import span
from gateway.cli_client import client_of
from gateway.cli_output import local, print_json, print_table, run_refused
from gateway.terminal import told

HELP = "reading_command.help"
EPILOG = "reading_command.epilog"
_HOUR = 3_600 * SECOND


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("device", metavar="DEVICE")
    parser.add_argument("signal", metavar="SIGNAL", help=told("reading_command.signal"))
    parser.add_argument("--last", type=span, default=_HOUR, metavar="TIME", help=told("reading_command.last"))
    parser.add_argument("--step", metavar="TIME", help=told("reading_command.step"))
    aggregates = ("mean", "min", "max", "last", "count")
    parser.add_argument("--aggregate", default="mean", choices=aggregates, help=told("reading_command.aggregate"))
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="FOLDER", help=told("command_line.data"))
    parser.add_argument("--json", action="store_true", help=told("command_line.json"))


def run(args: argparse.Namespace) -> int:
    return run_refused(args, _readings, "reading")


def _readings(args: argparse.Namespace) -> int:
    now = clock.now()
    start, end = (datetime.fromtimestamp(at / SECOND, UTC) for at in (now - args.last, now + SECOND))
    how = {"step": args.step, "aggregate": args.aggregate}
    points = client_of(args).readings.all(args.device, args.signal, start, end, **how)
    if args.json:
        print_json(points)
        return 0
    rows = [(local(point.time), point.value, ", ".join(point.quality)) for point in points]
    print_table(told("reading_command.titles").split("|"), rows)
    return 0
