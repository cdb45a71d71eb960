"""What the verbs of the command line take alike, how they print and how they write files."""

import argparse
import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from rich.cells import cell_len

from api import catalogue, client
from api.client.registration import Changed
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway.terminal import in_words, sentence, spoken, told

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
Verbs = Any
"""What argparse gives for adding subcommands; it has no public name for it."""


def add_verb(verbs: Verbs, name: str, said: str, run: Any, epilog: str = "") -> argparse.ArgumentParser:
    """A subcommand with --data and --json."""
    said = told(said)
    parser: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=said,
        description=sentence(said),
        epilog=told(epilog),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    folder = Path("data")
    parser.add_argument("--data", type=Path, default=folder, metavar="FOLDER", help=told("command_line.data"))
    parser.add_argument("--json", action="store_true", help=told("command_line.json"))
    parser.set_defaults(run_verb=run)
    return parser


def add_order(verbs: Verbs, name: str, said: str, run: Any, epilog: str = "") -> argparse.ArgumentParser:
    """A subcommand that changes something: it also takes --by and --note."""
    parser = add_verb(verbs, name, said, run, epilog)
    parser.add_argument("--by", default="", metavar="NAME", help=told("command_line.by"))
    parser.add_argument("--note", default="", help=told("command_line.note"))
    return parser


def run_verb(args: argparse.Namespace) -> int:
    """What the verb says; 1 and the reason, fault by fault, if the gateway refuses."""
    return run_refused(args, args.run_verb, f"{args.command} {args.verb}")


def run_refused(args: argparse.Namespace, run: Callable[[argparse.Namespace], int], word: str) -> int:
    """The same for a word without verbs."""
    try:
        return run(args)
    except (Refused, client.Refused) as refusal:
        for line in _lines(refusal):
            print(f"keyarea {word}: {line}", file=sys.stderr)
        return 1


def _lines(refusal: Refused | client.Refused) -> list[str]:
    if isinstance(refusal, Refused) or not refusal.faults or any(fault.row for fault in refusal.faults):
        return in_words(refusal).splitlines()
    return [f"{fault.column}: {fault.problem}" if fault.column else fault.problem for fault in refusal.faults]


def shown(text: object) -> str:
    """Text that a device or a stranger chose, safe on a terminal: what does not print is spelt out."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in str(text))


def ago(since: Instant | datetime | None, now: Instant) -> str:
    """``3 s ago``, ``2 h ago``, ``never``."""
    if since is None:
        return "never"
    if isinstance(since, datetime):
        since = instant(since)
    seconds = max(0, now - since) // SECOND
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


def local(at: Instant | datetime) -> str:
    """The time on the wall clock of this machine."""
    if isinstance(at, datetime):
        return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"
    return f"{datetime.fromtimestamp(at // SECOND, UTC).astimezone():%Y-%m-%d %H:%M:%S}"


def instant(at: datetime) -> Instant:
    """Nanoseconds since 1970."""
    return (at - _BEGIN) // timedelta(microseconds=1) * 1_000


def print_json(value: Any) -> None:
    """Moments as nanoseconds since 1970."""
    told = catalogue.in_words(msgspec.to_builtins(value, builtin_types=(datetime,)), spoken())
    print(msgspec.json.encode(_in_nanoseconds(told)).decode())


def _in_nanoseconds(plain: Any) -> Any:
    match plain:
        case datetime():
            return instant(plain)
        case dict():
            return {name: _in_nanoseconds(part) for name, part in plain.items()}
        case list():
            return [_in_nanoseconds(part) for part in plain]
    return plain


def print_table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns as wide as they need be; Chinese characters are two wide."""
    lines = [list(titles), *([shown(cell) for cell in row] for row in rows)]
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(titles))]
    for line in lines:
        padded = [cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)]
        print("  ".join(padded).rstrip())


def print_changes(changes: Sequence[Changed], *, as_json: bool) -> None:
    """One line for each thing that was done."""
    if as_json:
        print_json(changes)
        return
    for change in changes:
        where = f" in {change.area}" if change.area else ""
        print(f"{shown(change.device or change.sender)}{where}: {change.action}")


def write_file(path: Path, content: bytes, *, force: bool, mode: int = 0o600) -> None:
    """Whole or not at all; takes the place of another file, or of a link, only if told so. Raises Refused.

    A file that is there already gives its rights and, where we may, its owner to the new one.
    """
    if os.path.lexists(path) and not force:
        raise Refused(Text.of("device_command.file_exists", path=str(path)))
    if path.is_dir():
        raise Refused(Text.of("device_command.is_folder", path=str(path)))
    former = path.lstat() if path.is_file() and not path.is_symlink() else None
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), stat.S_IMODE(former.st_mode) if former is not None else mode)
            if former is not None:
                with contextlib.suppress(PermissionError):
                    os.fchown(file.fileno(), former.st_uid, former.st_gid)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_or_print(path: Path | None, content: bytes, *, force: bool) -> None:
    """Into that file, or to standard output."""
    if path is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_file(path, content, force=force)
