"""What ``try`` and ``test`` share: how they are taught, and the site file that they are given."""

import argparse
import sys
from pathlib import Path
from typing import Any

from gateway.cli_output import Verbs
from gateway.site.load import SiteFaults, load
from gateway.site.model import Site
from gateway.terminal import sentence, told


def add_offline_verb(verbs: Verbs, name: str, run: Any) -> argparse.ArgumentParser:
    """A verb that needs no running gateway, with --json."""
    said = told(f"rule_words.{name}")
    parser: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=said,
        description=sentence(said),
        epilog=told(f"rule_words.{name}_epilog"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help=told("command_line.json"))
    parser.set_defaults(run_verb=run)
    return parser


def site_in(path: Path) -> Site | None:
    """The site, or its faults are said and it is None. Raises ConfigError where the file cannot be read."""
    try:
        return load(path)
    except SiteFaults as faults:
        print(faults, file=sys.stderr)
        return None
