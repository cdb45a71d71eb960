"""A look that is put off brings about what a look that is told does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.supervision import SupervisionRule
from alerts.trial.recording import Setting
from alerts.trial.replay import Raised, Replay
from devices.device import Device
from devices.reading import SECOND, Instant, Reading
from devices.supervision import LOOK_EVERY, TOGETHER
from tests.alerts.timeline import START, Room, device, reading, rule

DEVICES = (device("a", interval_s=7), device("b", interval_s=700.3), device("c"))
stories = st.lists(
    st.tuples(st.sampled_from((0.0, 0.3, 3.0, 6.9, 7.0, 7.2, 300.0, 701.0)), st.sampled_from("abc")), max_size=30
)


class Told(SupervisionRule, frozen=True, tag="supervision"):
    """The kind without the short way."""

    def lost_at(self, device: Device, heard: Instant) -> Instant | None:
        return None


def raised(kind: type[SupervisionRule], readings: list[Reading]) -> tuple[tuple[Raised, ...], list[tuple[str, int]]]:
    """What is raised, and when each alert that is open at the end changed last."""
    usual = rule("supervision", name="lost", alert_class="fault", interval_s=20)
    made = kind(**{name: getattr(usual, name) for name in usual.__struct_fields__})
    replay = Replay((made,), Setting(DEVICES, {"store": "armed"}), START)
    replay.hear(readings)
    replay.until(readings[-1].received + 2_000 * SECOND if readings else START + 2_000 * SECOND)
    return replay.story(0, 0).raised, [(alert.key, alert.changed) for alert in replay.engine.open_alerts()]


@pytest.mark.slow
@given(stories)
def test_a_look_that_is_put_off_is_as_good_as_one_that_is_told(story: list[tuple[float, str]]) -> None:
    second, readings = 1.0, []
    for pause, name in story:
        second += pause
        readings.append(reading(f"{name}.temperature=20", START + int(second * SECOND)))
    assert raised(Told, readings) == raised(SupervisionRule, readings)


def test_a_device_is_lost_at_its_deadline_and_not_before() -> None:
    words = [reading("a.temperature=20", START + second * SECOND) for second in range(1, 60, 5)]
    lost, _ = raised(SupervisionRule, words)
    assert START + 63 * SECOND in [each.at for each in lost if each.key == "a"]


def test_no_look_is_put_off_for_longer_than_one_that_is_told() -> None:
    """A device may name an interval of weeks: what it said once is looked at every ten minutes all the same."""
    slow = device("slow", interval_s=30 * 86_400)
    room = Room((rule("supervision", name="lost", alert_class="fault", interval_s=20),), (slow,))
    looks = []
    for minute in range(1, 45):
        now = START + minute * 60 * SECOND
        room.step([reading("slow.temperature=20", now)], now)
        assert room.engine.wake_at is not None
        looks.append(room.engine.wake_at - room.now)
    assert max(looks) <= LOOK_EVERY + TOGETHER
