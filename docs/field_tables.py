"""What the generators of pages share: the fields of a struct, in the words of its docstring and of the site file."""

import inspect
import re
import sys
from datetime import date
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import msgspec

_WORDS: dict[Any, str] = {
    str: "text",
    float: "number",
    int: "whole number",
    bool: "true or false",
    date: "date",
}
_UNITS = {"_s": "s", "_days": "days", "_megabytes": "MB", "baud": "Bd"}
"""A key says its unit by how it ends."""


def described(shape: type) -> dict[str, str]:
    """The fields as the docstring explains them: lines that begin with the name in double backquotes."""
    found = re.findall(
        r"^``(\w+)``: (.+?)(?=^``\w+``: |\n\n|\Z)", inspect.cleandoc(shape.__doc__ or ""), re.MULTILINE | re.DOTALL
    )
    return {name: " ".join(text.split()) for name, text in found}


def described_above(shape: type) -> dict[str, str]:
    """The same, with what the docstrings of its bases say of the fields that it has from them."""
    return {name: text for each in reversed(shape.__mro__) for name, text in described(each).items()}


def beside_fields(shape: type) -> str:
    """What the docstring says beside the fields, a paragraph each."""
    paragraphs = inspect.cleandoc(shape.__doc__ or "").split("\n\n")
    return plain("\n\n".join(part for part in paragraphs if not re.match(r"``\w+``: ", part)))


def type_word(shape: Any) -> str:
    """A type in words."""
    if shape in _WORDS:
        return _WORDS[shape]
    if get_origin(shape) is Literal:
        return " or ".join(f"`{toml(value)}`" for value in get_args(shape))
    if get_origin(shape) is tuple:
        parts = get_args(shape)
        if parts[-1] is not Ellipsis:
            return f"list of {len(parts)} {type_word(parts[0])}s"
        each = type_word(parts[0])
        return f"list of {each}" if "`" in each else f"list of {each}s"
    if get_origin(shape) is dict:
        return "table"
    if isinstance(shape, type) and issubclass(shape, Enum):
        return " or ".join(f"`{toml(value)}`" for value in shape)
    if isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        return "table"
    return " or ".join(type_word(part) for part in get_args(shape) if part is not NoneType)


def unit_of(name: str) -> str:
    """The unit of a key; empty if it has none."""
    return next((unit for end, unit in _UNITS.items() if name.endswith(end)), "")


def default_of(field: msgspec.structs.FieldInfo) -> str:
    """The value of a key that is not given, as one would write it."""
    if field.required:
        return ""
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    return "" if isinstance(value, msgspec.Struct) else "none" if value is None else f"`{toml(value)}`"


def toml(value: Any) -> str:
    """A value as the site file writes it."""
    if value is None:
        return "not given"
    if isinstance(value, tuple):
        return f"[{', '.join(toml(each) for each in value)}]"
    return msgspec.json.encode(value).decode()


def plain(text: str) -> str:
    """A docstring's double backquotes are Markdown's single ones."""
    return text.replace("``", "`")


def written(path: Path, text: str) -> int:
    """Write the page, or with ``--check`` return 1 if it is out of date."""
    if "--check" not in sys.argv:
        path.write_text(text, encoding="utf-8")
        return 0
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return 0
    print(f"docs/{path.name} is out of date: run make docs")
    return 1
