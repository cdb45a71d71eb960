"""What alerts say: read back from earlier releases, made once for each breach, the same value in any language."""

from collections.abc import Sequence
from typing import ClassVar

import msgspec
import pytest

from alerts.alert import Alert, AlertEvent
from alerts.kinds import kinds
from alerts.rule import Breach, Memory
from alerts.rules.state import StateRule
from devices.message import Name, Text, plain
from devices.reading import SECOND, Reading
from tests.alerts.timeline import START, Room, device, reading, rule
from tests.words import chinese, english

BEFORE = (
    b'{"id":"a1","rule":"smoke","rule_version":"v1","area":"store","key":"sd-1","alert_class":"fire","priority":1,'
    b'"text":"Smoke: smoke of sd-1 active","state":"unacknowledged","raised":1,"changed":1,"causes":[],'
    b'"procedure":"1. Look.","note":"steam"}'
)
"""An alert as the release before this one wrote it."""


def test_an_alert_of_an_earlier_release_keeps_its_words() -> None:
    alert = msgspec.json.decode(BEFORE, type=Alert)
    assert plain("Smoke: smoke of sd-1 active") == alert.text == alert.words
    assert ("1. Look.", "steam") == (chinese(alert.procedure), alert.note)
    assert alert == msgspec.json.decode(msgspec.json.encode(alert), type=Alert)


def test_so_does_a_step_in_the_history_and_in_the_feed() -> None:
    before = b'{"alert":%s,"action":"lapsed","at":2,"note":"it was over while it was set aside"}' % BEFORE
    step = msgspec.json.decode(before, type=AlertEvent)
    assert "it was over while it was set aside" == chinese(step.note)
    assert "Smoke: smoke of sd-1 active" == english(step.alert.text)


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_a_memory_of_an_earlier_release_keeps_its_breach(kind: str) -> None:
    """Of each kind: else a rule would start anew at the upgrade, and a standing alarm be told twice."""
    made = {"coincidence": {"signals": ["smoke"]}, "state": {"signals": ["smoke"]}, "patrol": {"checkpoints": ["gate"]}}
    made |= {"threshold": {"signal": "temperature", "above": 57}, "fact": {"begins": ["a.b"]}}
    start = rule(kind, **made.get(kind, {})).start()
    breach = {"since": START, "text": "no word for 15 s", "causes": [], "found": False}
    stored = msgspec.msgpack.encode({**msgspec.to_builtins(start), "breach": breach})
    memory: Memory = msgspec.msgpack.decode(stored, type=type(start))
    assert Breach(START, plain("no word for 15 s")) == memory.breach


class Counting(StateRule, frozen=True, tag="counting"):
    made: ClassVar[list[int]] = []

    def told(self, causes: Sequence[Reading], more: int) -> Text:
        self.made.append(more)
        return super().told(causes, more)


def test_a_text_is_made_when_a_breach_changes_and_never_for_a_reading() -> None:
    counting = msgspec.convert(
        {"name": "r", "alert_class": "fire", "priority": 1, "procedure": "look", "signals": ["smoke"]}, Counting
    )
    Counting.made.clear()
    room = Room((counting,), (device("a"),))
    for second in range(200):
        now = START + second * SECOND
        room.step([reading("a.smoke=on" if second >= 100 else "a.smoke=off", now)], now)
    assert [0] == Counting.made


def test_a_title_and_a_procedure_are_names_in_both_languages() -> None:
    smoke = rule("state", signals=["smoke"], title="Smoke", title_zh="烟雾", procedure="Look.", procedure_zh="查看。")
    room = Room((smoke,), (device("a"),))
    room.step([reading("a.smoke=on", START)], START)
    (alert,) = room.engine.open_alerts()
    assert ("Smoke: smoke of a active", "Look.") == (english(alert.text), english(alert.procedure))
    assert ("烟雾：a 的烟雾报警 动作", "查看。") == (chinese(alert.text), chinese(alert.procedure))
    assert alert.text == Text.of("alert.titled", title=Name("Smoke", "烟雾"), text=alert.words)
