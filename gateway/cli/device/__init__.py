"""``keyarea device``: what is installed, what waits, and a technician's orders, handed to the running gateway."""

import argparse

from gateway.cli.device import credentials, labels, lists, look, register, walk
from gateway.cli_output import run_verb

HELP = "device_word.help"
EPILOG = "device_word.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for part in (look, register, walk, lists, labels, credentials):
        part.add_verbs(verbs)


def run(args: argparse.Namespace) -> int:
    return run_verb(args)
