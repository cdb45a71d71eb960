"""Books: what a person writes is checked against them, and a new book is an entry in a presets file."""

import re
from datetime import datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from devices.commissioning import Measurement
from devices.device import Device
from devices.errors import ConfigError
from devices.orders import Action
from devices.reading import Reading
from gateway.stores.books import read_books
from ledger.books import books_of
from ledger.journal import WORDS
from tests.shipped import shipped_books
from tests.words import refused, words

BOOKS = shipped_books()

GOOD = {
    "a scan": ("patrol", {"route": "night", "checkpoint": "gate", "scanned": "2026-11-24T03:10", "result": "normal"}),
    "only what is required": ("patrol", {"route": "night", "checkpoint": "gate"}),
    "empty fields are no fields": ("patrol", {"route": "night", "checkpoint": "gate", "scanned": " ", "guard": ""}),
    "a correction": ("patrol", {"route": "night", "checkpoint": "gate", "corrects": "17"}),
    "numbers and dates": (
        "education",
        {"kind": "drill", "topic": "疏散", "held_on": "2026-11-24", "participants": "120", "leader": "王"},
    ),
    "yes and no": ("key_departments", {"department": "库", "checked": "all", "result": "normal", "human": "No"}),
}


@pytest.mark.parametrize("case", GOOD)
def test_a_good_record_passes(case):
    book, fields = GOOD[case]
    BOOKS[book].check(fields)


BAD = {
    "nothing": ("patrol", {}, ["route: is required", "checkpoint: is required"]),
    "blanks": ("patrol", {"route": " ", "checkpoint": "gate"}, ["route: is required"]),
    "an unknown field": ("patrol", {"route": "a", "checkpoint": "b", "colour": "red"}, ["colour: not a field"]),
    "no such choice": ("duty", {"action": "sleep", "person": "li"}, ["one of on_duty, off_duty, handover"]),
    "no date": ("certificates", {"person": "li", "certificate": "c", "expires": "24.11.2026"}, ["such as 2026-11-24"]),
    "no such day": ("certificates", {"person": "li", "certificate": "c", "expires": "2026-02-30"}, ["expires"]),
    "a date where a time belongs": ("patrol", {"route": "a", "checkpoint": "b", "scanned": "2026-11-24"}, ["T08:30"]),
    "no number": (
        "canteen",
        {"action": "sample", "subject": "rice", "person": "li", "temperature": "cold"},
        ["a number of °C", "'cold'"],
    ),
    "not a number": ("canteen", {"action": "sample", "subject": "r", "person": "l", "temperature": "nan"}, ["nan"]),
    "too exact": ("canteen", {"action": "sample", "subject": "r", "person": "l", "temperature": "1e-9"}, ["1e-9"]),
    "too large": ("vehicles", {"plate": "p", "action": "out", "odometer": "9" * 16}, ["a whole number of km"]),
    "other digits": ("vehicles", {"plate": "p", "action": "out", "odometer": "１２"}, ["odometer"]),
    "too long": ("patrol", {"route": "r" * 4_001, "checkpoint": "b"}, ["at most 4000"]),
    "corrects what": ("patrol", {"route": "a", "checkpoint": "b", "corrects": "the last"}, ["number of the entry"]),
    "corrects nothing": ("patrol", {"route": "a", "checkpoint": "b", "corrects": "0"}, ["number of the entry"]),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_record_is_refused_with_what_was_expected(case):
    book, fields, expected = BAD[case]
    with refused() as caught:
        BOOKS[book].check(fields)
    for part in expected:
        assert part in words(caught.value)


def test_every_fault_is_named_at_once():
    with refused(r"route.*; .*checkpoint.*; .*scanned.*; .*colour"):
        BOOKS["patrol"].check({"scanned": "soon", "colour": "red"})


def test_values_are_stored_with_their_types():
    """What does not fit its field is kept as it came: a record is never lost to its form."""
    typed = BOOKS["canteen"].typed({"temperature": "4.5", "quantity": "a lot", "supplier": "", "odd": "1"})
    assert typed == {"temperature": 4.5, "quantity": "a lot", "odd": "1"}
    assert BOOKS["key_departments"].typed({"human": "yes", "technical": "no"}) == {"human": True, "technical": False}


def test_every_book_of_the_preset_is_bilingual():
    for book in BOOKS.values():
        for titled in (book, *book.fields):
            assert titled.title.isascii() or "°" in titled.title
            assert any("一" <= character <= "鿿" for character in titled.zh)


def test_the_gateways_own_books_are_written_by_it_alone():
    for name in ("alerts", "events", "arming", "installation", "bypasses", "walk_tests"):
        assert BOOKS[name].writers == ("gateway",)
        assert not BOOKS[name].admits("admin")
    assert BOOKS["patrol"].admits("operator")


def test_the_alert_book_knows_every_word_of_the_journal():
    field = next(field for field in BOOKS["alerts"].fields if field.name == "action")
    assert set(WORDS.values()) == set(field.choices)


def test_the_book_of_installation_knows_every_word_and_figure_of_a_change():
    field = next(field for field in BOOKS["installation"].fields if field.name == "action")
    assert set(get_args(Action)) == set(field.choices)
    said = (("smoke", True), ("rssi", -60.0), ("linkquality", 90.0))
    readings = [Reading("d", signal, value, at, at) for at in (1, 2) for signal, value in said]
    heard = Measurement(0).heard(Device("d", "keyarea", "d", "a", kind="smoke_detector"), readings)
    known = {field.name for field in BOOKS["installation"].fields}
    assert set(heard.figures(3)) <= known


HEAD = 'name = "n"\nzh = "名"\n[[book]]\nid = "b"\ntitle = "B"\nzh = "本"\nwriters = ["operator"]\nkeep_years = 1\n'
FIELD = 'fields = [{ name = "f", title = "F", zh = "项" }]\n'
FAULTY = {
    "no TOML": ("[[", "Invalid"),
    "an unknown key": (HEAD + FIELD + "color = 1\n", "color"),
    "an unknown kind": (HEAD + FIELD.replace('"项"', '"项", kind = "float"'), "kind"),
    "an unknown writer": (HEAD.replace("operator", "cook") + FIELD, "cook"),
    "no writer": (HEAD.replace('"operator"', "") + FIELD, "name its writers"),
    "kept too short": (HEAD.replace("= 1", "= 0.1") + FIELD, "at least 0.5"),
    "a choice without choices": (HEAD + FIELD.replace('"项"', '"项", kind = "choice"'), "a choice has choices"),
    "a field twice": (HEAD + FIELD.replace("]", ', { name = "f", title = "F", zh = "项" }]'), "two fields"),
    "a bad name": (HEAD.replace('"b"', '"B 1"') + FIELD, "'B 1' is no name"),
    "a reserved name": (HEAD + FIELD.replace('"f"', '"corrects"'), "reserved"),
    "a book twice": (HEAD + FIELD + HEAD[HEAD.index("[[") :] + FIELD, "two books"),
}


@pytest.mark.parametrize("case", FAULTY)
def test_a_faulty_preset_is_refused_by_name(case):
    text, expected = FAULTY[case]
    with pytest.raises(ConfigError, match=expected):
        books_of(text, "p.toml")
    assert books_of(HEAD + FIELD)["b"].fields[0].kind == "text"


def test_a_preset_that_cannot_be_read_is_a_fault_of_the_configuration(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_books(tmp_path / "none.toml")


SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 30, 23, 58, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("book", "field", "value", "is_ahead"),
    [
        ("fire_patrol", "patrolled", "2026-11-30T23:58", False),
        ("fire_patrol", "patrolled", "2026-12-01T00:02", False),
        ("fire_patrol", "patrolled", "2026-12-01T00:04", True),
        ("fire_patrol", "patrolled", "2026-11-30T16:02:00+00:00", False),
        ("fire_patrol", "patrolled", "2026-11-30T16:04:00+00:00", True),
        ("agreements", "signed_on", "2026-12-01", False),
        ("agreements", "signed_on", "2026-12-02", True),
        ("agreements", "until", "2027-12-31", False),
        ("canteen", "kept_until", "2026-12-02T12:00", False),
    ],
)
def test_what_has_not_happened_yet_is_refused_but_a_term_may_lie_ahead(book, field, value, is_ahead):
    """Five minutes are allowed to the clock of whoever writes; the day is the site's."""
    given = {field: value}
    with refused() as caught:
        BOOKS[book].check(given | {"odd": "1"}, NOW)
    assert is_ahead == (f"{field}: {value} has not come yet" in words(caught.value))


def test_a_date_in_a_row_may_not_lie_ahead_either():
    (book,) = books_of(
        HEAD + 'fields = [{ name = "f", title = "F", zh = "项", kind = "list", columns = '
        '[{ name = "d", title = "D", zh = "日", kind = "date" }] }]\n'
    ).values()
    book.check({"f": '[{"d": "2026-11-30"}]'}, NOW)
    with refused("has not come yet"):
        book.check({"f": '[{"d": "2026-11-30"}, {"d": "2027-01-01"}]'}, NOW)


@pytest.mark.parametrize(
    ("book", "fields", "years"),
    [
        ("fire_patrol", {}, 3),
        ("fire_test", {}, 5),
        ("control_room", {}, 1),
        ("canteen", {}, 3),
        ("labour", {}, 3),
        ("gate", {"action": "in"}, 1),
        ("gate", {"action": "refused"}, 2),
        ("video_lookups", {}, 2),
        ("occupational_health", {}, 30),
    ],
)
def test_each_entry_is_kept_as_long_as_it_has_to_be(book, fields, years):
    assert years == BOOKS[book].kept_years(fields)


def test_the_standard_of_a_book_has_an_english_name() -> None:
    """Of what is called the same in both nothing is said twice."""
    chinese = re.compile("[\u4e00-\u9fff]")
    for book in BOOKS.values():
        assert not chinese.search(book.standard_in(chinese=False)), book.id
        assert bool(book.standard_en) == bool(chinese.search(book.standard)), book.id
    assert "公安部令第61号 第25条" == BOOKS["fire_patrol"].standard_in(chinese=True)
