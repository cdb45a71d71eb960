"""What an alert of the kind ``rate_of_rise`` says, what it remembers, and which parameters it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rule import Memory
from alerts.rules.rate_of_rise import Course, RateOfRiseRule
from devices.reading import SECOND
from tests.alerts.timeline import START, Room, device, reading, rule, said
from tests.words import english


@pytest.mark.parametrize(
    ("limits", "values", "expected"),
    [
        ({"rise": 10}, (20, 31), "temperature of a 31 °C, up by 10 °C or more within 1 min"),
        ({"fall": 5}, (20, 15), "temperature of a 15 °C, down by 5 °C or more within 1 min"),
        ({"rise": 10, "fall": 5}, (20, 30), "temperature of a 30 °C, up by 10 or down by 5 °C or more within 1 min"),
    ],
)
def test_the_text_says_how_far_and_in_what_time(
    limits: dict[str, float], values: tuple[float, float], expected: str
) -> None:
    room = Room((rule("rate_of_rise", signal="temperature", **limits),), (device("a"),))
    for second, value in enumerate(values):
        at = START + second * SECOND
        effects = room.step([reading(f"a.temperature={value}", at)], at)
    assert [expected] == [english(event.alert.text) for event in effects.alerts]


def test_what_is_remembered_does_not_grow_with_how_often_a_device_speaks() -> None:
    made = RateOfRiseRule(name="r", alert_class="fire", priority=1, procedure="run", signal="temperature", rise=10)  # type: ignore[arg-type]
    memory: Memory = made.start()
    for tick in range(2_000):
        now = START + tick * SECOND // 10
        memory = made.step(memory, reading(f"a.temperature={20 + tick % 7}", now), now)  # type: ignore[arg-type]
    assert isinstance(memory, Course)
    assert len(memory.marks) <= 32


def test_a_reading_that_changes_nothing_costs_no_new_memory() -> None:
    made = RateOfRiseRule(name="r", alert_class="fire", priority=1, procedure="run", signal="temperature", rise=10)  # type: ignore[arg-type]
    memory = made.step(made.start(), reading("a.temperature=20", START), START)
    assert memory is made.step(memory, reading("a.temperature=20", START + SECOND), START + SECOND)


@pytest.mark.parametrize(
    "parameters",
    [{}, {"rise": 0}, {"fall": -1}, {"rise": float("nan")}, {"rise": 1, "within_s": 0}, {"rise": 1, "within_s": 1e9}],
)
def test_parameters_that_make_no_sense_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must|give"):
        RateOfRiseRule(name="r", alert_class="fire", priority=1, procedure="run", signal="temperature", **parameters)  # type: ignore[arg-type]


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 30)), min_size=2, max_size=30),
    st.sets(st.integers(1, 29)),
    st.integers(0, 25),
)
def test_a_restart_anywhere_changes_nothing_that_is_told(
    steps: list[tuple[int, int]], restarts: set[int], pause_s: int
) -> None:
    """However long it took, as long as the device kept its pace."""
    made = rule("rate_of_rise", alert_class="supervisory", signal="temperature", rise=10, fall=12, within_s=60)
    through, broken = Room((made,), (device("a"),)), Room((made,), (device("a"),))
    at = START
    for place, (seconds, value) in enumerate(steps):
        at += max(seconds, pause_s + 1) * SECOND
        if place in restarts:
            broken.restart(pause_s)
        told = [said(room.step([reading(f"a.temperature={value}", at)], at)) for room in (through, broken)]
        assert told[0] == told[1]
