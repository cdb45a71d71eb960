"""Signatures given afterwards: by whom, each by an account of its own, and which entries still lack one."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from devices.errors import NotAllowed, Refused
from devices.reading import SECOND
from ledger.books import books_of
from ledger.entry import Draft, Entry
from ledger.signers import SIGNATURES, Signature, Unsigned, check, signature_of, wanting
from tests.words import words

ZONE = ZoneInfo("Asia/Shanghai")
DAY = 86_400 * SECOND
BOOKS = books_of("""
name = "n"
zh = "名"
[[book]]
id = "rounds"
title = "Rounds"
zh = "巡查"
writers = ["operator"]
keep_years = 1
signers = [
  { name = "patroller", title = "Second patroller", zh = "巡查人二" },
  { name = "supervisor", title = "Supervisor", zh = "主管", roles = ["manager"] },
  { name = "approver", title = "Approver", zh = "批准人", roles = ["admin"], dated = "on", after_days = 7 },
]
fields = [{ name = "on", title = "On", zh = "日期", kind = "date" }]
[[book]]
id = "deals"
title = "Deals"
zh = "责任书"
writers = ["manager"]
keep_years = 1
signers = [{ name = "side", title = "Other side", zh = "责任人", named = "with" }]
fields = [{ name = "with", title = "With", zh = "账号" }]
""")
ROUNDS, DEALS = BOOKS["rounds"], BOOKS["deals"]


def entry(number=1, by="li", on="1970-01-10", recorded=10 * DAY, **more):
    draft = Draft("rounds", recorded, {"on": on, "note": "x"}, by=by, **more)
    return Entry(number, "works", recorded, draft, "", f"{number:064x}")


def signed(signer, by, about=None, hash_=None):
    about = about or entry()
    return Signature(about.sequence, hash_ or about.hash, signer, by, 0)


def names(signers):
    return [signer.name for signer in signers]


@pytest.mark.parametrize(
    ("about", "given_", "left"),
    [
        (entry(), [], ["patroller", "supervisor"]),
        (entry(), [signed("patroller", "wang")], ["supervisor"]),
        (entry(), [signed("supervisor", "olga"), signed("patroller", "wang")], []),
        (entry(), [signed("patroller", "wang", hash_="0" * 64)], ["patroller", "supervisor"]),
        (entry(second="wang"), [], ["supervisor"]),
        (entry(on="1970-01-04"), [], ["patroller", "supervisor"]),
        (entry(on="1970-01-03"), [], ["patroller", "supervisor", "approver"]),
        (entry(on="never"), [], ["patroller", "supervisor"]),
    ],
    ids=["none", "one", "all", "another entry's", "a consent counts", "seven days", "eight days", "no date"],
)
def test_whose_signature_is_wanting(about, given_, left):
    assert left == names(wanting(about, ROUNDS, given_, ZONE))


BAD = {
    "nobody asked": (entry(), "clerk", "wang", "operator", [], Refused, "asks for"),
    "signed already": (entry(), "patroller", "zhao", "operator", [signed("patroller", "wang")], Refused, "already"),
    "who wrote it": (entry(), "patroller", "li", "operator", [], Refused, "somebody else"),
    "who wrote it, at the machine": (entry(), "patroller", "li (os:root)", "operator", [], Refused, "somebody else"),
    "one at the machine for two": (
        entry(by="li (os:root)"), "patroller", "wang (os:root)", "operator", [], Refused, "somebody else",
    ),
    "twice the same": (entry(), "supervisor", "wang", "manager", [signed("patroller", "wang")], Refused, "somebody"),
    "a role that may not": (entry(), "supervisor", "wang", "operator", [], NotAllowed, "Supervisor"),
    "a role that may not write": (entry(), "patroller", "tom", "technician", [], NotAllowed, "Second patroller"),
    "not dated back": (entry(), "approver", "ada", "admin", [], Refused, "asks for"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_who_may_not_sign_is_told_why(case):
    about, signer, by, role, given_, error, why = BAD[case]
    with pytest.raises(error) as caught:
        check(about, ROUNDS, signer, by, role, given_, ZONE)
    assert why in words(caught.value)


def test_who_may_sign_does():
    check(entry(), ROUNDS, "patroller", "wang", "operator", [], ZONE)
    check(entry(), ROUNDS, "supervisor", "olga", "manager", [signed("patroller", "wang")], ZONE)


def deal(**fields):
    return Entry(2, "works", 0, Draft("deals", 0, fields, by="mia"), "", f"{2:064x}")


@pytest.mark.parametrize(
    ("fields", "by", "role", "may"),
    [
        ({"with": "gao"}, "gao", "guard", True),
        ({"with": "gao"}, "gao (os:root)", "guard", True),
        ({"with": "gao"}, "max", "manager", False),
        ({}, "gao", "guard", False),
        ({}, "max", "manager", True),
    ],
)
def test_whom_an_entry_names_signs_and_nobody_else(fields, by, role, may):
    if may:
        check(deal(**fields), DEALS, "side", by, role, [], ZONE)
    else:
        with pytest.raises(NotAllowed) as caught:
            check(deal(**fields), DEALS, "side", by, role, [], ZONE)
        assert ("gao" in words(caught.value)) == bool(fields)


def signature(number, about, signer, by):
    fields = {"entry": about.sequence, "hash": about.hash, "signer": signer}
    return Entry(number, "works", 0, Draft(SIGNATURES, 0, fields, by=by), "", f"{number:064x}")


def test_an_entry_of_signatures_says_what_was_signed():
    about = entry()
    assert Signature(1, about.hash, "patroller", "wang", 0) == signature_of(signature(2, about, "patroller", "wang"))
    assert signature_of(about) is None
    assert signature_of(signature(2, about, "patroller", "")) is None


def test_a_correction_takes_the_place_of_what_it_corrects():
    unsigned = Unsigned(BOOKS, ZONE)
    unsigned.see(entry(1))
    unsigned.see(entry(2, corrects=1))
    assert [2] == [each.sequence for each, _ in unsigned.open()]
    assert {1} == unsigned.corrected


def test_what_a_sensor_wrote_asks_for_no_signature():
    unsigned = Unsigned(BOOKS, ZONE)
    unsigned.see(entry(1, by=""))
    assert [] == unsigned.open()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("entry"), st.sampled_from(["li", "wang", ""]), st.sampled_from(["1970-01-10", "1970-01-01"])),
        st.tuples(st.integers(1, 12), st.sampled_from(["patroller", "supervisor", "approver"]), st.just("zhao")),
    ),
    max_size=12,
)


@given(STEPS)
def test_what_is_open_is_what_a_count_from_the_first_entry_says(steps):
    unsigned, all_entries, given_ = Unsigned(BOOKS, ZONE), {}, []
    for number, step in enumerate(steps, 1):
        match step:
            case ("entry", by, on):
                all_entries[number] = entry(number, by=by, on=on)
                unsigned.see(all_entries[number])
            case (about, signer, by):
                meant = all_entries.get(about, entry(about))
                given_.append(signed(signer, by, meant))
                unsigned.see(signature(number, meant, signer, by))
    expected = [
        number
        for number, each in all_entries.items()
        if each.draft.by and wanting(each, ROUNDS, [one for one in given_ if one.entry == number], ZONE)
    ]
    assert expected[::-1] == [each.sequence for each, _ in unsigned.open()]


def test_many_that_wait_are_kept_small():
    unsigned = Unsigned(BOOKS, ZONE)
    unsigned.see(replace(entry(), commitments={"a": "b"}))
    assert ({"on": "1970-01-10"}, {}) == (unsigned.open()[0][0].draft.fields, unsigned.open()[0][0].commitments)
