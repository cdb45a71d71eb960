"""``keyarea obligation``: what must be done so often in its period, how often it was, and where it leads."""

import argparse

from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_verb, print_json, print_table, run_verb
from gateway.terminal import told

HELP = "obligation_command.help"
EPILOG = "obligation_command.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_verb(verbs, "list", "obligation_command.list", _list)


def run(args: argparse.Namespace) -> int:
    return run_verb(args)


def _list(args: argparse.Namespace) -> int:
    found = client_of(args).obligations.all()
    if args.json:
        print_json(found)
        return 0
    rows = [(one.clause, one.title, one.area, told(f"obligation_state.{one.state}"), one.text) for one in found]
    print_table(told("obligation_command.titles").split("|"), rows)
    return 0
