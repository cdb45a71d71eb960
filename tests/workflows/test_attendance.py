"""Who is really here: signs of people against the roster, and who is absent, alone or over time."""

from typing import Any

import pytest

from alerts.alert import AlertEvent
from alerts.calendar import Calendar
from alerts.case import Case
from alerts.duty_asks import Plan
from alerts.facts import ON_DUTY, PRESENCE, PRESENT, Fact
from alerts.person import Person
from alerts.site_facts import Place, SiteFacts
from alerts.workflow import Ask, Moves, Workflow
from devices.keypad import Presented
from devices.message import Name, plain
from ledger.posts import Post
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START, device
from tests.workflows.register import Register
from workflows.attendance import Attendance, AttendanceConfig, Come, Go
from workflows.duty import Duty, DutyConfig

HOUR, DAY, MIN = 3_600, 86_400, 60
CALENDAR = Calendar("Asia/Shanghai")
READER = device("r1", kind="access_reader", signals=("credential",))
POST = Post(id="ecr", least=2, area="store", longest_h=12)
PEOPLE = (
    Person(id="an", name="an", account="an1", cards=("c4711",)),
    Person(id="bo", name="bo", account="bo1"),
    Person(id="cy", name="cy"),
)
EIGHT = 8 * HOUR


class Sign(Ask, tag="sign", frozen=True, kw_only=True):
    """A fact of another workflow."""

    person: str
    is_present: bool = True


class Signs(Workflow[Case]):
    """Says who was there, as handovers and logs do."""

    name, book, case = "signs", "", Case
    asks = (Sign,)

    def step(self, event: Any, _cases: Any, _world: Any, now: int) -> Moves:
        if not isinstance(event, Sign):
            return Moves()
        fields = {"person": event.person, "is_present": event.is_present}
        return Moves(
            facts=(
                Fact(workflow="signs", case="", step="sign", at=now, text=plain(""), fields=fields, topics=(PRESENCE,)),
            )
        )


class Site(KernelRoom):
    """It is a Monday, midnight; an and bo are planned from 8 to 16, cy after them."""

    def __init__(self, post: Post = POST) -> None:
        flows = (Register(*PEOPLE), Duty(DutyConfig(posts=(post,))), Attendance(), Signs())
        site = SiteFacts(areas={"store": Place("store", Name("Store"))}, calendar=CALENDAR)
        super().__init__(*flows, devices=(READER,), rules=(), site=site)
        for person, start, end in (("an", "08:00", "16:00"), ("bo", "08:00", "16:00"), ("cy", "16:00", "23:00")):
            said = {"post": "ecr", "person": person, "first": CALENDAR.day(START).isoformat()}
            self.ask(1, Plan(**said, start=start, end=end, rule="FREQ=DAILY;COUNT=9", by="boss", role="manager"))

    def come(self, at: float, who: str, kind: type[Ask] = Come) -> list[str]:
        return facts(self.step(at, kind(case="ecr", by=who, role="operator")))

    def told(self, until: float) -> list[str]:
        return [each.removeprefix("attendance.") for each in self.run_until(until) if each.startswith("attendance")]

    def standing(self) -> list[str]:
        return sorted(alert.rule for alert in self.engine.open_alerts() if alert.active)


def test_who_gives_no_sign_is_absent_until_they_come() -> None:
    site = Site()
    site.come(EIGHT - 30 * MIN, "bo1")
    assert [] == site.told(EIGHT + 14 * MIN)
    assert ["absent", "alone"] == site.told(EIGHT + 16 * MIN)
    assert ["duty-absent", "duty-alone"] == site.standing()
    assert ["attendance.came", "attendance.enough"] == site.come(EIGHT + 20 * MIN, "an1")
    assert [] == site.standing()


def test_nobody_at_all_is_absent_and_nobody_is_alone() -> None:
    site = Site()
    assert ["absent", "absent"] == site.told(EIGHT + 16 * MIN)
    assert ["stint_over", "stint_over"] == [each for each in site.told(16.1 * HOUR) if each != "absent"]
    assert [] == site.standing()


@pytest.mark.parametrize("sign", ["card", "code", "console", "fact", "account"])
def test_every_sign_counts(sign: str) -> None:
    site = Site()
    site.come(EIGHT, "bo1")
    match sign:
        case "card":
            site.step(EIGHT + MIN, "r1.credential=c4711")
        case "code":
            site.step(EIGHT + MIN)
            site.kernel.tell(Presented("k1", "disarm", "an1", "operator", "known"))
            site.step(EIGHT + 2 * MIN)
        case "console":
            site.step(EIGHT + MIN)
            alert: Any = None
            site.kernel.tell(AlertEvent(alert, "acknowledge", site.now, by="an1"))
            site.step(EIGHT + 2 * MIN)
        case "fact":
            site.ask(EIGHT + MIN, Sign(person="an", by="x", role="operator"))
        case "account":
            site.ask(EIGHT + MIN, Sign(person="an1", by="x", role="operator"))
    assert [] == site.told(EIGHT + 30 * MIN)
    assert (True, ("bo1", "an1")) == tuple(
        site.kernel.world.ask_of(PRESENT, person="an") + site.kernel.world.ask_of(PRESENT, area="store")
    )


@pytest.mark.parametrize("verdict", ["wrong", "locked", "duress"])
def test_a_code_that_is_not_known_for_good_is_no_sign(verdict: Any) -> None:
    site = Site()
    site.come(EIGHT, "bo1")
    site.kernel.tell(Presented("k1", "disarm", "an1", "operator", verdict))
    assert "absent" in site.told(EIGHT + 30 * MIN)


def test_who_left_is_not_here() -> None:
    site = Site()
    for who in ("an1", "bo1"):
        site.come(EIGHT, who)
    assert [] == site.come(EIGHT + HOUR, "an1", Go)[2:]
    assert [False] == site.kernel.world.ask_of(PRESENT, person="an")
    assert ["duty-absent", "duty-alone"] == site.standing()


def test_whoever_is_known_to_be_there_is_asked_first() -> None:
    site = Site()
    site.come(EIGHT, "bo1")
    site.run_until(EIGHT + HOUR)
    assert [("bo1", "an1")] == site.kernel.world.ask_of(ON_DUTY, role="ecr", area="", at=site.now)


def test_over_time_is_a_sign_long_after_the_stint_until_there_are_no_more() -> None:
    site = Site()
    for who in ("an1", "bo1"):
        site.come(EIGHT, who)
    site.come(16 * HOUR, "cy")
    site.run_until(16.2 * HOUR)
    assert ["attendance.alone"] == site.come(16.4 * HOUR, "an1")  # cy is; an is on duty no more
    assert ["attendance.over_time"] == site.come(16.6 * HOUR, "an1")
    assert ["duty-over-time"] == [each for each in site.standing() if each != "duty-alone"]
    assert ["went"] == [each for each in site.told(18 * HOUR) if each != "alone"]


def test_an_early_sign_counts_from_an_hour_before() -> None:
    site = Site()
    assert ["attendance.not_rostered"] == keys(site.step(EIGHT - 61 * MIN, Come(case="ecr", by="an1", role="operator")))
    assert ["attendance.not_rostered"] == keys(site.step(EIGHT - 50 * MIN, Come(case="ecr", by="zz", role="operator")))
    for who in ("an1", "bo1"):
        site.come(EIGHT - 50 * MIN, who)
    assert [] == site.told(EIGHT + HOUR)


def test_what_fell_into_an_outage_was_not_observed() -> None:
    site = Site()
    site.run_until(EIGHT + MIN)
    site.restart(2 * HOUR)
    site.step(EIGHT + 2 * HOUR + MIN)
    assert [] == site.told(EIGHT + 2 * HOUR + 14 * MIN)
    assert ["absent", "absent"] == site.told(EIGHT + 2 * HOUR + 17 * MIN)


def test_a_restart_does_not_tell_again() -> None:
    site = Site()
    assert ["absent", "absent"] == site.told(EIGHT + 16 * MIN)
    site.restart(1)
    site.step(EIGHT + 17 * MIN)
    assert [] == [each for each in facts(site.effects) if "absent" in each]


def test_minutes_that_a_site_file_may_not_ask_for() -> None:
    config = AttendanceConfig(absent_after_min=0, early_min=241)
    assert [("absent_after_min",), ("early_min",)] == [fault.path for fault in config.check(SiteFacts())]


def test_whoever_is_relieved_a_few_minutes_before_the_end_was_not_absent() -> None:
    site = Site()
    for who in ("an1", "bo1"):
        site.come(EIGHT, who)
    assert [] == site.told(16 * HOUR - 5 * MIN)
    assert [] == site.come(16 * HOUR - 3 * MIN, "an1", Go)
    assert [] == site.standing()


def test_whoever_leaves_long_before_the_end_is_absent() -> None:
    site = Site()
    for who in ("an1", "bo1"):
        site.come(EIGHT, who)
    assert ["attendance.absent", "attendance.alone"] == site.come(15 * HOUR, "an1", Go)


def test_whoever_is_early_for_the_next_day_is_not_over_time_of_the_last() -> None:
    """Sixteen hours ended a stint, and three minutes later the next one begins."""
    site = Site()
    for who in ("an1", "bo1"):
        site.come(EIGHT, who)
    site.told(DAY + EIGHT - 5 * MIN)
    assert [] == site.come(DAY + EIGHT - 3 * MIN, "an1")
    assert "duty-over-time" not in site.standing()
