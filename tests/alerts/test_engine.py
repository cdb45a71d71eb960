"""The engine where a timeline cannot say it: what an alert says, gates, people."""

import pytest

from alerts.alert import AlertClass, State
from alerts.effects import ModeChanged
from alerts.engine.engine import Engine
from alerts.event import Event, LastHeard, Recorded
from devices.reading import SECOND, Quality, Reading
from tests.alerts.room import INTRUSION, SMOKE, A, B, armed, tell
from tests.alerts.timeline import START, Room, device, reading, rule, said
from tests.words import english

# -- what an alert says ----------------------------------------------------------------------------------------


def test_an_alert_says_what_raised_it_and_by_which_version_of_the_rule() -> None:
    room = armed(SMOKE)
    effects = room.step([reading("a.smoke=on", START)], START)
    (event,) = effects.alerts
    alert = event.alert
    assert ("smoke", "a", "store", AlertClass.FIRE, 1) == (
        alert.rule, alert.key, alert.area, alert.alert_class, alert.priority
    )  # fmt: skip
    assert "Smoke: smoke of a active" == english(alert.text)
    assert "look" == english(alert.procedure)
    assert (Reading("a", "smoke", True, START, START, Quality.SNAPSHOT),) == alert.causes == event.causes
    assert (True, True, State.UNACKNOWLEDGED, START) == (alert.active, alert.latched, alert.state, alert.raised)
    assert 8 == len(alert.rule_version)
    assert 16 == len(alert.id)


def test_another_parameter_is_another_version() -> None:
    versions = set()
    for hold_s in (0, 1):
        room = armed(rule("state", name="smoke", signals=["smoke"], hold_s=hold_s))
        room.step([reading("a.smoke=on", START)], START)
        room.run_until(START + 5 * SECOND)
        versions.add(room.engine.open_alerts()[0].rule_version)
    assert 2 == len(versions)


def test_what_joins_an_area_is_in_the_history_with_its_own_cause_only() -> None:
    room = Room((rule("state", signals=["smoke"], per="area"),), (A, B))
    tell(room, "a.smoke=on")
    now = room.now + SECOND
    (event,) = room.step([reading("b.smoke=on", now)], now).alerts
    assert ["b"] == [cause.device for cause in event.causes]
    assert ["a"] == [cause.device for cause in event.alert.causes]
    assert 2 == event.alert.occurrences
    assert "smoke of a, smoke of b active" == english(event.alert.text)


def test_a_repeated_reading_never_brings_a_closed_alert_to_life() -> None:
    """It is an alert of its own: better one too many than a closed record that changes."""
    room = armed(SMOKE)
    smoke = reading("a.smoke=on", START)
    room.step([smoke], START)
    tell(room, "a.smoke=off", "ack a", "reset a", "close a")
    effects = room.step([smoke], room.now + SECOND)
    assert ["raised a"] == said(effects)
    assert 2 == len(room.alerts)


# -- modes -----------------------------------------------------------------------------------------------------


def test_a_change_of_mode_is_told_with_when() -> None:
    room = armed(INTRUSION)
    effects = room.step([room.event("arm hall armed", START)], START)
    assert [ModeChanged("hall", "armed", "", START)] == effects.modes
    assert {"store": "armed", "hall": "armed"} == room.engine.modes


def test_a_mode_that_the_area_does_not_have_is_refused() -> None:
    engine = Engine(
        rules=(), devices=(), area_modes={"store": "armed"}, schedules={}, area_choices={"store": ("armed", "off")}
    )
    room = armed()
    effects = engine.step([reading("a.smoke=off", START), room.event("arm store night", START)], START)
    assert [(1, "'night' is not a mode of this area; choose one of armed, off")] == [
        (place, english(why)) for place, why in effects.refused
    ]
    assert {"store": "armed"} == engine.modes


def test_arming_one_area_leaves_the_others_alone() -> None:
    room = Room((INTRUSION,), (A, device("h", "hall")), {"store": "disarmed", "hall": "disarmed"})
    tell(room, "a.door=off", "h.door=off")
    assert [] == tell(room, "a.door=on", "h.door=on")
    assert ["raised h"] == tell(room, "arm hall armed")
    assert english(room.engine.open_alerts()[0].text).endswith("found active when armed")


# -- people ----------------------------------------------------------------------------------------------------


def test_a_refusal_says_which_event_and_what_to_do() -> None:
    room = armed(SMOKE)
    now = START
    effects = room.step([reading("a.smoke=on", now), room.event("close a", now), room.event("ack x", now)], now)
    assert [1, 2] == [place for place, _ in effects.refused]
    assert "no such open alert" in english(effects.refused[1][1])


def test_a_person_s_record_passes_through() -> None:
    room = armed(SMOKE)
    record = Recorded("store", "inspection", "li", {"result": "fine"})
    assert [(record, START)] == room.step([record], START).recorded


@pytest.mark.parametrize("event", [LastHeard(A, START, START)])
def test_what_only_the_engine_says_is_not_taken_from_outside(event: Event) -> None:
    room = armed(SMOKE)
    assert ["refused"] == said(room.step([event], START))
