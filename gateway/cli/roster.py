"""``keyarea roster``: who is on duty, as a calendar file on the standard output."""

import argparse
import sys
from pathlib import Path

from gateway.cli_client import client_of
from gateway.terminal import told

HELP = "roster_command.help"
EPILOG = "roster_command.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="FOLDER", help=told("command_line.data"))
    parser.add_argument("--post", default="", help=told("roster_command.post"))
    parser.add_argument("--person", default="", help=told("roster_command.person"))


def run(args: argparse.Namespace) -> int:
    sys.stdout.write(client_of(args).duty.calendar(args.post, args.person).replace("\r\n", "\n"))
    return 0
