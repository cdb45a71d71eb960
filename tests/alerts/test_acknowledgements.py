"""How long an acknowledgement counts: by class, by what was done, across restarts and wrong clocks."""

import pytest
from msgspec.structs import replace

from alerts.acknowledgements import AcknowledgementTimes, expires_at, shift_end
from alerts.alert import Alert, AlertClass, State
from alerts.calendar import Calendar, Shift
from alerts.command import Acknowledge
from alerts.event import Tick
from alerts.suppression_reason import Suppression, SuppressionReason
from devices.reading import SECOND, Instant
from tests.alerts.room import INTRUSION, SMOKE, armed, tell
from tests.alerts.timeline import START, WAYS, Timeline, Way, device, walk

MINUTE = 60 * SECOND
NIGHT_SHIFT = Calendar("Asia/Shanghai", shifts=(Shift("night", "20:00", "08:00"), Shift("day", "08:00", "20:00")))
END: Instant = START + 8 * 60 * MINUTE
NEXT_END: Instant = END + 12 * 60 * MINUTE
A = device("a", signals=("smoke", "door"))


def seen(alert_class: str, **more: object) -> Alert:
    found = Alert(
        id="1", rule="r", rule_version="v", area="store", key="a", alert_class=AlertClass(alert_class), priority=1,
        text="t", state=State.ACKNOWLEDGED, raised=START, changed=START, causes=(), acknowledged=START,
        acknowledged_by="li",
    )  # fmt: skip
    return replace(found, **more)


HELD = Suppression(SuppressionReason.LINE_LOST, "line:mqtt", START)
TIMES = AcknowledgementTimes(fire_min=2, gas_min=3, hold_up_min=4, intrusion_min=20, other_min=0)


@pytest.mark.parametrize(
    ("name", "alert", "ends"),
    [
        ("a fire that stands", seen("fire"), START + 2 * MINUTE),
        ("gas that stands", seen("gas"), START + 3 * MINUTE),
        ("a call for help that stands", seen("hold_up"), START + 4 * MINUTE),
        ("an intrusion that stands", seen("intrusion"), START + 20 * MINUTE),
        ("an intrusion that is over", seen("intrusion", active=False), START + 20 * MINUTE),
        ("a fire that is over: the shift", seen("fire", active=False), END),
        ("a fire whose response goes on", seen("fire", responded=START + 1), None),
        ("gas likewise, also when it is over", seen("gas", responded=START + 1, active=False), None),
        ("an intrusion likewise", seen("intrusion", responded=START + 1), None),
        ("a fault with a note", seen("fault", responded=START + 1), END),
        ("a fault", seen("fault"), END),
        ("access", seen("access", active=False), END),
        ("a fire shortly before the shift ends: its minutes", seen("fire", acknowledged=END - MINUTE), END + MINUTE),
        ("an intrusion likewise", seen("intrusion", acknowledged=END - MINUTE), END + 19 * MINUTE),
        ("a fault shortly before the shift ends", seen("fault", acknowledged=END - MINUTE), END),
        ("a fault that the next shift was told of", seen("fault", known_until=NEXT_END), NEXT_END),
        ("a fire that is over likewise", seen("fire", active=False, known_until=NEXT_END), NEXT_END),
        ("a fire that stands is no less urgent for it", seen("fire", known_until=NEXT_END), START + 2 * MINUTE),
        ("what the shift before was told of", seen("fault", acknowledged=END, known_until=END), NEXT_END),
        ("when the shift ends: the next one", seen("fault", acknowledged=END), NEXT_END),
        ("nobody's", seen("fire", state=State.UNACKNOWLEDGED, acknowledged=None), None),
        ("set aside", seen("fault", suppression=HELD), None),
    ],
)
def test_how_long_an_acknowledgement_counts(name: str, alert: Alert, ends: Instant | None) -> None:
    assert ends == expires_at(alert, TIMES, NIGHT_SHIFT), name


def test_others_may_have_a_time_of_their_own() -> None:
    times = AcknowledgementTimes(other_min=30)
    assert START + 30 * MINUTE == expires_at(seen("fault"), times, NIGHT_SHIFT)
    assert END == expires_at(seen("fire", active=False), times, NIGHT_SHIFT)


def test_without_shifts_a_shift_lasts_eight_hours() -> None:
    assert START + 8 * 60 * MINUTE == shift_end(Calendar(), START)


CASES = (
    Timeline(
        "a fire that nobody does anything about is nobody's again, as often as need be",
        (SMOKE,),
        (A,),
        (
            (0, "a.smoke=on", "raised a"),
            (10, "ack a", "acknowledge a"),
            (309, "", ""),
            (310, "", "expired a"),
            (400, "ack a", "acknowledge a"),
            (700, "", "expired a"),
        ),
    ),
    Timeline(
        "a note is a step: the response goes on, and what comes again begins anew",
        (SMOKE,),
        (A,),
        (
            (0, "a.smoke=on", "raised a"),
            (10, "ack a", "acknowledge a"),
            (100, "comment a", "comment a"),
            (400, "", ""),
            (500, "a.smoke=off", "gone a"),
            (600, "a.smoke=on", "again a"),
            (610, "ack a", "acknowledge a"),
            (910, "", "expired a"),
        ),
    ),
    Timeline(
        "a fire that is over is not nagged about, but the next shift is told",
        (SMOKE,),
        (A,),
        (
            (0, "a.smoke=on", "raised a"),
            (10, "ack a", "acknowledge a"),
            (20, "a.smoke=off", "gone a"),
            (28_799, "", ""),
            (28_800, "", "expired a"),
        ),
    ),
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("timeline", CASES, ids=lambda timeline: timeline.name)
def test_acknowledgements_expire(timeline: Timeline, way: Way) -> None:
    walk(timeline, way)


def test_one_that_is_over_when_the_gateway_starts_expires_at_once() -> None:
    room = armed(SMOKE)
    tell(room, "a.smoke=on")
    tell(room, "ack a")
    room.restart(after_s=900)
    assert ["expired a"] == room.run_until(room.now + 1)


def test_an_acknowledgement_of_tomorrow_does_not_last_until_then() -> None:
    """The clock ran a day ahead when it was given: it would count for a day and five minutes."""
    room = armed(SMOKE)
    tell(room, "a.smoke=on")
    tell(room, "ack a", after_s=86_400)
    room.restart()
    room.now = START + 60 * SECOND
    room.engine = room._engine()
    assert ["expired a"] == [f"{each.action} {each.alert.key}" for each in room.step([Tick(room.now)], room.now).alerts]


def test_what_expires_says_whose_it_was_and_sounds() -> None:
    room = armed(INTRUSION)
    tell(room, "a.door=off")
    tell(room, "a.door=on")
    tell(room, "ack a")
    alert = next(iter(room.alerts.values()))
    assert "li" == alert.acknowledged_by
    room.run_until(room.now + 901 * SECOND)
    after = room.alerts[alert.id]
    assert (State.UNACKNOWLEDGED, "", None) == (after.state, after.acknowledged_by, after.acknowledged)
    assert after.newest == alert.newest < after.loud_since
    room.step([Acknowledge(alert.id, "wu", seen=alert.occurrences)], room.now)
    assert "wu" == room.alerts[alert.id].acknowledged_by
