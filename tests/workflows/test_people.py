"""The register of people: who is in it, what is refused, when certificates are told of, and what others may ask."""

from datetime import date, timedelta
from typing import Any

import pytest

from alerts.alert import State
from alerts.calendar import Calendar
from alerts.kernel.consent import Give
from alerts.people_asks import (
    Add,
    Change,
    ComeBack,
    Forget,
    GiveCertificate,
    Import,
    Leave,
    WithdrawCertificate,
)
from alerts.person import is_certified, people_in, person_of
from alerts.site_facts import SiteFacts
from devices.message import Text
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START
from workflows.people import Named, People, PeopleConfig, Post

ZONE = Calendar(zone="Asia/Shanghai")
TODAY = ZONE.day(START)
DAY = 86_400
CONFIG = PeopleConfig(
    departments=(Named(id="security", name="Security"),),
    certificates=(Named(id="fire", name="Fire control"), Named(id="guard", name="Guard")),
    posts=(Post(id="control", name="Control room", certificates=("fire",)), Post(id="gate", name="Gate")),
)
BY: dict[str, Any] = {"by": "mei", "role": "manager"}


def room_of() -> KernelRoom:
    return KernelRoom(People(CONFIG), rules=(), devices=(), site=SiteFacts(calendar=ZONE))


def with_li(**fields: Any) -> KernelRoom:
    room = room_of()
    room.ask(1, Add(person="li", name="Li", **fields, **BY))
    return room


def standing(room: KernelRoom) -> tuple[int, int]:
    """Alerts whose cause stands: nothing held, running out."""
    names = ("certificate-not-held", "certificate-running-out")
    none_held, running = ([a for a in room.open(name) if a.state is not State.RETURNED] for name in names)
    return len(none_held), len(running)


def given(issued: date = TODAY, **fields: Any) -> GiveCertificate:
    return GiveCertificate(case="li", kind="fire", issued=issued, **fields, **BY)


def test_others_ask_for_a_person_by_id_account_or_card() -> None:
    room = with_li(account="li.na", cards=("26:1",), posts=("control",), department="security")
    world = room.kernel.world
    for about in ({"person": "li"}, {"account": "li.na"}, {"card": "26:1"}):
        found = person_of(world, **about)
        assert found is not None
        assert found.id == "li"
    assert person_of(world, card="26:2") is None
    assert person_of(world) is None
    assert ["li"] == [one.id for one in people_in(world, post="control", department="security")]
    assert () == people_in(world, post="gate")


def test_who_leaves_is_known_and_is_asked_nothing_more() -> None:
    room = with_li(posts=("gate",), cards=("26:1",))
    room.ask(2, Leave(case="li", **BY))
    world = room.kernel.world
    assert person_of(world, person="li") == person_of(world, card="26:1")
    assert () == people_in(world, post="gate")
    for ask in (Change(case="li", name="Lin", **BY), Leave(case="li", **BY), given()):
        assert ["people.has_left"] == keys(room.step(3, ask))
    assert ["people.has_left"] == keys(room.step(3, Add(person="li", name="Li", **BY)))
    room.ask(4, Add(person="wu", name="Wu", cards=("26:1",), **BY))  # their card is somebody else's now
    assert "wu" == getattr(person_of(world, card="26:1"), "id", "")
    assert ["person_list.faults"] == keys(room.step(5, ComeBack(case="li", **BY)))
    room.ask(6, Change(case="wu", cards=("-",), **BY))
    room.ask(7, ComeBack(case="li", **BY))
    assert ["li"] == [one.id for one in people_in(world, post="gate")]


def test_only_who_has_left_is_forgotten() -> None:
    room = with_li()
    assert ["people.is_here"] == keys(room.step(2, Forget(case="li", **BY)))
    room.ask(3, Leave(case="li", left=TODAY + timedelta(days=1), **BY))
    assert ["people.is_here"] == keys(room.step(4, Forget(case="li", **BY)))
    room.ask(DAY + 5, Forget(case="li", **BY))
    assert person_of(room.kernel.world, person="li") is None
    assert not room.cases


@pytest.mark.parametrize(
    ("fields", "faulty"),
    [
        ({"name": " "}, ["name"]),
        ({"name": "x" * 101, "phone": "1" * 101}, ["name", "phone"]),
        ({"department": "kitchen", "posts": ("gate", "kiln")}, ["department", "posts"]),
        ({"account": "li.na"}, ["account"]),
        ({"cards": ("26:1", "26:9")}, ["cards"]),
        ({"cards": ("9" * 65,)}, ["cards"]),
    ],
)
def test_each_fault_is_told_by_its_field(fields: dict[str, Any], faulty: list[str]) -> None:
    room = with_li(account="li.na", cards=("26:1",))
    effects = room.step(2, Add(**{"person": "wu", "name": "Wu", **fields, **BY}))
    assert ["person_list.faults"] == keys(effects)
    ((_, faults),) = effects.faults.items()
    assert faulty == [column for _, column, _ in faults]
    assert ("people", "wu") not in room.cases


def test_what_is_left_out_of_a_change_stays_and_a_hyphen_empties_it() -> None:
    room = with_li(posts=("gate",), account="li.na")
    room.ask(2, Change(case="li", account="-", name_zh="李", **BY))
    found = person_of(room.kernel.world, person="li")
    assert found is not None
    assert (found.name, found.name_zh, found.account, found.posts) == ("Li", "李", "", ("gate",))


def test_what_is_secret_stands_in_the_ledger_alone() -> None:
    room = room_of()
    effects = room.step(1, Add(person="li", name="Li Na", phone="139", document="310", health="fit", **BY))
    (fact,) = effects.facts
    assert {"name", "phone", "document", "health"} <= set(fact.personal)
    assert "139" == fact.fields["phone"]
    kept = b"".join(room.cases.values()).decode()
    assert not [word for word in ("139", "310", "fit") if f'"{word}"' in kept]
    assert "Li Na" not in str(fact.text)


def test_a_certificate_counts_from_the_day_it_was_issued() -> None:
    room = with_li(posts=("control",))
    assert ["people.given", "people.all_held"] == facts(room.step(2, given(TODAY - timedelta(days=2))))
    world = room.kernel.world
    assert [True, True, False] == [is_certified(world, "li", "fire", TODAY - timedelta(days=ago)) for ago in (0, 2, 3)]
    assert not is_certified(world, "wu", "fire", TODAY)
    room.ask(3, WithdrawCertificate(case="li", kind="fire", **BY))
    assert not is_certified(world, "li", "fire", TODAY)
    assert is_certified(world, "li", "fire", TODAY - timedelta(days=1))
    assert ["people.not_held"] == keys(room.step(4, WithdrawCertificate(case="li", kind="fire", **BY)))


@pytest.mark.parametrize(("ago", "waits"), [(0, False), (30, False), (31, True), (4_000, True)])
def test_a_back_dated_certificate_takes_a_second_person(ago: int, waits: bool) -> None:
    room = with_li()
    (answer,) = room.step(2, given(TODAY - timedelta(days=ago))).answered
    assert waits is answer.waits
    assert waits is not is_certified(room.kernel.world, "li", "fire", TODAY)
    if waits:
        assert ["consent.somebody_else"] == keys(room.step(3, Give(case=answer.case, **BY)))
        room.step(4, Give(case=answer.case, by="bo", role="admin"))
        assert is_certified(room.kernel.world, "li", "fire", TODAY)


@pytest.mark.parametrize(
    "fields",
    [
        {"issued": TODAY + timedelta(days=1)},
        {"issued": date(1900, 1, 1)},
        {"issued": TODAY, "expires": TODAY - timedelta(days=1)},
        {"issued": TODAY, "review": date(2200, 1, 1)},
    ],
)
def test_days_that_cannot_be_are_refused(fields: dict[str, Any]) -> None:
    assert ["people.fault"] == keys(with_li().step(2, given(**fields)))


def test_certificates_of_a_post_are_told_of_ahead_and_when_they_are_over() -> None:
    room = with_li()
    until = TODAY + timedelta(days=70)
    room.ask(2, given(expires=until))
    assert [] == room.run_until(12 * DAY)  # nobody at a post needs it
    steps = facts(room.step(12 * DAY, Change(case="li", posts=("control",), **BY)))  # 58 days ahead
    assert ["people.changed", "people.expiring"] == steps
    assert standing(room) == (0, 1)


def test_each_stage_is_told_once_on_its_day_also_after_an_outage() -> None:
    room = with_li(posts=("control",))
    assert standing(room) == (1, 0)
    until = TODAY + timedelta(days=70)
    room.ask(2, given(expires=until))
    assert standing(room) == (0, 0)
    told = {}
    for day in range(1, 75):
        for fact in room.run_until(day * DAY):
            told.setdefault((until - ZONE.day(START + day * DAY * SECOND)).days, []).append(fact)
    assert {60: ["people.expiring"], 30: ["people.expiring"], 7: ["people.expiring"]} == {
        day: each for day, each in told.items() if day > 0
    }
    assert ["people.expired", "people.none_expiring"] == told[-1]
    assert standing(room) == (1, 0)
    room.restart(DAY)
    later = (room.now - START) // SECOND + 10
    assert [] == room.run_until(later)
    now = ZONE.day(room.now)
    steps = facts(room.step(later + 5, given(now, expires=now + timedelta(days=20))))
    assert ["people.renewed", "people.expiring", "people.all_held"] == steps
    assert standing(room) == (0, 1)


def test_a_site_file_that_asks_for_more_is_told_of_at_the_next_start() -> None:
    room = with_li(posts=("gate",))
    gate = Post(id="gate", name="Gate", certificates=("guard",))
    room.workflows = (People(PeopleConfig(certificates=CONFIG.certificates, posts=(gate,))),)
    room.restart(5)
    assert ["people.missing"] == facts(room.step(20))


def test_the_table_of_the_site_file_is_checked_with_the_place_of_each_fault() -> None:
    wrong = PeopleConfig(
        departments=(Named(id="a", name="A"), Named(id="a", name="A")),
        certificates=(Named(id="x y", name="X"),),
        posts=(Post(id="p", name="P", certificates=("fire",)),),
        back_dated_days=400,
    )
    paths = [fault.path for fault in wrong.check(SiteFacts())]
    assert [
        ("departments", 1, "id"),
        ("certificates", 0, "id"),
        ("posts", 0, "certificates", 0),
        ("back_dated_days",),
    ] == paths
    assert not list(CONFIG.check(SiteFacts()))


def test_a_hint_of_who_is_meant_is_an_id() -> None:
    room = room_of()
    (reason,) = room.step(1, Leave(case="wu", **BY)).refused
    assert Text.of("people.nobody", person="wu") == reason[1]


LIST = ("person,name,posts,certificates,phone", "li,Li Na,gate,,139", "wu,Wu,control,fire|7||2026-01-01,")


def test_a_list_is_imported_whole_or_not_at_all_unless_that_is_asked() -> None:
    room = room_of()
    wrong = (*LIST, "an,An,kiln,,")
    effects = room.step(1, Import(lines=wrong, **BY))
    assert ["person_list.faults"] == keys(effects)
    ((_, faults),) = effects.faults.items()
    assert [(4, "posts")] == [(row, column) for row, column, _ in faults]
    assert not room.cases
    answer = room.step(2, Import(lines=wrong, skip_faulty=True, **BY)).answered[0]
    assert answer.waits  # a certificate in it is back-dated
    effects = room.step(3, Give(case=answer.case, by="bo", role="admin"))
    steps = ["people.added", "people.added", "people.given", "consent.given"]
    assert sorted(steps) == sorted(step for step in facts(effects) if step != "people.missing" and "held" not in step)
    assert is_certified(room.kernel.world, "wu", "fire", TODAY)
    (waited,) = [case for (workflow, _), case in effects.cases.items() if workflow == "consent"]
    assert {} == getattr(waited, "ask", None)  # nobody's telephone number is kept there


def test_the_same_list_again_changes_nothing() -> None:
    room = room_of()
    lines = ("person,name,posts", "li,Li,gate")
    room.ask(1, Import(lines=lines, **BY))
    assert [] == facts(room.step(2, Import(lines=lines, **BY)))
    assert ["people.changed"] == facts(room.step(3, Import(lines=("person,name_zh", "li,李"), **BY)))
    assert ["gate"] == list(getattr(person_of(room.kernel.world, person="li"), "posts", ()))


def test_a_certificate_that_comes_with_a_person_was_never_missing() -> None:
    room = room_of()
    row = f"wu,Wu,control,fire|7||{TODAY}||{TODAY + timedelta(days=20)}"
    effects = room.step(1, Import(lines=("person,name,posts,certificates", row), **BY))
    assert ["people.added", "people.given", "people.expiring"] == facts(effects)
    assert standing(room) == (0, 1)
    assert not room.open("certificate-not-held")
