"""``keyarea check``: validate a site file; every fault with file, line and what was expected."""

import argparse
import sys
from pathlib import Path

HELP = "validate a site file and name every fault"
EPILOG = """\
example:
  keyarea check site.toml
  site.toml:41: there is no area 'archve'; did you mean 'archive'?

A good file is summed up, with a note on whatever is installed and not watched. docs/site-file.md explains every key.
Exit status: 0 the file is good, 1 it has faults, 2 it cannot be read.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", type=Path, metavar="SITE.toml", help="the site file")


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
