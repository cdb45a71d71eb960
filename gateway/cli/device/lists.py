"""The verbs for whole device lists: import, export."""

import argparse
import sys
from collections import Counter
from pathlib import Path

from api.client import Refused
from api.client.devices import Described
from devices import device_list
from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_order, add_verb, print_json, shown, write_or_print
from gateway.terminal import in_words, told

_IMPORT = "option_words.import_epilog"


def add_verbs(verbs: Verbs) -> None:
    parser = add_order(verbs, "import", "device_word.import", _import, _IMPORT)
    parser.add_argument("file", type=Path, help=told("option_words.list_file"))
    parser.add_argument("--check", action="store_true", help=told("option_words.only_check"))
    parser = add_verb(verbs, "export", "device_word.export", _export)
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=told("option_words.output"))
    parser.add_argument("--force", action="store_true", help=told("option_words.force"))
    parser.add_argument("--area", help=told("option_words.only_area"))


def _import(args: argparse.Namespace) -> int:
    name = "standard input" if str(args.file) == "-" else str(args.file)
    content = _content(args.file)
    order = device_list.read(content, "?", args.note)
    try:
        if len(content) > device_list.LARGEST_LIST:
            raise Refused(in_words(order.faults[0].text))
        changes = client_of(args).registration.import_list(content, args.note, check=args.check).changes
    except Refused as refusal:
        if args.json:
            print_json({"error": str(refusal), "faults": refusal.faults})
            return 1
        for line in str(refusal).splitlines():
            print(f"{name}: {shown(line)}", file=sys.stderr)
        return 1
    if args.json:
        print_json(changes)
        return 0
    counts = Counter(change.action for change in changes)
    said = ", ".join(f"{count} {action}" for action, count in sorted(counts.items())) or "nothing to change"
    print(f"{name}: {len(order.devices)} devices: {'would be ' if args.check and changes else ''}{said}")
    return 0


def _export(args: argparse.Namespace) -> int:
    client = client_of(args)
    chosen = [device for device in client.devices.all() if args.area in (None, device.area)]
    if args.json:
        print_json([{name: getattr(device, name) for name in Described.__struct_fields__} for device in chosen])
        return 0
    write_or_print(args.output, client.registration.export_list(args.area or ""), force=args.force)
    if args.output is not None:
        print(f"{len(chosen)} devices in {args.output}")
    return 0


def _content(path: Path) -> bytes:
    """No more of it than a list may have, and one byte to see that there is more."""
    if str(path) == "-":
        return sys.stdin.buffer.read(device_list.LARGEST_LIST + 1)
    with path.open("rb") as file:
        return file.read(device_list.LARGEST_LIST + 1)
