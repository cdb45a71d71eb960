"""Hours of training: who lacks how many near the end of the year, and what is owed once it is over."""

from typing import Any

import pytest

from alerts.people_asks import Add
from alerts.site_facts import SiteFacts
from alerts.training import HoursRow
from tests.alerts.kernel.room import KernelRoom
from tests.workflows.terms import BY, SITE, TODAY, midnight, room, standing
from workflows.education import Education, Hold, Plan
from workflows.people import People
from workflows.training_hours import HoursConfig, Need, TrainingHours

YEAR_ENDS = (TODAY.replace(year=TODAY.year + 1, month=1, day=1) - TODAY).days
CONFIG = HoursConfig(
    needs=(Need(hours=8), Need(hours=12, first=32, levels=("leader",)), Need(hours=20, first=72, posts=("welder",)))
)


def watched() -> KernelRoom:
    here = room(Education(), TrainingHours(CONFIG))
    here.run_until(1)
    return here


def rows(here: KernelRoom) -> dict[str, HoursRow]:
    (case,) = here.kernel.cases.of("training_hours").values()
    return {row.person: row for row in case.rows}


def train(here: KernelRoom, at: float, hours: float, *people: str) -> None:
    day = here.kernel.world.site.calendar.day(here.now)
    case = here.ask(at, Plan(kind="safety", topic="t", planned=day, hours=hours, invited=people, **BY))
    here.ask(at + 1, Hold(case=case, passed=people, **BY))


def test_of_several_needs_the_largest_counts() -> None:
    here = watched()
    assert {"li": 12, "wu": 20, "bo": 8} == {name: row.needed for name, row in rows(here).items() if name != "gone"}


def test_what_is_lacking_is_told_near_the_end_of_the_year_and_owed_after_it() -> None:
    here = watched()
    train(here, 10, 20, "li", "wu")
    here.run_until(midnight(YEAR_ENDS) - 1)
    assert [1, 0] == [standing(here, f"training-hours-{word}") for word in ("lacking", "missed")]
    here.restart(5)
    here.run_until(midnight(YEAR_ENDS) + 5)
    assert [0, 1] == [standing(here, f"training-hours-{word}") for word in ("lacking", "missed")]
    assert (16, 8) == (rows(here)["bo"].needed, rows(here)["bo"].owed)
    train(here, midnight(YEAR_ENDS + 20), 8, "bo")
    here.run_until(midnight(YEAR_ENDS + 21))
    others = [row for row in rows(here).values() if row.owed > row.done]
    assert ([] == others) == (0 == standing(here, "training-hours-missed"))
    assert 8 == rows(here)["bo"].lacking, "what this year needs"


def test_in_the_last_second_of_the_year_it_is_not_missed_yet() -> None:
    here = watched()
    here.run_until(midnight(YEAR_ENDS) - 2)
    everybody = tuple(name for name in rows(here) if name != "gone")
    train(here, midnight(YEAR_ENDS) - 2, 20, *everybody)
    here.run_until(midnight(YEAR_ENDS))
    lacking = [name for name, row in rows(here).items() if row.owed and name != "gone"]
    assert [] == lacking


def test_who_is_new_needs_the_hours_of_the_first_year() -> None:
    here = KernelRoom(People(), Education(), TrainingHours(CONFIG), rules=(), devices=(), site=SITE)
    here.run_until(1)
    here.ask(2, Add(person="new", name="New", level="leader", **BY))
    assert 32 == rows(here)["new"].needed
    here.restart(3)
    here.run_until(midnight(YEAR_ENDS) + 3)
    assert (12 + 32, 32) == (rows(here)["new"].needed, rows(here)["new"].owed)


@pytest.mark.parametrize(
    ("config", "count"),
    [(HoursConfig(needs=(Need(hours=0),)), 1), (HoursConfig(warn_days=0), 1), (CONFIG, 0)],
)
def test_a_need_is_a_number_of_hours(config: HoursConfig, count: int) -> None:
    site: Any = SiteFacts()
    assert count == len([*config.check(site)])


def test_without_needs_nothing_is_looked_at() -> None:
    here = room(Education(), TrainingHours())
    here.run_until(midnight(3))
    assert {} == dict(here.kernel.cases.of("training_hours"))
