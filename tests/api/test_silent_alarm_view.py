"""Whoever is not named for silent alarms has the same nouns as everybody else: each with all that its port promises."""

import inspect
import re
import typing
from typing import Any

import pytest

from api import ports, silent_alarm_view

NOUNS: dict[str, Any] = typing.get_type_hints(ports.Gateway)


def discreet() -> dict[str, Any]:
    """The class that stands for each noun, by its field."""
    classes = dict(inspect.getmembers(silent_alarm_view, inspect.isclass))
    return {noun: classes[f"_{noun.capitalize()}"] for noun in NOUNS if f"_{noun.capitalize()}" in classes}


def promised(port: Any) -> set[str]:
    return {name for name in vars(port) if not name.startswith("_")}


def test_some_nouns_are_seen_otherwise() -> None:
    assert {"alerts", "workflows", "areas", "health", "ledger", "feed"} <= set(discreet())


@pytest.mark.parametrize("noun", sorted(discreet()))
def test_a_noun_seen_otherwise_lacks_nothing_of_its_port(noun: str) -> None:
    made = discreet()[noun]
    own = {name for base in made.__mro__ for name in vars(base)}
    given = set(re.findall(r"self\.(\w+)", inspect.getsource(made.__init__)))
    assert promised(NOUNS[noun]) <= own | given
