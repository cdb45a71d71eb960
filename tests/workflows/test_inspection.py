"""Inspections from the beginning to the signature: nothing is normal that nobody said, and each finding is a hazard."""

from typing import Any

import pytest
from msgspec.structs import replace

from alerts.checklists import Checklist, Inspection, Point
from alerts.shipped_checklists import SHIPPED, united
from alerts.site_facts import Place, SiteFacts
from devices.message import Name
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import rule
from workflows.hazard import Hazards
from workflows.inspection import Begin, Check, Finish, InspectionConfig, Inspections, Sign

DAY = 86_400
PHOTO = "sha256:" + "b" * 64
SITE = SiteFacts(areas={"hall": Place("hall", Name("Hall"))})
OWN = Checklist("gates", "Gates", "other", (Point("lock", "Lock", "锁"), Point("lamp", "Lamp", "灯")), "大门")
DOORS = Checklist("doors", "Doors", "fire", (Point("lock", "Lock"),), "门", signers=2)


def room(**config: Any) -> KernelRoom:
    return KernelRoom(Hazards(), Inspections(InspectionConfig(checklists=(OWN, DOORS), **config)), site=SITE)


def begin(checklist: str = "gates", **changed: Any) -> Begin:
    said = {"area": "hall", "checklist": checklist, "subject": "east gate", "by": "sun", "role": "operator"}
    return Begin(**said | changed)


def check(case: str, point: str, result: str = "normal", by: str = "sun", **changed: Any) -> Check:
    return Check(case=case, point=point, result=result, by=by, role="operator", **changed)  # type: ignore[arg-type]


def finish(case: str, by: str = "sun") -> Finish:
    return Finish(case=case, by=by, role="operator")


def sign(case: str, by: str) -> Sign:
    return Sign(case=case, by=by, role="operator")


def open_cases(a_room: KernelRoom) -> list[str]:
    return [*a_room.kernel.cases.of("inspection")]


def test_a_guard_inspects_and_somebody_who_decides_signs() -> None:
    a_room = room()
    case = a_room.ask(1, begin("doors", by="gu", role="guard"))
    a_room.ask(2, replace(check(case, "lock", by="gu"), role="guard"))
    a_room.ask(3, replace(finish(case, by="gu"), role="guard"))
    assert ["workflow.not_your_role"] == keys(a_room.step(4, replace(sign(case, "gu2"), role="guard")))
    a_room.ask(5, sign(case, "zhou"))


def test_what_is_normal_is_finished_and_counts_for_its_kind_of_subject() -> None:
    a_room = room()
    case = a_room.ask(1, begin())
    for at, point in ((2, "lock"), (3, "lamp")):
        a_room.ask(at, check(case, point))
    a_room.ask(4, finish(case))
    (fact,) = a_room.effects.facts
    assert ("inspection.finished", "inspection.other", "inspections") == fact.heard_as
    assert "passed" == fact.fields["result"]
    assert ({"item": "Lock", "item_zh": "锁", "result": "normal"}) == fact.fields["checklist"][0]  # type: ignore[index]
    assert [] == open_cases(a_room)


def test_a_duty_that_counts_the_book_counts_an_inspection() -> None:
    """A site file of before, when people wrote in the book by hand."""
    weekly = rule("obligation", name="weekly", alert_class="duty", books=("inspections",), every="week", times=1)
    a_room = KernelRoom(Inspections(InspectionConfig(checklists=(DOORS,))), rules=(weekly,), site=SITE)
    for week in (1, 2):
        case = a_room.ask(week * 7 * DAY, begin("doors"))
        a_room.ask(week * 7 * DAY + 1, check(case, "lock"))
        a_room.ask(week * 7 * DAY + 2, finish(case))
        a_room.run_until(week * 7 * DAY + 6 * DAY)
    assert [] == [alert for alert in a_room.open("weekly") if alert.active]
    a_room.run_until(30 * DAY)
    assert [alert for alert in a_room.open("weekly") if alert.active]


def test_each_finding_becomes_a_hazard_and_what_was_put_right_is_closed() -> None:
    a_room = room()
    case = a_room.ask(1, begin())
    a_room.ask(2, check(case, "lock", "abnormal", remark="broken", photo=PHOTO, level="major"))
    a_room.ask(3, check(case, "lamp", "corrected", remark="was off"))
    a_room.ask(4, finish(case))
    told = ["inspection.finished", "inspection.found", "inspection.found"]
    assert [*told, "hazard.found", "hazard.major", "hazard.corrected"] == facts(a_room.effects)
    assert "failed" == a_room.effects.facts[0].fields["result"]
    hazards = {one.description: one for one in a_room.kernel.cases.of("hazard").values()}
    assert ("found", "inspection", case, PHOTO, "sun") == tuple(
        getattr(hazards["broken"], name) for name in ("stage", "source", "about", "photo_before", "by")
    )
    assert "closed" == hazards["was off"].stage
    assert {"2026-001", "2026-002"} == {one.number for one in hazards.values()}


def test_the_newest_word_of_a_point_counts_and_a_restart_forgets_none() -> None:
    a_room = room()
    case = a_room.ask(1, begin())
    a_room.ask(2, check(case, "lock", "abnormal", remark="broken"))
    a_room.restart(60)
    a_room.ask(70, check(case, "lock"))
    assert ["inspection.unchecked"] == keys(a_room.step(71, finish(case)))
    a_room.ask(72, check(case, "lamp", "none"))
    a_room.ask(73, finish(case))
    assert "passed" == a_room.effects.facts[0].fields["result"]


@pytest.mark.parametrize(
    ("ask", "key"),
    [
        (lambda _: begin("nothing"), "inspection.no_checklist"),
        (lambda _: begin(area="roof"), "inspection.no_area"),
        (lambda _: begin(subject=" "), "inspection.no_subject"),
        (lambda case: check(case, "roof"), "inspection.no_point"),
        (lambda case: check(case, "lock", "abnormal"), "inspection.no_remark"),
        (lambda case: check(case, "lock", "corrected", remark=" "), "inspection.no_remark"),
        (lambda case: check(case, "lock", photo="beach.jpg"), "inspection.no_photo"),
        (lambda case: check(case, "lock", by="mallory"), "inspection.somebody_elses"),
        (lambda case: finish(case, by="mallory"), "inspection.somebody_elses"),
        (finish, "inspection.unchecked"),
        (lambda case: sign(case, "zhou"), "inspection.not_finished"),
        (lambda _: finish("gone"), "inspection.no_case"),
    ],
)
def test_what_is_refused(ask: Any, key: str) -> None:
    a_room = room()
    case = a_room.ask(1, begin())
    assert [key] == keys(a_room.step(2, ask(case)))


def test_where_two_sign_the_second_is_somebody_else_and_is_asked_for_in_time() -> None:
    a_room = room()
    case = a_room.ask(1, begin("doors"))
    a_room.ask(2, check(case, "lock"))
    a_room.ask(3, finish(case))
    assert ["inspection.signs_twice"] == keys(a_room.step(4, sign(case, "Sun")))
    assert ["inspection.is_finished"] == keys(a_room.step(5, check(case, "lock")))
    assert [] == a_room.run_until(3 * DAY)
    a_room.restart(30)
    a_room.step(3 * DAY + 60)
    assert [case] == [alert.key for alert in a_room.open("inspection-unsigned") if alert.active]
    a_room.ask(3 * DAY + 70, sign(case, "zhou"))
    assert ["inspection.signed"] == facts(a_room.effects)
    assert [] == [alert for alert in a_room.open("inspection-unsigned") if alert.active]
    assert [] == open_cases(a_room)


def test_one_that_nobody_finishes_within_a_day_does_not_count() -> None:
    a_room = room()
    a_room.ask(1, begin())
    assert ["inspection.abandoned"] == a_room.run_until(DAY + 2)
    assert [] == open_cases(a_room)


def test_a_case_is_shown_with_what_is_left() -> None:
    a_room = room()
    case = a_room.ask(1, begin())
    a_room.ask(2, check(case, "lock"))
    found = a_room.kernel.cases.of("inspection")[case]
    assert isinstance(found, Inspection)
    shown = Inspections().shows(found, a_room.now)
    assert (1, 1) == (len(shown["checked"]), len(shown["unchecked"]))


def test_a_sites_own_checklist_takes_the_place_of_one_that_is_shipped() -> None:
    own = Checklist("fire", "Ours", "fire", (Point("a", "A"),))
    assert "Ours" == united((own,))["fire"].title
    assert {each.name for each in SHIPPED} == united(()).keys()
    assert 12 == len(united(())["fire"].points)  # Order 61, art. 26
    assert all(point.title_zh and each.title_zh for each in SHIPPED for point in each.points)
    assert [] == [*InspectionConfig(checklists=SHIPPED).check(SITE)]


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({"checklists": (OWN, OWN)}, ("checklists", 0, "name")),
        ({"checklists": (Checklist("x", "X", "other", ()),)}, ("checklists", 0, "points")),
        ({"checklists": (Checklist("x", "X", "other", (Point("a", "A"),) * 2),)}, ("checklists", 0, "points")),
        ({"checklists": (Checklist(" ", "X", "other", (Point("a", "A"),)),)}, ("checklists", 0, "name")),
        ({"sign_within_days": 0}, ("sign_within_days",)),
    ],
)
def test_checklists_that_are_none(config: dict[str, Any], path: tuple[str | int, ...]) -> None:
    assert path == next(iter(InspectionConfig(**config).check(SITE))).path
