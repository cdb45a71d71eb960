"""What alerts say: read back from earlier releases, made once for each breach, the same value in any language."""

import importlib
import re
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import Alert, AlertEvent
from alerts.kinds import kinds
from alerts.rule import Breach, Memory, Rule
from alerts.rules.state import StateRule
from devices.message import Name, Text, plain
from devices.reading import SECOND, Reading
from tests.alerts.timeline import START, Room, Timeline, device, reading, rule, walk
from tests.words import chinese, english, shape
from workflows.walk_test import Start

BEFORE = (
    b'{"id":"a1","rule":"smoke","rule_version":"v1","area":"store","key":"sd-1","alert_class":"fire","priority":1,'
    b'"text":"Smoke: smoke of sd-1 active","state":"unacknowledged","raised":1,"changed":1,"causes":[],'
    b'"procedure":"1. Look.","note":"steam"}'
)
"""An alert as the release before this one wrote it."""


MARK = "Q7"


def timelines(kind: str) -> Sequence[Timeline]:
    found: Sequence[Timeline] = importlib.import_module(f"tests.alerts.rules.{kind}").TIMELINES
    return found


def tag_of(rule: Rule[Any]) -> str:
    return str(rule.__struct_config__.tag)


@cache
def texts(kind: str) -> list[Text]:
    """All that rules of the kind say in their timelines, one of each shape; what they only pass on is not theirs."""
    rooms = [walk(case, "plain") for case in timelines(kind) if "plain" in case.ways]
    mine = {rule.name for room in rooms for rule in room.rules if tag_of(rule) == kind}
    said = [alert.text for room in rooms for alert in room.alerts.values() if alert.rule in mine]
    return list({shape(text): text for text in said if text.key != "plain.words"}.values())


def called(said: Any, name: str) -> Any:
    """The same text, with that name in the stead of every word that it was given."""
    match said:
        case str():
            return name
        case tuple():
            return tuple(called(part, name) for part in said)
        case Text():
            return Text(said.key, {key: called(value, name) for key, value in said.params.items()})
    return said


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
    start = next(rule for case in timelines(kind) for rule in case.rules if tag_of(rule) == kind).start()
    breach = {"since": START, "text": "no word for 15 s", "causes": [], "found": False}
    stored = msgspec.msgpack.encode({**msgspec.to_builtins(start), "breach": breach})
    memory: Memory = msgspec.msgpack.decode(stored, type=type(start))
    assert Breach(START, plain("no word for 15 s")) == memory.breach


@pytest.mark.slow
@given(st.text(max_size=30), st.data())
def test_a_name_is_a_name_in_every_text_of_every_kind(name: str, data: st.DataObject) -> None:
    """Whatever devices, checkpoints and parts are called: that stands in the sentence, and changes nothing else."""
    said = data.draw(st.sampled_from([text for kind in sorted(kinds()) for text in texts(kind)]))
    for render in (english, chinese):
        assert render(called(said, MARK)).replace(MARK, name) == render(called(said, name))
    assert re.search("[一-鿿]", chinese(called(said, "")))


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


def test_why_nobody_may_walk_names_the_alert_in_either_language() -> None:
    smoke = rule("state", signals=["smoke"], title="Smoke", title_zh="烟雾")
    room = Room((smoke,), (device("a"),))
    room.step([reading("a.smoke=on", START)], START)
    ((_, refused),) = room.step([Start(by="li", role="technician", area="store")], START).refused
    stands = "in store stands an alert that nobody has acknowledged: Smoke: smoke of a active"
    assert stands == english(refused)
    assert "store 有未确认的报警：烟雾：a 的烟雾报警 动作" == chinese(refused)
