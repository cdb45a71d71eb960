"""Handover: a list that both have read, two people from their own accounts, and a shift that nobody took over."""

from typing import Any

import pytest
from msgspec.structs import replace

from alerts.alert import State
from alerts.calendar import Calendar, Shift
from alerts.command import Acknowledge
from alerts.duty_asks import Plan
from alerts.person import Person
from alerts.site_facts import Place, SiteFacts
from devices.message import Name
from ledger.cases import drafts_of
from ledger.posts import Post
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START, device
from tests.shipped import shipped_books
from tests.workflows.register import Register
from tests.workflows.test_patrols import ROUTE, STORE_POINT
from workflows.attendance import Attendance
from workflows.duty import Duty, DutyConfig
from workflows.handover import HandOver, Handover, Handovers, Prepare, TakeOver
from workflows.hazard import Find, Hazards
from workflows.patrols import Patrols, PatrolsConfig
from workflows.roster_outlook import RosterOutlook

HOUR, MIN = 3_600, 60
CALENDAR = Calendar("Asia/Shanghai")
PEOPLE = tuple(Person(id=name, name=name, account=f"{name}1") for name in ("an", "bo"))
GATE = Post(id="gate", longest_h=24)


class Site(KernelRoom):
    """It is a Monday, midnight; an is planned until 8 and from 16, bo in between."""

    def __init__(self, *others: Any, is_planned: bool = True, calendar: Calendar = CALENDAR, **more: Any) -> None:
        flows = (Register(*PEOPLE), Duty(DutyConfig(posts=(GATE,))), Handovers(), Attendance())
        super().__init__(
            *flows,
            *others,
            site=SiteFacts(areas={"store": Place("store", Name("Store"))}, calendar=calendar),
            **more,
        )
        for person, start, end in (("an", "00:00", "08:00"), ("bo", "08:00", "16:00")) if is_planned else ():
            said = {"post": "gate", "person": person, "first": CALENDAR.day(START).isoformat()}
            self.ask(1, Plan(**said, start=start, end=end, rule="FREQ=DAILY;COUNT=9", by="boss", role="manager"))

    @property
    def handover(self) -> Handover:
        (case,) = self.kernel.cases.of("handover").values()
        assert isinstance(case, Handover)
        return case

    def prepare(self, at: float) -> None:
        self.ask(at, Prepare(post="gate", by="an1", role="operator"))

    def sign(self, at: float, kind: Any, by: str, **changed: Any) -> list[str]:
        said = {"case": "gate", "check_word": self.handover.check_word, "by": by, "role": "operator"}
        return keys(self.step(at, kind(**said | changed)))


@pytest.mark.slow
def test_two_sign_the_list_that_the_system_made() -> None:
    site = Site()
    site.run_until(7 * HOUR)
    site.step(7.8 * HOUR, "s1.smoke=on")
    site.prepare(7.9 * HOUR)
    assert {"alert"} == {item.kind for item in site.handover.items}
    assert [] == site.sign(7.9 * HOUR, HandOver, "an1")
    assert [] == site.sign(7.95 * HOUR, TakeOver, "bo1", equipment="one torch")
    assert ["handover.relieved", "handover.taken_over"] == facts(site.effects)[:2]
    (draft,) = (each for each in drafts_of(site.effects, str) if each.book == "handovers")
    assert ("an1", "bo1", "one torch") == tuple(draft.fields[name] for name in ("giver", "taker", "equipment"))
    assert 64 == len(str(draft.fields["seal"]))
    assert "smoke" in str(draft.fields["in_words_params"]), "who reads the book later knows what was on the list"
    assert draft.fields.keys() <= {field.name for field in shipped_books()["handovers"].fields}
    assert [] == [each for each in site.run_until(9 * HOUR) if each.startswith("handover")]


@pytest.mark.parametrize(
    ("at", "kind", "by", "changed", "key"),
    [
        (7.9, HandOver, "bo1", {}, "handover.not_on_duty"),
        (7.9, HandOver, "an1", {"check_word": "ABCDEF"}, "handover.wrong_word"),
        (7.9, HandOver, "an1", {"check_word": ""}, "handover.wrong_word"),
        (7.9, HandOver, "an1", {"proof": "machine"}, "handover.own_account"),
        (8.2, HandOver, "an1", {}, "handover.list_old"),
        (7.9, TakeOver, "bo1", {}, "handover.giver_first"),
        (7.9, TakeOver, "bo1", {"case": "tower"}, "handover.no_list"),
    ],
)
def test_a_signature_that_is_none(at: float, kind: Any, by: str, changed: dict[str, Any], key: str) -> None:
    site = Site()
    site.run_until(7 * HOUR)
    site.prepare(7.8 * HOUR)
    assert [key] == site.sign(at * HOUR, kind, by, **changed)


def test_nobody_takes_over_from_themselves_and_nobody_who_is_not_coming() -> None:
    site = Site()
    site.run_until(7 * HOUR)
    site.prepare(7.8 * HOUR)
    site.sign(7.8 * HOUR, HandOver, "an1")
    assert ["handover.somebody_else"] == site.sign(7.9 * HOUR, TakeOver, "an1 (os:root)")
    assert ["handover.not_coming"] == site.sign(7.9 * HOUR, TakeOver, "cy1")


def test_rounds_hazards_and_the_roster_stand_on_the_list_one_by_one() -> None:
    """What was found yesterday and is graded nowhere, a round without a scan, and a post that nobody is planned for."""
    patrols = Patrols(PatrolsConfig(checkpoints=(STORE_POINT,), routes=(replace(ROUTE, checkpoints=("store",)),)))
    site = Site(patrols, Hazards(), RosterOutlook())
    site.ask(60, Find(by="an1", role="operator", area="store", place="aisle 3", description="blocked"))
    site.run_until(7.8 * HOUR)
    site.prepare(7.9 * HOUR)
    said = {(item.kind, item.said.key) for item in site.handover.items if item.kind != "alert"}
    assert {
        ("rounds", "patrols.missed"),
        ("hazards", "handover.hazards"),
        ("hazards", "handover.hazard_due"),
        ("roster", "roster_outlook.of_post"),
    } == said
    (hazard,) = (item.said for item in site.handover.items if item.said.key == "handover.hazard_due")
    assert ("aisle 3", "blocked") == (hazard.params["place"], hazard.params["what"])


def test_without_a_roster_any_two_hand_over() -> None:
    site = Site(is_planned=False)
    site.prepare(10)
    assert [] == site.sign(20, HandOver, "xu")
    assert [] == site.sign(30, TakeOver, "yi")


def test_a_list_made_anew_is_signed_anew() -> None:
    site = Site()
    site.run_until(7 * HOUR)
    site.prepare(7.8 * HOUR)
    word = site.handover.check_word
    site.sign(7.8 * HOUR, HandOver, "an1")
    site.step(7.85 * HOUR, "s1.smoke=on")
    site.prepare(7.9 * HOUR)
    assert ["handover.wrong_word"] == site.sign(7.9 * HOUR, TakeOver, "bo1", check_word=word)
    assert ["handover.giver_first"] == site.sign(7.9 * HOUR, TakeOver, "bo1")


def test_a_shift_that_nobody_took_over_is_an_alert_until_somebody_does() -> None:
    site = Site()
    assert [] == [each for each in site.run_until(8.4 * HOUR) if each.startswith("handover")]
    assert ["handover.missed"] == [each for each in site.run_until(8.6 * HOUR) if each.startswith("handover")]
    assert [True] == [alert.active for alert in site.open("handover-missed")]
    site.prepare(8.7 * HOUR)
    site.sign(8.7 * HOUR, HandOver, "an1")
    site.sign(8.8 * HOUR, TakeOver, "bo1")
    assert [False] == [alert.active for alert in site.open("handover-missed")]


@pytest.mark.parametrize(
    ("role", "expired_at_eight", "expired_at_sixteen"),
    [("operator", {"d2"}, {"d1"}), ("guard", {"d1", "d2"}, set())],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_list_named_does_not_sound_anew_for_who_took_over(
    role: str, expired_at_eight: set[str], expired_at_sixteen: set[str]
) -> None:
    """What came after the list does; and where no one took over who handles alerts, all of it."""
    shifts = (Shift("night", "00:00", "08:00"), Shift("day", "08:00", "16:00"), Shift("late", "16:00", "00:00"))
    doors = (device("d1", signals=("door",)), device("d2", signals=("door",)))
    site = Site(devices=doors, calendar=Calendar("Asia/Shanghai", shifts=shifts))
    site.run_until(7 * HOUR)
    (alert,) = site.step(7.2 * HOUR, "d1.door=on").alerts
    site.step(7.3 * HOUR, Acknowledge(alert.alert.id, "an1", note="locksmith called"))
    site.prepare(7.9 * HOUR)
    (later,) = site.step(7.91 * HOUR, "d2.door=on").alerts
    site.step(7.92 * HOUR, Acknowledge(later.alert.id, "an1"))
    assert [] == site.sign(7.93 * HOUR, HandOver, "an1")
    assert [] == site.sign(7.94 * HOUR, TakeOver, "bo1", role=role)
    site.restart()
    site.run_until(8.1 * HOUR)
    assert expired_at_eight == {each.key for each in site.open("door") if each.state is State.UNACKNOWLEDGED}
    site.run_until(16.1 * HOUR)
    lost = {each.key for each in site.open("door") if each.state is State.UNACKNOWLEDGED}
    assert expired_at_eight | expired_at_sixteen == lost
