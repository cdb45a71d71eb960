"""What hypothesis may write into a ledger: anything that a draft can hold, and entries of either format."""

from itertools import count

from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.chain import GENESIS, Head, append, hash_of
from ledger.entry import LEAST_FRACTION, MOST_EXACT, Draft, Entry

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
WHOLE = st.integers(-MOST_EXACT, MOST_EXACT)
NUMBER = st.floats(-MOST_EXACT, MOST_EXACT).filter(lambda value: value == 0 or abs(value) >= LEAST_FRACTION)
INSTANT = st.integers(-(10**18), 4 * 10**18)
SCALAR = st.one_of(TEXT, WHOLE, NUMBER, st.booleans(), st.none())
LIST = st.lists(SCALAR | st.dictionaries(TEXT, SCALAR, max_size=3), max_size=4).map(tuple)
DRAFT = st.builds(
    Draft,
    book=TEXT,
    at=INSTANT,
    fields=st.dictionaries(TEXT, SCALAR | LIST, max_size=6),
    by=TEXT,
    area=TEXT,
    corrects=st.none() | st.integers(1, 10**6),
    second=TEXT,
)
"""All of it in the chain."""
APART = DRAFT.flatmap(
    lambda draft: st.builds(
        replace, st.just(draft), apart=st.lists(st.sampled_from(sorted(draft.fields) or [""]), unique=True).map(tuple)
    )
)
"""With some of its values beside."""
_FIRST = DRAFT.map(
    lambda draft: replace(
        draft, second="", fields={name: value for name, value in draft.fields.items() if not isinstance(value, tuple)}
    )
)
_PLACE = {
    "sequence": st.integers(1, 10**9),
    "site": TEXT,
    "recorded": INSTANT,
    "previous": TEXT,
    "hash": TEXT,
}
ENTRY = st.builds(Entry, draft=_FIRST, **_PLACE) | st.builds(Entry, draft=DRAFT, format=st.just(2), **_PLACE)


def salts():
    """One after the other, for a chain that comes out the same each time."""
    numbers = count(1)
    return lambda: next(numbers).to_bytes(32, "big")


def mixed(drafts, site="works", now=7):
    """(entries, head) of a chain whose entries are of format 1 where that can hold them and their number is odd."""
    head, entries, salt = GENESIS, [], salts()
    for number, draft in enumerate(drafts, start=1):
        lists = any(isinstance(value, tuple) for value in draft.fields.values())
        if number % 2 and not (draft.apart or draft.second or lists):
            entry = Entry(number, site, now, draft, head.hash, "")
            more, head = [replace(entry, hash=hash_of(entry))], Head(number, hash_of(entry))
        else:
            more, head = append(head, [draft], site, now, salt)
        entries += more
    return entries, head
