"""``keyarea record``: write an entry into one of the ledger's books."""

import argparse
from pathlib import Path

from gateway.cli_client import client_of
from gateway.cli_output import print_json, run_refused
from gateway.terminal import told

HELP = "record_command.help"
EPILOG = "record_command.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("book", metavar="BOOK", help=told("record_command.book"))
    parser.add_argument("fields", nargs="+", type=_field, metavar="NAME=TEXT", help=told("record_command.field"))
    parser.add_argument("--area", default="", help=told("record_command.area"))
    parser.add_argument("--by", default="", metavar="NAME", help=told("command_line.by"))
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="FOLDER", help=told("command_line.data"))
    parser.add_argument("--json", action="store_true", help=told("command_line.json"))


def run(args: argparse.Namespace) -> int:
    return run_refused(args, _record, "record")


def _record(args: argparse.Namespace) -> int:
    client_of(args).ledger.record(args.book, dict(args.fields), args.area)
    if args.json:
        print_json({"done": True})
    else:
        print(told("record_command.done"))
    return 0


def _field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(told("record_command.no_field"))
    return name, value
