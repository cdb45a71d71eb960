"""Codes of people: until the day on which they left, with an account or without."""

from datetime import timedelta

import pytest

from alerts.calendar import Calendar
from alerts.person import Person
from alerts.site_facts import SiteFacts
from devices.keypad import Keyed, Keypads, Known, UserCode
from gateway.code_holders import of_people_here
from tests.alerts.kernel.room import KernelRoom
from tests.alerts.timeline import START
from tests.workflows.register import Register

CALENDAR = Calendar("Asia/Shanghai")
TODAY = CALENDAR.day(START)
CODES = {
    "1001": UserCode("li"),
    "1002": UserCode("ma"),
    "1003": UserCode("w3", is_person=True),
    "1004": UserCode("w4", is_person=True),
    "1005": UserCode("w5", is_person=True),
    "1006": UserCode("w3", "duress", is_person=True),
}
PEOPLE = (
    Person(id="w1", name="Li", account="li", left=TODAY + timedelta(days=1)),
    Person(id="w3", name="Wu", left=TODAY + timedelta(days=1)),
    Person(id="w4", name="An"),
)
DAY_NS = 86_400 * 1_000_000_000


def keypads() -> Keypads:
    world = KernelRoom(Register(*PEOPLE), site=SiteFacts(calendar=CALENDAR)).kernel.world
    return Keypads(
        of_people_here(lambda code, _now: Known(CODES[code], "operator", code) if code in CODES else None, world)
    )


@pytest.mark.parametrize(
    ("code", "today", "tomorrow"),
    [
        ("1001", "known", "wrong"),  # an account whose person leaves
        ("1002", "known", "known"),  # an account of nobody in the register
        ("1003", "known", "wrong"),  # a person without an account who leaves
        ("1004", "known", "known"),
        ("1005", "wrong", "wrong"),  # a person whom the register knows no more
        ("1006", "duress", "wrong"),
    ],
)
@pytest.mark.parametrize("is_card", [False, True])
def test_from_the_day_on_which_they_left_a_code_is_a_wrong_one(
    code: str, today: str, tomorrow: str, is_card: bool
) -> None:
    """By the site's own midnight."""
    said = [
        keypads().judged("pad", "store", Keyed("", code, is_card), at) for at in (START + DAY_NS - 1, START + DAY_NS)
    ]
    assert [today, tomorrow] == [each.verdict for each in said]
    assert "" == said[1].who or tomorrow != "wrong"


def test_three_of_somebody_who_left_lock_the_keypad() -> None:
    pads = keypads()
    said = [pads.judged("pad", "store", Keyed("", "1003"), START + DAY_NS) for _ in range(3)]
    assert [False, False, True] == [each.locks for each in said]
