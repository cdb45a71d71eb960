"""What unregistered devices say of dangers: one alert for each line or panel, bounded, that ends by itself."""

import pytest

from alerts.alert import Alert, AlertClass, State
from alerts.event import Stranger
from alerts.unregistered_alarm import UnregisteredAlarmRule
from devices.device import Device, SenderKey
from devices.reading import SECOND
from devices.signals import DANGERS
from tests.alerts.timeline import START, WAYS, Room, Timeline, Way, device, said, walk
from tests.words import english

ANYBODY = UnregisteredAlarmRule(
    name="unknown",
    alert_class=AlertClass.SUPERVISORY,
    priority=2,
    procedure="look",
    title="Unknown",
    device_kinds=("gateway_line",),
    signals=tuple(sorted(DANGERS)),
)
FIRE = UnregisteredAlarmRule(
    name="panel-fire", alert_class=AlertClass.FIRE, priority=1, procedure="go", signals=("smoke", "fire")
)
LINE = Device(id="line:mqtt", family="gateway", address="line:mqtt", area="store", kind="gateway_line")
PANEL = device("panel")
RULES, DEVICES = (ANYBODY, FIRE), (LINE, PANEL)
DAY = 86_400


def case(name: str, *rows: tuple[float, str, str]) -> Timeline:
    return Timeline(name, RULES, DEVICES, rows)


CASES = (
    case(
        "a danger is told once and ends when its sender says so",
        (0, "stranger line:mqtt x.smoke=on", "raised line:mqtt"),
        (90, "stranger line:mqtt x.smoke=on", ""),
        (100, "stranger line:mqtt x.smoke=off", "gone line:mqtt"),
        (110, "ack line:mqtt", "acknowledge line:mqtt"),
        (120, "stranger line:mqtt x.smoke=on", "raised line:mqtt"),
    ),
    case(
        "a button that is let go at once stands for a minute",
        (0, "stranger line:mqtt x.panic=on; stranger line:mqtt x.panic=off", "raised line:mqtt"),
        (60, "", "gone line:mqtt"),
    ),
    case(
        "a flicker within its minute is no news",
        (0, "stranger line:mqtt x.smoke=on", "raised line:mqtt"),
        (5, "stranger line:mqtt x.smoke=off", ""),
        (6, "stranger line:mqtt x.smoke=on", ""),
        (100, "stranger line:mqtt x.smoke=off", "gone line:mqtt"),
    ),
    case(
        "whoever joins is told, and what ends is not the end of the others",
        (0, "stranger line:mqtt x.smoke=on; stranger line:mqtt y.co_alarm=on", "raised line:mqtt; again line:mqtt"),
        (10, "ack line:mqtt", "acknowledge line:mqtt"),
        (20, "stranger line:mqtt y.heat=on", "again line:mqtt"),
        (100, "stranger line:mqtt x.smoke=off; stranger line:mqtt y.heat=off", ""),
        (110, "stranger line:mqtt y.co_alarm=off", "gone line:mqtt"),
    ),
    case(
        "a sender that is registered or rejected is none of it any more",
        (0, "stranger line:mqtt x.smoke=on", "raised line:mqtt"),
        (1, "identified y", ""),
        (2, "identified x", "gone line:mqtt"),
        (3, "stranger line:mqtt x.smoke=off", ""),
    ),
    case(
        "a word counts for a day; who says it again after that is told again",
        (0, "stranger line:mqtt x.smoke=on", "raised line:mqtt"),
        (DAY - 1, "stranger line:mqtt x.smoke=on", ""),
        (DAY, "", "gone line:mqtt"),
        (DAY + 1, "stranger line:mqtt x.smoke=on", "again line:mqtt"),
    ),
    case(
        "an unregistered part of a registered panel is a fire, latched like any other",
        (0, "stranger panel 1/2.smoke=on", "raised panel"),
        (100, "stranger panel 1/2.smoke=off", "gone panel"),
        (101, "ack panel", "acknowledge panel"),
        (102, "close panel", "refused"),
        (103, "reset panel; close panel", "reset panel; close panel"),
    ),
    case(
        "a reset of the panel ends what its unregistered parts told, each after its minute",
        (0, "stranger panel 1/2.smoke=on; stranger panel 11/3.smoke=on", "raised panel; again panel"),
        (1, "panelreset 1", ""),
        (100, "", ""),
        (101, "panelreset 11", "gone panel"),
        (102, "stranger panel 1/2.smoke=on", "again panel"),
    ),
    case(
        "an event that is told again is told again",
        (0, "stranger panel 1/2.smoke=on", "raised panel"),
        (1, "stranger panel !1/2.smoke=on", "again panel"),
    ),
    case(
        "it ends also where its panel was registered only meanwhile",
        (0, "stranger line:mqtt 1/2.smoke=on", "raised line:mqtt"),
        (100, "stranger panel 1/2.smoke=off", "gone line:mqtt"),
    ),
    case(
        "what is no danger is no alert, and the panel's own smoke is not a stranger's",
        (0, "stranger line:mqtt x.door=on; stranger panel x.panic=on", ""),
        (1, "panel.smoke=on", ""),
    ),
    case(
        "a bypass or walk test of the panel is none of a stranger's",
        (0, "bypass panel 600 welding", "raised bypass"),
        (1, "stranger panel 1/2.smoke=on", "raised panel"),
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("timeline", CASES, ids=lambda case: case.name)
def test_the_timeline_comes_true(timeline: Timeline, way: Way) -> None:
    walk(timeline, way)


def told(room: Room, name: str, at_s: float, signal: str = "smoke") -> list[str]:
    now = START + int(at_s * SECOND)
    happened = room.run_until(now)
    return happened + said(room.step([Stranger("line:mqtt", SenderKey("", "keyarea", name), signal, True)], now))


def alert_of(room: Room) -> Alert:
    (alert,) = room.alerts.values()
    return alert


def test_the_text_names_who_said_what_on_which_line() -> None:
    room = Room(RULES, DEVICES)
    sender = SenderKey("fire-1", "gbt26875", "e90300000000/1.1.0001\u202e\n")
    room.step([Stranger("line:mqtt", sender, signal, True) for signal in ("smoke.2", "smoke.3", "heat")], START)
    assert english(alert_of(room).text) == (
        "Unknown: smoke reported by gbt26875 e90300000000/1.1.0001?? on fire-1; "
        "heat reported by gbt26875 e90300000000/1.1.0001?? on fire-1"
    )


@pytest.mark.slow
def test_a_thousand_invented_names_are_one_alert_told_a_few_times_a_minute() -> None:
    """Who comes last is named as well as who came first, a minute later at most."""
    room = Room(RULES, DEVICES)
    happened = [step for number in range(1_000) for step in told(room, f"d{number}", number / 100)]
    assert happened == ["raised line:mqtt"] + ["again line:mqtt"] * 19
    happened = told(room, "late", 11)
    assert not happened
    assert room.run_until(START + 120 * SECOND) == ["again line:mqtt"]
    assert "smoke reported by keyarea d0; " in english(alert_of(room).text)
    assert english(alert_of(room).text).endswith("; and at least 190 more devices")
    (stored,) = room.memories.values()
    assert len(stored) < 40_000


def test_one_that_joins_a_few_others_is_named_at_once() -> None:
    room = Room(RULES, DEVICES)
    for number in range(15):
        told(room, f"d{number}", number)
    assert "smoke reported by keyarea d14; and 5 more devices" in english(alert_of(room).text)


def test_what_waits_to_be_told_survives_a_restart() -> None:
    room = Room(RULES, DEVICES)
    for number in range(21):
        told(room, f"d{number}", 0)
    now = room.now
    room.step([room.event("ack line:mqtt", now)], now)
    room.restart()
    assert room.run_until(START + 61 * SECOND) == ["again line:mqtt"]
    assert ("d20" in english(alert_of(room).text), alert_of(room).state) == (True, State.UNACKNOWLEDGED)


def test_a_name_too_long_or_in_no_characters_is_still_one_sender() -> None:
    room = Room(RULES, DEVICES)
    for name in ("x" * 60_000, "x" * 59_999 + "y", "\ud800"):
        told(room, name, 0)
    told(room, "x" * 60_000, 1)
    assert (alert_of(room).occurrences, len(room.engine.strangers())) == (3, 3)
    assert len(english(alert_of(room).text)) < 1_000
    (stored,) = room.memories.values()
    assert len(stored) < 2_000


def test_what_stands_is_known_by_sender() -> None:
    room = Room(RULES, DEVICES)
    words = ("line:mqtt x.smoke=on", "line:mqtt x.heat=on", "panel x.fire=on", "line:mqtt y.panic=on")
    for word in (*words, "line:mqtt y.panic=off"):
        room.step([room.event(f"stranger {word}", START)], START)
    x, y = SenderKey("", "keyarea", "x"), SenderKey("", "keyarea", "y")
    assert room.engine.strangers() == {x: ("smoke", "heat", "fire"), y: ()}
