"""Cards at a reader on the way: whose scan it is."""

from datetime import timedelta

import pytest

from alerts.person import Person
from tests.alerts.kernel.room import KernelRoom
from tests.alerts.timeline import START
from tests.workflows.register import Register
from tests.workflows.test_patrols import AT_TWO, CALENDAR, CONFIG, DEVICES, MINUTE, SITE
from workflows.patrols import Patrols

TODAY = CALENDAR.day(START)


@pytest.mark.parametrize(
    ("left_after", "account", "by"), [(None, "wu", "wu"), (None, "", "Wu"), (1, "wu", "wu"), (0, "wu", ""), (0, "", "")]
)
def test_the_card_of_somebody_who_left_is_nobodys(left_after: int | None, account: str, by: str) -> None:
    """The checkpoint was scanned all the same; from the day on which they left nobody knows by whom."""
    left = TODAY + timedelta(days=left_after) if left_after is not None else None
    person = Person(id="w1", name="Wu", account=account, cards=("77",), left=left)
    room = KernelRoom(Patrols(CONFIG), Register(person), devices=DEVICES, site=SITE)
    room.run_until(AT_TWO)
    room.step(AT_TWO + MINUTE, "r1.checkpoint=T-gate|77")
    (fact,) = (each for each in room.effects.facts if each.step == "scanned")
    assert by == fact.by
