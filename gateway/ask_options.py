"""The fields of an ask as options of a command line: typed as its struct says, explained by the catalogues."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from alerts.ask import Ask
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant
from gateway import clock
from gateway.terminal import in_words, spoken, told

_OF_THE_DOOR = ("by", "role", "proof", "origin", "second", "up", "trial")
_MOMENTS = ("until", "done_at", "start_at")
_TAKEN = ("data", "json", "by", "help")
"""Options that every word has; a field of such a name is ``--its-data``."""
_UNITS = {"s": 1, "min": 60, "m": 60, "h": 3_600, "d": 86_400}
_Info = inspect.Field


def add(parser: argparse.ArgumentParser, workflow: str, ask: type[Ask]) -> None:
    """Its own fields first, then those that all asks have."""
    fields = _fields(ask)
    if ask.FILE:
        parser.add_argument("file", type=Path, metavar="FILE", help=told("made_word.file"))
    for field in sorted(fields, key=lambda field: (not field.required, field.name in Ask.__struct_fields__)):
        how = {"type": moment, "metavar": "TIME"} if field.name in _MOMENTS else _how(field.type)
        if isinstance(field.type, inspect.BoolType) and field.default is False:
            how = {"action": "store_const", "const": True}
        templates = spoken().templates
        keys = (f"{workflow}.field_{field.name}", f"made_word.field_{field.name}", f"field.{field.name}")
        said = next((templates[key] for key in keys if key in templates), None)
        parser.add_argument(
            option(field.name), dest=_dest(field.name), required=field.required, default=None, help=said, **how
        )


def given(args: argparse.Namespace, ask: type[Ask]) -> dict[str, Any]:
    """The body of the request: what was said, and nothing else. Raises Refused for a file that is no text."""
    values = {field.name: getattr(args, _dest(field.name)) for field in _fields(ask)}
    values |= {ask.FILE: lines_of(args.file)} if ask.FILE else {}
    return {name: value for name, value in values.items() if value is not None}


def wanted(ask: type[Ask]) -> str:
    """What must be said, as an example: `` --place TEXT``."""
    shown = [" FILE"] if ask.FILE else []
    for field in _fields(ask):
        if field.required:
            how = _how(field.type)
            shown.append(f" {option(field.name)} {how.get('metavar') or '|'.join(map(str, how.get('choices', ())))}")
    return "".join(shown)


def option(name: str) -> str:
    return f"--{'its-' if name in _TAKEN else ''}{name.replace('_', '-')}"


def moment(text: str) -> str:
    """``2h`` from now, or ``2026-12-01T18:00`` by the clock of this machine."""
    try:
        at = clock.now() + span(text)
        return datetime.fromtimestamp(at // SECOND, UTC).isoformat()
    except argparse.ArgumentTypeError:
        pass
    try:
        return datetime.fromisoformat(text).astimezone().isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(in_words(Text.of("made_word.no_moment", text=text[:64]))) from None


def span(text: str) -> Instant:
    """``90s``, ``30min``, ``2h``, ``1d`` in nanoseconds."""
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = text[len(number) :]
    if not number.isascii() or not number.isdigit() or len(number) > 6 or unit not in _UNITS:
        raise argparse.ArgumentTypeError(in_words(Text.of("made_word.no_span", text=text[:64])))
    return int(number) * _UNITS[unit] * SECOND


def _fields(ask: type[Ask]) -> list[_Info]:
    known = inspect.type_info(ask)
    assert isinstance(known, inspect.StructType)
    return [field for field in known.fields if field.name not in (*_OF_THE_DOOR, ask.FILE)]


def lines_of(file: Path) -> list[str]:
    """The lines of a text file, ``-`` for standard input: UTF-8, or as spreadsheets here write it. Raises Refused."""
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise Refused(Text.of("made_word.no_file", file=str(file)[:200], reason=error.strerror or "")) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding).splitlines()
        except UnicodeDecodeError:
            continue
    raise Refused(Text.of("made_word.no_file", file=str(file)[:200], reason="UTF-8"))


def _dest(name: str) -> str:
    return f"field_{name}"


def _how(kind: inspect.Type) -> dict[str, Any]:
    """What argparse is told of a type; what it has no word for is JSON."""
    match kind:
        case inspect.BoolType():
            return {"action": argparse.BooleanOptionalAction}
        case inspect.StrType():
            return {"metavar": "TEXT"}
        case inspect.IntType():
            return {"type": int, "metavar": "NUMBER"}
        case inspect.FloatType():
            return {"type": float, "metavar": "NUMBER"}
        case inspect.DateType():
            return {"metavar": "DAY"}
        case inspect.LiteralType(values=values):
            return {"choices": list(values)}
        case inspect.EnumType(cls=kinds):
            return {"choices": [one.value for one in kinds]}
        case inspect.UnionType(types=types) if (
            len(left := [t for t in types if not isinstance(t, inspect.NoneType)]) == 1
        ):
            return _how(left[0])
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item) if (
            "type" not in (how := _how(item)) or how["type"] is not _json
        ):
            return {"nargs": "+", **how}
    return {"type": _json, "metavar": "JSON"}


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
