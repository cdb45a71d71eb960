"""``keyarea rules``: those in force in the running gateway, and rules tried and tested before they are."""

import argparse

from gateway.cli.rules import testing, trying
from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_verb, print_json, print_table, run_verb, shown
from gateway.terminal import told

HELP = "rules_command.help"
EPILOG = "rules_command.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_verb(verbs, "list", "rules_command.list", _list)
    add_verb(verbs, "export", "rules_command.export", _export)
    add_verb(verbs, "suggest", "rules_command.suggest", _suggest)
    for part in (trying, testing):
        part.add_verbs(verbs)


def _export(args: argparse.Namespace) -> int:
    print(client_of(args).health.exported_rules(), end="")
    return 0


def _suggest(args: argparse.Namespace) -> int:
    found = client_of(args).health.suggested_rules()
    if args.json:
        print_json(found)
        return 0
    for each in found:
        print(f"# {shown(each['area'])}: {shown(each['text'])}\n# {shown(each['clause'])}\n{each['rule']}")
    return 0


def run(args: argparse.Namespace) -> int:
    return run_verb(args)


def _list(args: argparse.Namespace) -> int:
    rules = client_of(args).health.rules()
    if args.json:
        print_json(rules)
        return 0
    names = ("name", "kind", "alert_class", "priority", "version")
    rows = [[rule.get(name, "") for name in names] + [rule.get("number") or ""] for rule in rules]
    print_table(told("rules_command.titles").split("|"), rows)
    return 0
