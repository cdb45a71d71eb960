"""The console's shape: what a browser runs stays small and plain."""

import re

import pytest

from tests.house.places import ROOT, tracked

CONSOLE = ROOT / "api" / "console"
STATIC, PAGES = CONSOLE / "static", CONSOLE / "pages"
VENDORED = frozenset({"echarts.js"})
"""As their makers wrote them; what they are given is data."""


@pytest.mark.parametrize(
    "path", sorted(path for path in STATIC.glob("*.js") if path.name not in VENDORED), ids=lambda path: path.name
)
def test_a_module_is_short_and_takes_no_markup(path) -> None:  # type: ignore[no-untyped-def]
    """What a device sent or a person typed is text: nothing here makes elements of a string but the parser of pages."""
    text = path.read_text(encoding="utf-8")
    assert 150 >= len(text.splitlines())
    found = re.findall(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setHTMLUnsafe", text)
    assert [] == found
    assert all(name.startswith("./") for name in re.findall(r'^import .*? from "(.+?)";', text, re.MULTILINE))


@pytest.mark.parametrize("path", sorted(CONSOLE.rglob("*.html")), ids=lambda path: path.name)
def test_a_template_has_no_inline_script_style_or_handler(path) -> None:  # type: ignore[no-untyped-def]
    """And says nothing itself: every word comes from a catalogue."""
    text = path.read_text(encoding="utf-8")
    assert [] == re.findall(r"\son[a-z]+=|\sstyle=|<style|<script(?![^>]*\ssrc=)|\|\s*safe", text)
    words = re.sub(r"\{% set \w+ %\}.*?\{% endset %\}", " ", text)  # attributes that several tags share
    words = re.sub(r"\{[{%#].*?[}%#]\}|<[^>]*>|&\w+;", " ", words, flags=re.DOTALL)
    assert [] == re.findall(r"[A-Za-z]{3,}", words)


def test_every_page_has_its_template_and_what_it_says() -> None:
    names = {path.name for path in tracked()}
    for path in PAGES.glob("*.py"):
        for template in re.findall(r'template="(.+?)"', path.read_text(encoding="utf-8")):
            assert template in names
