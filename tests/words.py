"""What is said, as people read it: tests assert on sentences where it is the sentence that counts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from api.catalogue import in_words, language
from devices.errors import KeyareaError, Refused
from devices.message import Text
from ledger import journal


def english(said: Text | str, zone: str = "UTC") -> str:
    return language("en", zone).show(said)


def chinese(said: Text | str, zone: str = "UTC") -> str:
    return language("zh", zone).show(said)


def shape(said: Text | str) -> str:
    """Its keys alone: texts of one shape read alike."""
    if isinstance(said, str):
        return ""
    inner = [part for value in said.params.values() for part in (value if isinstance(value, tuple) else (value,))]
    return f"{said.key}({','.join(sorted({shape(part) for part in inner if isinstance(part, Text)}))})"


_READ: set[str] = set()


def readable(said: Text | str) -> None:
    """Fails for a text that does not read well in both languages; people's own words are theirs."""
    if isinstance(said, str) or said.key in ("plain.words", "alert.procedure") or shape(said) in _READ:
        return
    for code, sentence in (("en", english(said)), ("zh", chinese(said))):
        assert sentence.strip(), (code, said)
        assert not re.search(r"[{}]|\b[a-z_]+\.[a-z_]+\(", sentence), (code, sentence)
    assert re.search("[一-鿿]", chinese(said)), said
    _READ.add(shape(said))


drafts_of = partial(journal.drafts_of, render=english)
"""The drafts of a site that writes English."""


def words(value: Any, code: str = "en") -> Any:
    """A text, a refusal, or anything with texts in it, as it is read."""
    if isinstance(value, KeyareaError):
        value = value.text
    return language(code, "Asia/Shanghai").render(value) if isinstance(value, Text) else in_words(value, language(code))


@contextmanager
def refused(match: str = "", error: type[KeyareaError] = Refused) -> Iterator[pytest.ExceptionInfo[Any]]:
    """``pytest.raises`` for what people are told: English fits ``match``, and Chinese is Chinese."""
    with pytest.raises(error) as raised:
        yield raised
    said = words(raised.value)
    assert re.search(match, said), said
    is_typed = "plain.words" in repr(raised.value.text)
    assert is_typed or re.search("[一-鿿]", words(raised.value, "zh"))
