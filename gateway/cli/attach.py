"""``keyarea attach``: upload photographs and PDFs for records and workflows, and fetch them again."""

import argparse
from pathlib import Path

from devices.errors import Refused
from devices.message import Text
from gateway.cli_client import client_of
from gateway.cli_output import Verbs, add_verb, print_json, run_verb, shown
from gateway.terminal import told

HELP = "attach_command.help"
EPILOG = "attach_command.epilog"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs: Verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    upload = add_verb(verbs, "upload", "attach_command.upload", _upload)
    upload.add_argument("file", type=Path, metavar="FILE", help=told("attach_command.file"))
    upload.add_argument("--by", default="", metavar="NAME", help=told("command_line.by"))
    fetch = add_verb(verbs, "fetch", "attach_command.fetch", _fetch)
    fetch.add_argument("id", metavar="ID", help=told("attach_command.id"))
    fetch.add_argument("file", type=Path, metavar="FILE", help=told("attach_command.to"))
    fetch.add_argument("--preview", action="store_true", help=told("attach_command.preview"))


def run(args: argparse.Namespace) -> int:
    return run_verb(args)


def _upload(args: argparse.Namespace) -> int:
    try:
        content = args.file.read_bytes()
    except OSError as error:
        raise Refused(Text.of("attach_command.unread", file=str(args.file), reason=str(error.strerror))) from error
    found = client_of(args).attachments.upload(content, args.file.name)
    if args.json:
        print_json(found)
    else:
        print(shown(found.id))
    return 0


def _fetch(args: argparse.Namespace) -> int:
    client = client_of(args)
    content = client.attachments.preview(args.id) if args.preview else client.attachments.original(args.id)
    try:
        with args.file.open("xb") as file:
            file.write(content)
    except OSError as error:
        raise Refused(Text.of("attach_command.unwritten", file=str(args.file), reason=str(error.strerror))) from error
    if args.json:
        print_json({"file": str(args.file), "size": len(content)})
    return 0
