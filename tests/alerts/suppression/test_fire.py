"""Doors of an area where a fire stands: second by second, and whatever is given (hypothesis)."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from alerts.event import Tick
from alerts.lifecycle import Action
from devices.reading import SECOND
from tests.alerts.suppression.points import DOOR, A, D, P
from tests.alerts.timeline import START, WAYS, Room, Timeline, Way, device, rule, said, walk

FORCED = rule("forced_open", name="forced", alert_class="intrusion", grace_s=0)
HELD = rule("held_open", name="held", alert_class="access", open_s=30)
MOTION = rule("state", name="motion", alert_class="intrusion", signals=["motion"])
SMOKE = rule("state", name="smoke", signals=["smoke", "call_point"])
M = device("m", kind="motion_detector", signals=("motion",))
HALL = replace(D, id="hall-door", address="hall-door", area="hall")
MODES = {"store": "disarmed", "hall": "disarmed"}

STORIES = (
    Timeline(
        "a door held open in a fire is told beside it; when the fire is reset and it is open still, it is told aloud",
        (SMOKE, HELD),
        (A, D),
        (
            (0, "d.door=off; a.smoke=off", ""),
            (10, "a.smoke=on", "raised a"),
            (20, "d.door=on", ""),
            (50, "", "raised d (fire)"),
            (60, "a.smoke=off", "gone a"),
            (70, "ack a", "acknowledge a"),
            (80, "reset a", "reset a; back d"),
        ),
    ),
    Timeline(
        "a door forced in a fire, and closed before it is over: nobody is called for it before the fire is reset",
        (SMOKE, FORCED),
        (A, D),
        (
            (0, "d.door=off; a.smoke=on", "raised a"),
            (20, "d.door=on", "raised store (fire)"),
            (30, "d.door=off", "gone store (fire)"),
            (40, "a.smoke=off; ack a; reset a", "gone a; acknowledge a; reset a; back store"),
        ),
    ),
    Timeline(
        "what was told before the fire stays as it is: arson begins with a forced door",
        (SMOKE, DOOR, HELD),
        (A, D),
        (
            (0, "d.door=off; a.smoke=off", ""),
            (10, "d.door=on", "raised d"),
            (20, "a.smoke=on", "raised a"),
            (40, "", "raised d (fire)"),
            (50, "d.door=off", "gone d; gone d (fire)"),
        ),
        ways=("plain", "bytes"),
    ),
    Timeline(
        "motion and another area's door are told as ever; so is a door once the last of two fires is over",
        (SMOKE, DOOR, MOTION),
        (A, P, D, M, HALL),
        (
            (0, "d.door=off; m.motion=off; hall-door.door=off; p.call_point=off", ""),
            (10, "a.smoke=on; p.call_point=on", "raised a; raised p"),
            (20, "m.motion=on", "raised m"),
            (21, "hall-door.door=on", "raised hall-door"),
            (22, "d.door=on", "raised d (fire)"),
            (30, "a.smoke=off; ack a; reset a", "gone a; acknowledge a; reset a"),
            (40, "p.call_point=off; ack p; reset p", "gone p; acknowledge p; reset p; back d"),
        ),
        modes=MODES,
    ),
    Timeline(
        "a detector that is walk-tested makes no fire, and the door beside it is told",
        (SMOKE, DOOR),
        (A, D),
        (
            (0, "d.door=off; a.smoke=off", ""),
            (5, "walk a 600", "raised walk-test"),
            (10, "a.smoke=on", "raised a (walk_test)"),
            (20, "d.door=on", "raised d"),
        ),
        ways=("plain", "bytes"),
    ),
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", STORIES, ids=[case.name for case in STORIES])
def test_doors_in_a_fire(case: Timeline, way: Way) -> None:
    if way in case.ways:
        walk(case, way)


_WORDS = [
    *(f"a.smoke={value}" for value in ("on", "off")),
    *(f"{name}.door={value}" for name in ("d", "hall-door") for value in ("on", "off")),
    *("ack a", "reset a", "ack d", "reset d", "close d", "ack store"),
]
_RAISES = (Action.RAISED, Action.CAUSE_AGAIN)
stories = st.lists(st.tuples(st.integers(0, 40), st.lists(st.sampled_from(_WORDS), max_size=4)), max_size=12)


def _told(story: list[tuple[int, list[str]]], *, is_fire: bool) -> tuple[Room, Counter[tuple[str, str]], list[str]]:
    """What was raised of doors, and every word that was said."""
    room = Room((SMOKE, DOOR, HELD, FORCED), (A, D, HALL), dict(MODES))
    counted: Counter[tuple[str, str]] = Counter()
    words, now = [], START
    for pause, given_words in story:
        now += pause * SECOND
        events = [room.event(word, now) for word in given_words if is_fire or "smoke" not in word]
        while (due := room.engine.wake_at) is not None and due <= now:
            effects = room.step([Tick(due)], due)
            counted.update((s.alert.rule, s.alert.key) for s in effects.alerts if s.action in _RAISES)
            words += said(effects)
        effects = room.step([*events, Tick(now)], now)
        counted.update((s.alert.rule, s.alert.key) for s in effects.alerts if s.action in _RAISES)
        words += said(effects)
    return room, Counter({key: n for key, n in counted.items() if key[0] != "smoke"}), words


@given(stories)
def test_a_fire_costs_no_breach_of_a_door(story: list[tuple[int, list[str]]]) -> None:
    """Raised and counted as often with the fire as without; set aside only in its area, and only while it stands."""
    room, with_it, _ = _told(story, is_fire=True)
    _, without, _ = _told(story, is_fire=False)
    assert without == with_it
    burns = any(a.rule == "smoke" and (a.active or a.latched) for a in room.engine.open_alerts())
    for alert in room.engine.open_alerts():
        assert alert.suppression is None or (burns and alert.area == "store" and alert.rule != "smoke")
