"""One fault of a site file: where it is, what is wrong, and which word may have been meant."""

import difflib
from collections.abc import Collection
from typing import TypeAlias

import msgspec

from api.catalogue import language
from devices.message import Text, plain

Path: TypeAlias = tuple[str | int, ...]
"""The way to a value in the file: ``("rules", 2, "hold_s")``."""

_SHOWN = 20


class Fault(msgspec.Struct, frozen=True):
    """One thing that is wrong, in words that say what to write instead.

    What a console shows as well (what is wrong with a device) is a Text; what only the file's author reads is English.

    ``lookup`` names the table in which something was looked for in vain, ``wanted`` its id there ("" if it was not
    an id): where that table is itself at fault, this fault may only follow from it.
    """

    path: Path
    problem: str | Text
    lookup: str = ""
    wanted: str = ""


def nearest(word: object, known: Collection[str]) -> str:
    """``; did you mean ...?`` with the nearest known word, or nothing."""
    near = near_to(word, known)
    return f"; did you mean {near!r}?" if near else ""


def near_to(word: object, known: Collection[str]) -> str:
    """The nearest known word, "" if none is near."""
    near = difflib.get_close_matches(str(word)[:100], known, 1) if len(known) < 20_000 else []
    return near[0] if near else ""


def some_of(known: Collection[str]) -> Text:
    """The known words, not more than fit a line."""
    words = sorted(known)
    if len(words) > _SHOWN:
        return Text.of("fault.some", words=tuple(words[:_SHOWN]), more=len(words) - _SHOWN)
    return Text.of("fault.all", words=tuple(words)) if words else Text.of("fault.none")


def one_of(known: Collection[str]) -> str:
    """The known words for a message, not more than fit a line."""
    words = sorted(known)
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return (", ".join(words[:_SHOWN]) or "none is defined") + more


def found_text(text: str) -> Text:
    """A text as somebody typed it, cut to a readable length."""
    return Text.of("fault.found_text", text=text[:40] + "…" if len(text) > 40 else text)


def found(value: object) -> str:
    """A value as the file's author wrote it, cut to a readable length."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() if value.bit_length() > 256:
            return "a number of very many digits"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the text {value[:40] + '…' if len(value) > 40 else value!r}"
        case list():
            return f"a list of {len(value)}"
        case dict():
            return "a table"
        case _:
            return f"the {type(value).__name__} {value}"


def in_english(fault: Fault) -> str:
    """For the file's author, on a terminal."""
    return language("en").render(said(fault))


def said(fault: Fault) -> Text:
    """What is wrong, as a Text."""
    return fault.problem if isinstance(fault.problem, Text) else plain(fault.problem)
