"""The roster looked at ahead: what becomes an alert seven days before, and when that ends; sensitive periods."""

from datetime import date, timedelta
from typing import Any

import pytest

from alerts.calendar import Calendar
from alerts.duty_asks import End, Plan
from alerts.facts import RAISED
from alerts.kernel.consent import Give
from alerts.person import Certificate, Person
from alerts.site_facts import SiteFacts
from ledger.posts import Post
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START
from tests.workflows.register import Register
from workflows.duty import Duty, DutyConfig
from workflows.roster_outlook import RosterOutlook
from workflows.sensitive_period import Cancel, Declare, Report, SensitivePeriods

HOUR, DAY = 3_600, 86_400
CALENDAR = Calendar("Asia/Shanghai")
TODAY = CALENDAR.day(START)
GATE = Post(id="gate", longest_h=24, cover="day", holiday_times=2)
FIRE = Certificate(kind="fire", issued=date(2020, 1, 1), expires=TODAY + timedelta(days=3))


def day(after: int) -> str:
    return (TODAY + timedelta(days=after)).isoformat()


class Site(KernelRoom):
    """It is a Monday, midnight; somebody is at the gate for so many days."""

    def __init__(self, *posts: Post, days: int = 60) -> None:
        people = (Person(id="an", name="an", certificates=(FIRE,)), Person(id="bo", name="bo", certificates=(FIRE,)))
        flows = (Register(*people), Duty(DutyConfig(posts=posts or (GATE,))), RosterOutlook(), SensitivePeriods())
        super().__init__(*flows, site=SiteFacts(calendar=CALENDAR))
        self.line = self.plan(1, rule=f"FREQ=DAILY;COUNT={days}")

    def plan(self, at: float, **changed: Any) -> str:
        said = {"post": "gate", "person": "an", "first": day(0), "start": "08:00", "end": "16:00", "rule": ""}
        return self.ask(at, Plan(**said | changed, by="boss", role="manager"))  # type: ignore[arg-type]

    def declare(self, at: float, **changed: Any) -> Any:
        said = {"name": "fair", "first": day(3), "last": day(4), "plan": "two more", "duty": 2}
        return self.step(at, Declare(**said | changed, by="boss", role="manager"))  # type: ignore[arg-type]

    @property
    def alerts_(self) -> list[str]:
        """What each post that something is wrong with says first, and on which day."""
        texts = [alert.text.params["text"] for alert in self.open("roster-not-staffed") if alert.active]
        firsts = [text.params["first"] for text in texts]
        return [f"{text.key} {CALENDAR.day(text.params['begins'].instant) - TODAY}".split(",")[0] for text in firsts]  # type: ignore[union-attr]


def test_a_gap_is_an_alert_seven_days_before_and_not_earlier() -> None:
    site = Site(days=12)
    assert [] == site.alerts_
    site.run_until(3.9 * DAY)
    assert [] == site.alerts_
    site.run_until(5.5 * DAY)  # the first day without anybody is seven days ahead
    assert ["roster_outlook.gap 12 days"] == site.alerts_


def test_a_gap_that_has_begun_is_told_anew_until_somebody_is_planned() -> None:
    site = Site(days=1)
    site.run_until(DAY - 1)
    assert [] == unstaffed(site)
    site.run_until(DAY)  # the post has to be manned each day
    assert [(0, 1)] == unstaffed(site)
    site.plan(DAY + 9 * HOUR, person="bo", first=day(1), rule="FREQ=DAILY;COUNT=60")
    assert "roster_outlook.staffed" in facts(site.effects)
    assert [] == unstaffed(site)


def unstaffed(site: Site) -> list[Any]:
    """People and people needed, of each post that has too few at this time."""
    texts = [alert.text.params["text"].params for alert in site.open("post-unstaffed") if alert.active]  # type: ignore[union-attr]
    return [(said["people"], said["needed"]) for said in texts]


def test_it_ends_when_all_of_it_is_mended() -> None:
    site = Site(days=5)
    assert ["roster_outlook.gap 5 days"] == site.alerts_
    site.plan(10, person="bo", first=day(5), rule="FREQ=DAILY;COUNT=60")
    assert "roster_outlook.mended" in facts(site.effects)
    assert [] == site.alerts_


def test_what_was_told_is_not_told_again_and_what_is_new_is() -> None:
    site = Site(days=7)
    assert 1 == len(site.alerts_)
    assert [] == [each for each in site.run_until(0.2 * DAY) if each.startswith("roster_outlook")]
    site.ask(0.2 * DAY, End(case=site.line, last=day(5), by="boss", role="manager"))
    assert ["duty.ended", "roster_outlook.found"] == facts(site.effects)


def test_a_restart_changes_nothing() -> None:
    site = Site(days=5)
    before = site.alerts_
    site.restart(60)
    assert [] == [each for each in facts(site.step(120)) if each.startswith("roster_outlook")]
    assert before == site.alerts_ != []


def test_who_is_certified_no_longer_is_found_ahead() -> None:
    site = Site(Post(id="gate", longest_h=24, cover="day", certificate="fire"))
    (outlook,) = site.kernel.cases.of("roster_outlook").values()
    kinds = [each.kind for each in outlook.told]  # type: ignore[attr-defined]
    assert (4, 4) == (kinds.count("uncertified"), kinds.count("gap"))  # the certificate is over after three days


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"name": " "}, "empty"),
        ({"plan": ""}, "empty"),
        ({"first": "x"}, "no_day"),
        ({"first": day(-1)}, "not_ahead"),
        ({"last": day(2)}, "too_long"),
        ({"last": day(100)}, "too_long"),
        ({"duty": 11}, "wrong_duty"),
        ({"patrols": 0.5}, "wrong_patrols"),
        ({"coverage": 1.5}, "wrong_coverage"),
        ({"posts": ("tower",)}, "wrong_posts"),
    ],
)
def test_a_period_that_cannot_be(changed: dict[str, Any], key: str) -> None:
    assert [f"sensitive_period.{key}"] == keys(Site().declare(2, **changed))


def test_a_sensitive_period_takes_two_raises_the_need_and_wants_a_report() -> None:
    site = Site()
    (answer,) = site.declare(2).answered
    assert answer.waits
    assert [] == site.alerts_
    case = site.step(3, Give(case=answer.case, by="head", role="admin")).answered[0].case
    assert ["roster_outlook.gap 3 days"] == site.alerts_
    assert [1, 0] == [
        len(raised) for on in (3, 5) for raised in site.kernel.world.ask_of(RAISED, on=TODAY + timedelta(on))
    ]
    report = Report(case=case, by="boss", role="manager", note="went well")
    assert ["sensitive_period.goes_on"] == keys(site.step(10, report))
    site.run_until(5.1 * DAY)
    assert ["sensitive_period.is_over"] == keys(site.step(5.2 * DAY, Cancel(case=case, by="boss", role="manager")))
    assert ["sensitive_period.no_report"] == keys(site.step(5.2 * DAY, Report(case=case, by="boss", role="manager")))
    site.run_until(12.5 * DAY)
    assert ["sensitive-period-unreported"] == [alert.rule for alert in site.open("sensitive-period-unreported")]
    site.ask(13 * DAY, report)
    assert not any(alert.active for alert in site.open("sensitive-period-unreported"))
