"""A rule written into the form of a site file is read back as the same rule."""

import tomllib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.rule_toml import toml_of
from tests.alerts.timeline import rule


def _read(text: str) -> Rule[Any]:
    (table,) = tomllib.loads(text)["rules"]
    made: Rule[Any] = msgspec.convert(table, kinds()[table["kind"]])
    return made


@pytest.mark.parametrize(
    "one",
    [
        rule("threshold", signal="temperature", above=57.0, areas=["store", "hall"], procedure='1. 看\n2. Go "there".'),
        rule("forced_open", alert_class="intrusion", readers={"door 1": ["r-1", "r.2"], "d": []}),
        rule("state", signals=["panic"], alert_class="hold_up", silent=False),
        rule("fault", signals=["battery_low"], battery_below=20.5),
    ],
)
def test_read_back_it_is_the_same(one: Rule[Any]) -> None:
    assert one == _read(toml_of(one))


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_any_text_is_read_back(text: str) -> None:
    one = rule("state", signals=["smoke"], procedure=text, title=text, tags=[text])
    assert one == _read(toml_of(one))


def test_what_is_so_anyway_is_not_written() -> None:
    assert "hold_s" not in toml_of(rule("state", signals=["smoke"]))
    assert "hold_s = 5" in toml_of(rule("state", signals=["smoke"], hold_s=5))
