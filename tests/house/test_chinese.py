"""What the gateway says to people in English has its Chinese in said.toml: who rewords a sentence hears of it here."""

import ast
import re
from collections.abc import Iterator

import pytest

from api.console.locale import Say
from tests.house.places import ROOT

SPEAKING = (*("alerts/bypass.py", "alerts/suppression/walking.py", "alerts/suppression/permits.py"),)
"""The files whose refusals, faults and texts of alerts stand on pages of the console."""

NOT_SAID = {
    *("... and Q7 more faults", "nothing was imported", "walk test"),
    "Q7 Q7; `keyarea device list` shows what is",
}
"""A fault of a site file, what only a terminal shows, and pieces that are sentences elsewhere in said.toml."""
PART = "Q7"
"""Stands for a name, a number, a list."""


def sentences(source: str) -> Iterator[str]:
    """Every text of at least two words, with PART for what is put into it; no docstrings."""
    tree = ast.parse(source)
    passed_over = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            passed_over |= {id(part) for part in ast.walk(node) if part is not node}
    for node in ast.walk(tree):
        if id(node) in passed_over:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(map(rendered, node.values))
        else:
            continue
        if re.search(r"[a-z]{2,}[^a-z]* [^a-z]*[a-z]{2,}", text.replace(PART, "")):
            yield text


def rendered(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    match part.value:
        case ast.IfExp(body=ast.Constant(value=str() as chosen)):
            return chosen
    return PART


@pytest.mark.parametrize("path", SPEAKING)
def test_what_is_said_to_people_is_said_in_chinese_too(path: str) -> None:
    said = [text for text in sentences((ROOT / path).read_text(encoding="utf-8")) if text not in NOT_SAID]
    assert said
    assert [] == [text for text in said if not re.search("[一-鿿]", Say("zh").said(text))]
