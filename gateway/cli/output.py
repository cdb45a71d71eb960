"""``keyarea output``: sirens, relays and locks that alerts switch, and silence until the next alarm."""

import argparse

from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_order, add_verb, print_json, print_table, run_verb
from gateway.terminal import told

HELP = "output_command.help"
EPILOG = "output_command.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    add_verb(verbs, "list", "output_command.list", _list)
    silence = add_order(verbs, "silence", "output_command.silence", _silence)
    silence.add_argument("--area", default="", help=told("output_command.area"))


def run(args: argparse.Namespace) -> int:
    return run_verb(args)


def _list(args: argparse.Namespace) -> int:
    outputs = client_of(args).outputs.all()
    if args.json:
        print_json(outputs)
        return 0
    silenced = told("output_command.silenced")
    rows = [
        (out.device, out.what, out.channel, out.state, silenced if out.is_silenced else "", out.reason, out.why)
        for out in outputs
    ]
    print_table(told("output_command.titles").split("|"), rows)
    return 0


def _silence(args: argparse.Namespace) -> int:
    client_of(args).outputs.silence(args.area, args.note)
    if args.json:
        print_json({"done": True})
    else:
        print(told("output_command.done"))
    return 0
