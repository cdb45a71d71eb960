"""What no device ends, a person does, who says how they know; what sends no restore is over once acknowledged."""

import pytest

from alerts.command import EndCause
from devices.reading import Quality, Reading
from tests.alerts.timeline import START, WAYS, Room, Timeline, Way, device, reading, rule, walk

SMOKE = rule("state", signals=["smoke"])
PAIR = rule("coincidence", name="pair", signals=["smoke"], count=2)
HOT = rule("threshold", signal="temperature", above=57, hysteresis=5)
LOST = rule("supervision", name="lost", alert_class="fault", interval_s=100)
A, B = device("a", signals=("smoke", "temperature")), device("b", signals=("smoke",))
MUTE = device("a", restores=False)

CASES = (
    Timeline(
        "an event without an end is ended by a person, who says how they know, and can happen again at once",
        (SMOKE,),
        (A,),
        (
            (0, "!a.smoke=on", "raised a"),
            (1, "end a", "refused"),
            (2, "end a looked there", "end_cause a"),
            (3, "end a looked there", "refused"),
            (4, "!a.smoke=on", "again a"),
            (5, "ack a; end a looked", "acknowledge a; end_cause a"),
            (6, "reset a; close a", "reset a; close a"),
            (7, "!a.smoke=on", "raised a"),
        ),
    ),
    Timeline(
        "a device that is alive and says so itself is believed first",
        (SMOKE,),
        (A,),
        (
            (0, "a.smoke=on", "raised a"),
            (1, "end a looked", "refused"),
            (2, "end a looked sure", "end_cause a"),
            (3, "a.smoke=on", "again a"),
            (4, "a.smoke=off", "gone a"),
        ),
        ways=("plain", "bytes"),
    ),
    Timeline(
        "one that is lost is not waited for",
        (SMOKE, LOST),
        (A,),
        ((0, "a.smoke=on", "raised a"), (100, "", "raised a"), (101, "end a looked", "end_cause a")),
        ways=("plain", "bytes"),
    ),
    Timeline(
        "what a person has looked at is over in every rule",
        (SMOKE, PAIR),
        (A, B),
        (
            (0, "!a.smoke=on; !b.smoke=on", "raised a; raised b; raised store"),
            (1, "end store looked", "end_cause a; end_cause b; end_cause store"),
        ),
    ),
    Timeline(
        "a figure is over until the next that is beyond the limit",
        (HOT,),
        (A,),
        (
            (0, "a.temperature=60", "raised a"),
            (1, "end a looked sure", "end_cause a"),
            (2, "a.temperature=40", ""),
            (3, "a.temperature=61", "again a"),
        ),
    ),
    Timeline(
        "nobody can end a silence by a word",
        (LOST,),
        (A,),
        ((0, "a.smoke=off", ""), (100, "", "raised a"), (101, "end a looked sure", "refused")),
        ways=("plain", "bytes"),
    ),
    Timeline(
        "a device without a restore is over when it was acknowledged, latched all the same, and alarms again",
        (SMOKE,),
        (MUTE,),
        (
            (0, "!a.smoke=on", "raised a"),
            (1, "ack a", "acknowledge a; gone a"),
            (2, "close a", "refused"),
            (3, "!a.smoke=on", "again a"),
            (4, "ack a; reset a; close a", "acknowledge a; gone a; reset a; close a"),
        ),
    ),
    Timeline(
        "in an area the others still stand",
        (rule("state", signals=["smoke"], per="area"),),
        (MUTE, B),
        (
            (0, "!a.smoke=on; b.smoke=on", "raised store; again store"),
            (1, "ack store", "acknowledge store"),
            (2, "b.smoke=off", "gone store"),
        ),
    ),
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_timeline_comes_true(case: Timeline, way: Way) -> None:
    if way in case.ways:
        walk(case, way)


def test_the_end_is_a_reading_that_says_whose_word_it_is_and_the_step_has_the_name() -> None:
    room = Room([SMOKE], [A])
    room.step([reading("!a.smoke=on", START)], START)
    (alert,) = room.engine.open_alerts()
    effects = room.step([EndCause(alert.id, "li", "looked")], START + 1)
    assert effects.readings == [Reading("a", "smoke", False, START + 1, START + 1, int(Quality.DEDUCED))]
    (step,) = effects.alerts
    assert (step.action, step.by, step.note, step.alert.active, step.alert.latched) == (
        "end_cause", "li", "looked", False, True,
    )  # fmt: skip
    assert [] == room.step([], START + 2).readings


def test_what_a_person_ends_is_no_word_of_the_device() -> None:
    room = Room([SMOKE], [A])
    room.step([reading("!a.smoke=on", START)], START)
    (alert,) = room.engine.open_alerts()
    room.step([EndCause(alert.id, "li", "looked")], START + 50)
    assert room.engine.last_heard("a") == START
