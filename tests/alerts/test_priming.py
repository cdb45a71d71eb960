"""Kinds that look back: after a start they know their window again, and that by itself tells nothing."""

from typing import Any, ClassVar

import pytest
from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.engine.priming import windows
from alerts.event import Event, Tick
from alerts.parted import PartedRule
from alerts.rule import Breach, Memory, Rule
from devices.message import Text, plain
from devices.reading import SECOND, Instant, Quality, Reading
from tests.alerts.timeline import START, Room, device, said

STORED = int(Quality.STORED)


class Samples(Memory, frozen=True):
    """The readings of the window, oldest first."""

    readings: tuple[Reading, ...] = ()


def risen(memory: Samples, event: Event, now: Instant, within_s: float, by: float) -> Samples:
    if not isinstance(event, Reading):
        return memory
    kept = tuple(one for one in memory.readings if one.received > now - int(within_s * SECOND))
    readings, breach = (*kept, event), None
    if max(float(one.value) for one in readings) - float(readings[0].value) >= by:
        breach = memory.breach or Breach(since=now, text=plain("rises"), causes=(event,))
    return Samples(breach, None, readings)


class RiseRule(Rule[Samples], frozen=True, kw_only=True, tag="rise"):
    """Told when a number has risen so much within the window."""

    within_s: float = 60
    by: float = 10
    stores_all: bool = False

    def watched_signals(self) -> tuple[str, ...]:
        return ("temperature",)

    def window_s(self) -> float:
        return self.within_s

    def start(self) -> Samples:
        return Samples()

    def is_worth_storing(self, old: Samples, new: Samples) -> bool:
        return self.stores_all or new.breach is not old.breach

    def step(self, memory: Samples, event: Event, now: Instant) -> Samples:
        return risen(memory, event, now, self.within_s, self.by)


class PartedRiseRule(PartedRule[Samples], frozen=True, kw_only=True, tag="parted_rise"):
    """The same of each channel by itself."""

    listens = (Reading,)

    def watched_signals(self) -> tuple[str, ...]:
        return ("temperature",)

    def window_s(self) -> float:
        return 60

    def start(self) -> Samples:
        return Samples()

    def is_worth_storing(self, old: Memory, new: Memory) -> bool:
        return super().is_worth_storing(old, new) and new.breach is not old.breach

    def told(self, causes: Any, more: int) -> Text:
        return plain("rises")

    def step(self, memory: Samples, event: Event, now: Instant) -> Samples:
        return risen(memory, event, now, 60, 10)


def made(kind: type[Rule[Any]] = RiseRule, **parameters: Any) -> Rule[Any]:
    return kind(name="rise", alert_class=AlertClass.FIRE, priority=1, procedure="run", **parameters)


def room_of(*rules: Rule[Any], modes: dict[str, str] | None = None) -> Room:
    return Room(rules, (device("a"), device("b")), modes)


def tell(room: Room, word: str, after_s: float = 10) -> list[str]:
    room.now += int(after_s * SECOND)
    return said(room.step([room.event(word, room.now)], room.now))


BOTH = pytest.mark.parametrize("kind", [RiseRule, PartedRiseRule])


@BOTH
@pytest.mark.parametrize("pause_s", [0, 5, 40])
def test_what_a_window_holds_outlives_a_restart(kind: type[Rule[Any]], pause_s: float) -> None:
    room = room_of(made(kind))
    assert [] == tell(room, "a.temperature=20")
    assert [] == tell(room, "a.temperature=25")
    room.restart(pause_s)
    assert [] == said(room.step([Tick(room.now)], room.now))
    assert ["raised a"] == tell(room, "a.temperature=31", after_s=5)


@BOTH
def test_what_stands_goes_on_and_can_end(kind: type[Rule[Any]]) -> None:
    room = room_of(made(kind))
    tell(room, "a.temperature=20")
    assert ["raised a"] == tell(room, "a.temperature=31")
    room.restart(30)
    assert [] == said(room.step([Tick(room.now)], room.now))
    assert ["gone a"] == tell(room, "a.temperature=31", after_s=60)


@BOTH
def test_priming_alone_raises_nothing_and_the_next_reading_does(kind: type[Rule[Any]]) -> None:
    room = room_of(made(kind))
    tell(room, "a.temperature=20")
    tell(room, "a.temperature=31")
    room.alerts.clear()
    room.memories.clear()
    room.restart()
    assert [] == said(room.step([Tick(room.now)], room.now))
    assert [] == room.run_until(room.now + 5 * SECOND)
    assert ["raised a"] == tell(room, "a.temperature=32")


@BOTH
def test_a_rule_that_did_not_apply_knows_what_stands_when_it_begins_to(kind: type[Rule[Any]]) -> None:
    room = room_of(made(kind, modes=("armed",)), modes={"store": "disarmed"})
    tell(room, "a.temperature=20")
    assert [] == tell(room, "a.temperature=31")
    room.restart()
    assert [] == said(room.step([Tick(room.now)], room.now))
    assert ["raised a"] == tell(room, "arm store armed")


def test_a_memory_that_was_stored_whole_is_told_nothing_twice() -> None:
    room = room_of(made(stores_all=True))
    tell(room, "a.temperature=20")
    tell(room, "a.temperature=25")
    room.restart()
    room.step([Tick(room.now)], room.now)
    assert [20.0, 25.0] == values(room)


def values(room: Room) -> list[Any]:
    return [reading.value for instance in room.engine._instances for reading in instance.memory.readings]


def test_what_is_told_again_is_marked_in_order_and_no_older_than_the_window() -> None:
    room = room_of(made(per="area", within_s=30))
    for second, word in enumerate(("a.temperature=1", "b.temperature=2", "a.temperature=3", "b.temperature=4"), 1):
        tell(room, word)
        assert START + 10 * second * SECOND == room.now
    room.restart(500)
    room.step([Tick(room.now)], room.now)
    (instance,) = room.engine._instances
    assert [2.0, 3.0, 4.0] == [reading.value for reading in instance.memory.readings]  # type: ignore[attr-defined]
    assert {STORED} == {reading.quality & STORED for reading in instance.memory.readings}  # type: ignore[attr-defined]
    tell(room, "a.temperature=5")
    assert [5.0] == values(room)


def test_without_stored_readings_a_rule_remembers_what_it_stored_itself() -> None:
    room = room_of(made(stores_all=True))
    tell(room, "a.temperature=20")
    assert ["raised a"] == tell(room, "a.temperature=31")
    room.history.clear()
    room.restart()
    assert [] == said(room.step([Tick(room.now)], room.now))
    assert [20.0, 31.0] == values(room)


def test_a_rule_that_fails_while_it_is_primed_is_a_fault_and_the_others_know_their_window() -> None:
    class Frail(RiseRule, frozen=True, kw_only=True, tag="frail"):
        def step(self, memory: Samples, event: Event, now: Instant) -> Samples:
            if isinstance(event, Reading) and event.quality & STORED:
                raise ValueError("too old for me")
            return super().step(memory, event, now)

    frail = Frail(name="frail", alert_class=AlertClass.FAULT, priority=3, procedure="-")
    room = room_of(frail, made())
    tell(room, "a.temperature=20")
    room.restart()
    assert ["raised rule:frail"] == said(room.step([Tick(room.now)], room.now))
    assert ["raised a"] == tell(room, "a.temperature=31")


def test_only_series_that_a_rule_looks_back_over_are_wanted_as_far_as_the_longest() -> None:
    class Deaf(RiseRule, frozen=True, kw_only=True, tag="deaf"):
        listens: ClassVar[tuple[type[Any], ...]] = ()

    devices = (device("a"), device("b"), device("c", "hall"))
    rules = (made(areas=("store",)), made(devices=("b",), within_s=300), replace(made(), areas=("moon",)), made(Deaf))
    series = [(name, signal) for name in "abcd" for signal in ("temperature.2", "smoke")]
    expected = {("a", "temperature.2"): 60 * SECOND, ("b", "temperature.2"): 300 * SECOND}
    assert expected == windows(rules, devices, series)


def test_a_kind_that_does_not_look_back_is_told_nothing_of_the_past() -> None:
    class Blind(RiseRule, frozen=True, kw_only=True, tag="blind"):
        def window_s(self) -> float:
            return 0

    room = room_of(made(Blind))
    tell(room, "a.temperature=20")
    room.restart()
    assert [] == tell(room, "a.temperature=31")
