"""Each kind of rule has a whole page: what it is good for, what it costs, what nobody knows."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alerts.kinds import kinds
from alerts.rule import Rule

PAGES = Path(__file__).parents[2] / "docs" / "rules"
HEADINGS = (
    "What it protects against",
    "The standard that it follows",
    "What it costs in missed and false alerts",
    "What is not known",
    "Parameters",
    "Example",
)
_UNIT = re.compile(r"\bseconds\b|\bhours\b|\bdays\b|\bpercent\b|unit|%|\bhow (many|often)\b|\bweekday")


def sections(kind: str) -> dict[str, str]:
    parts = re.split(r"^## (.+)$", (PAGES / f"{kind}.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("kind", kinds())
def test_the_page_of_a_kind_is_whole(kind: str) -> None:
    found = sections(kind)
    assert HEADINGS == tuple(found), "begin paragraphs of the docstring as docs/generate_rules.py says"
    assert [] == [heading for heading, said in found.items() if len(said.strip()) < 30]
    assert f'kind = "{kind}"' in found["Example"]


@pytest.mark.parametrize("kind", kinds())
def test_each_number_has_its_unit_and_each_parameter_its_default(kind: str) -> None:
    rows = {row.split("`")[1]: row for row in sections(kind)["Parameters"].splitlines() if row.startswith("| `")}
    fields: list[Any] = [f for f in msgspec.structs.fields(kinds()[kind]) if f.name not in Rule.__struct_fields__]
    assert {field.name for field in fields} <= set(rows)
    for field in fields:
        cells = [cell.strip() for cell in rows[field.name].strip("|").split(" | ")]
        assert field.required or cells[2], field.name
        if "number" in cells[1]:
            assert _UNIT.search(cells[3]), f"{field.name} says no unit: {cells[3]}"
