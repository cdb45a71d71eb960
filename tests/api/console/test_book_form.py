"""The form of a book: what is drawn of a definition, what becomes of what a browser sends, what is masked in print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.console.book_form import as_sent, fields_of_book, read_book
from api.console.entry_view import bare
from api.console.locale import Say
from ledger.books import books_of
from ledger.entry import Draft, Entry
from ledger.masking import mask, masked
from tests.shipped import shipped_books
from tests.words import refused

BOOKS = shipped_books()
ID = "sha256:" + "a" * 64
(BOOK,) = books_of("""
name = "n"
zh = "名"
[[book]]
id = "b"
title = "B"
zh = "本"
writers = ["operator"]
keep_years = 1
fields = [
  { name = "place", title = "Place", zh = "部位", required = true },
  { name = "grade", title = "Grade", zh = "等级", kind = "choice", choices = { first_one = "一级", second = "二级" } },
  { name = "at", title = "At", zh = "时间", kind = "time" },
  { name = "on", title = "On", zh = "日期", kind = "date" },
  { name = "sum", title = "Sum", zh = "金额", kind = "number", unit = "CNY" },
  { name = "done", title = "Done", zh = "完成", kind = "yes_no" },
  { name = "document", title = "ID number", zh = "证件号码", masked = true },
  { name = "photo", title = "Photo", zh = "照片", kind = "attachment" },
  { name = "text", title = "Words", zh = "内容" },
  { name = "text_key", title = "Words (key)", zh = "内容（键）" },
  { name = "people", title = "People", zh = "人员", kind = "list", most = 4, columns = [
    { name = "person", title = "Name", zh = "姓名", kind = "person", required = true },
    { name = "document", title = "ID number", zh = "证件号码", masked = true },
    { name = "passed", title = "Passed", zh = "合格", kind = "yes_no" },
  ] },
]
""").values()


def drawn(language="en", sent=None):
    return {field.name: field for field in fields_of_book(BOOK, Say(language), sent)}


def test_a_field_is_drawn_as_the_book_says():
    assert {
        "place": "text", "grade": "choice", "at": "moment", "on": "date", "sum": "number", "done": "choice",
        "document": "text", "photo": "attachment", "text": "text", "people": "rows",
    } == {name: field.kind for name, field in drawn().items()}  # fmt: skip
    assert ["first one", "second"] == [label for _, label in drawn()["grade"].choices]
    assert ("金额 (CNY)", [("first_one", "一级"), ("second", "二级")]) == (
        drawn("zh")["sum"].label,
        list(drawn("zh")["grade"].choices),
    )
    assert (True, False) == (drawn()["place"].is_wanted, drawn()["sum"].is_wanted)


@pytest.mark.parametrize(("rows", "count"), [(0, 1), (1, 3), (2, 4), (3, 4)])
def test_a_list_has_blank_rows_below_as_far_as_it_goes(rows, count):
    sent = {f"people.{row}.person": ["Li"] for row in range(rows)}
    found = drawn(sent=sent)["people"].rows
    assert count == len(found)
    assert [f"people.{row}.person" for row in range(count)] == [row[0].name for row in found]
    assert ["Li"] * rows + [""] * (count - rows) == [row[0].value for row in found]


def test_what_a_browser_sends_is_read_as_the_book_reads_it():
    given_ = {
        "place": [" Hall "], "grade": [""], "at": ["2026-11-30T20:10"], "odd": ["x"], "photo": [ID], "done": ["yes"],
        "people.1.person": ["Wang"], "people.1.passed": ["no"], "people.0.person": ["Li"], "people.2.person": [" "],
        "people.x.person": ["?"], "people.0.odd": ["?"], "people.99999.person": ["far"],
    }  # fmt: skip
    texts = read_book(BOOK, given_)
    BOOK.check(texts)
    assert {
        "place": "Hall", "at": "2026-11-30T20:10", "photo": ID, "done": True,
        "people": ({"person": "Li"}, {"person": "Wang", "passed": False}),
    } == BOOK.typed(texts)  # fmt: skip


CELLS = st.fixed_dictionaries(
    {"person": st.sampled_from(["Li", "王五"])},
    optional={"document": st.sampled_from(["110101199001011234", "1"]), "passed": st.booleans()},
)
VALUES = st.fixed_dictionaries(
    {"place": st.sampled_from(["Hall", "库"])},
    optional={
        "sum": st.sampled_from([1, 2.5, -3]),
        "done": st.booleans(),
        "people": st.lists(CELLS, min_size=1, max_size=4).map(tuple),
    },
)


@given(VALUES)
def test_a_correction_begins_with_what_stands_there(values):
    assert values == BOOK.typed(read_book(BOOK, as_sent(values)))


@pytest.mark.parametrize("book", BOOKS.values(), ids=lambda book: book.id)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_book_can_be_drawn(book, language):
    assert all(field.label for field in fields_of_book(book, Say(language)))


@pytest.mark.parametrize(
    ("number", "shown"),
    [("110101199001011234", "**************1234"), ("12345678", "****5678"), ("123", "**3"), ("1", "*"), ("", "")],
)
def test_at_least_half_of_a_number_is_hidden(number, shown):
    assert shown == mask(number)


def test_numbers_are_masked_wherever_they_stand():
    fields = {"document": "110101199001011234", "place": "Hall", "people": ({"person": "Li", "document": "12345678"},)}
    entry = Entry(1, "works", 0, Draft("b", 0, fields), "", "")
    assert {
        "document": "**************1234", "place": "Hall", "people": ({"person": "Li", "document": "****5678"},),
    } == masked(entry, BOOK).draft.fields  # fmt: skip


@pytest.mark.parametrize(
    ("value", "left"),
    [
        (ID, ""),
        (({"photo": ID, "note": "left"}, {"photo": ID}), ({"note": "left"},)),
        (({"note": "x"},), ({"note": "x"},)),
        ("Hall", "Hall"),
    ],
)
def test_pictures_are_taken_out_of_the_words(value, left):
    assert left == bare(value)


def test_what_the_gateway_alone_writes_is_on_no_form_and_refused_from_people() -> None:
    book = BOOKS["visitors"]
    own = {field.name for field in book.fields if field.of_gateway}
    assert {"workflow", "case", "step", "text", "reader"} <= own
    assert not own & {field.name for field in fields_of_book(book, Say("en"))}
    book.check({"person": "Li", "action": "arrived"})
    for name in own:
        with refused("not a field"):
            book.check({"person": "Li", "action": "arrived", name: "x"})
