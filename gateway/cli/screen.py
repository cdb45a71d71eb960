"""``keyarea screen``: the open pages of the console, and whether each can sound."""

import argparse

from gateway import clock
from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_verb, ago, print_json, print_table, run_verb
from gateway.terminal import told

HELP = "screen_command.help"
EPILOG = "screen_command.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_verb(verbs, "list", "screen_command.list", _list)


def run(args: argparse.Namespace) -> int:
    return run_verb(args)


def _list(args: argparse.Namespace) -> int:
    screens, now = client_of(args).health.screens(), clock.now()
    if args.json:
        print_json(screens)
        return 0
    rows = [(page.account, page.path, page.sound if page.sounds else "-", ago(page.told, now)) for page in screens]
    print_table(told("screen_command.titles").split("|"), rows)
    return 0
