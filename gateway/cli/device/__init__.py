"""``keyarea device``: what is installed, what waits, and a technician's orders, handed to the running gateway."""

import argparse
import sys

from api import client
from devices.errors import Refused
from gateway.cli.device import credentials, labels, lists, look, register, walk
from gateway.terminal import in_words

HELP = "register, look at and commission devices of the running gateway"
EPILOG = """\
a new detector, from the wall into service:
  keyarea device waiting                         it spoke 3 s ago: what it is, and its address
  keyarea device adopt 0x00158d0001 --area store --name "North door"
  keyarea device commission 0x00158d0001         trigger it once; heartbeat and radio are measured

later:
  keyarea device list --area store               when each was last heard
  keyarea device show smoke-9                    its newest readings and its history
  keyarea device amend smoke-9 --position 0.2,0.5
  keyarea device replace smoke-9 0x00158d0002    other hardware, same place: the history stays
  keyarea device retire smoke-9 --note "wall taken down"
  keyarea device reject lamp_7 --note "the neighbour's"
  keyarea device export -o devices.csv           edit it in a spreadsheet ...
  keyarea device import devices.csv --check      ... every fault by row and column, nothing is changed
  keyarea device import devices.csv
  keyarea device labels --area store -o labels.pdf    QR codes that open each device's page
  keyarea device credentials --gateway --all     logins at the broker, each for its own topics only

All of it asks the gateway that runs on the data folder (--data, default ./data), as the user who may read that
folder: on an installed system `sudo -u keyarea keyarea device ... --data /var/lib/keyarea`. Each change is written
into the ledger with that user's name; --by NAME adds on whose behalf. `keyarea device VERB --help` tells more.

Exit status: 0 done, 1 refused (it says why, field by field), 2 no gateway answers or it could not be done.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for part in (look, register, walk, lists, labels, credentials):
        part.add_verbs(verbs)


def run(args: argparse.Namespace) -> int:
    try:
        return int(args.run_verb(args))
    except (Refused, client.Refused) as refusal:
        for line in _lines(refusal):
            print(f"keyarea device {args.verb}: {line}", file=sys.stderr)
        return 1


def _lines(refusal: Refused | client.Refused) -> list[str]:
    if isinstance(refusal, Refused) or not refusal.faults or any(fault.row for fault in refusal.faults):
        return in_words(refusal).splitlines()
    return [f"{fault.column}: {fault.problem}" if fault.column else fault.problem for fault in refusal.faults]
