"""Devices that are registered and were never heard; each also restarted before every row."""

import pytest
from msgspec.structs import replace

from alerts.event import Tick
from devices.reading import SECOND
from tests.alerts.suppression.points import LOST, SMOKE, TWO, A, B, C
from tests.alerts.timeline import WAYS, Timeline, Way, said, walk
from tests.words import english

NOT_PUT_UP = (
    Timeline(
        "what was never heard since it was registered is one line, however many they are",
        (LOST,),
        (A, B, C),
        (
            (100, "", "raised a (not_put_up); raised b (not_put_up); raised c (not_put_up); raised not-put-up"),
            (105, "b.smoke=off", "gone b (not_put_up); lapsed b (not_put_up)"),
            (110, "", "counted not-put-up"),
            (205, "", "raised b"),
            (
                300,
                "a.smoke=off; c.smoke=off",
                "gone a (not_put_up); lapsed a (not_put_up); "  # noqa: ISC004 - one cell
                "gone c (not_put_up); lapsed c (not_put_up); gone not-put-up",
            ),
        ),
        ways=("plain", "bytes"),
        are_up=False,
    ),
    Timeline(
        "two detectors of which one does not hang there yet: the other alarms alone, and at once",
        (LOST, TWO),
        (A, B),
        (
            (50, "a.smoke=off", ""),
            (100, "", "raised b (not_put_up); raised not-put-up"),
            (101, "a.smoke=on", "raised store"),
        ),
        are_up=False,
        ways=("plain", "bytes"),
    ),
    Timeline(
        "the first word of a device that was never heard is a fire",
        (LOST, SMOKE),
        (A, B),
        (
            (100, "", "raised a (not_put_up); raised b (not_put_up); raised not-put-up"),
            (101, "a.smoke=on", "gone a (not_put_up); lapsed a (not_put_up); raised a"),
            (110, "", "counted not-put-up"),
        ),
        are_up=False,
        ways=("plain", "bytes"),
    ),
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", NOT_PUT_UP, ids=lambda case: case.name)
def test_timeline(case: Timeline, way: Way) -> None:
    if way in case.ways:
        walk(case, way)


def test_devices_that_were_never_heard_are_one_line_over_a_restart() -> None:
    room = walk(replace(NOT_PUT_UP[0], rows=NOT_PUT_UP[0].rows[:1]), "plain")
    room.restart(60)
    assert [] == said(room.step([Tick(room.now)], room.now))
    assert [] == room.run_until(room.now + 600 * SECOND)
    [line] = [alert for alert in room.alerts.values() if alert.suppression is None]
    assert "3 devices registered and never heard: a, b, c" == english(line.text)
    assert line.active
    now = room.now
    told = said(room.step([room.event(f"{name}.smoke=off", now) for name in "abc"], now))
    assert "gone not-put-up" in [*told, *room.run_until(now + 20 * SECOND)]
