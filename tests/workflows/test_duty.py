"""The roster as people write it: what is refused by which field, swaps and who approves them, shifts that begin."""

from datetime import date
from typing import Any

import pytest

from alerts.calendar import Calendar, Shift
from alerts.duty_asks import Approve, AskSwap, Decline, End, Plan
from alerts.facts import ON_DUTY, ROSTERED
from alerts.person import Certificate, Person
from alerts.site_facts import Place, SiteFacts
from devices.message import Name
from ledger.posts import Post
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START
from tests.workflows.register import Register
from workflows.duty import Duty, DutyConfig

HOUR, DAY = 3_600, 86_400
CALENDAR = Calendar("Asia/Shanghai", shifts=(Shift("night", "22:00", "06:00"),))
SITE = SiteFacts(areas={"store": Place("store", Name("Store"))}, calendar=CALENDAR)
TODAY = CALENDAR.day(START)
FIRE = Certificate(kind="fire", issued=date(2020, 1, 1), expires=date(2040, 1, 1))
GATE = Post(id="gate", role="guard", area="store", longest_h=12)
ROOM = Post(id="ecr", role="fire_control_room", least=2, longest_h=8, certificate="fire")
PEOPLE = (
    *(Person(id=name, name=name, account=f"{name}1", certificates=(FIRE,)) for name in ("an", "bo", "cy")),
    Person(id="di", name="di"),
    Person(id="ex", name="ex", left=TODAY),
)


def day(after: int) -> str:
    return date.fromordinal(TODAY.toordinal() + after).isoformat()


class Site(KernelRoom):
    """It is a Monday, midnight."""

    def __init__(self) -> None:
        super().__init__(Register(*PEOPLE), Duty(DutyConfig(posts=(GATE, ROOM))), site=SITE)

    def plan(self, **said: Any) -> str:
        return self.ask(0, plan(**said))

    def asked(self, question: str, **about: Any) -> Any:
        (answer,) = self.kernel.world.ask_of(question, **about)
        return answer


def plan(**changed: Any) -> Plan:
    said: dict[str, Any] = {
        "post": "gate", "person": "an", "first": day(1), "start": "08:00", "end": "16:00",
        "rule": "FREQ=DAILY;COUNT=10", "by": "boss", "role": "manager",
    }  # fmt: skip
    return Plan(**said | changed)


def swap(case: str, **changed: Any) -> AskSwap:
    said: dict[str, Any] = {"case": case, "day": day(2), "person": "bo", "by": "an1", "role": "operator"}
    return AskSwap(**said | changed)


def approve(case: str, **changed: Any) -> Approve:
    return Approve(**{"case": case, "day": day(2), "by": "boss", "role": "manager"} | changed)


@pytest.mark.parametrize(
    ("changed", "key", "field"),
    [
        ({"post": "tower"}, "duty.no_post", "post"),
        ({"person": "nobody"}, "duty.no_person", "person"),
        ({"person": "ex"}, "duty.has_left", "person"),
        ({"first": "soon"}, "duty.no_day", "first"),
        ({"first": day(-2)}, "duty.is_past", "first"),
        ({"first": day(800)}, "duty.is_past", "first"),
        ({"start": "8"}, "duty.no_time", "start"),
        ({"end": "25:00"}, "duty.no_time", "end"),
        ({"rule": "FREQ=DAILY"}, "recurrence.endless", "rule"),
        ({"rule": "FREQ=HOURLY;COUNT=3"}, "recurrence.no_frequency", "rule"),
        ({"end": "20:30"}, "duty.too_long", "end"),
        ({"end": "08:00", "rule": "FREQ=DAILY;COUNT=2"}, "duty.too_long", "end"),
        ({"post": "ecr", "end": "16:30"}, "duty.too_long", "end"),
    ],
)
def test_what_is_refused_names_its_field(changed: dict[str, Any], key: str, field: str) -> None:
    effects = Site().step(1, plan(**changed))
    assert [key] == keys(effects)
    assert [field] == [name for faults in effects.faults.values() for _, name, _ in faults]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"start": "15:00", "end": "17:00"}, "duty.double"),
        ({"post": "ecr", "start": "16:00", "end": "18:00"}, "duty.too_long"),  # 8 + 2 h, of which the room allows 8
        ({"start": "16:00", "end": "22:00"}, "duty.too_long"),
        ({"first": day(10), "rule": ""}, "duty.double"),
        ({"first": day(11), "rule": ""}, None),
        ({"start": "16:00", "end": "20:00"}, None),
        ({"person": "bo", "start": "15:00", "end": "17:00"}, None),
    ],
)
def test_nobody_is_planned_twice_at_once_or_without_a_break(second: dict[str, Any], expected: str | None) -> None:
    site = Site()
    site.plan()
    assert ([expected] if expected else []) == keys(site.step(1, plan(**second)))


def test_a_swap_is_approved_by_a_leader_who_is_none_of_the_two() -> None:
    site = Site()
    line = site.plan()
    site.ask(1, swap(line))
    assert ["an", "an"] == [one.person for one in site.asked(ROSTERED, since=START, until=START + 3 * DAY * 10**9)]
    assert ["duty.approves_himself"] == keys(site.step(2, approve(line, by="bo1")))
    assert ["duty.approves_himself"] == keys(site.step(2, approve(line, by="an1")))
    assert ["workflow.not_your_role"] == keys(site.step(2, approve(line, role="operator")))
    assert ["duty.no_swap"] == keys(site.step(2, approve(line, day=day(3))))
    site.ask(3, approve(line))
    assert ["an", "bo"] == [one.person for one in site.asked(ROSTERED, since=START, until=START + 3 * DAY * 10**9)]


def test_a_swap_does_not_go_round_in_a_circle() -> None:
    site = Site()
    line = site.plan()
    site.ask(1, swap(line))
    site.ask(2, approve(line))
    assert ["duty.circle"] == keys(site.step(3, swap(line, person="an", by="bo1")))
    site.ask(4, swap(line, person="cy", by="bo1"))
    site.ask(5, approve(line))
    assert ["duty.circle", "duty.circle"] == [
        key for person in ("an", "bo") for key in keys(site.step(6, swap(line, person=person, by="cy1")))
    ]


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"person": "ex"}, "duty.has_left"),
        ({"person": "an"}, "duty.circle"),
        ({"day": day(20)}, "duty.no_stint"),
        ({"day": "x"}, "duty.no_day"),
        ({"case": "none"}, "duty.no_line"),
        ({"by": "cy1"}, "duty.not_yours"),
        ({"other": "none", "other_day": day(2)}, "duty.no_line"),
    ],
)
def test_swaps_that_cannot_be(changed: dict[str, Any], key: str) -> None:
    site = Site()
    assert [key] == keys(site.step(1, swap(**{"case": site.plan()} | changed)))


def test_who_takes_a_stint_is_free_and_certified() -> None:
    site = Site()
    line, other = site.plan(), site.plan(person="bo", start="15:00", end="20:00")
    assert ["duty.double"] == keys(site.step(1, swap(line)))
    room = site.plan(post="ecr", person="cy", start="00:00", end="06:00")
    assert ["duty.uncertified"] == keys(site.step(1, swap(room, person="di", by="cy1")))
    site.ask(2, swap(line, other=other, other_day=day(2)))  # against each other: each has the other's
    site.ask(3, approve(line))
    found = site.asked(ROSTERED, since=START + 2 * DAY * 10**9, until=START + 3 * DAY * 10**9)
    assert [("ecr", "cy"), ("gate", "bo"), ("gate", "an")] == [(one.post, one.person) for one in found]


def test_a_swap_lapses_when_the_stint_begins() -> None:
    site = Site()
    line = site.plan()
    site.ask(1, swap(line))
    assert "duty.swap_lapsed" in site.run_until(2 * DAY + 9 * HOUR)
    assert ["duty.is_past"] == keys(site.step(2 * DAY + 10 * HOUR, swap(line)))
    site.ask(2 * DAY + 10 * HOUR, swap(line, day=day(4)))
    site.ask(2 * DAY + 11 * HOUR, Decline(case=line, day=day(4), by="an1", role="operator"))
    assert () == site.kernel.cases.of("duty")[line].swaps  # type: ignore[attr-defined]


def test_on_duty_are_those_whose_stint_it_is_by_their_accounts() -> None:
    site = Site()
    site.plan()
    site.plan(person="di", start="12:00", end="20:00")
    noon = START + (DAY + 13 * HOUR) * 10**9
    assert ("an1", "di") == site.asked(ON_DUTY, role="guard", area="", at=noon)
    assert () == site.asked(ON_DUTY, role="fire_control_room", area="store", at=noon)
    assert () == site.asked(ON_DUTY, role="gate", area="hall", at=noon)
    assert ("di",) == site.asked(ON_DUTY, role="", area="store", at=START + (DAY + 16 * HOUR) * 10**9)


def test_shifts_are_told_when_they_begin_and_are_over() -> None:
    site = Site()
    site.plan(rule="")
    assert [] == site.run_until(DAY + 7 * HOUR)
    assert ["duty.shift_begun"] == site.run_until(DAY + 8.1 * HOUR)
    assert ["duty.shift_over"] == site.run_until(DAY + 17 * HOUR)
    assert {} == dict(site.kernel.cases.of("duty"))


def test_after_an_outage_only_how_it_stands_is_told() -> None:
    site = Site()
    site.plan(rule="FREQ=DAILY;COUNT=9")
    site.restart(2 * DAY + 9 * HOUR)
    site.step(2 * DAY + 9 * HOUR)
    told = [*facts(site.effects), *site.run_until(2 * DAY + 10 * HOUR)]
    assert ["duty.shift_begun"] == told


def test_a_line_that_is_ended_has_no_stints_after_it() -> None:
    site = Site()
    line = site.plan()
    site.ask(1, End(case=line, last=day(2), by="boss", role="admin"))
    assert ["duty.is_past"] == keys(site.step(2, End(case=line, last=day(-5), by="boss", role="admin")))
    site.run_until(2 * DAY + 17 * HOUR)
    assert {} == dict(site.kernel.cases.of("duty"))


@pytest.mark.parametrize(
    ("post", "fields"),
    [
        (ROOM, []),
        (Post(id="ecr", role="fire_control_room"), ["least", "longest_h", "certificate"]),
        (Post(id="fire_control_room", least=2, longest_h=8, certificate="fire", cover="day"), ["cover"]),
        (
            Post(id="gate", area="nowhere", least=0, holiday_times=0, longest_h=0),
            ["area", "least", "holiday_times", "longest_h"],
        ),
        (Post(id="gate", cover="shifts"), ["shifts"]),
        (Post(id="gate", cover="shifts", shifts=("day",)), ["shifts"]),
        (Post(id="gate", cover="shifts", shifts=("night",)), []),
        (Post(id=""), ["id"]),
    ],
)
def test_posts_that_a_site_file_may_not_ask_for(post: Post, fields: list[str]) -> None:
    assert fields == [fault.path[-1] for fault in DutyConfig(posts=(post,)).check(SITE)]
    assert ["id"] == [fault.path[-1] for fault in DutyConfig(posts=(GATE, GATE)).check(SITE)]
