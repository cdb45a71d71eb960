"""What each duty means is said in words that are there, in both languages, and names books, fields and rules."""

from pathlib import Path

import pytest

from alerts.obligation import Obligation
from api.catalogue import language
from devices.message import Name
from ledger.books import books_of
from ledger.duties import duties_of, standing_of
from ledger.duty_definition import definition, definition_of
from tests.alerts.timeline import rule

ROOT = Path(__file__).parents[2]
FILES = [*ROOT.glob("workflows/*.book.toml"), *ROOT.glob("ledger/presets/*.book.toml")]
FILES.append(ROOT / "ledger" / "presets" / "safe_enterprise.toml")
BOOKS = {name: book for file in FILES for name, book in books_of(file.read_text(encoding="utf-8")).items()}
COUNTED = {one.name: one for one in duties_of("safe_enterprise")}


@pytest.mark.parametrize("name", COUNTED)
def test_evidence_is_what_a_book_holds(name: str) -> None:
    """A book that there is, fields and values that it knows: else the duty could never be met."""
    one = COUNTED[name]
    for code in ("en", "zh"):
        said = [language(code).render(text) for text in definition(one, BOOKS)]
        assert len(said) >= 2
        assert not [each for each in said if "{" in each or "patrols.done" in each]
    for book in one.books:
        fields = {field.name: field for field in BOOKS[book].fields}
        assert one.where.keys() <= fields.keys()
        chosen = {field: value for field, value in one.where.items() if fields[field].choices}
        assert all(value in fields[field].choices for field, value in chosen.items())


def test_said_in_whole_sentences() -> None:
    said = " ".join(language("en").render(text) for text in definition(COUNTED["plan-d2-vehicle"], BOOKS))
    assert said == (
        "Counts: Safety inspections (finished) with Kind of subject: vehicle. At least 4 in each month. "
        "At most one counts in each day. Told 120 h before the end."
    )


def test_of_a_rule_of_the_sites_own() -> None:
    """A topic and a book that nobody described are called by their names."""
    own = rule("obligation", every="day", topics=["gate.shut"], books=["own"], only="workdays", tolerance_h=2)
    assert isinstance(own, Obligation)
    said = " ".join(language("en").render(text) for text in definition(own, {}))
    assert said == (
        "Counts: what is told as gate.shut, an entry of the book own. At least 1 in each day. "
        "Owed where a day of it is worked. Missed 2 h after the end."
    )


@pytest.mark.parametrize("duty", standing_of("safe_enterprise"), ids=lambda duty: duty.name)
def test_what_stands_names_its_rules(duty: object) -> None:
    one = next(each for each in standing_of("safe_enterprise") if each is duty)
    said = [language("en").render(text) for text in definition_of(one, {"hazard-overdue": Name("Hazard overdue")}, 0.9)]
    assert said
    assert ("Broken while an alert of these rules stands: Hazard overdue." in said) == (one.name == "plan-d3-overdue")
