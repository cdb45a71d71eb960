"""The engine where a timeline cannot say it: starts, gates, people, devices that come and go, rules that fail."""

from collections.abc import Callable
from typing import ClassVar

import pytest

from alerts.alert import AlertClass, State
from alerts.conditions import NAMES
from alerts.effects import Found, ModeChanged
from alerts.engine import Engine
from alerts.event import Event, LastHeard, Recorded, Tick
from alerts.rule import Breach, Memory, Rule
from alerts.watch import Supervised
from devices.device import Device
from devices.reading import SECOND, Instant, Quality, Reading
from tests.alerts.timeline import START, Room, device, reading, rule, said

SMOKE = rule("state", name="smoke", signals=["smoke"], title="Smoke")
INTRUSION = rule("state", name="intrusion", alert_class="intrusion", signals=["door"], modes=["armed"])
NIGHTLY = rule("state", name="nightly", alert_class="access", signals=["door"], schedule="night")
LOST = rule("supervision", name="lost", alert_class="fault", interval_s=100)
PAIR = rule("coincidence", name="pair", signals=["smoke"], within_s=60)
A, B = device("a"), device("b")


def tell(room: Room, *words: str, after_s: float = 1) -> list[str]:
    now = room.now + int(after_s * SECOND)
    return said(room.step([room.event(word, now) for word in words], now))


def beat(room: Room, *words: str, every_s: float, times: int) -> None:
    """The same words again and again, while the clock runs as it does for the pipeline."""
    at = room.now
    for _ in range(times):
        at += int(every_s * SECOND)
        room.run_until(at)
        room.step([room.event(word, at) for word in words], at)


def armed(*rules: Rule, devices: tuple[Device, ...] = (A,)) -> Room:  # type: ignore[type-arg]
    return Room(rules, devices, {"store": "armed", "hall": "disarmed"})


# -- what an alert says ----------------------------------------------------------------------------------------


def test_an_alert_says_what_raised_it_and_by_which_version_of_the_rule() -> None:
    room = armed(SMOKE)
    effects = room.step([reading("a.smoke=on", START)], START)
    (event,) = effects.alerts
    alert = event.alert
    assert ("smoke", "a", "store", AlertClass.FIRE, 1) == (
        alert.rule, alert.key, alert.area, alert.alert_class, alert.priority
    )  # fmt: skip
    assert "Smoke: smoke of a active" == alert.text
    assert "look" == alert.procedure
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
    assert "smoke of a, smoke of b active" == event.alert.text


def test_a_repeated_reading_never_brings_a_closed_alert_to_life() -> None:
    """It is an alert of its own: better one too many than a closed record that changes."""
    room = armed(SMOKE)
    smoke = reading("a.smoke=on", START)
    room.step([smoke], START)
    tell(room, "a.smoke=off", "ack a", "reset a", "close a")
    effects = room.step([smoke], room.now + SECOND)
    assert ["raised a"] == said(effects)
    assert 2 == len(room.alerts)


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
    assert effects.alerts[0].alert.text.endswith("found active when night began")


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
    assert "no longer watched" == effects.alerts[0].note
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
    learnt = {watch.rule.name: watch.memory.learnt_s for watch in room.engine._watches.supervisors("a")}
    assert {"lost": 270, "late": 270} == learnt


# -- modes -----------------------------------------------------------------------------------------------------


def test_a_change_of_mode_is_told_with_who_and_when() -> None:
    room = armed(INTRUSION)
    effects = room.step([room.event("arm hall armed", START)], START)
    assert [ModeChanged("hall", "armed", "li", START)] == effects.modes
    assert {"store": "armed", "hall": "armed"} == room.engine.modes


def test_a_mode_that_the_area_does_not_have_is_refused() -> None:
    engine = Engine(
        rules=(), devices=(), area_modes={"store": "armed"}, schedules={}, area_choices={"store": ("armed", "off")}
    )
    room = armed()
    effects = engine.step([reading("a.smoke=off", START), room.event("arm store night", START)], START)
    assert [(1, "'night' is not a mode of this area; choose one of armed, off")] == effects.refused
    assert {"store": "armed"} == engine.modes


def test_arming_one_area_leaves_the_others_alone() -> None:
    room = Room((INTRUSION,), (A, device("h", "hall")), {"store": "disarmed", "hall": "disarmed"})
    tell(room, "a.door=off", "h.door=off")
    assert [] == tell(room, "a.door=on", "h.door=on")
    assert ["raised h"] == tell(room, "arm hall armed")
    assert room.engine.open_alerts()[0].text.endswith("found active when armed")


# -- people ----------------------------------------------------------------------------------------------------


def test_a_refusal_says_which_event_and_what_to_do() -> None:
    room = armed(SMOKE)
    now = START
    effects = room.step([reading("a.smoke=on", now), room.event("close a", now), room.event("ack x", now)], now)
    assert [1, 2] == [place for place, _ in effects.refused]
    assert "no such open alert" in effects.refused[1][1]


def test_a_person_s_record_passes_through() -> None:
    room = armed(SMOKE)
    record = Recorded("store", "inspection", "li", {"result": "fine"})
    assert [(record, START)] == room.step([record], START).recorded


@pytest.mark.parametrize("event", [LastHeard(A, START, START)])
def test_what_only_the_engine_says_is_not_taken_from_outside(event: Event) -> None:
    room = armed(SMOKE)
    assert ["refused"] == said(room.step([event], START))


# -- devices that come and go ----------------------------------------------------------------------------------


def test_an_adopted_device_is_watched_and_the_others_keep_what_they_remember() -> None:
    room = armed(rule("state", signals=["smoke"], hold_s=10), LOST)
    tell(room, "a.smoke=on", after_s=0)
    room.engine.set_devices((A, B), room.now)
    assert room.engine.wake_at == room.now
    assert [] == tell(room, "b.smoke=on", "a.temperature=20")
    assert [] == room.run_until(START + 10 * SECOND)
    assert ["raised a"] == tell(room, after_s=9)
    assert ["raised b"] == tell(room)


def test_an_adopted_device_is_supervised_from_then_on() -> None:
    room = armed(LOST, devices=())
    tell(room, after_s=500)
    room.engine.set_devices((A,), room.now)
    tell(room, after_s=0)
    assert [] == room.run_until(START + 600 * SECOND)
    assert ["raised a (not_put_up)", "raised not-put-up"] == tell(room, after_s=100)


def test_the_alert_of_a_retired_device_can_end_and_its_memory_is_forgotten() -> None:
    room = armed(LOST)
    room.run_until(START + 101 * SECOND)
    assert ["lost"] == [alert.rule for alert in room.engine.open_alerts()]
    room.engine.set_devices((), room.now)
    assert ["gone a"] == tell(room)
    room.engine.set_devices((A,), room.now)
    assert [] == tell(room)
    room.devices = (A,)
    room.restart()
    assert [] == tell(room)


def test_a_device_that_moves_takes_its_alerts_to_come_with_it() -> None:
    room = armed(SMOKE)
    tell(room, "a.smoke=off")
    room.engine.set_devices((device("a", "hall"),), room.now)
    tell(room, "a.smoke=on")
    assert ["hall"] == [alert.area for alert in room.engine.open_alerts() if alert.rule not in NAMES]


def test_a_device_that_moves_is_watched_by_the_rules_of_its_new_area() -> None:
    room = armed(rule("state", name="store", signals=["smoke"], areas=["store"]),
                 rule("state", name="hall", signals=["smoke"], areas=["hall"]))  # fmt: skip
    tell(room, "a.smoke=off")
    room.engine.set_devices((device("a", "hall"),), room.now)
    tell(room, "a.smoke=on")
    assert ["hall"] == [alert.rule for alert in room.engine.open_alerts() if alert.rule not in NAMES]


def test_what_a_retired_device_was_waiting_for_never_comes() -> None:
    room = armed(rule("state", signals=["smoke"], hold_s=10), LOST)
    tell(room, "a.smoke=on")
    room.engine.set_devices((), room.now)
    tell(room)
    forgotten = dict(room.memories)
    assert [] == room.run_until(START + 600 * SECOND)
    assert forgotten == room.memories


def test_a_faulty_member_that_was_replaced_is_waited_for_again() -> None:
    room = Room((PAIR,), (device("a", signals=("smoke",)), device("b", signals=("smoke",))))
    tell(room, "a.smoke=off", "b.fault=on")
    for devices in ((room.devices[0],), room.devices):
        room.engine.set_devices(devices, room.now)
        tell(room)
    assert [] == tell(room, "a.smoke=on")


def test_a_retired_member_no_longer_holds_an_area_in_alarm() -> None:
    room = Room((rule("state", signals=["smoke"], per="area"), PAIR), (A, B))
    tell(room, "a.smoke=off", "b.smoke=off")
    assert ["raised store"] == tell(room, "a.smoke=on")
    room.engine.set_devices((B,), room.now)
    assert ["gone store"] == tell(room)
    assert ["again store", "raised store"] == tell(room, "b.smoke=on")


def test_the_gateway_s_own_parts_are_watched_by_rules_that_name_them_only() -> None:
    part = Device(id="line:mqtt", family="gateway", address="line:mqtt", area="gateway", kind="gateway_line")
    everything = rule("state", name="any", alert_class="fault", signals=["fault"])
    named = rule("state", name="own", alert_class="fault", signals=["fault"], device_kinds=["gateway_line"])
    room = Room((everything, named, LOST), (part,))
    tell(room, "line:mqtt.fault=on")
    assert ["own"] == [alert.rule for alert in room.engine.open_alerts()]
    assert [] == room.run_until(START + 1000 * SECOND)


def test_devices_that_are_lost_and_come_back_all_at_once_are_each_told() -> None:
    devices = [device(f"d{number}") for number in range(2_000)]
    room = Room((LOST, SMOKE), devices)
    now = START
    room.step([reading(f"d{n}.{s}=20", now) for n in range(2_000) for s in ("temperature", "humidity", "co")], now)
    room.run_until(START + 101 * SECOND)
    assert 2_000 == len(room.engine.open_alerts())
    now = START + 200 * SECOND
    effects = room.engine.step([reading(f"d{n}.temperature=20", now) for n in range(2_000)], now)
    assert 2_000 == len(effects.alerts)


def test_a_fire_gets_through_while_a_whole_site_falls_silent() -> None:
    """The losses are told look by look, each of which is short; none is left out, and the pair knows of all of them."""
    devices = [device(f"d{number}", signals=("smoke",)) for number in range(1_700)]
    room = Room((LOST, SMOKE, PAIR), devices)
    room.step([reading(f"d{n}.smoke=off", START) for n in range(1_700)], START)
    now = START + 101 * SECOND
    first = said(room.step([Tick(now)], now))
    assert 500 == len(first)
    assert room.engine.wake_at is not None
    assert room.engine.wake_at <= now
    second = said(room.step([reading("d1600.smoke=on", now)], now))
    assert "raised d1600" == second[0]
    last = room.run_until(now + SECOND)
    assert "raised store" == last[-1]  # it is the only one left of the pair's members
    assert 1_699 + 2 == len({*first, *second, *last})


# -- rules that fail -------------------------------------------------------------------------------------------


class BrokenRule(Rule[Memory], frozen=True, tag="broken"):
    """Fails as it is told to."""

    fails: ClassVar[Callable[[Event], bool]] = lambda event: True

    def watches(self, device: Device, signal: str) -> bool:
        return signal == "smoke"

    def start(self) -> Memory:
        return Memory()

    def step(self, memory: Memory, event: Event, now: Instant) -> Memory:
        if isinstance(event, Reading) and event.value is True:
            raise ZeroDivisionError("division by zero")
        return memory


BROKEN = BrokenRule(name="broken", alert_class=AlertClass.FIRE, priority=1, procedure="run")


def test_a_rule_that_fails_is_a_fault_that_people_see_and_stops_no_other() -> None:
    room = armed(BROKEN, SMOKE)
    tell(room, "a.smoke=off")
    assert ["raised rule:broken", "raised a"] == tell(room, "a.smoke=on")
    fault = next(alert for alert in room.engine.open_alerts() if alert.rule == "broken")
    assert (AlertClass.FAULT, 1, "store") == (fault.alert_class, fault.priority, fault.area)
    assert "rule broken failed and may miss alarms (ZeroDivisionError: division by zero)" == fault.text


def test_a_rule_that_fails_at_every_reading_is_one_alert_and_counted() -> None:
    room = armed(BROKEN)
    tell(room, "a.smoke=on", "a.smoke=on", "a.smoke=on")
    assert 1 == len(room.alerts)
    assert {"broken": 3} == room.engine.failures


def test_the_fault_of_a_rule_ends_with_a_start_and_comes_again_if_it_fails_again() -> None:
    room = armed(BROKEN)
    tell(room, "a.smoke=on")
    room.restart()
    assert ["gone rule:broken"] == tell(room)
    assert ["again rule:broken"] == tell(room, "a.smoke=on")


def test_a_rule_that_always_wants_to_be_woken_at_once_does_not_hang_the_engine() -> None:
    class RestlessRule(Rule[Memory], frozen=True, tag="restless"):
        eager = True

        def watches(self, device: Device, signal: str) -> bool:
            return signal == "smoke"

        def start(self) -> Memory:
            return Memory()

        def step(self, memory: Memory, event: Event, now: Instant) -> Memory:
            return Memory(wake_at=now, breach=Breach(since=now, text="restless"))

    restless = RestlessRule(name="restless", alert_class=AlertClass.FAULT, priority=4, procedure="mend it")
    room = armed(restless, devices=(device("a", signals=("smoke",)),))
    room.step([Tick(START)], START)
    room.step([Tick(START)], START)
    assert START + SECOND == room.engine.wake_at


PANEL = (rule("supervision", name="lost", alert_class="fault", interval_s=100),)


def test_a_part_is_there_as_long_as_its_panel_is() -> None:
    """A smoke head behind a panel speaks when it burns; lost with its panel, back with its first word."""
    devices = (device("panel", interval_s=60), device("part", kind="smoke_detector"))
    room = Room(PANEL, devices, panels={"part": "panel"})
    for second in range(0, 1000, 50):
        now = START + second * SECOND
        assert [] == room.run_until(now)
        assert [] == said(room.step([room.event("panel.online=on", now)], now))
    told = room.run_until(START + 1200 * SECOND)
    assert ["raised panel", "raised part"] == told
    now = START + 1300 * SECOND
    assert {"gone panel", "gone part"} == set(said(room.step([room.event("panel.online=on", now)], now)))
    assert [] == room.run_until(now + 59 * SECOND)


def test_a_part_is_lost_with_a_panel_that_was_never_heard_and_after_a_start() -> None:
    devices = (device("panel", interval_s=60), device("part"))
    room = Room(PANEL, devices, panels={"part": "panel"})
    assert ["raised panel", "raised part"] == room.run_until(START + 300 * SECOND)
    room.restart()
    assert [] == room.run_until(room.now + 300 * SECOND)
    assert {"gone panel", "gone part"} == set(said(room.step([room.event("panel.online=on", room.now)], room.now)))


def test_a_panel_that_nobody_waits_for_answers_with_its_own_words_alone() -> None:
    lost = rule("supervision", name="lost", alert_class="fault", interval_s=100, device_kinds=["smoke_detector"])
    devices = (device("panel"), device("part", kind="smoke_detector"))
    room = Room((lost,), devices, panels={"part": "panel"})
    room.step([room.event("panel.online=on", START)], START)
    assert [] == room.run_until(START + 99 * SECOND)
    assert ["raised part"] == room.run_until(START + 300 * SECOND)
