"""Ten minutes of listening and one live trigger: what is measured, and what is wanting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.commissioning import WINDOW, Measurement
from devices.device import Device
from devices.reading import SECOND, Quality, Reading, Value
from tests.words import words

SMOKE = Device("sd", "zigbee2mqtt", "sd", "store", kind="smoke_detector", signals=("smoke", "battery"), interval_s=100)


class Walk:
    """A device that is measured since ``started``."""

    def __init__(self, device: Device = SMOKE, started: int = 0) -> None:
        self.device, self.seen = device, Measurement(started)

    def say(self, at_s: float, quality: int = 0, **values: Value) -> None:
        """All in one message."""
        at = round(at_s * SECOND)
        said = [Reading("sd", signal, value, at, at, quality) for signal, value in values.items()]
        self.seen = self.seen.heard(self.device, said)


def test_a_good_device_is_measured_and_its_trigger_is_seen() -> None:
    """Heartbeat, signal strength and when the trigger was seen; then nothing is wanting."""
    walk = Walk()
    for at in range(0, 600, 60):
        walk.say(at, smoke=False, linkquality=100.0 - at / 60, rssi=-70.0)
    walk.say(599, smoke=True)
    assert [] == walk.seen.wanting(SMOKE, WINDOW)
    assert {
        "listened_s": 600,
        "messages": 11,
        "heartbeat_s": 59.9,
        "longest_silence_s": 60.0,
        "linkquality_min": 91.0,
        "linkquality_avg": 95.5,
        "rssi_min": -70.0,
        "rssi_avg": -70.0,
        "trigger": "smoke",
        "triggered_s": 599,
    } == walk.seen.figures(WINDOW)


def test_a_silence_longer_than_its_interval_is_said() -> None:
    walk = Walk()
    for at in (0, 10, 150):
        walk.say(at, smoke=True)
    assert ["it was silent for 140 s, longer than its interval of 100 s"] == words(walk.seen.wanting(SMOKE, WINDOW))


@pytest.mark.parametrize(
    ("device", "values", "is_trigger"),
    [
        (SMOKE, [{"smoke": False}, {"battery": 3.0, "tamper": True}], False),
        (SMOKE, [{"smoke_density": 0.0}, {"smoke_density": 30.0}], False),
        (SMOKE, [{"smoke.2": True}], True),
        (
            Device("sd", "x", "sd", "a", kind="smoke_detector", signals=("smoke_density",)),
            [{"smoke_density": 9.0}],
            False,
        ),
        (
            Device("sd", "x", "sd", "a", kind="smoke_detector", signals=("smoke_density",)),
            [{"smoke_density": 0.0}, {"smoke_density": 0.9}, {"smoke_density": 1.0}],
            True,
        ),
        (Device("sd", "x", "sd", "a", kind="reader"), [{"credential": "4711"}], True),
        (Device("sd", "x", "sd", "a", kind="reader"), [{"credential": ""}], False),
        (Device("sd", "x", "sd", "a", signals=("level", "battery")), [{"battery": 1.0}, {"battery": 90.0}], False),
        (Device("sd", "x", "sd", "a", signals=("level", "battery")), [{"level": 1.0}, {"level": 3.0}], True),
    ],
)
def test_what_counts_as_a_trigger(device: Device, values: list[dict[str, Value]], is_trigger: bool) -> None:
    """What the device is there for, active; a number only where no flag tells, and only if it moved."""
    walk = Walk(device)
    for at, said in enumerate(values):
        walk.say(at, **said)
    assert is_trigger == (walk.seen.triggered is not None)


def test_a_retained_message_is_no_word_of_the_device() -> None:
    """Nor is one that came before the walk began."""
    walk = Walk(started=100 * SECOND)
    walk.say(101, int(Quality.SNAPSHOT), smoke=True)
    walk.say(99, smoke=True)
    assert Measurement(100 * SECOND) == walk.seen


@given(st.lists(st.tuples(st.integers(0, 700), st.sampled_from(["smoke", "rssi", "battery"]), st.floats(-90, 90))))
def test_whatever_it_says_the_figures_agree(said: list[tuple[int, str, float]]) -> None:
    """The lowest is not above the mean, the longest silence not under the mean one."""
    walk = Walk()
    for at, signal, value in sorted(said):
        walk.say(at, **{signal: value > 0 if signal == "smoke" else value})
    measured = walk.seen.figures(WINDOW)
    assert measured.get("rssi_min", 0) <= measured.get("rssi_avg", 0) + 0.1  # type: ignore[operator]
    assert measured.get("heartbeat_s", 0) <= measured.get("longest_silence_s", 0)  # type: ignore[operator]
    assert measured["messages"] == len({at for at, _, _ in said})
