"""``keyarea kpi``: the figures of alarm management of a span against their targets, and the worst sources."""

import argparse
import sys
from pathlib import Path

from alerts.kpi.spans import SPANS
from api.client.kpi import Kpi
from gateway.cli_client import client_of
from gateway.cli_output import print_json, print_table, run_refused
from gateway.terminal import told

HELP = "kpi_command.help"
EPILOG = "kpi_command.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="FOLDER", help=told("command_line.data"))
    parser.add_argument("--span", choices=SPANS, default="week", help=told("kpi_command.span"))
    parser.add_argument("--back", type=int, default=0, metavar="N", help=told("kpi_command.back"))
    parser.add_argument("--csv", action="store_true", help=told("kpi_command.csv"))
    parser.add_argument("--json", action="store_true", help=told("command_line.json"))


def run(args: argparse.Namespace) -> int:
    return run_refused(args, _show, "kpi")


def _show(args: argparse.Namespace) -> int:
    if args.csv:
        sys.stdout.write(client_of(args).kpi.file(args.span, args.back).replace("\r\n", "\n"))
        return 0
    found = client_of(args).kpi.of(args.span, args.back)
    if args.json:
        print_json(found)
        return 0
    print(f"{found.begins} – {found.ends}: {told('kpi.raised')} {found.raised}")
    if found.counted < found.of:
        print(told("kpi_command.counting").format(count=found.counted, of=found.of))
    _tables(found)
    return 0


def _tables(found: Kpi) -> None:
    rows = [(one.title, _number(one.value, one.unit), _number(one.target, one.unit), told(f"kpi.{one.verdict}"))
            for one in found.measures]  # fmt: skip
    print_table(told("kpi_command.titles").split("|"), rows)
    times = [
        (told(f"kpi.{part}"), told(f"alert_heading.{one.of}") if one.of else told("kpi.all"), str(one.count),
         _number(one.median, "s"), _number(one.p95, "s"), told(f"kpi.{one.verdict}"))
        for part, its in (("answered", found.answered), ("on_scene", found.on_scene)) for one in its
    ]  # fmt: skip
    if times:
        print()
        print_table(told("kpi_command.times").split("|"), times)
    if found.worst:
        print()
        print_table(
            told("kpi_command.worst").split("|"),
            [(one.title, one.name, str(one.raised), " ".join(one.cures)) for one in found.worst],
        )


def _number(value: float, unit: str) -> str:
    return (f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}").strip()
