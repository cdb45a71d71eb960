"""``keyarea centre``: what receiving centres are still to be told, and by which numbers they know areas and devices."""

import argparse
from pathlib import Path

from gateway.cli_output import print_json, print_table
from gateway.settings import DATA_HELP, Settings
from gateway.stores.centre_outbox import CentreOutbox
from gateway.stores.database import Database
from gateway.stores.documents import Documents
from gateway.terminal import told

HELP = "centre_word.help"
EPILOG = "centre_word.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|numbers")
    for verb in ("list", "numbers"):
        looking = verbs.add_parser(verb, help=told(f"centre_word.{verb}"))
        looking.add_argument("--data", type=Path, metavar="FOLDER", help=told(DATA_HELP))
        looking.add_argument("--json", action="store_true", help=told("option_words.json"))


def run(args: argparse.Namespace) -> int:
    address = Settings.from_environment().database_url.reveal()
    folder = args.data or Path("data")
    is_there = address and args.data is None
    with Database(address, upgrade=False) if is_there else Database.to_look_at(folder) as database:
        outbox = CentreOutbox(Documents(database))
        return _list(outbox, args) if args.verb == "list" else _numbers(outbox, args)


def _list(outbox: CentreOutbox, args: argparse.Namespace) -> int:
    rows = []
    for centre in outbox.centres():
        waits = [kept for kept in outbox.open(centre) if not kept.is_over]
        failed = sum(kept.stands == "failed" for kept in waits)
        rows.append((centre, len(waits), failed, outbox.count(centre)))
    if args.json:
        print_json([dict(zip(("centre", "waiting", "failed", "kept"), row, strict=True)) for row in rows])
        return 0
    print_table(told("centre_word.list_titles").split("|"), [tuple(map(str, row)) for row in rows])
    return 0


def _numbers(outbox: CentreOutbox, args: argparse.Namespace) -> int:
    rows: list[tuple[str, str, int, str]] = []
    for centre in outbox.centres():
        numbers = outbox.progress(centre).numbers
        for kind, given in (("partition", numbers.areas), ("zone", numbers.points)):
            rows += [(centre, kind, number, name) for number, name in sorted((n, name) for name, n in given.items())]
    if args.json:
        print_json([dict(zip(("centre", "kind", "number", "name"), row, strict=True)) for row in rows])
        return 0
    shown = [(centre, told(f"centre_word.{kind}"), str(number), name) for centre, kind, number, name in rows]
    print_table(told("centre_word.numbers_titles").split("|"), shown)
    return 0
