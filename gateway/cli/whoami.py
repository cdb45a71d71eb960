"""``keyarea whoami``: who the gateway takes this user of the machine for."""

import argparse
from pathlib import Path

from gateway.cli_client import client_of
from gateway.cli_output import print_json, run_refused, shown
from gateway.terminal import spoken, told

HELP = "whoami_command.help"
EPILOG = "whoami_command.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", default="", metavar="NAME", help=told("command_line.by"))
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="FOLDER", help=told("command_line.data"))
    parser.add_argument("--json", action="store_true", help=told("command_line.json"))


def run(args: argparse.Namespace) -> int:
    return run_refused(args, _who, "whoami")


def _who(args: argparse.Namespace) -> int:
    me = client_of(args).session.me()
    if args.json:
        print_json(me)
        return 0
    print(f"{shown(me.user)}  {spoken().show(me.role, 'of role')}")
    return 0
