"""Reads the presets file that says which books the ledger has, and the books that workflows bring with them."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from msgspec.structs import replace

from devices.errors import ConfigError
from gateway.stores.access_book import ACTION, ACTIONS, BOOK, FIELDS
from ledger.books import Book, books_of
from ledger.fields import Field

_ENDING = ".book.toml"


def read_books(file: Path | None = None) -> dict[str, Book]:
    """The books of a presets file, without one those of a safe enterprise and ours beside it, by id.

    A book that only one workflow writes stands beside that, in ``workflows/<name>.book.toml``; any other that we bring
    is a ``<name>.book.toml`` in ledger/presets/. Raises ConfigError.
    """
    presets = files("ledger").joinpath("presets")
    books = _read(file or presets.joinpath("safe_enterprise.toml"))
    for source in [*(_beside(presets) if file is None else ()), *_beside(files("workflows"))]:
        brought = _read(source)
        for twice in books.keys() & brought.keys():
            raise ConfigError(f"two books are called {twice!r}; rename one", file=source.name)
        books |= brought
    if BOOK in books:
        books[BOOK] = _with_our_words(books[BOOK])
    return books


def _with_our_words(book: Book) -> Book:
    """What we write of accounts is never kept out by a site's own presets, which may be older than a word of it."""
    fields = {field.name: field for field in book.fields}
    action = fields.get(ACTION)
    if action is not None and action.choices:
        missing = {word: word for word in ACTIONS if word not in action.choices}
        fields[ACTION] = replace(action, choices={**action.choices, **missing})
    for name, kind in FIELDS.items():
        fields.setdefault(name, Field(name=name, title=name, zh=name, kind=kind))
    return replace(book, fields=tuple(fields.values()))


def _beside(folder: Traversable) -> list[Traversable]:
    found = (source for source in folder.iterdir() if source.name.endswith(_ENDING))
    return sorted(found, key=lambda source: source.name)


def _read(source: Path | Traversable) -> dict[str, Book]:
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the books cannot be read: {error}", file=str(source)) from error
    return books_of(text, str(source))
