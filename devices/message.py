"""What is said to people: a key with parameters. A sentence is made of it at the rim only, in the reader's language.

Theory of operation. Whatever speaks (a breach, a refusal, a fault, a fact) says ``Text.of("bypass.no_reason")``. Beside
it stands a pair of catalogues (``bypass.en.toml``, ``bypass.zh.toml``) with the table ``[bypass]`` and in it the
template ``no_reason``; api/catalogue.py unites all pairs. Parameters are values and never sentences: a name, a number,
an instant, another Text. Names that people gave are data: ``Name`` has both, and one that is missing is the other.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias, Union

import msgspec
from msgspec.structs import force_setattr

from devices.reading import Instant


class Name(msgspec.Struct, frozen=True, tag="name"):
    """What people call a thing, in both languages; "" where they gave none."""

    en: str
    zh: str = ""


class At(msgspec.Struct, frozen=True, tag="at"):
    """A moment; shown in the site's time zone."""

    instant: Instant


class Duration(msgspec.Struct, frozen=True, tag="duration"):
    """A length of time, in seconds."""

    seconds: float


class SignalName(msgspec.Struct, frozen=True, tag="signal"):
    """A signal of devices.signals, with its channel."""

    signal: str


Part: TypeAlias = Union[str, int, float, bool, Name, At, Duration, SignalName, "Text"]
Param: TypeAlias = Part | tuple[Part, ...]


class Text(msgspec.Struct, frozen=True, tag="text"):
    """A sentence to be. ``key`` is ``table.name`` of a catalogue."""

    key: str
    params: dict[
        str,
        Union[
            str, int, float, bool, Name, At, Duration, SignalName, "Text",
            tuple[Union[str, int, float, bool, Name, At, Duration, SignalName, "Text"], ...],
        ],
    ] = {}  # fmt: skip

    @classmethod
    def of(cls, key: str, **params: Param) -> "Text":
        """``Text.of("bypass.longest", hours=8)``"""
        return cls(key, params)

    def __str__(self) -> str:
        """For a log or a test that failed; people are never shown it."""
        shown = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.key}({shown})" if shown else self.key

    def __hash__(self) -> int:
        """Texts of one key that say other things are told apart: a device may send thousands of them."""
        return hash((self.key, frozenset((name, part) for name, part in self.params.items() if isinstance(part, str))))


def plain(words: str) -> Text:
    """Words that were typed by a person or sent by a device: the same in every language."""
    return Text("plain.words", {"words": words})


def as_text(words: "Text | str") -> Text:
    """Words of somebody's own are themselves."""
    return plain(words) if isinstance(words, str) else words


Reason: TypeAlias = Text | str
"""Why something was not understood; "" for nothing. Words of a device's own are a str."""


def of_field(name: str, problem: Reason) -> Text:
    """What is wrong with one of several."""
    return Text.of("malformed.field", field=name, problem=problem)


def several(problems: Sequence[Reason]) -> Reason:
    """What is wrong, if more than one thing may be: the first twelve."""
    return (
        problems[0]
        if len(problems) == 1
        else Text.of("malformed.several", problems=tuple(problems[:12]))
        if problems
        else ""
    )


NO_WORDS = plain("")
"""Nothing is said."""

if TYPE_CHECKING:
    StoredText: TypeAlias = Text
else:
    StoredText = Text | str
"""A Text. Earlier releases stored the sentence itself: ``read_sentence`` makes a Text of it when it is read back."""


def read_sentence(read: msgspec.Struct, *fields: str) -> None:
    """For ``__post_init__``: a sentence of an earlier release says the same in every language."""
    for field in fields:
        value: object = getattr(read, field)
        if isinstance(value, str):
            force_setattr(read, field, plain(value))
