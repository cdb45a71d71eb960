"""``keyarea certificate``: a certificate for HTTPS, and the authority that phones trust for it."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from devices.errors import Refused
from devices.message import Text
from gateway import certificates, clock
from gateway.terminal import in_words, told

HELP = "certificate_word.help"
EPILOG = "certificate_word.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("hosts", nargs="+", metavar="HOST", help=told("certificate_word.hosts"))
    parser.add_argument(
        "--folder", type=Path, default=Path("certificates"), metavar="FOLDER", help=told("certificate_word.folder")
    )


def run(args: argparse.Namespace) -> int:
    try:
        written = certificates.make(args.folder, args.hosts, datetime.fromtimestamp(clock.now() / 1e9, UTC))
    except (Refused, OSError) as error:
        print(f"keyarea certificate: {in_words(error) if isinstance(error, Refused) else error}", file=sys.stderr)
        return 1
    for file in written:
        print(file)
    print(in_words(Text.of("certificate_word.next", folder=str(args.folder))))
    return 0
