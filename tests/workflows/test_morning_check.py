"""Each of the canteen is looked at before work; who is not well does not work, and nobody reads why who need not."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from alerts.ask import Ask
from alerts.canteen import Morning
from alerts.canteen_asks import Absent, CheckPerson, Fit
from alerts.effects import Effects
from alerts.facts import Fact
from alerts.person import Certificate, Person
from alerts.site_facts import SiteFacts
from devices.message import Text
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import CALENDAR, START
from tests.workflows.register import Register
from workflows.morning_check import CheckConfig, MorningCheck, health_until

HOUR, DAY = 3_600, 86_400
TODAY = CALENDAR.day(START)
SITE = SiteFacts(calendar=CALENDAR)
HEALTH = Certificate(kind="health", issued=TODAY - timedelta(days=100))
COOK, MAID = (
    Person(id=name, name=name.title(), posts=("canteen",), certificates=(HEALTH,)) for name in ("cook", "maid")
)
CONFIG = CheckConfig(post="canteen", certificate="health")


class Canteen(KernelRoom):
    def __init__(self, *people: Person, config: CheckConfig = CONFIG) -> None:
        self.people = people or (COOK, MAID)
        super().__init__(MorningCheck(config), Register(*self.people), rules=(), devices=(), site=SITE)

    def with_people(self, *people: Person) -> None:
        self.workflows = (MorningCheck(CONFIG), Register(*people))
        self.restart()

    def say(self, at: float, kind: type[Ask] = CheckPerson, person: str = "cook", **said: Any) -> Effects:
        given = {"by": "chef", "role": "manager", "person": person}
        return self.step(at, kind(**given | said))

    @property
    def day(self) -> Morning:
        (day,) = self.kernel.cases.of("morning_check").values()
        assert isinstance(day, Morning)
        return day

    def standing(self, rule: str) -> list[str]:
        return sorted(alert.key for alert in self.open(rule) if alert.active)


def test_a_day_on_which_all_are_well() -> None:
    room = Canteen()
    room.run_until(HOUR)
    assert ("cook", "maid") == room.day.unchecked
    assert ["morning_check.passed"] == facts(room.say(6 * HOUR, temperature=36.5))
    assert ["morning_check.passed"] == facts(room.say(8 * HOUR - 1, person="maid"))
    assert [] == room.run_until(24 * HOUR - 1)
    assert not room.open()


@pytest.mark.parametrize(("at", "told"), [(8 * HOUR - 1, []), (8 * HOUR, ["morning_check.missing"])])
def test_who_is_not_checked_by_eight_is_an_alert(at: float, told: list[str]) -> None:
    room = Canteen()
    room.run_until(HOUR)
    room.say(7 * HOUR)
    assert told == room.run_until(at)
    assert bool(told) == bool(room.standing("morning-check-missing"))
    effects = room.say(at, Absent, "maid")
    assert (["morning_check.complete"] if told else []) == facts(effects)[1:]
    assert [] == room.standing("morning-check-missing")


def test_a_day_that_is_over_is_not_asked_for_any_more() -> None:
    room = Canteen()
    room.run_until(23 * HOUR)
    assert [TODAY.isoformat()] == room.standing("morning-check-missing")
    room.run_until(24 * HOUR)
    assert [] == room.standing("morning-check-missing")
    assert (TODAY + timedelta(days=1)).isoformat() == room.day.id


@pytest.mark.parametrize(
    "found",
    [
        {"fever": True},
        {"temperature": 37.3},
        {"diarrhoea": True},
        {"wounds": True},
        {"hands": True},
        {"cough": True},
    ],
)
def test_who_has_a_finding_does_not_work_until_an_officer_says_so(found: dict[str, Any]) -> None:
    """Over the night as well; and the alert says who, not why."""
    room = Canteen()
    room.run_until(HOUR)
    assert ["morning_check.no_action"] == keys(room.say(6 * HOUR, **found))
    effects = room.say(6 * HOUR, action="to the doctor", **found)
    assert ["morning_check.unfit"] == facts(effects)
    (fact,) = effects.facts
    assert set(fact.personal) >= {"fever", "diarrhoea", "wounds", "hands", "cough", "action"}
    assert {"person", "day"} == set(fact.fields) - set(fact.personal)
    assert {"person": "cook"} == fact.text.params
    assert ["cook"] == room.standing("not-fit-for-food")
    room.run_until(30 * HOUR)
    assert ("cook",) == room.day.unfit
    assert ["morning_check.officer_says"] == keys(room.say(31 * HOUR))
    assert ["morning_check.unfit"] == facts(room.say(31 * HOUR, action="still at home", **found))
    assert ["morning_check.fit"] == facts(room.say(31.5 * HOUR, Fit, note="doctor's paper 12"))
    assert [] == room.standing("not-fit-for-food")


@pytest.mark.parametrize(
    ("kind", "said", "key"),
    [
        (CheckPerson, {"person": "nobody"}, "morning_check.nobody"),
        (CheckPerson, {"temperature": 99.0}, "morning_check.no_temperature"),
        (CheckPerson, {"temperature": float("nan")}, "morning_check.no_temperature"),
        (CheckPerson, {"fever": True, "action": "x" * 201}, "morning_check.too_long"),
        (CheckPerson, {"temperature": 37.2}, ""),
        (Absent, {"person": "stranger"}, "morning_check.nobody"),
        (Fit, {"note": "well"}, "morning_check.is_fit"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(kind: type[Ask], said: dict[str, Any], key: str) -> None:
    room = Canteen()
    room.run_until(HOUR)
    effects = room.say(6 * HOUR, kind, **said)
    assert ([key] if key else []) == keys(effects)


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (234, []),
        (235, ["health-certificate-ending"]),
        (265, ["health-certificate-ending"]),
        (266, ["health-certificate-missing"]),
    ],
)
def test_a_health_certificate_counts_for_a_year_and_is_told_before(day: int, standing: list[str]) -> None:
    """Issued a hundred days before the first day; 30 days' notice; its last day is the 365th after its issue."""
    assert TODAY + timedelta(days=265) == health_until(COOK, "health", TODAY)
    room = Canteen(COOK)
    room.step(day * DAY + HOUR)
    found = {alert.rule for alert in room.open() if alert.active and alert.rule.startswith("health")}
    assert set(standing) == found
    assert ["cook"] * len(standing) == [key for rule in standing for key in room.standing(rule)]


def test_a_new_certificate_ends_the_alert_at_once() -> None:
    room = Canteen(replace(COOK, certificates=()), MAID)
    room.run_until(HOUR)
    assert ["cook"] == room.standing("health-certificate-missing")
    room.with_people(COOK, MAID)
    given = Fact(workflow="people", case="cook", step="given", at=room.now, text=Text.of("people.given"))
    room.kernel.tell(given)
    assert ["morning_check.certified"] == facts(room.step(2 * HOUR))
    assert [] == room.standing("health-certificate-missing")


def test_who_leaves_the_canteen_leaves_no_alert_behind() -> None:
    room = Canteen(replace(COOK, certificates=()), MAID)
    room.run_until(HOUR)
    room.say(6 * HOUR, fever=True, action="home")
    room.with_people(MAID)
    room.kernel.tell(Fact(workflow="people", case="cook", step="left", at=room.now, text=Text.of("people.left")))
    room.step(7 * HOUR)
    assert not [alert for alert in room.open() if alert.active]
    assert ("maid",) == room.day.unchecked


def test_a_night_without_the_gateway_costs_no_day() -> None:
    """The slot of midnight is made up for at the start; who is to be checked has an hour for it."""
    room = Canteen()
    room.run_until(20 * HOUR)
    room.now = START + 33 * HOUR * SECOND
    room.restart()
    room.step(33 * HOUR)
    room.run_until(33 * HOUR + 60)
    assert (TODAY + timedelta(days=1)).isoformat() == room.day.id
    assert START + 34 * HOUR * SECOND <= room.day.due_at <= START + (34 * HOUR + 60) * SECOND


def test_on_a_day_off_nobody_is_asked_for() -> None:
    """Wednesday of that week is a holiday."""
    room = Canteen(config=replace(CONFIG, days="workdays"))
    room.run_until(2 * DAY + HOUR)
    assert () == room.day.unchecked
    room.run_until(3 * DAY + HOUR)
    assert ("cook", "maid") == room.day.unchecked


def test_without_a_post_there_is_nothing() -> None:
    room = Canteen(config=CheckConfig())
    room.run_until(2 * DAY)
    assert not room.kernel.cases.of("morning_check")
    assert ["morning_check.none_today"] == keys(room.say(2 * DAY))
