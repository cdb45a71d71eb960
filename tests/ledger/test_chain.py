"""The chain: whatever is done to an entry, the verifier names the first place that does not fit."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from devices.errors import ChainBroken
from ledger.chain import GENESIS, Head, append, verify
from ledger.entry import Draft, content_of, entry_of
from tests.ledger.drafts import DRAFT, INSTANT

SITE = "county-works"
DRAFTS = st.lists(DRAFT, min_size=1, max_size=8)


def chain_of(drafts):
    return append(GENESIS, drafts, SITE, 1_000)


def breaks_at(entries, expected=None):
    with pytest.raises(ChainBroken) as broken:
        verify(entries, SITE, expected=expected)
    return broken.value.sequence


@pytest.mark.slow
@given(st.lists(st.tuples(DRAFTS, INSTANT), max_size=5))
def test_whatever_is_appended_verifies(batches):
    """However the drafts are cut into batches, the chain is whole and ends at the head that append returned."""
    head, entries = GENESIS, []
    for drafts, now in batches:
        more, head = append(head, drafts, SITE, now)
        entries += more
    assert head == verify(entries, SITE, expected=head)
    assert list(range(1, len(entries) + 1)) == [entry.sequence for entry in entries]


@pytest.mark.slow
@given(DRAFTS, st.data())
def test_any_flipped_bit_of_any_content_breaks_the_chain_there(drafts, data):
    """No bit of what was written is outside the hash."""
    entries, _head = chain_of(drafts)
    index = data.draw(st.integers(0, len(entries) - 1))
    written = bytearray(content_of(entries[index]))
    bit = data.draw(st.integers(0, len(written) * 8 - 1))
    written[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ChainBroken) as broken:
        entries[index] = entry_of(bytes(written), entries[index].hash, index + 1)
        verify(entries, SITE)
    assert broken.value.sequence == index + 1


CHANGES = {
    "sequence": lambda entry: replace(entry, sequence=entry.sequence + 1),
    "site": lambda entry: replace(entry, site="elsewhere"),
    "recorded": lambda entry: replace(entry, recorded=entry.recorded + 1),
    "previous": lambda entry: replace(entry, previous="0" * 63 + "1"),
    "hash": lambda entry: replace(entry, hash=entry.hash[::-1]),
    "book": lambda entry: replace(entry, draft=replace(entry.draft, book="duty")),
    "at": lambda entry: replace(entry, draft=replace(entry.draft, at=entry.draft.at - 1)),
    "by": lambda entry: replace(entry, draft=replace(entry.draft, by="somebody else")),
    "area": lambda entry: replace(entry, draft=replace(entry.draft, area="another")),
    "corrects": lambda entry: replace(entry, draft=replace(entry.draft, corrects=1)),
    "a field's value": lambda entry: replace(entry, draft=replace(entry.draft, fields={"n": 2})),
    "a field's type": lambda entry: replace(entry, draft=replace(entry.draft, fields={"n": "1"})),
    "a field's name": lambda entry: replace(entry, draft=replace(entry.draft, fields={"m": 1})),
    "a field more": lambda entry: replace(entry, draft=replace(entry.draft, fields={"n": 1, "o": None})),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("index", [0, 2, 4])
def test_a_changed_field_breaks_the_chain_there(change, index):
    entries, _head = chain_of([Draft(book="patrol", at=at, fields={"n": 1}, by="li") for at in range(5)])
    entries[index] = CHANGES[change](entries[index])
    assert index + 1 == breaks_at(entries)


def test_a_change_with_its_hash_made_anew_breaks_the_chain_at_the_next_entry():
    """A forger who mends one hash has to mend all that follow."""
    entries, _head = chain_of([Draft(book="patrol", at=at, fields={}) for at in range(5)])
    forged = replace(entries[2], recorded=99)
    entries[2] = replace(forged, hash=sha256(content_of(forged)).hexdigest())
    assert breaks_at(entries) == 4


def test_a_chain_rewritten_to_its_end_is_found_by_a_head_known_from_before():
    drafts = [Draft(book="patrol", at=at, fields={}) for at in range(5)]
    _entries, attested = chain_of(drafts[:4])
    rewritten, _head = chain_of([*drafts[:2], replace(drafts[2], by="nobody"), *drafts[3:]])
    assert verify(rewritten, SITE).sequence == 5
    assert breaks_at(rewritten, expected=attested) == 4


@pytest.mark.slow
@given(st.lists(DRAFT, min_size=2, max_size=8), st.data())
def test_swapped_entries_break_the_chain_at_the_first_of_them(drafts, data):
    entries, _head = chain_of(drafts)
    first = data.draw(st.integers(0, len(entries) - 2))
    second = data.draw(st.integers(first + 1, len(entries) - 1))
    entries[first], entries[second] = entries[second], entries[first]
    assert first + 1 == breaks_at(entries)


@pytest.mark.slow
@given(DRAFTS, st.data())
def test_a_dropped_entry_breaks_the_chain_at_its_place(drafts, data):
    """The last one too, when the head is known."""
    entries, head = chain_of(drafts)
    index = data.draw(st.integers(0, len(entries) - 1))
    del entries[index]
    assert index + 1 == breaks_at(entries, expected=head)


@pytest.mark.slow
@given(DRAFTS, st.data())
def test_a_doubled_entry_breaks_the_chain_after_it(drafts, data):
    entries, _head = chain_of(drafts)
    index = data.draw(st.integers(0, len(entries) - 1))
    entries.insert(index + 1, entries[index])
    assert index + 2 == breaks_at(entries)


def test_entries_are_verified_from_any_head_on():
    """So a long ledger can be checked from the last head that was attested."""
    drafts = [Draft(book="patrol", at=at, fields={}) for at in range(5)]
    entries, head = chain_of(drafts)
    assert head == verify(entries[3:], SITE, after=Head(3, entries[2].hash))
    with pytest.raises(ChainBroken, match="entry 4"):
        verify(entries[3:], SITE, after=Head(3, entries[1].hash))


def test_a_lone_surrogate_becomes_a_question_mark():
    """A console can hand one in; it must neither stop the ledger nor make an entry that cannot be read back."""
    draft = Draft(book="duty", at=0, fields={"note\udc80": "gas\ud800"}, by="\udfff")
    entries, head = append(GENESIS, [draft], SITE, 0)
    assert entries[0].draft == Draft(book="duty", at=0, fields={"note?": "gas?"}, by="?")
    assert head == verify(entries, SITE)
