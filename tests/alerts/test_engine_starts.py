"""The engine over a start: what is found and what has just begun, and who was heard last when."""

from alerts.effects import Found
from alerts.event import Tick
from alerts.rule_instance import Supervised
from devices.reading import SECOND, Quality, Reading
from tests.alerts.room import INTRUSION, LOST, NIGHTLY, SMOKE, A, armed, beat, tell
from tests.alerts.timeline import START, Room, device, reading, rule, said
from tests.words import english

# -- snapshots and starts --------------------------------------------------------------------------------------


def test_what_is_found_goes_to_the_ledger_with_its_area() -> None:
    room = armed(INTRUSION)
    effects = room.step([reading("a.door=on", START)], START)
    assert [Found("store", Reading("a", "door", True, START, START, Quality.SNAPSHOT))] == effects.found
    assert [] == effects.alerts


def test_a_door_opened_while_the_gateway_was_away_is_an_alert() -> None:
    """It was closed when last heard, so it has changed; only what was never heard is found."""
    room = armed(INTRUSION)
    tell(room, "a.door=off")
    room.restart()
    assert ["raised a"] == tell(room, "a.door=on")


def test_a_door_open_before_and_after_a_restart_is_nothing_new() -> None:
    room = armed(INTRUSION)
    tell(room, "a.door=off")
    assert ["raised a"] == tell(room, "a.door=on")
    room.restart()
    assert [] == tell(room, "a.door=on")


def test_a_new_rule_learns_first_how_things_stand() -> None:
    room = armed(SMOKE)
    tell(room, "a.door=on")
    room.rules = (SMOKE, INTRUSION)
    room.restart()
    assert ["found a.door"] == tell(room, "a.door=on")
    assert ["raised a"] == tell(room, "a.door=off", "a.door=on")


def test_a_smoke_alarm_stays_one_alert_over_a_restart() -> None:
    room = armed(SMOKE)
    tell(room, "a.smoke=on")
    room.restart()
    assert [] == tell(room, "a.smoke=on")
    assert ["gone a"] == tell(room, "a.smoke=off")
    assert 1 == len(room.alerts)


def test_a_delay_goes_on_over_a_restart() -> None:
    room = armed(rule("state", signals=["smoke"], hold_s=10))
    tell(room, "a.smoke=on", after_s=0)
    room.now += 5 * SECOND
    room.restart()
    assert [] == room.run_until(START + 10 * SECOND)
    assert ["raised a"] == tell(room, after_s=5)


def test_a_delay_that_ran_out_while_the_gateway_was_away_is_made_good() -> None:
    room = armed(rule("state", signals=["smoke"], hold_s=10))
    tell(room, "a.smoke=on", after_s=0)
    room.restart()
    assert ["raised a"] == tell(room, after_s=3600)


def test_a_schedule_that_began_while_the_gateway_was_away_is_made_good() -> None:
    room = Room((NIGHTLY,), (A,))
    room.now = START + 12 * 3600 * SECOND
    assert [] == tell(room, "a.door=off", "a.door=on")
    room.restart()
    now = START + 23 * 3600 * SECOND
    effects = room.step([Tick(now)], now)
    assert ["raised a"] == said(effects)
    assert english(effects.alerts[0].alert.text).endswith("found active when night began")


def test_an_event_told_again_is_raised_anew_and_another_that_joins_is_not() -> None:
    room = Room([rule("state", signals=["smoke"], per="area")], [device("a"), device("b")])
    for second, text in enumerate(("!a.smoke=on", "!b.smoke=on", "!a.smoke=on")):
        room.step([reading(text, START + second)], START + second)
        (alert,) = room.engine.open_alerts()
        assert alert.newest == START + (0, 0, 2)[second]


def test_an_alert_whose_memory_was_lost_can_end() -> None:
    """A memory that has changed its shape is started anew; the alert must not stand for ever."""
    room = armed(SMOKE)
    tell(room, "a.smoke=on")
    room.memories = dict.fromkeys(room.memories, b"\xc1 not msgpack")
    room.restart()
    assert ["gone a"] == tell(room)
    assert ["again a"] == tell(room, "a.smoke=on")


def test_an_alert_of_a_rule_that_was_taken_away_can_end() -> None:
    room = armed(SMOKE)
    tell(room, "a.smoke=on")
    room.rules = ()
    room.restart()
    effects = room.step([], room.now + SECOND)
    assert ["gone a"] == said(effects)
    assert "no longer watched" == english(effects.alerts[0].note)
    assert ["acknowledge a", "reset a", "close a"] == tell(room, "ack a", "reset a", "close a")


def test_nothing_is_wanted_before_the_first_step_but_the_first_step() -> None:
    room = armed(SMOKE)
    assert START == room.engine.wake_at
    room.step([], START)
    assert room.engine.wake_at is None


# -- last word -------------------------------------------------------------------------------------------------


def test_the_last_word_is_by_our_clock_and_a_retained_message_is_none() -> None:
    room = armed(SMOKE)
    old = Reading("a", "smoke", False, START - 999 * SECOND, START - 999 * SECOND)
    room.step([old], START)
    assert START == room.engine.last_heard("a")
    tell(room, "~a.smoke=off")
    assert START == room.engine.last_heard("a")
    assert room.engine.last_heard("b") is None


def test_the_last_word_is_known_from_stored_readings_after_a_start() -> None:
    room = armed(SMOKE)
    room.step([reading("a.smoke=off", START), reading("a.door=off", START)], START)
    room.restart()
    assert START == room.engine.last_heard("a")
    assert [] == room.engine.open_alerts()


def test_words_heard_are_not_stored() -> None:
    """Ten thousand devices that report each second must not mean ten thousand rows each second."""
    room = armed(LOST)
    room.step([], START)
    rows = 0
    for _ in range(300):
        now = room.now + 10 * SECOND
        rows += room.step([reading("a.temperature=20", now), Tick(now)], now).changes_records()
    assert 3 == rows, "what its rhythm has taught, and the first two looks"


def test_what_a_rhythm_has_taught_is_known_after_a_start_and_said() -> None:
    room = armed(LOST, devices=(A, device("b", interval_s=7)))
    room.step([], START)
    assert Supervised(100, "rule", is_lost=False) == room.engine.supervised("a")
    assert Supervised(7, "set", is_lost=False) == room.engine.supervised("b")
    beat(room, "a.temperature=20", "b.temperature=20", every_s=90, times=10)
    assert Supervised(270, "learnt", is_lost=False) == room.engine.supervised("a")
    room.restart()
    room.step([], room.now)
    assert Supervised(270, "learnt", is_lost=False) == room.engine.supervised("a")
    assert Supervised(7, "set", is_lost=False) == room.engine.supervised("b")
    assert room.engine.supervised("?") is None
    room.run_until(room.now + 300 * SECOND)
    assert Supervised(270, "learnt", is_lost=True) == room.engine.supervised("a")


def test_nobody_waits_for_a_device_that_no_rule_supervises() -> None:
    room = armed(SMOKE)
    room.step([], START)
    assert room.engine.supervised("a") is None


def test_a_silence_of_the_gateway_itself_teaches_nothing() -> None:
    room = armed(LOST)
    for _ in range(5):
        beat(room, "a.temperature=20", every_s=50, times=5)
        room.restart(after_s=7 * 3600)
    beat(room, "a.temperature=20", every_s=50, times=5)
    assert Supervised(150, "learnt", is_lost=False) == room.engine.supervised("a")


def test_two_rules_that_wait_for_one_device_both_learn() -> None:
    room = armed(LOST, rule("supervision", name="late", alert_class="fault", interval_s=1000))
    beat(room, "a.temperature=20", every_s=90, times=60)
    learnt = {watch.rule.name: watch.memory.learnt_s for watch in room.engine._instances.supervisors("a")}
    assert {"lost": 270, "late": 270} == learnt
