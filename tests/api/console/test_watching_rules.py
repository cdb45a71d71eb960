"""Which rules would watch what is about to be adopted, and in which areas."""

from types import SimpleNamespace
from typing import Any

import pytest

from alerts.rule import Rule
from api.console.pages.adopt import described
from api.console.watching_rules import watching
from devices.device import Device
from tests.alerts.timeline import rule
from tests.api.console.of_a_page import asked

PROPOSED = Device("x", "keyarea", "x", "", kind="smoke_detector", signals=("smoke", "temperature"))
FIRE = rule("state", name="fire", alert_class="fire", signals=["smoke"])
WARM = rule("threshold", name="warm", alert_class="supervisory", signal="temperature", above=60.0, areas=["hall"])
DOOR = rule("state", name="door", alert_class="access", signals=["door"])
TAGGED = rule("state", name="tagged", alert_class="fire", signals=["smoke"], tags=["stairs"])
LOST = rule("supervision", name="lost", alert_class="fault", interval_s=100)
HELD_UP = rule("state", name="secret", alert_class="hold_up", signals=["smoke"], silent=True)


def page(*rules: Rule[Any], language: str = "en") -> Any:
    areas = [SimpleNamespace(id=name) for name in ("store", "hall")]
    return asked(
        language=language,
        areas=SimpleNamespace(areas=lambda: areas, area_name=lambda area, language: area.title()),
        rules=SimpleNamespace(
            rules=lambda: [(each, "1") for each in rules],
            rule_words=lambda name, language: ("Fire" if name == "fire" else "", ""),
        ),
    )


@pytest.mark.parametrize(
    ("sent", "expected", "is_heard"),
    [
        ({}, ["Fire: in every area", "warm: Hall", "lost: in every area"], True),
        ({"signals": ["temperature"]}, ["warm: Hall", "lost: in every area"], True),
        ({"signals": ["door"]}, ["door: in every area", "lost: in every area"], True),
        ({"signals": ["humidity"]}, ["lost: in every area"], False),
        (
            {"tags": ["ground, stairs"]},
            ["Fire: in every area", "warm: Hall", "tagged: in every area", "lost: in every area"],
            True,
        ),
    ],
)
def test_rules_are_asked_of_what_the_form_says(sent: Any, expected: list[str], is_heard: bool) -> None:
    found = watching(page(FIRE, WARM, DOOR, TAGGED, LOST, HELD_UP), described(PROPOSED, sent))
    assert (expected, is_heard) == (found.told, found.is_heard)


def test_a_site_without_rules_watches_nothing() -> None:
    found = watching(page(), PROPOSED)
    assert ([], False) == (found.told, found.is_heard)


def test_in_chinese() -> None:
    assert ["warm：Hall"] == watching(page(WARM, language="zh"), PROPOSED).told
