"""Devices behind a lost line, second by second; each also restarted before every row."""

import pytest
from msgspec.structs import replace

from alerts.alert import State
from alerts.event import Tick
from devices.reading import SECOND
from tests.alerts.suppression.points import COM, LINE, LOST, SMOKE, on
from tests.alerts.timeline import START, WAYS, Timeline, Way, said, walk
from tests.words import english

LINES = (
    Timeline(
        "the losses behind a lost line are its doing; back in its interval a device was never lost for anybody",
        (SMOKE, LOST, LINE),
        (on("com1", "x"), on("com1", "y", interval_s=50), on("com2", "z"), COM),
        (
            (0, "x.smoke=off; y.smoke=off; z.smoke=off", ""),
            (10, "line:com1.fault=on", "raised line:com1"),
            (50, "z.smoke=off", "raised y (line_lost); counted line:com1"),
            (100, "z.smoke=off", "raised x (line_lost); counted line:com1"),
            (
                120,
                "y.smoke=off; x.smoke=on",
                (
                    "gone y (line_lost); lapsed y (line_lost); "
                    "gone x (line_lost); lapsed x (line_lost); raised x; counted line:com1"
                ),
            ),
        ),
        ways=("plain", "bytes"),
    ),
    Timeline(
        "when the line is back each device has its interval, and then its loss is its own",
        (LOST, LINE),
        (on("com1", "x"), on("com1", "y", interval_s=50), COM),
        (
            (0, "line:com1.fault=on", "raised line:com1"),
            (50, "", "raised y (line_lost); counted line:com1"),
            (100, "", "raised x (line_lost); counted line:com1"),
            (200, "line:com1.fault=off", "aside y (line_lost); aside x (line_lost); gone line:com1"),
            (210, "x.smoke=off", "gone x (line_lost); lapsed x (line_lost)"),
            (250, "", "back y"),
        ),
        ways=("plain", "bytes"),
    ),
    Timeline(
        "a line that goes up and down gives each device its interval once, over all its ups",
        (LOST, LINE),
        (on("com1", "x"), on("com1", "y"), COM),
        (
            (0, "line:com1.fault=on", "raised line:com1"),
            (100, "", "raised x (line_lost); raised y (line_lost); counted line:com1"),
            (600, "line:com1.fault=off", "aside x (line_lost); aside y (line_lost); gone line:com1"),
            (610, "y.smoke=off", "gone y (line_lost); lapsed y (line_lost)"),
            (640, "line:com1.fault=on", "aside x (line_lost); again line:com1; counted line:com1"),
            (710, "", "raised y (line_lost); counted line:com1"),
            (800, "line:com1.fault=off", "aside x (line_lost); aside y (line_lost); gone line:com1"),
            (859, "line:com1.fault=on", "aside x (line_lost); aside y (line_lost); again line:com1; counted line:com1"),
            (1800, "line:com1.fault=off", "aside x (line_lost); aside y (line_lost); gone line:com1"),
            (1801, "", "back x"),
            (1810, "line:com1.fault=on", "aside y (line_lost); again line:com1; counted line:com1"),
            (1820, "line:com1.fault=off", "aside y (line_lost); gone line:com1"),
            (1851, "", "back y"),
        ),
        ways=("plain", "bytes"),
    ),
    Timeline(
        "a loss that was told just before its line was missed is the line's; one of long before is its own",
        (LOST, LINE),
        (on("com1", "x"), on("com1", "y", interval_s=50), COM),
        (
            (0, "", ""),
            (50, "", "raised y"),
            (100, "", "raised x"),
            (190, "line:com1.fault=on", "aside x (line_lost); raised line:com1; counted line:com1"),
            (191, "", ""),
        ),
        ways=("plain", "bytes"),
    ),
    Timeline(
        "a line that is lost holds back no fire",
        (SMOKE, LINE),
        (on("com1", "x"), COM),
        (
            (0, "line:com1.fault=on", "raised line:com1"),
            (10, "x.smoke=on", "raised x"),
        ),
    ),
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", LINES, ids=lambda case: case.name)
def test_timeline(case: Timeline, way: Way) -> None:
    if way in case.ways:
        walk(case, way)


def test_a_restart_while_a_line_is_lost_tells_nothing_anew() -> None:
    case = LINES[1]
    room = walk(replace(case, rows=case.rows[:3]), "plain")
    room.restart()
    assert [] == said(room.step([Tick(room.now)], room.now))
    back = START + 200 * SECOND
    told = said(room.step([room.event("line:com1.fault=off", back)], back))
    assert ["aside y (line_lost)", "aside x (line_lost)", "gone line:com1"] == told
    room.restart()
    assert ["back y"] == room.run_until(START + 260 * SECOND)


def test_a_lost_line_says_how_many_devices_are_behind_it() -> None:
    case = LINES[0]
    room = walk(replace(case, rows=case.rows[:4]), "plain")
    told = [english(alert.text) for alert in room.alerts.values() if alert.key == COM.id]
    assert ["com1 lost: 2 of 2 devices behind it not heard"] == told


def test_a_loss_behind_a_line_is_closed_with_its_history_whole() -> None:
    room = walk(LINES[0], "plain")
    losses = {alert.key: alert for alert in room.alerts.values() if alert.rule == "lost"}
    assert {"x", "y"} == set(losses)
    assert all(alert.state is State.CLOSED and not alert.acknowledged_by for alert in losses.values())


def test_a_device_last_heard_by_a_clock_years_ahead_is_missed_all_the_same() -> None:
    room = walk(replace(LINES[0], rules=(LOST,), rows=((0, "", ""),)), "plain")
    later = START + 10**9 * SECOND
    room.latest["x", "smoke"] = replace(room.event("x.smoke=off", later), received=later)  # type: ignore[type-var]
    room.restart()
    assert {"raised x", "raised y", "raised z"} == set(room.run_until(room.now + 101 * SECOND))


def test_lines_lost_together_are_each_counted() -> None:
    lines = tuple(replace(COM, id=f"line:com{n}", address=f"line:com{n}") for n in (1, 2))
    devices = (on("com1", "x"), on("com1", "y"), on("com2", "z"), *lines)
    room = walk(
        Timeline(
            "",
            (LOST, LINE),
            devices,
            ((0, "line:com1.fault=on; line:com2.fault=on", "raised line:com1; raised line:com2"),),
        ),
        "plain",
    )
    room.run_until(START + 101 * SECOND)
    told = {english(alert.text) for alert in room.alerts.values() if alert.key.startswith("line:")}
    assert {f"com{n} lost: {held} of {held} devices behind it not heard" for n, held in ((1, 2), (2, 1))} == told
