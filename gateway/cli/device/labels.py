"""The verb that prints: labels."""

import argparse
import sys
from pathlib import Path

from devices.errors import Refused
from devices.message import Text
from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_verb, print_json, write_file
from gateway.terminal import told

_EPILOG = "option_words.labels_epilog"


def add_verbs(verbs: Verbs) -> None:
    parser = add_verb(verbs, "labels", "device_word.labels", _labels, _EPILOG)
    parser.add_argument("ids", nargs="*", metavar="ID", help=told("option_words.these_devices"))
    parser.add_argument("--area", help=told("option_words.only_area"))
    parser.add_argument("--sheet", default="3x8", metavar="CxR", help=told("option_words.sheet"))
    parser.add_argument("--skip", type=int, default=0, metavar="N", help=told("option_words.skip"))
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help=told("option_words.pdf"))
    parser.add_argument("--force", action="store_true", help=told("option_words.force"))


def _labels(args: argparse.Namespace) -> int:
    client = client_of(args)
    known = {device.id for device in client.devices.all()}
    missing = [device for device in args.ids if device not in known]
    if missing:
        raise Refused(Text.of("registration.not_installed", id=missing[0]))
    sheet = client.devices.labels(area=args.area or "", ids=args.ids, sheet=args.sheet, skip=args.skip)
    write_file(args.output, sheet.pdf, force=args.force)
    if args.json:
        print_json({"labels": sheet.labels, "file": str(args.output), "note": sheet.note})
        return 0
    print(f"{sheet.labels} labels in {args.output}; they lead to {sheet.url}")
    if sheet.url.startswith(("http://127.", "http://localhost", "http://0.0.0.0", "http://[::")):
        print("only this machine can open that: set `url` of [web] in the site file and print again", file=sys.stderr)
    if sheet.note:
        print(sheet.note, file=sys.stderr)
    return 0
