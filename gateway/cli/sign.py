"""``keyarea sign``: which entries of the ledger lack a signature, and give one."""

import argparse

from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_order, add_verb, local, print_json, print_table, run_verb
from gateway.terminal import told

HELP = "sign_command.help"
EPILOG = "sign_command.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = add_verb(verbs, "list", "sign_command.list", _list)
    listing.add_argument("--book", default="", help=told("sign_command.book"))
    giving = add_order(verbs, "give", "sign_command.give", _give)
    giving.add_argument("entry", type=int, metavar="N", help=told("sign_command.entry"))
    giving.add_argument("signer", metavar="SIGNER", help=told("sign_command.signer"))


def run(args: argparse.Namespace) -> int:
    return run_verb(args)


def _list(args: argparse.Namespace) -> int:
    found = client_of(args).ledger.unsigned(args.book)
    if args.json:
        print_json(found)
        return 0
    rows = [(one.entry, local(one.at), one.book, one.area, one.by, ", ".join(one.wanting)) for one in found]
    print_table(told("sign_command.titles").split("|"), rows)
    return 0


def _give(args: argparse.Namespace) -> int:
    client_of(args).ledger.sign(args.entry, args.signer, note=args.note)
    if args.json:
        print_json({"done": True})
    else:
        print(told("sign_command.done"))
    return 0
