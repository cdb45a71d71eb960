"""Reads the presets file that says which books the ledger has, and the books that workflows bring with them."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from devices.errors import ConfigError
from ledger.books import Book, books_of

_ENDING = ".book.toml"


def read_books(file: Path | None = None) -> dict[str, Book]:
    """The books of a presets file, without one those of a safe enterprise, by id. Raises ConfigError.

    A book that only one workflow writes stands beside it, in ``workflows/<name>.book.toml``.
    """
    books = _read(file or files("ledger").joinpath("presets", "safe_enterprise.toml"))
    beside = sorted(files("workflows").iterdir(), key=lambda found: found.name)
    for source in [found for found in beside if found.name.endswith(_ENDING)]:
        brought = _read(source)
        for twice in books.keys() & brought.keys():
            raise ConfigError(f"two books are called {twice!r}; rename one", file=source.name)
        books |= brought
    return books


def _read(source: Path | Traversable) -> dict[str, Book]:
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the books cannot be read: {error}", file=str(source)) from error
    return books_of(text, str(source))
