"""The running gateway as the words of the command line reach it: through the socket in its data folder."""

import argparse
from pathlib import Path

from api.client import Client, DataFolder, Who
from gateway.terminal import spoken


def client_of(args: argparse.Namespace) -> Client:
    """For words with ``--data``, and with ``--by`` where they change something."""
    return client_in(args.data, on_behalf_of=getattr(args, "by", ""))


def client_in(folder: Path, *, on_behalf_of: str = "") -> Client:
    return Client(DataFolder(folder), Who(on_behalf_of=on_behalf_of, language=spoken().code))
