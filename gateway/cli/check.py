"""``keyarea check``: validate a site file; every fault with file, line and what was expected."""

import argparse
import sys
from pathlib import Path

HELP = "validate a site file and name every fault"
EPILOG = """\
example:
  keyarea check site.toml
  site.toml:41: there is no area 'archve' (did you mean 'archive'?)

Exit status: 0 the file is good, 1 it has faults.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("site", type=Path, metavar="SITE.toml")


def run(args: argparse.Namespace) -> int:
    from gateway.site.load import SiteFaults, load

    try:
        site = load(args.site)
    except SiteFaults as error:
        print(error, file=sys.stderr)
        count = len(error.faults)
        print(f"{count} fault{'s' if count > 1 else ''}", file=sys.stderr)
        return 1
    print(
        f"{args.site}: good. {site.name}: {len(site.areas)} areas, {len(site.devices)} devices, "
        f"{len(site.rules)} rules, {len(site.serial)} serial lines"
    )
    watched = {device.area for device in site.devices}
    for area in site.areas:
        if area.id not in watched:
            print(f"note: area {area.id!r} has no device: nothing watches it")
    for device in site.devices:
        if not any(rule.selects(device) for rule in site.rules):
            print(f"note: no rule looks at device {device.id!r}")
    return 0
