"""What a case holds, as people read it: days, tables and words, in both languages."""

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from alerts.person import Certificate
from api.console.case_view import CaseView
from api.console.locale import Say
from api.console.web_page import Asked
from workflows.people import People, Registered


@pytest.mark.parametrize(("language", "word"), [("en", "missing"), ("zh", "缺少")])
def test_days_and_tables_are_said(language: str, word: str) -> None:
    site = SimpleNamespace(now=lambda: 0)
    asked: Any = SimpleNamespace(say=Say(language), moment=str, gateway=SimpleNamespace(site=site))
    held = (Certificate(kind="fire", number="7", issued=date(2026, 2, 1)),)
    case = Registered(id="P-1", name="Li", certificates=held, left=date(2026, 3, 1), told={"fire": "missing"})
    said = [value for _, value in CaseView(cast("Asked", asked), case, People).facts]
    assert {"P-1", "2026-03-01", f"fire: {word}", "fire 7 2026-02-01"} <= {" ".join(each.split()) for each in said}
