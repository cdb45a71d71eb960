"""``keyarea centre``: how receiving centres stand, and by which numbers they know areas and devices."""

import argparse
from datetime import datetime

from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_verb, print_json, print_table, run_verb
from gateway.terminal import told

HELP = "centre_word.help"
EPILOG = "centre_word.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|numbers")
    add_verb(verbs, "list", "centre_word.list", _list)
    add_verb(verbs, "numbers", "centre_word.numbers", _numbers)


def run(args: argparse.Namespace) -> int:
    return run_verb(args)


def _list(args: argparse.Namespace) -> int:
    centres = client_of(args).centres.all()
    if args.json:
        print_json(centres)
        return 0
    rows = []
    for centre in centres:
        ways = "; ".join(f"{way.address} {told('centre_word.' + way.state)}" for way in centre.ways)
        counts = (str(centre.waiting), str(centre.failed), str(centre.kept))
        rows.append((centre.name, ways, _at(centre.confirmed_at), *counts, centre.why))
    print_table(told("centre_word.list_titles").split("|"), rows)
    return 0


def _numbers(args: argparse.Namespace) -> int:
    numbers = client_of(args).centres.numbers()
    if args.json:
        print_json(numbers)
        return 0
    shown = [(one.centre, told(f"centre_word.{one.kind}"), str(one.number), one.name) for one in numbers]
    print_table(told("centre_word.numbers_titles").split("|"), shown)
    return 0


def _at(moment: datetime | None) -> str:
    return moment.isoformat(" ", "seconds") if moment is not None else "-"
