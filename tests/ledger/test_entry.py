"""The canonical form: one spelling for one content, and nothing that a reader could take in two ways."""

import json
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import ChainBroken
from ledger.entry import MOST_EXACT, Draft, Entry, content_of, entry_of
from ledger.timestamp import instant_of, text_of
from tests.ledger.drafts import ENTRY
from tests.words import refused


@pytest.mark.slow
@given(ENTRY)
def test_an_entry_comes_back_from_its_content(entry):
    """Reading the canonical bytes gives the entry again, and writing that gives the same bytes."""
    written = content_of(entry)
    again = entry_of(written, entry.hash, 1)
    assert entry == again
    assert written == content_of(again)


@pytest.mark.slow
@given(ENTRY)
def test_the_content_is_sorted_compact_json(entry):
    """Any JSON library that sorts names and leaves out white space writes the same object."""
    written = content_of(entry)
    read = json.loads(written)
    names = list(read)
    assert sorted(names) == names
    assert sorted(read["fields"]) == list(read["fields"])
    assert read == json.loads(json.dumps(read))
    texts_only = {name: value for name, value in read["fields"].items() if not isinstance(value, float)}
    spelled = json.dumps({**read, "fields": texts_only}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    if texts_only == read["fields"]:
        assert spelled.encode() == written


SPELLINGS = {
    "a whole float has no point": (85.0, b"85"),
    "minus zero is zero": (-0.0, b"0"),
    "a fraction is the shortest that reads back": (0.1, b"0.1"),
    "a small fraction has no exponent": (0.00001, b"0.00001"),
    "the largest whole number": (MOST_EXACT, b"9007199254740991"),
    "true is a word, not a number": (True, b"true"),
    "nothing is null": (None, b"null"),
    "Chinese stays as it is": ("烟感", '"烟感"'.encode()),
    "only quotes, backslashes and controls are escaped": ('"\\/\x7f\x1f\n<', b'"\\"\\\\/\x7f\\u001f\\n<"'),
}


@pytest.mark.parametrize("case", SPELLINGS)
def test_a_value_has_this_spelling(case):
    value, expected = SPELLINGS[case]
    entry = Entry(1, "s", 0, Draft(book="b", at=0, fields={"v": value}), "p", "h")
    assert b'"fields":{"v":' + expected + b"}" in content_of(entry)


@pytest.mark.parametrize("value", [nan, inf, -inf, 1e300, 1e-9, -1e-6, MOST_EXACT + 1, -(2**53), 2.0**53])
def test_a_number_with_no_canonical_spelling_is_refused(value):
    """Such a number belongs in text; the message says so."""
    with refused("write it as text"):
        content_of(Entry(1, "s", 0, Draft(book="b", at=0, fields={"v": value}), "p", "h"))


CANONICAL = content_of(Entry(7, "s", 5, Draft(book="b", at=5, fields={"n": 85}), "p", "h"))
REWRITTEN = {
    "white space": CANONICAL.replace(b":", b": ", 1),
    "another order": CANONICAL.replace(b'"area":"","at"', b'"at"', 1)[:-1] + b',"area":""}',
    "a name twice": CANONICAL.replace(b'{"n":85}', b'{"n":85,"n":85}'),
    "a point": CANONICAL.replace(b"85", b"85.0"),
    "an exponent": CANONICAL.replace(b"85", b"8.5e1"),
    "an escape that is not needed": CANONICAL.replace(b'"b"', b'"\\u0062"'),
    "another spelling of the time": CANONICAL.replace(b".000000005Z", b".000000005+00:00"),
    "digits of another script": CANONICAL.replace(b"1970-", "１970-".encode()),
    "a name too much": CANONICAL[:-1] + b',"x":1}',
    "a name too few": CANONICAL.replace(b'"area":"",', b""),
    "a wrong type": CANONICAL.replace(b'"sequence":7', b'"sequence":"7"'),
    "a number out of range": CANONICAL.replace(b"85", b"1e999"),
    "no UTF-8": CANONICAL.replace(b'"b"', b'"\xff"'),
    "nothing": b"",
    "an array": b"[]",
    "deep nesting": b"[" * 100_000,
}


@pytest.mark.parametrize("case", REWRITTEN)
def test_bytes_in_another_spelling_are_no_entry(case):
    assert REWRITTEN[case] != CANONICAL
    with pytest.raises(ChainBroken) as broken:
        entry_of(REWRITTEN[case], "h", 7)
    assert broken.value.sequence == 7


@given(st.integers(-(10**21), 10**21))
def test_an_instant_has_one_spelling(instant):
    """Also outside the years that a calendar knows."""
    assert instant == instant_of(text_of(instant))


def test_an_instant_reads_like_a_time():
    assert text_of(1_795_494_780_123_456_789) == "2026-11-24T04:33:00.123456789Z"
