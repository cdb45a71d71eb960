"""Reads the presets file that says which books the ledger has."""

from importlib.resources import files
from pathlib import Path

from devices.errors import ConfigError
from ledger.books import Book, books_of


def read_books(file: Path | None = None) -> dict[str, Book]:
    """The books of a presets file, without one those of a safe enterprise, by id. Raises ConfigError."""
    source = file or files("ledger").joinpath("presets", "safe_enterprise.toml")
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the books cannot be read: {error}", file=str(source)) from error
    return books_of(text, str(source))
