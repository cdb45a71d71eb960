"""The command ``keyarea``: one command a file of this folder, each with HELP, add_arguments and run.

Each workflow has one as well, made of its asks (gateway/made_word.py). HELP and EPILOG are sentences or keys of a
catalogue; the language is that of the terminal.
"""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from importlib.metadata import version
from typing import Any

from api.client.errors import ClientError
from devices.errors import KeyareaError
from devices.message import Text
from gateway.argparse_words import speak_as_the_terminal
from gateway.terminal import in_words, sentence, told

_OTHERS = 0o077
"""Readings, alerts, accounts, exports are nobody else's business: whatever this process makes is its owner's alone."""


def names() -> list[str]:
    """Every command: the files of this folder."""
    return sorted(info.name for info in pkgutil.iter_modules(__path__))


def all_names() -> list[str]:
    """... and those that are made of workflows; a file of that name goes before."""
    from gateway.made_word import made_words

    return sorted({*names(), *made_words()})


def command(name: str) -> Any:
    """The module of one command, or the word that is made of a workflow."""
    if name in names():
        return importlib.import_module(f"{__name__}.{name}")
    from gateway.made_word import made_words

    return made_words()[name]


def build_parser(chosen: Iterable[str]) -> argparse.ArgumentParser:
    """The command line with these commands; only their modules are imported."""
    parser = argparse.ArgumentParser(
        prog="keyarea",
        description=told("command_line.about"),
        epilog=told("command_line.epilog"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    release = f"keyarea {version('keyarea')}"
    parser.add_argument("--version", action="version", version=release, help=told("argparse.version"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in chosen:
        module = command(name)
        taught = commands.add_parser(
            name,
            help=told(module.HELP),
            description=sentence(told(module.HELP)),
            epilog=told(getattr(module, "EPILOG", "")),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(taught)
        taught.set_defaults(run=module.run)
    return parser


def _no_command(asked: str, known: Sequence[str]) -> str:
    for near in get_close_matches(asked, known, 1):
        return in_words(Text.of("command_line.no_command_near", name=asked, near=near))
    return in_words(Text.of("command_line.no_command", name=asked, known=tuple(known)))


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 well, 1 the answer is no (faults found, chain broken), 2 it could not be done."""
    os.umask(_OTHERS)
    arguments = sys.argv[1:] if argv is None else list(argv)
    asked, known = next(iter(arguments), ""), names()
    speak_as_the_terminal()
    try:
        known = known if asked in known else all_names()
        parser = build_parser([asked] if asked in known else known)
        if asked and not asked.startswith("-") and asked not in known:
            parser.error(_no_command(asked[:64], known))
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
