"""In a storm each alarm costs what the first cost, is told, and is counted; what is told stays short enough to read."""

import sys
from types import FrameType
from typing import Any

import msgspec
import pytest

from alerts.effects import Effects
from alerts.rule import Rule
from devices.device import Device
from devices.reading import SECOND, Reading
from tests.alerts.timeline import START, Room, device, rule, said
from tests.words import english

SMOKE_OF_AREA = rule("state", signals=["smoke"], per="area")
PAIR = rule("coincidence", name="pair", signals=["smoke"], count=2)
KINDS = {
    "state": SMOKE_OF_AREA,
    "state after a while": rule("state", signals=["smoke"], per="area", hold_s=5),
    "coincidence": PAIR,
    "coincidence over the site": rule("coincidence", signals=["smoke"], per="site"),
    "fault": rule("fault", alert_class="fault", signals=["fault"], per="area"),
    "threshold": rule("threshold", signal="temperature", above=57, per="area"),
    "held_open": rule("held_open", alert_class="access", per="area", open_s=5),
}


def site(count: int) -> list[Device]:
    return [device(f"d{number}", signals=("smoke", "fault", "temperature", "door")) for number in range(count)]


def alarms(numbers: range, now: int) -> list[Reading]:
    said = (("smoke", True), ("fault", True), ("temperature", 80.0), ("door", True))
    return [Reading(f"d{number}", signal, value, now, now) for number in numbers for signal, value in said]


def size(effects: Effects) -> int:
    """Bytes to store and to tell."""
    memories = sum(len(msgspec.msgpack.encode(memory)) for memory in effects.memories.values())
    return memories + len(msgspec.json.encode(effects.alerts))


def work(room: Room, numbers: range, now: int) -> tuple[int, int]:
    """How many instructions a step takes, and how many bytes follow from it."""
    done = 0

    def count(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal done
        frame.f_trace_opcodes = True
        done += event == "opcode"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        effects = room.engine.step(alarms(numbers, now), now)
    finally:
        sys.settrace(before)
    return done, size(effects)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_an_alarm_costs_the_same_however_many_stand(kind: str) -> None:
    def last_of(count: int) -> tuple[int, int]:
        room = Room([KINDS[kind]], site(count))
        room.step([Reading(f"d{number}", "smoke", False, START, START) for number in range(count)], START)
        for number in range(count - 1):
            room.step(alarms(range(number, number + 1), START + number), START + number)
        room.run_until(START + 20 * SECOND)
        return work(room, range(count - 1, count), START + 20 * SECOND)

    (few_steps, few_bytes), (many_steps, many_bytes) = last_of(30), last_of(300)
    assert many_steps <= 1.3 * few_steps
    assert many_bytes <= 1.1 * few_bytes + 40


@pytest.mark.slow
def test_the_end_of_an_alarm_costs_the_same_however_many_stand() -> None:
    def last_of(count: int) -> int:
        room = Room([SMOKE_OF_AREA, PAIR], site(count))
        room.step(alarms(range(count), START), START)
        effects = room.engine.step([Reading("d7", "smoke", False, START + 1, START + 1)], START + 1)
        return size(effects)

    assert last_of(300) <= 1.1 * last_of(30) + 40


@pytest.mark.slow
def test_what_joins_is_named_and_the_rest_is_counted() -> None:
    room = Room([SMOKE_OF_AREA, PAIR], site(220))
    for number in range(220):
        room.step([Reading(f"d{number}", "smoke", True, START, START)], START)
    texts = {alert.rule: english(alert.text) for alert in room.engine.open_alerts()}
    shown = ", ".join(f"smoke of d{number}" for number in (0, 1, 2, 3, 4, 219))
    assert texts["state"] == f"{shown} and 214 more active"
    assert texts["pair"] == "d0, d1, d2, d3, d4, d219 and 214 more active"
    assert {alert.occurrences for alert in room.engine.open_alerts()} == {219, 220}


@pytest.mark.parametrize("chosen", [SMOKE_OF_AREA, PAIR])
def test_all_that_join_at_one_instant_are_in_the_history(chosen: Rule[Any]) -> None:
    """Beyond twenty not each in a step of its own; still each with its reading, and each counted."""
    room = Room([chosen], site(220))
    effects = room.step([Reading(f"d{number}", "smoke", True, START, START) for number in range(220)], START)
    told = [cause.device for event in effects.alerts for cause in event.causes]
    assert told == [f"d{number}" for number in range(220)]
    assert len(effects.alerts) < 40
    (alert,) = room.engine.open_alerts()
    assert alert.occurrences == (219 if chosen is PAIR else 220)
    effects = room.step(
        [Reading(f"d{number}", "smoke", False, START + 1, START + 1) for number in range(220)], START + 1
    )
    assert ["gone store"] == said(effects)


@pytest.mark.parametrize("kind", ["state", "coincidence"])
def test_what_an_older_gateway_remembered_still_stands(kind: str) -> None:
    """It kept all that is active in an area in one memory: what stood at its end stands at the start of the new one."""
    room = Room([KINDS[kind]], site(3))
    room.step(alarms(range(2), START), START)
    readings = [{"device": f"d{n}", "signal": "smoke", "value": True, "time": START, "received": START} for n in (0, 1)]
    breach = {"since": START, "text": "smoke", "causes": readings}
    active = [{"reading": reading, "since": START} for reading in readings]
    more = {"members": ["d0", "d1", "d2"], "out": [["d2", "fault"]]} if kind == "coincidence" else {}
    older = {"breach": breach, "active": active, "known": [["d2", "door"]], **more}
    room.memories = {(KINDS[kind].name, "store"): msgspec.msgpack.encode(older)}
    room.restart()
    assert [] == room.run_until(START + SECOND)
    now = START + SECOND
    assert [] == said(room.step([Reading("d0", "smoke", False, now, now)], now))
    assert ["gone store"] == said(room.step([Reading("d1", "smoke", False, now, now)], now))
