"""Foreign visits: approved by another before they begin, closed areas armed and given back, reported in three days."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import State
from alerts.area_mode import is_armed
from alerts.calendar import Calendar
from alerts.foreign_visits import Approve, Cancel, End, Lodge, Plan, Report
from alerts.person import Person
from alerts.site_facts import Place, SiteFacts
from devices.message import Name
from devices.reading import SECOND
from tests.alerts.kernel.room import GATE, SMOKE, KernelRoom, facts, keys
from tests.alerts.timeline import START, device, rule
from tests.workflows.register import Register
from workflows.arming import Arming, ChangeMode
from workflows.foreign_affairs import ForeignAffairs
from workflows.timetable import Entry, Timetable, TimetableConfig

HOUR, DAY = 3_600, 86_400
ZONE = Calendar(zone="Asia/Shanghai")
SITE = SiteFacts(
    areas={
        "store": Place("store", Name("Store", "仓库"), modes=("disarmed", "away")),
        "lab": Place("lab", Name("Lab", "实验室"), modes=("disarmed", "away")),
        "hall": Place("hall", Name("Hall", "大厅"), modes=("disarmed",)),
    },
    calendar=ZONE,
)
DOOR = rule("state", name="door", alert_class="intrusion", priority=2, signals=["door"], modes=["away"])
FIRE = rule("state", name="fire", alert_class="fire", signals=["smoke"])
PANIC = rule("state", name="panic", alert_class="hold_up", signals=["panic"])
BUTTON = device("p1", signals=("panic",))
MEI: dict[str, Any] = {"by": "mei", "role": "manager"}
LI: dict[str, Any] = {"by": "li", "role": "manager"}
FROM, TO = 2 * HOUR, 5 * HOUR


class Office(KernelRoom):
    choices = {area.id: area.modes for area in SITE.areas.values()}

    def __init__(self, *more: Any) -> None:
        flows = (ForeignAffairs(), Arming(), Register(Person(id="esc", name="Esc")), *more)
        super().__init__(*flows, rules=(DOOR, FIRE, PANIC), devices=(SMOKE, GATE, BUTTON), site=SITE)

    def begin(self) -> None:
        self.modes = {"store": "disarmed", "lab": "disarmed", "hall": "disarmed"} | self.modes
        super().begin()

    def plan(self, at: float = 1, begins: float = FROM, ends: float = TO, **asked: Any) -> str:
        return self.ask(at, plan(begins, ends, **asked))

    def approved(self, at: float = 1, **asked: Any) -> str:
        case = self.plan(at, **asked)
        self.ask(at + 1, Approve(case=case, **LI))
        return case

    def ours(self, at: float) -> list[str]:
        return [step.removeprefix("foreign_affairs.") for step in self.run_until(at) if step.startswith("foreign")]

    def standing(self, name: str) -> int:
        return len([each for each in self.open(f"foreign-visit-{name}") if each.state is not State.RETURNED])


def plan(begins: float = FROM, ends: float = TO, **asked: Any) -> Plan:
    said: dict[str, Any] = {
        "organisation": "Acme",
        "nationality": "DE",
        "purpose": "acceptance",
        "escort": "esc",
        "persons": ("A. Muster",),
        "passports": ("C01X00T47",),
        "areas": ("hall",),
        "closed_areas": ("store",),
        "start_at": START + int(begins * SECOND),
        "until": START + int(ends * SECOND),
        **MEI,
    }
    return Plan(**{**said, **asked})


def test_closed_areas_are_armed_for_its_time_and_given_back_over_restarts() -> None:
    room = Office()
    room.approved()
    assert [] == room.ours(FROM - 1)
    assert "disarmed" == room.modes["store"]
    room.restart()
    assert ["begun", "closed"] == room.ours(FROM)
    assert ("away", "disarmed") == (room.modes["store"], room.modes["lab"])
    room.restart(60)
    assert [] == room.ours(TO - 1)
    assert ["given_back", "over"] == room.ours(TO)
    assert "disarmed" == room.modes["store"]


def test_intrusion_counts_meanwhile_and_fire_and_hold_up_as_ever() -> None:
    room = Office()
    room.approved()
    alerts: list[list[str]] = []
    for at in (FROM - 60, FROM + 60, TO + 60):
        room.ours(at)
        room.step(at, "d1.door=on", "s1.smoke=on", "p1.panic=on")
        alerts.append(sorted({alert.rule for alert in room.open() if alert.active and alert.rule in _RULES}))
        room.step(at + 1, "d1.door=off", "s1.smoke=off", "p1.panic=off")
        room.begin()
    assert [["fire", "panic"], ["door", "fire", "panic"]] == alerts[:2]
    assert {"fire", "panic"} <= set(alerts[2])


_RULES = ("door", "fire", "panic")


def test_it_is_not_armed_over_an_open_door_and_as_soon_as_that_is_closed() -> None:
    room = Office()
    room.approved()
    room.step(FROM - 60, "d1.door=on")
    assert ["begun", "not_closed"] == room.ours(FROM + 300)
    assert ("disarmed", 1) == (room.modes["store"], room.standing("not-closed"))
    room.restart(30)
    effects = room.step(FROM + 400, "d1.door=off")
    assert "foreign_affairs.closed" in [*facts(effects), *room.run_until(FROM + 500)]
    assert ("away", 0) == (room.modes["store"], room.standing("not-closed"))


def test_what_was_never_armed_is_told_at_the_end() -> None:
    room = Office()
    room.approved()
    room.step(FROM - 60, "d1.door=on")
    assert ["begun", "not_closed", "not_observed", "given_back", "over"] == room.ours(TO)
    assert 0 == room.standing("not-closed")
    room = Office()
    room.approved()
    room.restart(2 * DAY)  # off for all of it
    assert ["begun", "not_observed", "over"] == room.ours(3 * DAY - HOUR)
    assert "disarmed" == room.modes["store"]


def test_somebody_who_disarms_it_decides_that_and_it_is_an_alert() -> None:
    room = Office()
    room.approved()
    room.ours(FROM)
    mode: dict[str, Any] = {"area": "store", "by": "olga", "role": "operator"}
    effects = room.step(FROM + 60, ChangeMode(mode="disarmed", **mode))
    assert "foreign_affairs.opened" in facts(effects)
    assert [] == room.ours(FROM + 600)
    assert ("disarmed", 1) == (room.modes["store"], room.standing("not-closed"))
    room.step(FROM + 700, ChangeMode(mode="away", **mode))
    assert 0 == room.standing("not-closed")
    room.ours(TO)
    assert "away" == room.modes["store"]  # theirs: not given back


def test_what_the_timetable_wants_armed_meanwhile_stays_armed_after_it() -> None:
    begins = (START // SECOND + 8 * HOUR) % DAY  # local seconds after midnight at the start
    minute = (begins + 3 * HOUR) % DAY // 60
    entry = Entry(name="evening", areas=("store",), mode="away", at=f"{minute // 60:02d}:{minute % 60:02d}")
    room = Office(Timetable(TimetableConfig(entries=(entry,))))
    room.approved()
    room.ours(TO + 60)
    assert "away" == room.modes["store"]


def test_an_area_that_was_armed_already_stays_as_it_is() -> None:
    room = Office()
    room.approved()
    room.step(10, ChangeMode(area="store", mode="away", by="olga", role="operator"))
    assert ["begun"] == room.ours(FROM)
    assert ["given_back", "over"] == room.ours(TO)
    assert "away" == room.modes["store"]


def test_of_two_visits_the_last_gives_back() -> None:
    room = Office()
    room.approved()
    room.approved(10, begins=3 * HOUR, ends=7 * HOUR, closed_areas=("store", "lab"))
    room.ours(4 * HOUR)
    assert ("away", "away") == (room.modes["store"], room.modes["lab"])
    room.ours(6 * HOUR)
    assert ("away", "away") == (room.modes["store"], room.modes["lab"])
    room.restart(5)
    room.ours(7 * HOUR)
    assert ("disarmed", "disarmed") == (room.modes["store"], room.modes["lab"])


def test_it_is_approved_by_another_leader_and_late_when_it_has_begun() -> None:
    room = Office()
    case = room.plan()
    assert ["foreign_affairs.approves_himself"] == keys(room.step(2, Approve(case=case, **MEI)))
    assert ["workflow.not_your_role"] == keys(room.step(3, Approve(case=case, by="olga", role="operator")))
    assert [] == room.ours(FROM - 1)
    assert ["begun", "unapproved"] == room.ours(FROM)
    assert ("disarmed", 1) == (room.modes["store"], room.standing("unapproved"))
    room.restart(60)
    effects = room.step(FROM + 120, Approve(case=case, **LI))
    assert ["foreign_affairs.approved_late", "foreign_affairs.closed"] == [
        step for step in facts(effects) if step.startswith("foreign")
    ]
    assert ("away", 0) == (room.modes["store"], room.standing("unapproved"))


def test_approved_in_the_last_second_is_in_time() -> None:
    room = Office()
    case = room.plan()
    assert "foreign_affairs.approved" in facts(room.step(FROM - 1, Approve(case=case, **LI)))
    assert ["begun", "closed"] == room.ours(FROM)


def test_the_report_is_told_of_a_day_before_and_late_after_the_third_day() -> None:
    room = Office()
    case = room.approved()
    room.ours(TO)
    day = ZONE.day(START + TO * SECOND)
    last = (ZONE.at(day + timedelta(days=4), 0) - START) / SECOND
    assert ["report_due"] == room.ours(last - 1)
    assert [1, 0] == [room.standing(name) for name in ("report-due", "unreported")]
    room.restart()
    assert ["report_late"] == room.ours(last + 1)
    assert [0, 1] == [room.standing(name) for name in ("report-due", "unreported")]
    assert ["foreign_affairs.say_how"] == keys(room.step(last + 2, Report(case=case, result="normal", **MEI)))
    room.ask(last + 3, Report(case=case, result="normal", note="all well", **MEI))
    assert [0, 0] == [room.standing(name) for name in ("report-due", "unreported")]
    assert {} == room.kernel.cases.of("foreign_affairs")


def test_who_stays_over_night_is_registered_within_24_hours() -> None:
    room = Office()
    case = room.approved(ends=3 * DAY, lodges=True)
    room.ours(FROM)
    assert ["lodging_due"] == room.ours(FROM + DAY - 1)
    assert [1, 0] == [room.standing(f"lodging-{name}") for name in ("due", "late")]
    assert ["lodging_late"] == room.ours(FROM + DAY)
    assert [0, 1] == [room.standing(f"lodging-{name}") for name in ("due", "late")]
    room.restart(60)
    room.ask(FROM + DAY + 300, Lodge(case=case, lodging="Anji 0042", by="olga", role="operator"))
    assert [0, 0] == [room.standing(f"lodging-{name}") for name in ("due", "late")]
    assert [] == room.ours(3 * DAY - 1)


def test_they_leave_sooner_or_do_not_come() -> None:
    room = Office()
    case = room.approved()
    assert ["foreign_affairs.not_running"] == keys(room.step(9, End(case=case, **MEI)))
    room.ours(FROM)
    assert ["foreign_affairs.has_begun"] == keys(room.step(FROM + 1, Cancel(case=case, note="x", **MEI)))
    room.step(FROM + 60, End(case=case, **MEI))
    assert "disarmed" == room.modes["store"]
    room = Office()
    case = room.plan()
    room.ask(5, Cancel(case=case, note="visa", **MEI))
    assert [] == room.ours(TO + 5 * DAY)


def test_names_and_passports_stand_beside_the_chain_and_in_no_text() -> None:
    room = Office()
    room.plan()
    (fact,) = room.effects.facts
    assert ("persons", "passport") == fact.personal
    assert "Muster" not in str(fact.text)
    assert ForeignAffairs.personal == ("persons", "passports")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"nationality": " "}, "form.wanting"),
        ({"persons": ()}, "foreign_affairs.bad_persons"),
        ({"passports": ("1", "2")}, "foreign_affairs.bad_passports"),
        ({"escort": "nobody"}, "vehicles.nobody"),
        ({"start_at": START - 2 * DAY * SECOND}, "foreign_affairs.bad_start"),
        ({"until": None}, "foreign_affairs.bad_end"),
        ({"until": START + FROM * SECOND}, "foreign_affairs.bad_end"),
        ({"closed_areas": ("moon",)}, "dated_register.no_area"),
        ({"areas": (), "closed_areas": ("hall",)}, "foreign_affairs.never_armed"),
        ({"areas": ("store",)}, "foreign_affairs.both"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_field(fields: dict[str, Any], why: str) -> None:
    room = Office()
    assert [why] == keys(room.step(1, plan(**fields)))


VISITS = st.lists(
    st.tuples(st.integers(1, 40), st.integers(1, 20), st.sets(st.sampled_from(["store", "lab"]), min_size=1)),
    min_size=1,
    max_size=4,
)


@pytest.mark.slow
@given(VISITS, st.lists(st.integers(0, 70), max_size=3))
def test_whatever_visits_overlap_all_is_as_before_when_none_goes_on(
    visits: list[tuple[int, int, set[str]]], restarts: list[int]
) -> None:
    room = Office()
    for number, (begins, lasts, areas) in enumerate(visits):
        room.approved(1 + 3 * number, begins=begins * HOUR, ends=(begins + lasts) * HOUR, closed_areas=tuple(areas))
    for hour in range(1, 62):
        if hour in restarts:
            room.restart()
        room.run_until(hour * HOUR + 1)
        closed = {area for begins, lasts, areas in visits if begins <= hour < begins + lasts for area in areas}
        assert closed == {area for area, mode in room.modes.items() if is_armed(mode)}
