"""Values beside the chain: whatever is erased, the chain verifies and names what is gone; what is altered is found."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from devices.errors import ChainBroken
from ledger.chain import GENESIS, append, verify
from ledger.commitment import SALT_BYTES, Gone, commitment
from ledger.entry import Draft, content_of
from ledger.values_beside import ERASURES, ValuesBeside
from tests.ledger.drafts import APART, DRAFT, mixed, salts

SITE = "works"
MIXED = st.lists(APART | DRAFT, min_size=1, max_size=6)


def looked_at(entries, expected=None):
    beside = ValuesBeside()
    verify(beside.passing(entries), SITE, expected=expected)
    return beside.report()


def without(entries, names):
    """The entries as they are read when these values are gone."""
    return [
        replace(
            entry,
            draft=replace(
                entry.draft,
                fields={n: v for n, v in entry.draft.fields.items() if (entry.sequence, n) not in names},
            ),
            salts={n: salt for n, salt in entry.salts.items() if (entry.sequence, n) not in names},
        )
        for entry in entries
    ]


def erasure(names, action="erased"):
    rows = tuple({"entry": number, "field": name} for number, name in sorted(names))
    return Draft(ERASURES, 9, {"action": action, "values": rows, "reason": "asked for"}, by="ada")


@pytest.mark.slow
@given(MIXED)
def test_any_mix_of_formats_verifies_with_all_its_values(drafts):
    entries, head = mixed(drafts)
    report = looked_at(entries, expected=head)
    assert (report.gone, report.still) == ({}, {})
    assert sum(len(entry.commitments) for entry in entries) == report.there


@pytest.mark.slow
@given(MIXED, st.data())
def test_erasure_of_any_values_keeps_the_chain_and_names_exactly_those(drafts, data):
    entries, head = mixed(drafts)
    known = [(entry.sequence, name) for entry in entries for name in entry.commitments]
    names = set(data.draw(st.lists(st.sampled_from(known), unique=True)) if known else ())
    unsaid = set(data.draw(st.lists(st.sampled_from(known), unique=True)) if known else ()) - names
    more, head = append(head, [erasure(names)], SITE, 10)
    report = looked_at([*without(entries, names | unsaid), *more], expected=head)
    by = head.sequence
    assert report.gone == {**dict.fromkeys(names, Gone("erased", by)), **dict.fromkeys(unsaid, Gone("missing"))}
    assert sorted(unsaid) == sorted(report.missing)


@pytest.mark.slow
@given(MIXED, st.data())
def test_any_flipped_bit_of_a_value_or_its_salt_is_found_at_its_entry(drafts, data):
    entries, _head = mixed(drafts)
    known = [(index, name) for index, entry in enumerate(entries) for name in entry.commitments]
    if not known:
        return
    index, name = data.draw(st.sampled_from(known))
    entry = entries[index]
    if data.draw(st.booleans()):
        salt = bytearray(bytes.fromhex(entry.salts[name]))
        bit = data.draw(st.integers(0, len(salt) * 8 - 1))
        salt[bit // 8] ^= 1 << bit % 8
        entries[index] = replace(entry, salts={**entry.salts, name: salt.hex()})
    else:
        was = entry.draft.fields[name]
        other = data.draw(st.text(max_size=5).filter(lambda text: text != was))
        entries[index] = replace(entry, draft=replace(entry.draft, fields={**entry.draft.fields, name: other}))
    with pytest.raises(ChainBroken) as broken:
        looked_at(entries)
    assert index + 1 == broken.value.sequence


def test_a_value_cannot_stand_in_for_another_of_the_same_entry():
    drafts = [Draft("b", 0, {"first": "a", "second": "b"}, apart=("first", "second"))]
    (entry,), _head = append(GENESIS, drafts, SITE, 0, salts())
    swapped = replace(entry, draft=replace(entry.draft, fields={"first": "b", "second": "a"}))
    with pytest.raises(ChainBroken):
        looked_at([swapped])


def test_what_stands_beside_is_not_in_the_content_and_equal_values_look_different():
    draft = Draft("visitors", 0, {"phone": "13800138000", "again": "13800138000"}, apart=("phone", "again"))
    (entry,), _head = append(GENESIS, [draft], SITE, 0, salts())
    assert b"13800138000" not in content_of(entry)
    assert len(set(entry.commitments.values())) == 2


def test_a_commitment_is_an_hmac_that_any_language_makes():
    """Made with openssl dgst -sha256 -mac HMAC."""
    made = commitment(b'"13800138000"', bytes(range(SALT_BYTES)))
    assert made == "8d54c2482c063db06f1450dd00d485f89f59adbc5e548a87b7a56f7a0964995e"


def test_what_was_said_to_be_erased_and_is_there_all_the_same_is_told():
    entries, head = mixed([Draft("b", 0, {"n": 1, "m": 2}, apart=("n", "m"))])
    more, _head = append(head, [erasure({(1, "n")}, "retention_ended")], SITE, 0)
    assert looked_at([*entries, *more]).still == {(1, "n"): Gone("retention_ended", 2)}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"action": "erased", "values": "1 n"},
        {"action": "shredded", "values": ({"entry": 1, "field": "n"},)},
        {"action": "erased", "values": ("x", {"entry": "1", "field": "n"}, {"entry": 1}, {"entry": 9, "field": "n"})},
    ],
)
def test_an_entry_of_another_shape_erases_nothing(fields):
    entries, head = mixed([Draft("b", 0, {"n": 1}, apart=("n",))])
    more, _head = append(head, [Draft(ERASURES, 0, deepcopy(fields))], SITE, 0)
    report = looked_at([*without(entries, {(1, "n")}), *more])
    assert report.missing == [(1, "n")]


def test_values_beside_need_salts_from_the_rim():
    with pytest.raises(ValueError, match="salt"):
        append(GENESIS, [Draft("b", 0, {"n": 1}, apart=("n",))], SITE, 0)
