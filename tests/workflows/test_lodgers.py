"""Lodgers: reported to the police within the local term, in working days of the site's calendar; permits in force."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from alerts.site_facts import SiteFacts
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import CALENDAR, START
from workflows.lodgers import Lodger, Lodgers, LodgersConfig, MoveIn, MoveOut, Permit, Report

DAY = 86_400
MONDAY = CALENDAR.day(START)
WHO: dict[str, Any] = {"by": "mia", "role": "manager"}


def house(config: LodgersConfig | None = None) -> KernelRoom:
    return KernelRoom(Lodgers(config), site=SiteFacts(calendar=CALENDAR))


def move_in(room: KernelRoom, **said: Any) -> str:
    return room.ask(60, MoveIn(id="m", person="王五", document="3301", room="3-204", **WHO, **said))


def kept(room: KernelRoom, case: str) -> Lodger:
    return msgspec.json.decode(room.cases["lodgers", case], type=Lodger)


def rules(room: KernelRoom) -> list[str]:
    return [alert.rule for alert in room.open() if alert.active]


@pytest.mark.parametrize(
    ("config", "came", "last"),
    [
        ({}, MONDAY, MONDAY + timedelta(days=4)),  # Tuesday, Thursday, Friday: Wednesday is a holiday
        ({"working_days": False}, MONDAY, MONDAY + timedelta(days=3)),
        ({"arrival_days": 1}, MONDAY, MONDAY + timedelta(days=1)),
        ({"arrival_days": 5}, MONDAY, MONDAY + timedelta(days=7)),  # the Saturday after is worked, the Sunday is not
    ],
    ids=["working days", "all days", "one day", "over a worked Saturday"],
)
def test_a_term_ends_with_its_last_day_and_not_a_second_before(config: dict[str, Any], came: date, last: date) -> None:
    room = house(LodgersConfig(**config))
    case = move_in(room, came=came)
    begins, ends = (last - MONDAY).days * DAY, ((last - MONDAY).days + 1) * DAY
    assert [] == room.run_until(begins - 1)
    assert ["lodgers.report_due"] == room.run_until(begins)
    assert ["lodger-report-due"] == rules(room)
    assert [] == room.run_until(ends - 1)
    assert {"lodgers.report_late", "lodgers.none_due"} == set(room.run_until(ends))
    assert ["lodger-report-late"] == rules(room)
    room.ask(ends + 60, Report(id="r", case=case, **WHO))
    assert [] == rules(room)
    assert kept(room, case).came_reported == last + timedelta(days=1)


def test_reported_in_time_nothing_is_told_and_leaving_has_a_term_of_its_own() -> None:
    room = house()
    case = move_in(room)
    room.ask(DAY, Report(id="r", case=case, **WHO))
    assert [] == room.run_until(10 * DAY)
    room.ask(10 * DAY, MoveOut(id="o", case=case, **WHO))
    assert ["lodgers.report_due"] == room.run_until(15 * DAY)  # Thursday and Friday, then Monday
    room.ask(15 * DAY, Report(id="s", case=case, about="leaving", **WHO))
    assert ("lodgers", case) not in room.cases
    assert [] == rules(room)


def test_a_permit_is_told_thirty_days_before_and_when_it_is_over() -> None:
    room = house()
    case = move_in(room, permit_until=MONDAY + timedelta(days=40))
    room.ask(61, Report(id="r", case=case, **WHO))
    assert [] == room.run_until(10 * DAY - 1)
    assert ["lodgers.permit_due"] == room.run_until(10 * DAY)
    assert [] == room.run_until(41 * DAY - 1)
    room.run_until(41 * DAY)
    assert ["lodger-permit-over"] == rules(room)
    room.ask(41 * DAY + 1, Permit(id="p", case=case, permit_until=MONDAY + timedelta(days=400), **WHO))
    assert [] == rules(room)


def test_no_text_names_anybody() -> None:
    room = house()
    move_in(room, home="四川")
    for fact in room.effects.facts:
        assert not {"王五", "3301", "四川"} & set(map(str, fact.text.params.values()))
        assert {"person", "document", "home"} & set(fact.fields) <= set(fact.personal)


@pytest.mark.parametrize(
    ("ask", "fields"),
    [
        (Report(about="leaving", **WHO), {"about"}),
        (Report(reported_on=MONDAY - timedelta(days=1), **WHO), {"reported_on"}),
        (Report(reported_on=MONDAY + timedelta(days=1), **WHO), {"reported_on"}),
        (MoveOut(left=MONDAY - timedelta(days=1), **WHO), {"left"}),
        (Permit(permit_until=date(1, 1, 1), **WHO), {"permit_until"}),
    ],
)
def test_what_cannot_be_is_refused_by_field(ask: Any, fields: set[str]) -> None:
    room = house()
    case = move_in(room)
    effects = room.step(120, msgspec.structs.replace(ask, case=case))
    assert ["lodgers.look_at_fields"] == keys(effects)
    assert fields == {field for _, field, _ in effects.faults[0]}
    assert ["lodgers.none"] == keys(room.step(121, msgspec.structs.replace(ask, case="no such")))
    room.ask(180, Report(id="r", case=case, **WHO))
    assert ["lodgers.look_at_fields"] == keys(room.step(181, Report(case=case, **WHO))), "twice"


def test_who_moves_in_has_a_name_a_document_and_a_room() -> None:
    room = house()
    effects = room.step(60, MoveIn(id="m", person="", document=" ", room="", **WHO))
    assert {"person", "document", "room"} == {field for _, field, _ in effects.faults[0]}
    assert [] == facts(effects)


@pytest.mark.parametrize("name", ["arrival_days", "leaving_days", "permit_days_ahead"])
def test_a_wrong_table_is_a_fault_with_its_place(name: str) -> None:
    assert [(name,)] == [fault.path for fault in LodgersConfig(**{name: 0}).check(SiteFacts())]  # type: ignore[arg-type]
