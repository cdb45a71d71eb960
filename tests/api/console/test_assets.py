"""What a page begins with holds every word that its modules say."""

import re

import pytest

from api.console.assets import _DRAWN_HERE
from tests.house.places import ROOT

MODULES = sorted((ROOT / "api" / "console" / "static").glob("*.js"))


@pytest.mark.parametrize("table", sorted(_DRAWN_HERE))
def test_no_module_says_a_word_that_only_templates_have(table: str) -> None:
    said = {path.name for path in MODULES if re.search(rf"[\"'`]{table}\.", path.read_text(encoding="utf-8"))}
    assert set() == said
