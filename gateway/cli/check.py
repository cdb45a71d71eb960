"""``keyarea check``: validate a site file; every fault with file, line and what was expected."""

import argparse
import sys
from pathlib import Path

from gateway.terminal import told

HELP = "check_word.help"
EPILOG = "check_word.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", type=Path, metavar="SITE.toml", help=told("option_words.site"))


def run(args: argparse.Namespace) -> int:
    from gateway.site.describe import notes, summary
    from gateway.site.load import SiteFaults, load

    try:
        site = load(args.site)
    except SiteFaults as error:
        count = len(error.faults)
        print(error, file=sys.stderr)
        print(f"{count} fault{'s' if count > 1 else ''}; nothing was started", file=sys.stderr)
        return 1
    print("\n".join(summary(site)))
    for note in notes(site):
        print(f"note: {note}")
    print(f"{args.site}: no faults")
    return 0
