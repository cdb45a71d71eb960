"""Readings heard in one go give what a step for each time gives; parts of a site give what the whole gives."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rule import Rule
from alerts.trial.recording import Setting
from alerts.trial.replay import Replay, Story
from alerts.trial.shards import joined, rules_in, shards
from devices.reading import SECOND, Reading
from tests.alerts.timeline import NIGHT, START, device, reading, rule

RULES = (
    rule("state", name="smoke", signals=["smoke"]),
    rule("state", name="slow", signals=["smoke"], hold_s=4, per="area"),
    rule("state", name="late", alert_class="access", signals=["door"], schedule="night", per="area"),
    rule("threshold", name="hot", signal="temperature", above=57, hysteresis=3, hold_s=3),
    rule("coincidence", name="two", signals=["smoke"], within_s=5),
    rule("held_open", name="held", alert_class="access", open_s=6),
    rule("patrol", name="round", alert_class="duty", checkpoints=["gate", "store"], every_s=20),
    rule("supervision", name="lost", alert_class="fault", interval_s=15),
    rule("fusion", name="fusion"),
    rule("rate_of_rise", name="rise", signal="temperature", rise=8.3, within_s=60),
    rule("absence", name="absence", alert_class="duty", signals=["motion"], every_s=60, per="site"),
)
DEVICES = (device("a", signals=("smoke", "motion")), device("b", signals=("smoke",)), device("c", "hall"))
SETTING = Setting(DEVICES, {"store": "armed", "hall": "disarmed"}, {"night": NIGHT})
VALUES = {
    "smoke": ("on", "off"),
    "door": ("on", "off"),
    "motion": ("on", "off"),
    "online": ("on", "off"),
    "temperature": ("20", "60", "55", "1"),
    "checkpoint": ("gate", "store", "elsewhere"),
}
words = st.sampled_from([f"{name}.{signal}={value}" for name in "abc" for signal in VALUES for value in VALUES[signal]])
stories = st.lists(st.tuples(st.sampled_from((0, 0, 0.5, 1, 3, 15)), words), max_size=10)


def readings_of(story: Sequence[tuple[float, str]]) -> list[Reading]:
    second, found = 1.0, []
    for pause, word in story:
        second += pause
        found.append(reading(word, START + int(second * SECOND)))
    return found


def ended(replay: Replay, readings: Sequence[Reading]) -> tuple[Story, bytes, list[tuple[Any, ...]]]:
    """The story, the alerts and every memory, as bytes."""
    replay.until(START + 120 * SECOND)
    memories = {
        (each.rule.name, each.key): msgspec.msgpack.encode(each.memory)
        for whole in replay.engine._instances
        for each in (whole, *(whole.parts or {}).values())
    }
    return (
        replay.story(len(readings), 0),
        msgspec.msgpack.encode(replay.engine.open_alerts()),
        sorted(memories.items()),
    )


def replay_of(rules: Sequence[Rule[Any]] = RULES, setting: Setting = SETTING) -> Replay:
    return Replay(rules, setting, START)


@pytest.mark.slow
@given(stories, st.integers(1, 7))
def test_readings_heard_in_one_go_give_what_a_step_for_each_time_gives(
    story: list[tuple[float, str]], size: int
) -> None:
    readings = readings_of(story)
    one, other, third = replay_of(), replay_of(), replay_of()
    one.hear(readings)
    for at, its in groupby(readings, lambda each: each.received):
        other.step(at, list(its))
    assert ended(other, readings) == ended(one, readings)
    cuts = [place for place in range(1, len(readings)) if readings[place].received != readings[place - 1].received]
    for start, end in zip([0, *cuts[::size]], [*cuts[::size], len(readings)], strict=True):
        third.hear(readings[start:end])
    assert ended(third, readings) == ended(other, readings)


def names_of(rules: Sequence[Rule[Any]]) -> set[str]:
    return {rule.name for rule in rules}


def test_a_rule_over_the_site_joins_the_areas_that_it_is_about() -> None:
    local = [each for each in RULES if each.per != "site"]
    one = rule("absence", name="one", alert_class="duty", signals=["motion"], every_s=60, per="site", devices=["a"])
    armed = msgspec.structs.replace(one, name="armed", modes=("armed",))
    counts = [len(shards(rules, SETTING, {}, 2)) for rules in (local, [*local, one], RULES, [*local, armed])]
    assert [2, 2, 1, 1] == counts
    hall, store = shards([one], SETTING, {"c": 9}, 2)
    assert (["c"], ["a", "b"]) == ([d.id for d in hall.devices], [d.id for d in store.devices])
    tried = [
        [each.name for each in rules_in([one], part, is_first=part is hall, whole=SETTING)] for part in (hall, store)
    ]
    assert [[], ["one"]] == tried


def test_a_panel_is_tried_with_its_parts() -> None:
    assert 1 == len(shards([], msgspec.structs.replace(SETTING, panels={"a": "c"}), {}, 2))


@pytest.mark.slow
@given(stories)
def test_parts_of_a_site_give_together_what_the_whole_gives(story: list[tuple[float, str]]) -> None:
    readings = readings_of(story)
    whole = replay_of()
    whole.hear(readings)
    whole.until(START + 120 * SECOND)
    told = []
    local = [each for each in RULES if each.per != "site"]
    for place, part in enumerate(shards(local, SETTING, {}, 2)):
        names = {device.id for device in part.devices}
        replay = replay_of(rules_in(local, part, is_first=not place, whole=SETTING), part)
        replay.hear([reading for reading in readings if reading.device in names])
        replay.until(START + 120 * SECOND)
        told.append(replay.story(0, 0))
    expected = [each for each in whole.story(0, 0).raised if each.rule in names_of(local)]
    assert sorted(expected, key=lambda each: (each.at, each.rule, each.key)) == list(joined(told).raised)
