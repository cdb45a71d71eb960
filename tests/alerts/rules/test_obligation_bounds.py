"""What an obligation remembers is bounded, and a correction reaches what it remembers by its number alone."""

from typing import Any

import msgspec
import pytest

from alerts.calendar import Calendar
from alerts.event import Corrected, Recorded, Tick
from devices.reading import SECOND
from tests.alerts.timeline import START, rule

CALENDAR = Calendar("Asia/Shanghai")
MANY = 450


def after_many(**parameters: Any) -> tuple[Any, Any]:
    """The rule and its memory, after a record in each second from the beginning of a week on."""
    made: Any = rule("obligation", alert_class="duty", priority=3, books=["patrol"], every="week", **parameters)
    memory = made.step(made.start(), Tick(START - SECOND, CALENDAR), START - SECOND)
    memory = made.step(memory, Tick(START, CALENDAR), START)
    for second in range(1, MANY + 1):
        memory = made.step(memory, Recorded("", "patrol", "tom", {}), START + second * SECOND)
    return made, memory


def counted(memory: Any) -> int:
    return int(memory.done) + sum(one.times for one in memory.evidence)


def test_a_correction_of_the_oldest_counts_back() -> None:
    """It is in the number, not in what is remembered one by one; and its correction stands in its place."""
    made, memory = after_many(times=MANY, where={})
    assert len(memory.evidence) == 400
    assert counted(memory) == MANY
    was = Corrected("patrol", START + SECOND, {})
    gone = made.step(memory, Recorded("", "other", "tom", {}, was), START + 500 * SECOND)
    assert counted(gone) == MANY, "of another book"
    again = made.step(memory, Recorded("", "patrol", "tom", {}, was), START + 500 * SECOND)
    assert counted(again) == MANY


def test_taken_back_it_counts_no_more() -> None:
    made, memory = after_many(times=MANY, where={})
    kind = msgspec.structs.replace(made, where={"result": "normal"})
    filled = Corrected("patrol", START + SECOND, {"result": "normal"})
    gone = kind.step(memory, Recorded("", "patrol", "tom", {"result": "none"}, filled), START + 500 * SECOND)
    assert counted(gone) == MANY - 1
    before = Corrected("patrol", START - 9 * SECOND, {"result": "normal"})
    assert counted(kind.step(memory, Recorded("", "patrol", "tom", {}, before), START + 500 * SECOND)) == MANY


@pytest.mark.slow
def test_at_most_one_a_day_remembers_the_newest_of_each_day() -> None:
    """So much as there are parts."""
    _, memory = after_many(times=2, at_most_one_a="day")
    assert len(memory.evidence) <= 400
    assert memory.evidence[-1].at == START + MANY * SECOND
