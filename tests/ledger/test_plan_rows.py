"""Every row of the plan has a duty, or docs/plan.md says why nothing of it is counted; and every row stands there."""

import re

from ledger.duties import duties_of, standing_of
from tests.house.places import ROOT

ROWS = (
    *(f"A{number}" for number in range(1, 6)),
    *(f"B{number}" for number in range(1, 9)),
    *(f"C{number}" for number in range(1, 7)),
    *(f"D{number}" for number in range(1, 7)),
    *("E1", "E2"),
    *(f"F{number}" for number in range(1, 8)),
    *(f"G{number}" for number in range(1, 6)),
    *("H1", "H2"),
)
"""Of the plan that is shipped, in its own numbers."""
TEXT = (ROOT / "docs" / "plan.md").read_text(encoding="utf-8")
TABLE, _, REASONS = TEXT.partition("**not counted**")
CLAUSES = {duty.clause for duty in (*duties_of("safe_enterprise"), *standing_of("safe_enterprise"))}


def test_every_row_has_a_duty_or_a_reason_why_it_has_none() -> None:
    given = {
        row
        for line in re.findall(r"^- ([A-H]\d[^:\n]*)", REASONS, re.MULTILINE)
        for row in re.findall(r"\b[A-H]\d\b", line)
    }
    assert [] == [row for row in ROWS if row not in CLAUSES and row not in given]


def test_every_row_stands_in_the_table() -> None:
    assert [] == [row for row in ROWS if not re.search(rf"^\| {row} \|", TABLE, re.MULTILINE)]


def test_no_duty_is_of_a_row_that_there_is_not() -> None:
    assert set() == CLAUSES - set(ROWS)
