"""``keyarea area``: key areas and their armed mode."""

import argparse

from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_order, add_verb, print_json, print_table, run_verb, shown
from gateway.terminal import told

HELP = "area_command.help"
EPILOG = "area_command.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_verb(verbs, "list", "area_command.list", _list)
    mode = add_order(verbs, "mode", "area_command.mode", _mode)
    mode.add_argument("area", metavar="AREA")
    mode.add_argument("mode", metavar="MODE", help=told("area_command.which_mode"))
    mode.add_argument("--force", action="store_true", help=told("area_command.force"))


def run(args: argparse.Namespace) -> int:
    return run_verb(args)


def _list(args: argparse.Namespace) -> int:
    areas = client_of(args).areas.all()
    if args.json:
        print_json(areas)
        return 0
    rows = [
        (area.id, area.name, area.name_zh, area.mode, ", ".join(area.modes), area.devices, area.open_alerts, area.worst)
        for area in areas
    ]
    print_table(told("area_command.titles").split("|"), rows)
    return 0


def _mode(args: argparse.Namespace) -> int:
    client_of(args).areas.set_mode(args.area, args.mode, force=args.force)
    if args.json:
        print_json({"done": True})
    else:
        print(f"{shown(args.area)}: {shown(args.mode)}")
    return 0
