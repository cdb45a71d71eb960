"""Rules that are changed while the engine runs: what goes on, what ends, what is looked at anew."""

from tests.alerts.room import INTRUSION, LOST, SMOKE, A, B, armed, tell
from tests.alerts.timeline import SECOND, START, rule

HOT = rule("threshold", name="hot", signal="temperature", above=57, hold_s=10)
COOLER = rule("threshold", name="hot", signal="temperature", above=40, hold_s=2)


def test_a_new_rule_is_at_work_from_the_next_step_on() -> None:
    room = armed(LOST)
    assert [] == tell(room, "a.smoke=on")
    room.engine.set_rules([LOST, SMOKE])
    assert room.engine.wake_at == room.now
    assert ["raised a"] == tell(room, "a.smoke=on")
    assert ["again a"] == tell(room, "a.smoke=off", "a.smoke=on", after_s=2)[-1:]


def test_how_a_new_rule_finds_a_door_is_no_opening_of_it() -> None:
    room = armed(LOST)
    tell(room, "a.door=off")
    tell(room, "a.door=on")
    room.engine.set_rules([LOST, INTRUSION])
    assert ["found a.door"] == tell(room, "a.door=on")
    assert ["raised a"] == tell(room, "a.door=off", "a.door=on")


def test_the_alert_of_a_removed_rule_can_end_and_its_memory_is_forgotten() -> None:
    room = armed(SMOKE, LOST)
    tell(room, "a.smoke=on")
    room.engine.set_rules([LOST])
    assert ["gone a"] == tell(room)
    assert [] == tell(room, "a.smoke=off", "a.smoke=on")
    room.engine.set_rules([LOST, SMOKE])
    assert ["again a"] == tell(room, "a.smoke=on")


def test_a_changed_rule_remembers_and_its_new_limits_count_at_once() -> None:
    room = armed(HOT)
    tell(room, "a.temperature=60")
    room.engine.set_rules([COOLER])
    assert ["raised a"] == tell(room, after_s=3)
    tell(room, "a.temperature=20")
    assert ["again a"] == [*tell(room, "a.temperature=45"), *room.run_until(room.now + 5 * SECOND)]


def test_an_alert_names_the_version_that_raised_it() -> None:
    room = armed(rule("threshold", name="hot", signal="temperature", above=57), devices=(A, B))
    tell(room, "a.temperature=60")
    room.engine.set_rules([rule("threshold", name="hot", signal="temperature", above=50)])
    tell(room, "b.temperature=55")
    versions = {alert.key: alert.rule_version for alert in room.alerts.values()}
    assert {"a", "b"} == set(versions)
    assert versions["a"] != versions["b"]


def test_an_unchanged_rule_notices_nothing() -> None:
    room = armed(rule("state", name="smoke", signals=["smoke"], hold_s=10), LOST)
    tell(room, "a.smoke=on", after_s=0)
    room.engine.set_rules([*room.rules, HOT])
    assert [] == room.run_until(START + 10 * SECOND)
    assert ["raised a"] == room.run_until(START + 11 * SECOND)


def test_a_rule_that_loses_its_modes_counts_from_then_on() -> None:
    quiet = rule("threshold", name="warm", alert_class="information", signal="temperature", above=50, modes=["home"])
    room = armed(quiet)
    assert [] == tell(room, "a.temperature=60")
    always = rule("threshold", name="warm", alert_class="information", signal="temperature", above=50)
    room.engine.set_rules([always])
    assert ["raised a"] == tell(room)
    room.engine.set_rules([quiet])
    assert ["gone a"] == tell(room)


def test_a_supervision_that_is_removed_leaves_nobody_lost() -> None:
    room = armed(LOST)
    room.run_until(START + 101 * SECOND)
    room.engine.set_rules([SMOKE])
    assert ["gone a"] == tell(room)
    assert ["raised a"] == tell(room, "a.smoke=on")
