"""Hazards from the finding to the closing: who may, what is wanting, who is told that it is late, what comes back."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

import pytest
from msgspec.structs import replace

from alerts.ask import Ask
from alerts.calendar import Calendar
from alerts.case import Case
from alerts.facts import FINDING, HAZARDS_DUE, PEOPLE_IN, PERSON_OF, Fact
from alerts.hazard_asks import Assign, Correct, Dismiss, Find, Grade, Publish, Rectify, Reopen, Report, Verify
from alerts.hazards import Hazard, HazardsDue
from alerts.kernel.consent import Give
from alerts.person import Person
from alerts.personnel import one_of, those_in
from alerts.site_facts import Place, SiteFacts
from alerts.workflow import Answer, Moves, Workflow, World
from devices.message import Name, plain
from devices.reading import SECOND
from ledger.timestamp import text_of
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START
from workflows.hazard import HazardConfig, Hazards

DAY = 86_400
PHOTO = "sha256:" + "a" * 64
SITE = SiteFacts(
    areas={name: Place(name, Name(name.title())) for name in ("store", "hall")}, calendar=Calendar("Asia/Shanghai")
)


def room(**config: Any) -> KernelRoom:
    return KernelRoom(Hazards(HazardConfig(**config)), site=SITE)


def find(**changed: Any) -> Find:
    said = {"area": "store", "place": "Gate 3", "description": "cable bare", "by": "gu", "role": "operator"}
    return Find(**said | changed)


def assign(case: str, until: float, **changed: Any) -> Assign:
    said = {"case": case, "responsible": "Li", "measures": "new cable", "by": "boss", "role": "manager"}
    return Assign(**{**said, "until": START + int(until * SECOND), **changed})


def rectify(case: str, by: str = "li", **changed: Any) -> Rectify:
    return Rectify(case=case, done="cable renewed", by=by, role="technician", **changed)


def verify(case: str, result: str = "accepted", by: str = "wang", role: str = "operator", **changed: Any) -> Verify:
    return Verify(case=case, result=result, by=by, role=role, **changed)  # type: ignore[arg-type]


def publish(case: str) -> Publish:
    return Publish(case=case, where="notice board", by="boss", role="manager")


def hazard(a_room: KernelRoom, case: str) -> Hazard:
    found = a_room.kernel.cases.of("hazard")[case]
    assert isinstance(found, Hazard)
    return found


def active(a_room: KernelRoom, rule: str) -> list[str]:
    return [alert.key for alert in a_room.open(rule) if alert.active]


def at_stage(a_room: KernelRoom, stage: str, level: str = "general") -> str:
    """A hazard that stands there since second 9 at the latest, assigned until the tenth day."""
    case = a_room.ask(1, find(level=level))
    steps: list[tuple[str, Ask]] = [
        ("assigned", assign(case, 10 * DAY, interim="fence")),
        ("rectified", rectify(case)),
        ("verified", verify(case, role="manager")),
        ("closed", publish(case)),
    ]
    for at, (reached, ask) in enumerate(steps, 2):
        if hazard(a_room, case).stage == stage:
            break
        a_room.ask(at, ask)
        assert hazard(a_room, case).stage == reached
    return case


def test_the_whole_way_of_a_general_one() -> None:
    a_room = room()
    case = a_room.ask(1, find(photo_before=PHOTO))
    assert ("2026-001", "found") == (hazard(a_room, case).number, hazard(a_room, case).stage)
    told = [facts(a_room.effects)]
    for at, ask in enumerate([assign(case, DAY), rectify(case), verify(case), publish(case)], 2):
        a_room.ask(at, ask)
        told.append(facts(a_room.effects))
    assert [
        ["hazard.found"],
        ["hazard.assigned"],
        ["hazard.rectified"],
        ["hazard.verified"],
        ["hazard.published", "hazard.closed"],
    ] == told
    assert "closed" == hazard(a_room, case).stage
    assert [] == a_room.open("hazard-overdue")


def test_a_major_one_is_an_alert_at_once_and_closed_when_everybody_was_told() -> None:
    a_room = room()
    case = at_stage(a_room, "rectified", "major")
    assert [case] == active(a_room, "hazard-major")
    a_room.ask(20, publish(case))
    a_room.ask(21, verify(case, by="boss2", role="manager"))
    assert [] == active(a_room, "hazard-major")
    for at, to in ((22, "authority"), (23, "staff_assembly")):
        assert "verified" == hazard(a_room, case).stage
        a_room.ask(at, Report(case=case, to=to, reference="no. 7", by="boss", role="manager"))  # type: ignore[arg-type]
    assert "closed" == hazard(a_room, case).stage


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"place": " "}, "hazard.wanting"),
        ({"description": ""}, "hazard.wanting"),
        ({"area": "nowhere"}, "hazard.no_area"),
        ({"photo_before": "beach.jpg"}, "hazard.no_photo"),
        ({"photo_before": PHOTO.upper()}, "hazard.no_photo"),
        ({"done_at": START + DAY * SECOND}, "workflow.not_done_yet"),
    ],
)
def test_what_is_not_registered(changed: dict[str, Any], key: str) -> None:
    assert [key] == keys(room().step(1, find(**changed)))


@pytest.mark.parametrize(
    ("stage", "level", "ask", "key"),
    [
        ("found", "general", lambda case: assign(case, -1), "hazard.no_term"),
        ("found", "general", lambda case: replace(assign(case, 1), until=None), "hazard.no_term"),
        ("found", "general", lambda case: assign(case, 400 * DAY), "hazard.no_term"),
        ("found", "general", lambda case: assign(case, DAY, measures=" "), "hazard.wanting"),
        ("found", "general", lambda case: assign(case, DAY, funds=-1), "hazard.no_funds"),
        ("found", "general", lambda case: assign(case, DAY, funds=float("nan")), "hazard.no_funds"),
        ("found", "general", lambda case: assign(case, DAY, role="operator"), "workflow.not_your_role"),
        ("found", "major", lambda case: assign(case, DAY), "hazard.wanting"),
        ("found", "major", lambda case: assign(case, DAY, interim="x", role="technician"), "hazard.leader_assigns"),
        ("found", "major", rectify, "hazard.assign_first"),
        ("found", "general", verify, "hazard.not_now"),
        ("assigned", "general", lambda case: rectify(case, photo_after="x"), "hazard.no_photo"),
        ("assigned", "general", verify, "hazard.not_now"),
        ("assigned", "general", lambda case: rectify("gone"), "hazard.no_case"),
        ("rectified", "general", lambda case: verify(case, by="li"), "hazard.verifies_himself"),
        ("rectified", "general", lambda case: verify(case, by="LI"), "hazard.verifies_himself"),
        ("rectified", "general", lambda case: verify(case, "returned"), "hazard.wanting"),
        ("rectified", "major", verify, "hazard.leader_verifies"),
        ("rectified", "general", rectify, "hazard.not_now"),
        ("verified", "general", lambda case: Reopen(case=case, by="boss", role="manager"), "hazard.wanting"),
        ("closed", "general", lambda case: assign(case, DAY), "hazard.not_now"),
    ],
)
def test_what_cannot_be_done_with_it(stage: str, level: str, ask: Any, key: str) -> None:
    a_room = room()
    case = at_stage(a_room, stage, level)
    assert [key] == keys(a_room.step(30, ask(case)))


def test_only_a_major_one_is_reported_and_a_picture_may_be_wanted() -> None:
    a_room = room(photo_wanted=True)
    case = at_stage(a_room, "assigned")
    assert ["hazard.photo_first"] == keys(a_room.step(30, rectify(case)))
    assert [] == keys(a_room.step(31, rectify(case, photo_after=PHOTO)))
    report = Report(case=case, to="authority", reference="7", by="boss", role="manager")
    assert ["hazard.only_major"] == keys(a_room.step(32, report))


@pytest.mark.parametrize("level", ["general", "major"])
def test_a_later_term_takes_two_and_an_earlier_one_does_not(level: str) -> None:
    a_room = room()
    case = at_stage(a_room, "assigned", level)
    a_room.ask(30, assign(case, 9 * DAY))
    assert hazard(a_room, case).due_at == START + 9 * DAY * SECOND
    waits = a_room.ask(31, assign(case, 11 * DAY))
    assert hazard(a_room, case).due_at == START + 9 * DAY * SECOND
    assert ["workflow.not_your_role"] == keys(a_room.step(32, Give(case=waits, by="gu", role="operator")))
    a_room.ask(33, Give(case=waits, by="dee", role="manager"))
    assert hazard(a_room, case).due_at == START + 11 * DAY * SECOND


@pytest.mark.parametrize(
    ("stage", "level", "term_s"),
    [
        ("found", "general", 1 + DAY),
        ("found", "major", 1 + DAY),
        ("assigned", "general", 10 * DAY),
        ("rectified", "general", 3 + 3 * DAY),
        ("verified", "general", 4 + 7 * DAY),
    ],
)
def test_a_term_that_is_over_climbs_from_the_responsible_to_the_leader(stage: str, level: str, term_s: float) -> None:
    a_room = room()
    case = at_stage(a_room, stage, level)
    assert [] == a_room.run_until(term_s - 1)
    for days, told in ((0, "responsible"), (1, "department"), (3, "leader")):
        assert ["hazard.overdue"] == a_room.run_until(term_s + days * DAY)
        (fact,) = a_room.effects.facts
        assert told == fact.fields["told"]
        assert [case] == active(a_room, "hazard-overdue")
    assert "hazard.overdue" not in a_room.run_until(300 * DAY)


def test_a_term_that_ends_while_the_gateway_is_off_is_told_once_at_its_highest() -> None:
    a_room = room()
    case = at_stage(a_room, "assigned")
    a_room.restart(20 * DAY)
    assert ["hazard.overdue"] == facts(a_room.step(20 * DAY + 60))
    assert 3 == hazard(a_room, case).told
    a_room.restart(60)
    assert [] == facts(a_room.step(20 * DAY + 180))
    assert [case] == active(a_room, "hazard-overdue")
    a_room.ask(20 * DAY + 200, rectify(case))
    assert [] == active(a_room, "hazard-overdue")
    a_room.ask(20 * DAY + 300, verify(case, "returned", note="still bare"))
    a_room.run_until(20 * DAY + 301)
    assert [case] == active(a_room, "hazard-overdue")  # its term is over still


def test_one_that_is_over_can_be_opened_anew_until_it_is_forgotten() -> None:
    a_room = room()
    case = at_stage(a_room, "closed")
    reopen = Reopen(case=case, note="it is back", by="boss", role="manager")
    a_room.ask(50 * DAY, reopen)
    assert ("found", "2026-001") == (hazard(a_room, case).stage, hazard(a_room, case).number)
    a_room.ask(50 * DAY + 1, Dismiss(case=case, note="a test", by="boss", role="manager"), second="wang")
    assert "dismissed" == hazard(a_room, case).stage
    a_room.run_until(449 * DAY)
    assert case in a_room.kernel.cases.of("hazard")
    a_room.run_until(451 * DAY)
    assert case not in a_room.kernel.cases.of("hazard")


def test_what_is_corrected_on_the_spot_is_one_step() -> None:
    a_room = room()
    case = a_room.ask(
        1,
        Correct(area="hall", place="Exit 2", act="exit_blocked", done="pallets away", by="gu", role="operator"),
    )
    assert ["hazard.corrected"] == facts(a_room.effects)
    assert "closed" == hazard(a_room, case).stage


def test_what_comes_back_at_a_place_or_by_a_cause_is_named() -> None:
    a_room = room()
    a_room.ask(1, find(category="electrical", cause="condition"))
    a_room.ask(2, find(place=" gate  3", description="again"))
    assert ["hazard.found_again"] == facts(a_room.effects)
    assert "2026-001" == a_room.effects.facts[0].fields["same_place"]
    a_room.ask(3, find(area="hall", category="electrical", cause="condition"))
    assert "2026-001" == a_room.effects.facts[0].fields["same_cause"]
    a_room.ask(4, find(area="hall", place="roof"))
    assert ["hazard.found"] == facts(a_room.effects)
    a_room.run_until(200 * DAY)
    a_room.ask(200 * DAY, find(area="hall", place="roof"))
    assert ["hazard.found"] == facts(a_room.effects)  # so long ago is no repeat


def test_a_finding_of_a_patrol_becomes_one_hazard_however_often_it_is_told() -> None:
    a_room = room()
    fact = Fact(
        workflow="patrol",
        case="r1",
        step="found",
        at=START,
        by="gu",
        area="hall",
        text=plain(""),
        topics=(FINDING,),
        fields={
            "place": "Exit",
            "description": "lamp out",
            "attachment": PHOTO,
            "level": "major",
            "category": "nought",
        },
    )
    told = [facts(a_room.step(at, fact)) for at in (1, 2)]
    assert [["patrol.found", "hazard.found", "hazard.major"], ["patrol.found"]] == told
    (case,) = a_room.kernel.cases.of("hazard").values()
    assert ("patrol", "other", "gu", PHOTO) == (case.source, case.category, case.by, case.photo_before)
    a_room.step(3, replace(fact, case="r2", fields={**fact.fields, "is_corrected": True}))
    assert ["closed", "found"] == sorted(case.stage for case in a_room.kernel.cases.of("hazard").values())


def test_handover_is_told_what_stands_the_overdue_first() -> None:
    a_room = room()
    late = at_stage(a_room, "assigned")
    at_stage(a_room, "closed")
    new = a_room.ask(10 * DAY + 1, find(area="hall", level="major"))
    (due,) = a_room.kernel.world.ask_of(HAZARDS_DUE)
    assert isinstance(due, HazardsDue)
    assert (2, 1, 1) == (due.open, due.overdue, due.major)
    assert [late, new] == [one.case for one in due.hazards]
    (here,) = a_room.kernel.world.ask_of(HAZARDS_DUE, area="hall")
    assert [new] == [one.case for one in here.hazards]


PEOPLE = (
    Person(id="p1", name="Li Wei", account="li", department="upkeep"),
    Person(id="p2", name="Wu", department="upkeep", level="department"),
    Person(id="p3", name="Zhou", department="office", level="leader"),
    Person(id="p4", name="Han", account="han", left=date(2026, 11, 1)),
)


class Register(Workflow[Case]):
    """Answers as a register of people does."""

    name, book, case = "register", "none", Case
    provides: ClassVar[Mapping[str, Answer]] = {
        PERSON_OF: lambda about, cases, world, now: one_of({one.id: one for one in PEOPLE}, about),
        PEOPLE_IN: lambda about, cases, world, now: those_in({one.id: one for one in PEOPLE}, about, date(2026, 12, 1)),
    }

    def turn(self, due: Sequence[Case], world: World, now: int) -> Moves:
        return Moves()


def test_where_people_are_registered_each_level_is_told_by_name() -> None:
    a_room = KernelRoom(Hazards(), Register(), site=SITE)
    case = a_room.ask(1, find())
    assert ["hazard.has_left"] == keys(a_room.step(2, assign(case, DAY, responsible="han")))
    a_room.ask(3, assign(case, DAY, responsible="p1", department="upkeep"))
    told = []
    for days in (1, 2, 4):
        a_room.run_until(days * DAY)
        told += [fact.fields["told_to"] for fact in a_room.effects.facts]
    assert ["Li Wei", "Wu", "Zhou"] == told
    a_room.ask(4 * DAY + 1, rectify(case, by="bo"))
    assert ["hazard.verifies_himself"] == keys(a_room.step(4 * DAY + 2, verify(case, by="li")))


def test_grading_raises_and_lowers_the_alert() -> None:
    a_room = room()
    case = at_stage(a_room, "assigned")
    a_room.ask(30, Grade(case=case, level="major", by="boss", role="manager"))
    assert [case] == active(a_room, "hazard-major")
    a_room.ask(31, Grade(case=case, level="general", by="boss", role="manager"))
    assert [] == active(a_room, "hazard-major")


def test_the_figures_of_a_quarter_are_stated_at_its_end_also_when_nobody_listened() -> None:
    """The story begins on 24 November 2026; the site's new year is at 16:00 UTC of the 31st."""
    a_room = room()
    at_stage(a_room, "closed")
    at_stage(a_room, "assigned")
    a_room.restart(60 * DAY)
    a_room.step(60 * DAY + 60)
    effects = a_room.step(60 * DAY + 62)
    (told,) = (fact for fact in effects.facts if fact.step == "quarter")
    fields = {name.removeprefix("count_"): value for name, value in told.fields.items()}
    assert {
        "quarter": "2026-Q4", "found": 2, "major": 0, "on_the_spot": 0, "in_time": 1, "late": 0, "repeated": 1,
        "open": 1, "overdue": 1,
    } == fields  # fmt: skip
    assert text_of(told.at) == "2026-12-31T16:00:00.000000000Z"


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({"assign_within_h": 0}, "assign_within_h"),
        ({"repeat_days": float("nan")}, "repeat_days"),
        ({"leader_after_days": 0.5}, "leader_after_days"),
    ],
)
def test_terms_that_are_none(config: dict[str, float], path: str) -> None:
    assert [(path,)] == [fault.path for fault in HazardConfig(**config).check(SITE)]  # type: ignore[arg-type]
    assert [] == [*HazardConfig().check(SITE)]
