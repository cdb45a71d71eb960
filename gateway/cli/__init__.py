"""The command ``keyarea``: one command a file of this folder, each with HELP, add_arguments and run."""

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from importlib.metadata import version
from types import ModuleType

from devices.errors import KeyareaError

_EPILOG = """\
start here:
  keyarea demo                       a whole factory with simulated devices; nothing else needed
  keyarea check site.toml            find every fault in a site file
  keyarea serve --config site.toml   the real thing

`keyarea COMMAND --help` explains each command with examples.
"""


def commands() -> dict[str, ModuleType]:
    """Every command's module by the command's name."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="keyarea",
        description="IoT gateway for key-area security and fire safety.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"keyarea {version('keyarea')}")
    chosen = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in commands().items():
        command = chosen.add_parser(
            name,
            help=module.HELP,
            description=module.HELP[0].upper() + module.HELP[1:] + ".",
            epilog=getattr(module, "EPILOG", None),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 well, 1 the answer is no (faults found, chain broken), 2 it could not be done."""
    args = build_parser().parse_args(arguments)
    try:
        return int(args.run(args))
    except KeyboardInterrupt:
        return 130
    except KeyareaError as error:
        print(f"keyarea {args.command}: {error}", file=sys.stderr)
        return 2
