"""Nothing real ever waits for a drill, and a drill keeps its clocks through pauses and restarts."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.command import Acknowledge
from alerts.drill import Drill
from alerts.drill_asks import Pause, Resume, Start, Stop
from alerts.event import Event
from alerts.facts import EVIDENCE
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START
from tests.words import english
from tests.workflows.drilling import at, begun, drill_of, drilled, ended, measured, plan, room, scan

# -- what is real -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["far.smoke=on", "s1.smoke=on", "b1.call_point=on", "g1.gas_alarm=on", "p1.panic=on"])
def test_a_real_alarm_anywhere_breaks_in(word: str) -> None:
    a_room = room()
    begun(a_room)
    effects = a_room.step(10, word)
    real = [event for event in effects.alerts if event.alert.origin == "real"]
    assert [("raised", None)] == [(event.action, event.alert.suppression) for event in real]
    told = ended(a_room)
    assert ("broken_off", False) == (told.step, EVIDENCE in told.topics)
    assert "drills.why_real" == drill_of(a_room).why.key  # type: ignore[union-attr]
    assert ["real"] == [alert.origin for alert in a_room.open() if alert.alert_class in ("fire", "gas", "hold_up")]
    assert [] == a_room.run_until(600)


@pytest.mark.parametrize("word", ["d1.door=on", "p1.duress=on"])
def test_a_door_does_not_nor_what_must_not_be_given_away(word: str) -> None:
    a_room = room()
    begun(a_room)
    a_room.step(10, word)
    assert "running" == drill_of(a_room).stage
    assert "real" in [alert.origin for alert in a_room.open()]


def test_its_outputs_end_with_it_and_go_on_as_real_where_it_is() -> None:
    a_room = room()
    begun(a_room)
    (drills,) = a_room.effects.outputs
    assert ("siren", True, "drill") == (drills.device, drills.value, drills.origin)
    effects = a_room.step(10, "far.smoke=on")
    assert [("siren", True, "real")] == [(order.device, order.value, order.origin) for order in effects.outputs]
    a_room = room()
    case = begun(a_room)
    a_room.ask(10, Stop(case=case, by="li", role="operator"))
    assert [("siren", False)] == [(order.device, order.value) for order in a_room.effects.outputs]


def test_none_begins_beside_a_real_alarm() -> None:
    a_room = room()
    case = a_room.ask(1, plan())
    a_room.step(2, "far.smoke=on")
    assert ["drills.real_stands"] == keys(a_room.step(3, Start(case=case, by="boss", role="manager")))
    a_room.ask(4, plan(start_at=START + 60 * SECOND))
    assert ["drills.not_held"] == a_room.run_until(60)


EVENTS = st.lists(
    st.sampled_from(
        [
            f"{name}={value}"
            for name in ("s1.smoke", "s2.smoke", "far.smoke", "b1.call_point")
            for value in ("on", "off")
        ]
        + ["begin", "pause", "resume", "stop", "scan", "ack", "restart", "wait"]
    ),
    max_size=14,
)


@given(words=EVENTS)
def test_whatever_happens_a_real_alert_is_loud_at_once_and_never_a_drills(words: list[str]) -> None:
    a_room, now, real = room(), 1.0, set[str]()
    for word in words:
        now += 7
        effects = a_room.step(now, *_events(word, a_room, now))
        if "=" not in word:
            continue
        name, _, value = word.partition("=")
        signals = {each.partition("=")[0] for each in real}
        if value == "on" and name not in signals:
            raised = [
                e.alert for e in effects.alerts if e.alert.origin == "real" and e.alert.key == name.partition(".")[0]
            ]
            assert raised
            assert all(alert.suppression is None and not english(alert.text).startswith("DRILL") for alert in raised)
            assert not any(case.is_on for case in a_room.kernel.cases.of("drills").values())
            assert not drilled(a_room)
        real = real | {word} if value == "on" else {each for each in real if not each.startswith(name)}
    for alert in a_room.open():
        assert (alert.origin == "drill") == english(alert.text).startswith("DRILL")


def _events(word: str, a_room: KernelRoom, now: float) -> list[Event | str]:
    if "=" in word:
        return [word]
    cases: Mapping[str, Drill] = a_room.kernel.cases.of("drills")
    newest = next(reversed(cases), "")
    match word:
        case "begin":
            case = a_room.step(now, plan()).answered
            return [Start(case=case[0].case, by="boss", role="manager")] if case else []
        case "restart":
            a_room.restart()
        case "pause":
            return [Pause(case=newest, by="li", role="operator")]
        case "resume":
            return [Resume(case=newest, by="li", role="operator")]
        case "stop":
            return [Stop(case=newest, by="li", role="operator")]
        case "scan":
            return [at(scan(), now)]
        case "ack":
            return [Acknowledge(alert.id, "li") for alert in a_room.open()]
    return []


# -- time ---------------------------------------------------------------------------------------------------------


def test_a_restart_in_the_middle_keeps_its_clocks_and_ends_it() -> None:
    a_room = room()
    begun(a_room, lasts_min=5)
    a_room.restart(after_s=60)
    a_room.step(70)
    assert ["s1", "s2"] == sorted(alert.key for alert in drilled(a_room))
    a_room.step(71, Acknowledge(drilled(a_room)[0].id, "li"))
    assert (70.0, "missed", "li") == measured(drill_of(a_room))["acknowledged"]
    a_room.restart(after_s=600)
    assert ["drills.held"] == a_room.run_until(800)
    assert [] == drilled(a_room)


def test_a_clock_that_was_set_back_ends_it_at_the_next_start() -> None:
    a_room = room()
    begun(a_room, 1_000)
    a_room.restart()
    a_room.now = START
    a_room.step(10)
    assert ("ended", []) == (drill_of(a_room).stage, drilled(a_room))


def test_a_pause_takes_no_time_and_does_not_move_the_end() -> None:
    a_room = room()
    case = begun(a_room, lasts_min=5)
    a_room.ask(11, Pause(case=case, by="li", role="operator"))
    a_room.run_until(200)
    assert ["s1"] == [alert.key for alert in drilled(a_room)]
    a_room.ask(211, Resume(case=case, by="li", role="operator"))
    a_room.step(221, Acknowledge(drilled(a_room)[0].id, "li"))
    assert (20.0, "passed", "li") == measured(drill_of(a_room))["acknowledged"]
    a_room.run_until(232)
    assert 2 == len(drilled(a_room))
    assert ["drills.held"] == a_room.run_until(301)


def test_it_begins_at_its_time_and_not_long_after() -> None:
    a_room = room()
    a_room.ask(1, plan(start_at=START + 100 * SECOND))
    assert ["drills.started", "drills.detected"] == a_room.run_until(100)
    a_room = room()
    a_room.ask(1, plan(start_at=START + 100 * SECOND))
    a_room.restart(after_s=3_600)
    a_room.step(3_700)
    assert ["drills.not_held"] == facts(a_room.effects)


def test_the_next_drill_begins_from_nothing() -> None:
    a_room = room()
    case = begun(a_room)
    a_room.ask(5, Stop(case=case, by="li", role="operator"))
    assert [] == drilled(a_room)
    a_room.restart()
    begun(a_room, 20)
    assert ["s1"] == [alert.key for alert in drilled(a_room)]
