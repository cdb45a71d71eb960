"""A checkpoint is called by its name in the reader's language."""

import pytest

from alerts.alert import AlertClass
from alerts.event import Tick
from alerts.rules.patrol import PatrolRule
from devices.reading import SECOND
from tests.words import chinese, english


def route(**zh: str) -> PatrolRule:
    return PatrolRule(
        name="round",
        alert_class=AlertClass.DUTY,
        priority=3,
        procedure="p",
        checkpoints=("gate", "store"),
        checkpoints_zh=zh,
        every_s=60,
    )


def test_what_was_missed_is_named_in_both_languages() -> None:
    rule = route(gate="大门")
    memory = rule.step(rule.start(), Tick(0), 0)
    memory = rule.step(memory, Tick(61 * SECOND), 61 * SECOND)
    assert memory.breach is not None
    assert ("missed: gate, store", "漏检：大门、store") == (english(memory.breach.text), chinese(memory.breach.text))


def test_a_name_for_no_checkpoint_is_a_fault() -> None:
    with pytest.raises(ValueError, match="'gat'"):
        route(gat="大门")
