"""Every template that anything speaks by: pairs of catalogues beside what speaks, united by scan.

``alerts/rules/threshold.en.toml`` and ``threshold.zh.toml`` hold the same tables with the same keys and parameters
(tests/house/test_messages.py). A new rule kind, workflow or page brings its own pair and touches nothing here.
"""

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from devices.language import Language
from devices.message import Text

LANGUAGES = ("en", "zh")
_SPEAKERS = ("devices", "alerts", "ledger", "workflows", "api", "gateway")
_PASSED_OVER = ("__pycache__", "static", "locale")


class CatalogueFault(ValueError):
    """Two catalogues of one language have the same key: a bug, found by the tests and at the first start."""


@cache
def templates(code: str, speakers: tuple[str, ...] = _SPEAKERS, without: str = "") -> dict[str, str]:
    """By ``table.name``, of these packages, ``without`` folders of that name. Raises CatalogueFault."""
    found: dict[str, str] = {}
    for catalogue in _catalogues(code, speakers, without):
        for table, texts in tomllib.loads(catalogue.read_text(encoding="utf-8")).items():
            for name, template in texts.items():
                key = f"{table}.{name}"
                if key in found:
                    raise CatalogueFault(f"{key} stands in two catalogues, one of them {catalogue.name}")
                found[key] = template
    return found


@cache
def language(code: str, time_zone: str = "UTC") -> Language:
    """``en`` or ``zh``; any other is English."""
    code = code if code in LANGUAGES else "en"
    return Language(code, templates(code), ZoneInfo(time_zone))


def in_words(value: Any, language: Language) -> Any:
    """Any value as plain ones (dicts, lists, numbers), each Text in it as its sentence."""
    return _in_words(msgspec.to_builtins(value), language)


def _in_words(plain: Any, language: Language) -> Any:
    match plain:
        case {"type": "text", "key": str()}:
            return language.render(msgspec.convert(plain, Text))
        case dict():
            return {name: _in_words(part, language) for name, part in plain.items()}
        case list() | tuple():
            return [_in_words(part, language) for part in plain]
    return plain


def _catalogues(code: str, speakers: Sequence[str], without: str) -> Iterator[Traversable]:
    for package in speakers:
        try:
            root = files(package)
        except ModuleNotFoundError:
            continue
        yield from _below(root, f".{code}.toml", without)


def _below(folder: Traversable, ending: str, without: str) -> Iterator[Traversable]:
    for child in sorted(folder.iterdir(), key=lambda found: found.name):
        if child.is_dir():
            if child.name not in (*_PASSED_OVER, without):
                yield from _below(child, ending, without)
        elif child.name.endswith(ending):
            yield child
