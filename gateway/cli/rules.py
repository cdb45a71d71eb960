"""``keyarea rules``: the prevention rules that are in force in the running gateway."""

import argparse

from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_verb, print_json, print_table, run_verb
from gateway.terminal import told

HELP = "rules_command.help"
EPILOG = "rules_command.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_verb(verbs, "list", "rules_command.list", _list)


def run(args: argparse.Namespace) -> int:
    return run_verb(args)


def _list(args: argparse.Namespace) -> int:
    rules = client_of(args).health.rules()
    if args.json:
        print_json(rules)
        return 0
    names = ("name", "kind", "alert_class", "priority", "version")
    print_table(told("rules_command.titles").split("|"), [[rule.get(name, "") for name in names] for rule in rules])
    return 0
