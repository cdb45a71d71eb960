"""A day that is played twice gives the same alerts, facts and drafts of the ledger, byte for byte."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.reading import SECOND
from ledger.journal import drafts_of
from tests.alerts.test_engine_properties import anything, room, story
from tests.alerts.timeline import START
from tests.words import english

people = st.sampled_from(
    ["bypass a 600 welding", "bypass area:store 60 painting", "endbypass a", "walk a,b 600", "endwalk", "end a looked"]
)


def played(batches: list[tuple[int, list[str]]]) -> bytes:
    """All that followed from it."""
    world, second, told = room(), 0, []
    for pause, words in batches:
        second += pause
        now = START + second * SECOND
        while (wake_at := world.engine.wake_at) is not None and wake_at < now:
            effects = world.step([], max(world.now, wake_at))
            told.append((effects.alerts, effects.facts, drafts_of(effects, wake_at, render=english)))
        effects = world.step([world.event(word, now) for word in words], now)
        told.append((effects.alerts, effects.facts, drafts_of(effects, now, render=english)))
    return msgspec.msgpack.encode(told)


@pytest.mark.slow
@given(story(st.one_of(anything, people), most=6))
def test_a_day_played_twice_gives_the_same_alerts_facts_and_drafts(batches: list[tuple[int, list[str]]]) -> None:
    assert played(batches) == played(batches)
