"""``keyarea output``: sirens, relays and locks that alerts switch, and silence until the next alarm."""

import argparse

from alerts.linkage import INPUTS
from api.client.areas import Output
from devices.message import Text
from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_order, add_verb, print_json, print_table, run_verb
from gateway.terminal import in_words, told

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
    rows = [
        (
            out.device,
            out.what,
            out.channel,
            told(f"starts.{out.starts}") if out.starts else "",
            told("output_command.on" if out.is_on else "output_command.off"),
            out.state,
            _held(out),
            out.reason,
            out.why,
        )
        for out in outputs
    ]
    print_table(told("output_command.titles").split("|"), rows)
    return 0


def _held(out: Output) -> str:
    """Who silenced it, stopped it, or wants it on; of fire equipment, that it is short of inputs."""
    parts = []
    if out.is_silenced:
        parts.append(in_words(Text.of("output_command.silenced", by=out.silenced_by)))
    if out.stopped_by:
        parts.append(in_words(Text.of("output_command.stopped", by=out.stopped_by)))
    if out.held_by:
        parts.append(in_words(Text.of("output_command.held", by=", ".join(out.held_by))))
    if out.inputs_left is not None and out.inputs_left < INPUTS:
        parts.append(in_words(Text.of("output_command.short", count=out.inputs_left)))
    return "; ".join(parts)


def _silence(args: argparse.Namespace) -> int:
    client_of(args).outputs.silence(args.area, args.note)
    if args.json:
        print_json({"done": True})
    else:
        print(told("output_command.done"))
    return 0
