"""The command ``keyarea``: one command a file of this folder, each with HELP, add_arguments and run."""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from types import ModuleType

from api.client.errors import ClientError
from devices.errors import KeyareaError
from gateway.site.fault import nearest, one_of
from gateway.terminal import in_words

_OTHERS = 0o077
"""Readings, alerts, accounts, exports are nobody else's business: whatever this process makes is its owner's alone."""
_EPILOG = """\
start here:
  keyarea demo                         a whole factory with simulated devices; nothing else needed
  keyarea check site.toml              find every fault in a site file
  keyarea user add li --role operator  make a sign-in
  keyarea serve --config site.toml     the real thing
  keyarea status                       from another terminal: what is up, what is open

`keyarea COMMAND --help` explains each command with examples.
"""


def names() -> list[str]:
    """Every command: the files of this folder."""
    return sorted(info.name for info in pkgutil.iter_modules(__path__))


def command(name: str) -> ModuleType:
    """The module of one command."""
    return importlib.import_module(f"{__name__}.{name}")


def build_parser(chosen: Iterable[str]) -> argparse.ArgumentParser:
    """The command line with these commands; only their modules are imported."""
    parser = argparse.ArgumentParser(
        prog="keyarea",
        description="IoT gateway for key-area security and fire safety: readings in, alerts out, a ledger of it all.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"keyarea {version('keyarea')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in chosen:
        module = command(name)
        taught = commands.add_parser(
            name,
            help=module.HELP,
            description=module.HELP[0].upper() + module.HELP[1:] + ".",
            epilog=getattr(module, "EPILOG", None),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(taught)
        taught.set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 well, 1 the answer is no (faults found, chain broken), 2 it could not be done."""
    os.umask(_OTHERS)
    arguments = sys.argv[1:] if argv is None else list(argv)
    asked, known = next(iter(arguments), ""), names()
    try:
        parser = build_parser([asked] if asked in known else known)
        if asked and not asked.startswith("-") and asked not in known:
            parser.error(f"there is no command {asked!r}{nearest(asked, known)}; known: {one_of(known)}")
        args = parser.parse_args(arguments)
        status = int(args.run(args))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # `keyarea ledger show | head`: the reader has seen enough. Nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ClientError, KeyareaError, OSError) as error:
        for line in in_words(error).splitlines() or [type(error).__name__]:
            print(f"keyarea {asked}: {line}", file=sys.stderr)
        return 2
    return status
