"""``keyarea path``: would an alarm get through? The links of the alarm path, a check at once, the way of one alarm."""

import argparse

from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_verb, print_json, print_table, run_verb
from gateway.terminal import told

HELP = "path_command.help"
EPILOG = "path_command.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_verb(verbs, "list", "path_command.list", _list)
    add_verb(verbs, "check", "path_command.check", _check)
    way = add_verb(verbs, "way", "path_command.way", _way)
    way.add_argument("alert", metavar="ALERT", help=told("path_command.alert"))


def run(args: argparse.Namespace) -> int:
    return run_verb(args)


def _list(args: argparse.Namespace) -> int:
    path = client_of(args).health.alarm_path()
    if args.json:
        print_json(path)
        return 0
    rows = [
        (each["link"], each["state"], each["proved"] or "-", _ms(each["median_ms"]), _ms(each["p95_ms"]), each["fault"])
        for each in path["links"]
    ]
    print_table(told("path_command.titles").split("|"), rows)
    return 1 if any(each["state"] == "broken" for each in path["links"]) else 0


def _check(args: argparse.Namespace) -> int:
    client_of(args).health.check_alarm_path()
    return 0


def _way(args: argparse.Namespace) -> int:
    steps = client_of(args).alerts.way(args.alert)
    if args.json:
        print_json(steps)
        return 0
    rows = [(step["at"], step["stage"], step["who"], step["path"], step["how"], step["sound"]) for step in steps]
    print_table(told("path_command.way_titles").split("|"), rows)
    return 0


def _ms(took: int | None) -> str:
    return "-" if took is None else f"{took} ms"
