"""What is bypassed and what comes back, second by second; each also restarted before every row."""

import pytest
from msgspec.structs import replace

from alerts.event import Tick
from devices.reading import SECOND
from tests.alerts.suppression.points import AREA, FAR, FAULT, SMOKE, TWO, A, B, D, P
from tests.alerts.timeline import START, WAYS, Timeline, Way, device, rule, said, walk

BYPASS = (
    Timeline(
        "a fire at a bypassed detector is raised, but set aside; it stands at the end, so it comes back",
        (SMOKE,),
        (A, B),
        (
            (0, "bypass a 600 welding", "raised bypass; raised fire-watch"),
            (1, "ack bypass", "acknowledge bypass"),
            (10, "a.smoke=on", "raised a (bypass)"),
            (20, "b.smoke=on", "raised b"),
            (30, "endbypass a", "gone bypass; gone fire-watch; back a"),
        ),
    ),
    Timeline(
        "a fire that was over while its detector was bypassed is told with the end of the bypass: a person closes it",
        (SMOKE,),
        (A, B),
        (
            (0, "bypass a 600 welding", "raised bypass; raised fire-watch"),
            (10, "a.smoke=on", "raised a (bypass)"),
            (20, "a.smoke=off", "gone a (bypass)"),
            (30, "a.smoke=on", "again a (bypass)"),
            (40, "a.smoke=off", "gone a (bypass)"),
            (600, "", "gone bypass; gone fire-watch; back a"),
        ),
    ),
    Timeline(
        "a bypass ends by the clock, and people are reminded before it does",
        (SMOKE,),
        (A, B),
        (
            (0, "bypass a 1800 welding", "raised bypass; raised fire-watch"),
            (1, "ack bypass", "acknowledge bypass"),
            (900, "", "again bypass"),
            (1000, "a.smoke=on", "raised a (bypass)"),
            (1800, "", "back a; gone bypass; gone fire-watch"),
        ),
    ),
    Timeline(
        "a danger that people were shown stays shown until they have acknowledged it",
        (SMOKE,),
        (A, B),
        (
            (0, "a.smoke=on", "raised a"),
            (10, "bypass a 600 defective", "raised bypass; raised fire-watch"),
            (20, "a.smoke=off; a.smoke=on", "gone a; again a"),
            (30, "ack a", "acknowledge a; aside a (bypass)"),
            (40, "a.smoke=off", "gone a (bypass)"),
            (50, "endbypass a", "gone bypass; gone fire-watch; back a"),
        ),
    ),
    Timeline(
        "a fault that stands is set aside at once, and over is over",
        (FAULT,),
        (A, B),
        (
            (0, "a.fault=on", "raised a"),
            (10, "bypass a 600 repair", "raised bypass; raised fire-watch; aside a (bypass)"),
            (20, "a.fault=off", "gone a (bypass); lapsed a (bypass)"),
        ),
    ),
    Timeline(
        "an alert of an area is set aside only while all that it is about is",
        (AREA,),
        (A, B),
        (
            (0, "bypass a 600 welding", "raised bypass; raised fire-watch"),
            (10, "a.smoke=on", "raised store (bypass)"),
            (20, "b.smoke=on", "again store"),
            (30, "b.smoke=off", ""),
            (40, "ack store", "acknowledge store; aside store (bypass)"),
            (50, "b.smoke=on", "again store"),
        ),
    ),
    Timeline(
        "a pair with one member bypassed still alarms",
        (TWO,),
        (A, B),
        (
            (0, "b.smoke=on", ""),
            (10, "b.smoke=off", ""),
            (20, "bypass a 600 welding", "raised bypass; raised fire-watch"),
            (30, "b.smoke=on", "raised store"),
            (40, "b.smoke=off", "gone store"),
            (45, "ack store; reset store; close store", "acknowledge store; reset store; close store"),
            (50, "endbypass a", "gone bypass; gone fire-watch"),
            (60, "b.smoke=on", ""),
        ),
    ),
    Timeline(
        "a call for help by hand is never held back, whatever else its device is there for",
        (SMOKE, rule("state", name="hold-up", alert_class="hold_up", signals=["panic", "door"])),
        (device("m", signals=("smoke", "panic", "call_point", "door")),),
        (
            (0, "m.door=off; bypass m 600 work", "raised bypass; raised no-fire-detection; raised fire-watch"),
            (10, "m.panic=on", "raised m"),
            (20, "m.call_point=on", "raised m"),
        ),
    ),
    Timeline(
        "a hold-up alert is never held back, whatever told it",
        (rule("state", name="hold-up", alert_class="hold_up", signals=["door"]),),
        (device("m", signals=("smoke", "door")),),
        (
            (0, "m.door=off; bypass m 600 work", "raised bypass; raised no-fire-detection; raised fire-watch"),
            (10, "m.door=on", "raised m"),
        ),
    ),
    Timeline(
        "that no detector of an area is left is said by itself",
        (SMOKE,),
        (A, B, D, P, FAR),
        (
            (0, "bypass a 600 welding", "raised bypass; raised fire-watch"),
            (10, "bypass area:store 600 painting", "again bypass; raised no-fire-detection; again fire-watch"),
            (20, "p.call_point=on", "raised p"),
            (30, "endbypass b", "counted bypass; gone no-fire-detection; counted fire-watch"),
        ),
    ),
    Timeline(
        "what was acknowledged before a test is not hidden by what joins it in the test",
        (AREA,),
        (A, B),
        (
            (0, "a.smoke=on", "raised store"),
            (5, "ack store", "acknowledge store"),
            (10, "walk a,b 600", "raised walk-test"),
            (60, "b.smoke=on", "again store"),
        ),
    ),
    Timeline(
        "what speaks against a bypass",
        (SMOKE,),
        (A, B, D, P, FAR),
        (
            (0, "bypass a 600", "refused"),
            (1, "bypass a 28801 too_long_for_a_fire_detector", "refused"),
            (2, "bypass d 86401 too_long", "refused"),
            (3, "bypass p 600 by_hand", "refused"),
            (4, "bypass x 600 unknown", "refused"),
            (5, "bypass a,far 600 two_areas", "refused"),
            (6, "bypass area:nowhere 600 unknown", "refused"),
            (7, "endbypass a", "refused"),
            (8, "bypass a 0 over_already", "refused"),
            (9, "bypass d 86400 a_day", "raised bypass"),
            (10, "bypass d 600 again", "refused"),
            (11, "endbypass d", "gone bypass"),
        ),
    ),
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", BYPASS, ids=lambda case: case.name)
def test_timeline(case: Timeline, way: Way) -> None:
    if way in case.ways:
        walk(case, way)


def test_a_bypassed_member_stays_out_though_what_the_rule_remembered_is_lost() -> None:
    case = next(case for case in BYPASS if case.name.startswith("a pair"))
    room = walk(replace(case, rows=case.rows[:3]), "plain")
    room.memories.clear()
    room.restart()
    now = START + 30 * SECOND
    assert ["raised store"] == said(room.step([room.event("b.smoke=on", now)], now))


def test_a_bypass_ends_for_what_hangs_in_another_area_now() -> None:
    room = walk(
        replace(
            BYPASS[0],
            rows=((0, "bypass a,b 600 welding", "raised bypass; raised no-fire-detection; raised fire-watch"),),
        ),
        "plain",
    )
    room.engine.set_devices([replace(A, area="hall"), B], room.now)
    told = said(room.step([Tick(room.now)], room.now))
    assert ["raised point-gone", "gone point-gone"] == told[:2]
    assert ["counted bypass", "counted no-fire-detection", "counted fire-watch"] == told[2:]
    now = room.now + SECOND
    assert ["raised a"] == said(room.step([room.event("a.smoke=on", now)], now))
    assert ["raised b (bypass)"] == said(room.step([room.event("b.smoke=on", now)], now))


def test_what_was_set_aside_while_the_clock_was_years_ahead_ends_at_a_start_with_the_clock_right() -> None:
    years = 10 * 365 * 86_400
    rows = (
        (years, "bypass a 600 welding", "raised bypass; raised fire-watch"),
        (years + 1, "walk b 600", "raised walk-test"),
    )
    room = walk(replace(BYPASS[0], rows=rows), "plain")
    room.now = START
    room.restart()
    assert ["gone bypass", "gone fire-watch", "gone walk-test"] == said(room.step([Tick(room.now)], room.now))
    assert ["raised a"] == said(room.step([room.event("a.smoke=on", room.now)], room.now))


def test_a_detector_that_flutters_while_it_is_bypassed_fills_no_memory() -> None:
    room = walk(replace(BYPASS[0], rows=BYPASS[0].rows[:1]), "plain")
    for second in range(1, 200):
        word = "a.smoke=on" if second % 2 else "a.smoke=off"
        room.step([room.event(word, START + second * SECOND)], START + second * SECOND)
    assert len(room.engine._suppressor._ends) == 1
