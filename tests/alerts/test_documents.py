"""The documents about rules and the life of an alert say what the code says."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alerts.kinds import kinds
from alerts.rule import Rule

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", kinds())
def test_the_example_of_a_kind_is_a_rule_of_that_kind(name: str) -> None:
    page = (DOCS / "rules" / f"{name}.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    (table,) = tomllib.loads(example)["rules"]
    rule: Rule[Any] = msgspec.convert(table, kinds()[name])
    assert name == rule.__struct_config__.tag
    assert rule.procedure


@pytest.mark.parametrize("name", kinds())
def test_every_parameter_of_a_kind_is_explained(name: str) -> None:
    page = (DOCS / "rules" / f"{name}.md").read_text(encoding="utf-8")
    common = (DOCS / "rules" / "README.md").read_text(encoding="utf-8")
    own = set(kinds()[name].__struct_fields__) - set(Rule.__struct_fields__)
    assert [] == [field for field in own if f"| `{field}` | " not in page]
    assert [] == [field for field in Rule.__struct_fields__ if f"| `{field}` | " not in common]
