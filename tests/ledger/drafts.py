"""What hypothesis may write into a ledger: anything that a draft can hold."""

from hypothesis import strategies as st

from ledger.entry import LEAST_FRACTION, MOST_EXACT, Draft, Entry

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
WHOLE = st.integers(-MOST_EXACT, MOST_EXACT)
NUMBER = st.floats(-MOST_EXACT, MOST_EXACT).filter(lambda value: value == 0 or abs(value) >= LEAST_FRACTION)
INSTANT = st.integers(-(10**18), 4 * 10**18)
DRAFT = st.builds(
    Draft,
    book=TEXT,
    at=INSTANT,
    fields=st.dictionaries(TEXT, st.one_of(TEXT, WHOLE, NUMBER, st.booleans(), st.none()), max_size=6),
    by=TEXT,
    area=TEXT,
    corrects=st.none() | st.integers(1, 10**6),
)
ENTRY = st.builds(
    Entry, sequence=st.integers(1, 10**9), site=TEXT, recorded=INSTANT, draft=DRAFT, previous=TEXT, hash=TEXT
)
