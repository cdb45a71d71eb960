"""Ten minutes of listening and one live trigger: what is measured, what is wanting, what goes on record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.commissioning import WINDOW, Commissions
from devices.device import Device
from devices.message import plain
from devices.orders import Commission, Finish
from devices.reading import SECOND, Quality, Reading, Value
from tests.words import refused, words

SMOKE = Device("sd", "zigbee2mqtt", "sd", "store", kind="smoke_detector", signals=("smoke", "battery"), interval_s=100)


def started(device: Device = SMOKE) -> Commissions:
    commissions = Commissions()
    commissions.start(Commission(device.id, "tom"), device, 0)
    return commissions


def say(commissions: Commissions, at_s: float, quality: int = 0, **values: Value) -> None:
    """The device says these, all in one message."""
    at = round(at_s * SECOND)
    commissions.hear([Reading("sd", signal, value, at, at, quality) for signal, value in values.items()])


def test_a_good_device_is_measured_and_its_trigger_is_seen() -> None:
    """The record holds heartbeat, signal strength and when the trigger was seen; then nothing is wanting."""
    commissions = started()
    for at in range(0, 600, 60):
        say(commissions, at, smoke=False, linkquality=100.0 - at / 60, rssi=-70.0)
    say(commissions, 599, smoke=True)
    found = commissions.of("sd")
    assert found is not None
    assert [] == words(found.wanting(WINDOW))
    change = commissions.finish(Finish("sd", "tom"), WINDOW)
    assert ("commissioned", "tom", SMOKE, WINDOW) == (change.action, change.by, change.new, change.at)
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
    } == change.measured
    assert not commissions


def test_what_is_wanting_must_be_answered_for() -> None:
    commissions = started()
    with refused(r"no live trigger seen yet: trigger the device .smoke or smoke_density."):
        commissions.finish(Finish("sd", "tom"), 5 * SECOND)
    change = commissions.finish(Finish("sd", "tom", "no test gas at hand"), 5 * SECOND)
    assert "it has not spoken yet; 595 s of listening are left" in words(change.measured["wanting"])
    with refused("begin with `keyarea device commission`"):
        commissions.finish(Finish("sd", "tom"), 5 * SECOND)


def test_a_device_that_no_rule_looks_at_is_not_commissioned_in_silence() -> None:
    commissions = Commissions()
    commissions.start(Commission("sd", "tom"), SMOKE, 0, (plain("no rule looks at what it detects"),))
    with refused(r"^no rule looks at what it detects; no live trigger"):
        commissions.finish(Finish("sd", "tom"), 5 * SECOND)


def test_a_silence_longer_than_its_interval_is_said() -> None:
    commissions = started()
    for at in (0, 10, 150):
        say(commissions, at, smoke=True)
    found = commissions.of("sd")
    assert found is not None
    assert ["it was silent for 140 s, longer than its interval of 100 s"] == words(found.wanting(WINDOW))


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
    commissions = started(device)
    for at, said in enumerate(values):
        say(commissions, at, **said)
    found = commissions.of("sd")
    assert found is not None
    assert is_trigger == (found.triggered is not None)


def test_a_retained_message_is_no_word_of_the_device() -> None:
    """Nor is one that came before the walk began."""
    commissions = Commissions()
    commissions.start(Commission("sd", "tom"), SMOKE, 100 * SECOND)
    say(commissions, 101, int(Quality.SNAPSHOT), smoke=True)
    say(commissions, 99, smoke=True)
    found = commissions.of("sd")
    assert found is not None
    assert (0, None) == (found.messages, found.triggered)


def test_one_may_begin_again_and_too_many_are_refused() -> None:
    commissions = started()
    say(commissions, 1, smoke=True)
    commissions.start(Commission("sd", "li"), SMOKE, 5)
    found = commissions.of("sd")
    assert found is not None
    assert (0, "li") == (found.messages, found.by)
    for number in range(199):
        commissions.start(Commission(f"d{number}", "tom"), Device(f"d{number}", "x", "y", "a"), 0)
    with refused("finish some"):
        commissions.start(Commission("more", "tom"), Device("more", "x", "y", "a"), 0)
    assert 200 == len(commissions.all())


@given(st.lists(st.tuples(st.integers(0, 700), st.sampled_from(["smoke", "rssi", "battery"]), st.floats(-90, 90))))
def test_whatever_it_says_the_figures_agree(said: list[tuple[int, str, float]]) -> None:
    """The lowest is not above the mean, the longest silence not under the mean one."""
    commissions = started()
    for at, signal, value in sorted(said):
        commissions.hear([Reading("sd", signal, value > 0 if signal == "smoke" else value, at, at)])
    found = commissions.of("sd")
    assert found is not None
    measured = found.measured(WINDOW)
    assert measured.get("rssi_min", 0) <= measured.get("rssi_avg", 0) + 0.1  # type: ignore[operator]
    assert measured.get("heartbeat_s", 0) <= measured.get("longest_silence_s", 0)  # type: ignore[operator]
    assert measured["messages"] == len({at for at, _, _ in said})
