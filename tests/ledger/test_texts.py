"""Texts in entries: a sentence in the site's language, and what it takes to read it in another."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.message import At, Duration, Name, SignalName, Text, plain
from ledger.texts import is_part, read, written
from tests.words import chinese, english

WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
PARTS = st.one_of(
    WORDS, st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False), st.booleans(),
    st.builds(Name, WORDS, WORDS), st.builds(At, st.integers(0, 2**62)), st.builds(SignalName, WORDS),
    st.builds(Duration, st.floats(0, 1e9)),
)  # fmt: skip
TEXTS = st.recursive(
    st.builds(Text, st.just("state.signal"), st.dictionaries(WORDS, PARTS, max_size=3)),
    lambda inner: st.builds(
        Text,
        st.just("parted.more"),
        st.dictionaries(WORDS, st.one_of(inner, st.lists(inner, max_size=3).map(tuple)), max_size=2),
    ),
    max_leaves=5,
)


def test_an_entry_is_written_in_the_sites_language_and_read_in_any() -> None:
    said = Text.of("supervision.silent", seconds=15)
    fields = written("text", said, chinese)
    assert {"text": "已 15 秒无通信", "text_key": "supervision.silent", "text_params": '{"seconds":15}'} == fields
    assert "no word for 15 s" == english(read(fields, "text"))
    assert [False, True, True] == [is_part(name, fields) for name in fields]


def test_words_of_people_stand_alone() -> None:
    assert {"note": "steam"} == written("note", "steam", english) == written("note", plain("steam"), english)
    assert "steam" == read({"note": "steam"}, "note")


def test_what_is_no_text_leaves_the_sentence() -> None:
    """Entries are kept for years; one with a key that makes no sense is still read."""
    fields = {"text": "as it was", "text_key": "a.b", "text_params": '{"x": [[1]]}'}
    assert "as it was" == read(fields, "text") == read({**fields, "text_params": "{"}, "text")
    assert {"text": "state.signal(device=\ud800)"} == written("text", Text.of("state.signal", device="\ud800"), str)


def test_a_storm_of_names_does_not_swell_the_ledger() -> None:
    said = Text.of("patrol.missed", checkpoints=tuple(f"checkpoint {number}" for number in range(10_000)))
    fields = written("text", said, english)
    assert len(str(fields["text_params"])) <= 4_000
    back = read(fields, "text")
    assert isinstance(back, Text)
    *some, mark = back.params["checkpoints"]  # type: ignore[misc]
    assert ("checkpoint 0", f"…[+{10_000 - len(some)}]") == (some[0], mark)
    assert f"…[+{10_000 - len(some)}]" in chinese(back)


@pytest.mark.parametrize("long", ["x" * 5_000, Name("y" * 5_000, "烟" * 5_000), ("z" * 5_000, "z"), plain("w" * 5_000)])
def test_what_is_cut_says_by_how_much(long: Any) -> None:
    back = read(written("text", Text.of("patrol.missed", checkpoints=long, short="kept"), english), "text")
    assert isinstance(back, Text)
    assert "kept" == back.params["short"]
    assert re.search(r"…\[\+\d+\]", str(back.params["checkpoints"]))


def test_what_cannot_be_short_leaves_the_sentence() -> None:
    many = Text.of("patrol.missed", **{f"p{number}": "x" * 20 for number in range(1_000)})
    assert {"text"} == written("text", many, english).keys()


@given(TEXTS)
def test_every_text_comes_back_from_its_fields(said: Text) -> None:
    assert said == read(written("text", said, english), "text")
