"""Visitors: the host's word before the pass, the reader that writes in and out, and who is inside too long."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.contact import Way
from alerts.facts import WAYS_TO
from alerts.person import Person
from alerts.site_facts import Channel, Place, SiteFacts
from alerts.visit import Visit
from alerts.visitor_asks import Announce, Arrive, Confirm, Depart, Enter, Extend, HostNote, Refuse, Withdraw
from devices.message import Name
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import CALENDAR, START, device
from tests.workflows.register import Register
from workflows.visitors import Visitors, VisitorsConfig

HOUR = 3_600
NINE, CLOSING = 9 * HOUR, 18 * HOUR
READER, EXIT, TURNSTILE = (
    device(name, "gate", kind="reader", signals=("credential",)) for name in ("in", "out", "both")
)
LI = Person(id="w7", name="Li Na", account="li", cards=("26:20:77",))
SITE = SiteFacts(
    areas={"gate": Place("gate", Name("Gate")), "store": Place("store", Name("Store"))},
    calendar=CALENDAR,
    channels={"phone": Channel("phone", Name("Phone"), is_personal=True)},
)
CARD = "26:20:900"
CONFIG = VisitorsConfig(readers={"in": "in", "out": "out", "both": "both"}, passes={"V1": CARD, "V2": "26:20:901"})
NUMBER = "330102199001011234"


class Told(Register):
    """Li is told of what happens, too."""

    def __init__(self) -> None:
        super().__init__(LI)
        self.provides = {**self.provides, WAYS_TO: lambda *_: (Way(channel="phone", address="1"),)}


def gate(config: VisitorsConfig = CONFIG) -> KernelRoom:
    return KernelRoom(Visitors(config), Told(), devices=(READER, EXIT, TURNSTILE), site=SITE)


def arrive(room: KernelRoom, at: float = NINE, **asked: Any) -> Visit:
    said = {"person": "王五", "document_number": NUMBER, "host": "li", "purpose": "work", "word": "phone"}
    id_ = room.ask(at, Arrive(**{**said, "id": "a1", "by": "gu", "role": "guard", **asked}))
    return visit(room, id_)


def visit(room: KernelRoom, id_: str) -> Visit:
    return msgspec.json.decode(room.cases["visitors", id_], type=Visit)


def every(room: KernelRoom) -> list[Visit]:
    return [visit(room, case) for workflow, case in room.cases if workflow == "visitors"]


def first(room: KernelRoom) -> str:
    """The visit that was opened first."""
    return every(room)[0].id


def steps(room: KernelRoom) -> list[str]:
    return [name.removeprefix("visitors.") for name in facts(room.effects)]


def test_a_visitor_comes_in_on_the_hosts_word_with_the_next_pass_and_the_readers_write_in_and_out() -> None:
    room = gate()
    came = arrive(room)
    assert ("admitted", "V1", CARD, "phone", "gu") == (
        came.stage, came.pass_number, came.card, came.word, came.confirmed_by,
    )  # fmt: skip
    assert CLOSING == (came.end_at or 0) // SECOND - START // SECOND
    room.step(NINE + 60, f"in.credential={CARD}")
    assert ["arrived"] == steps(room)
    assert ("in", START + (NINE + 60) * SECOND) == (visit(room, first(room)).stage, visit(room, first(room)).in_at)
    room.step(NINE + 120, f"in.credential={CARD}")
    assert [] == steps(room), "held up twice it is one way in"
    room.step(11 * HOUR, f"out.credential={CARD}")
    assert ["left"] == steps(room)
    (left,) = room.effects.facts
    assert ("left", "V1", "out") == tuple(left.fields[name] for name in ("action", "pass_number", "reader"))
    assert not room.open()


def test_one_reader_for_either_way_and_a_gate_without_any() -> None:
    room = gate()
    arrive(room)
    room.step(NINE + 1, f"both.credential={CARD.upper()}")
    assert ["arrived"] == steps(room)
    room.step(NINE + 2, f"both.credential={CARD}")
    assert ["left"] == steps(room)
    room = gate(VisitorsConfig())
    assert ("in", "") == (arrive(room).stage, arrive(room, id="a2").pass_number)


def test_no_document_no_number_no_word_is_a_personal_value_of_a_text() -> None:
    """What is said aloud, and what the stream carries, names no visitor."""
    room = gate()
    arrive(room, goods="laptop", vehicle="浙A12345", companion="钱")
    for fact in room.effects.facts:
        assert not {"王五", NUMBER, "浙A12345", "钱"} & set(map(str, fact.text.params.values()))
        assert {"person", "document_number", "vehicle", "companion"} & set(fact.fields) <= set(fact.personal)


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ({"person": ""}, {"person"}),
        ({"document_number": " "}, {"document_number"}),
        ({"host": "", "purpose": ""}, {"host", "purpose"}),
        ({"areas": ("store",)}, {"companion"}),
        ({"areas": ("moon",), "companion": "li"}, {"areas"}),
        ({"pass_number": "V9"}, {"pass_number"}),
        ({"card": CARD}, {"card"}),
        ({"card": "26:20:77"}, {"card"}),
        ({"person": "x" * 101}, {"person"}),
        ({"until": START}, {"until"}),
        ({"until": START + 99 * 24 * HOUR * SECOND}, {"until"}),
    ],
)
def test_what_is_wanting_or_wrong_is_refused_by_field(asked: dict[str, Any], fields: set[str]) -> None:
    room = gate()
    said = {"person": "王五", "document_number": NUMBER, "host": "li", "purpose": "work", "word": "phone"}
    ask = Arrive(**{**said, "id": "a1", "by": "gu", "role": "guard", **asked})
    effects = room.step(NINE, ask)
    assert ["visitors.look_at_fields"] == keys(effects)
    assert fields == {field for _, field, _ in effects.faults[0]}


def test_a_pass_is_one_visitors_until_they_have_left() -> None:
    room = gate()
    arrive(room, pass_number="V1")
    again = Arrive(
        id="a2", by="gu", role="guard", person="x", document_number="1", host="li", purpose="p", word="phone",
        pass_number="V1",
    )  # fmt: skip
    assert ["visitors.look_at_fields"] == keys(room.step(NINE, again))
    room.ask(NINE, Depart(case=first(room), by="gu", role="guard"))
    room.ask(NINE, again)


def test_the_host_is_told_and_confirms_by_an_account_of_their_own() -> None:
    room = gate()
    assert "waiting" == arrive(room, word="").stage
    (told,) = room.effects.notifications
    assert (("w7",), "visitors.tell_waiting") == (told.to, told.text.key)
    assert "王五" not in str(told.text.params)
    assert ["visitors.look_at_fields"] != keys(room.step(NINE, Enter(case=first(room), by="gu", role="guard")))
    assert ["visitors.no_word"] == keys(room.effects)
    assert ["visitors.not_the_host"] == keys(room.step(NINE, Confirm(case=first(room), by="wu", role="operator")))
    assert ["visitors.not_the_host"] == keys(
        room.step(NINE, Confirm(case=first(room), by="te", role="technician", word="phone"))
    )
    room.ask(NINE, Confirm(case=first(room), by="li", role="technician"))
    assert ("account", "li") == (visit(room, first(room)).word, visit(room, first(room)).confirmed_by)
    room.ask(NINE, Enter(case=first(room), by="gu", role="guard"))
    assert "admitted" == visit(room, first(room)).stage


def test_who_was_announced_by_the_host_needs_no_other_word_and_who_does_not_come_is_over() -> None:
    room = gate()
    ask = Announce(id="v1", by="li", role="technician", person="王五", purpose="work", start_at=START + NINE * SECOND)
    case = room.ask(8 * HOUR, ask)
    came = arrive(room, case=case, person="", host="", purpose="", word="")
    assert (case, "admitted", "li", "account", "王五") == (came.id, came.stage, came.host, came.word, came.person)
    case = room.ask(NINE, Announce(id="v2", by="gu", role="guard", person="赵六", purpose="work", host="li"))
    assert "" == visit(room, case).confirmed_by, "a guard's word is not the host's"
    assert "visitors.not_come" in room.run_until(CLOSING)
    case = room.ask(CLOSING, Announce(id="v3", by="li", role="technician", person="x", purpose="y"))
    room.ask(CLOSING, Withdraw(case=case, by="li", role="technician"))
    assert ["withdrawn"] == steps(room)


def test_who_is_inside_after_the_end_is_told_to_the_gate_and_the_host_once_until_they_leave() -> None:
    room = gate()
    arrive(room)
    room.step(NINE + 60, f"in.credential={CARD}")
    assert [] == room.run_until(CLOSING - 1)
    assert ["visitors.overdue"] == room.run_until(CLOSING)
    assert ["visitors.tell_overdue"] == [each.text.key for each in room.effects.notifications]
    assert ["visitor-overdue"] == [alert.rule for alert in room.open()]
    assert [] == room.run_until(CLOSING + 10 * HOUR)
    room.ask(CLOSING + 60, HostNote(case=first(room), by="li", role="technician", note="seen to the gate"))
    room.ask(CLOSING + 90, Depart(case=first(room), by="gu", role="guard"))
    assert not [alert for alert in room.open("visitor-overdue") if alert.active]


def test_a_longer_stay_ends_the_alert_and_the_new_end_counts() -> None:
    room = gate()
    arrive(room)
    room.run_until(CLOSING)
    longer = Extend(case=first(room), by="li", role="technician", until=START + (CLOSING + HOUR) * SECOND)
    other = msgspec.structs.replace(longer, by="te")
    assert ["visitors.not_the_host"] == keys(room.step(CLOSING + 30, other))
    room.ask(CLOSING + 60, longer)
    assert not [alert for alert in room.open("visitor-overdue") if alert.active]
    assert ["visitors.overdue"] == room.run_until(CLOSING + HOUR)


@pytest.mark.parametrize(
    ("at", "end", "late"),
    [
        (CLOSING - 1, None, False),
        (CLOSING, None, True),
        (23 * HOUR, 24 * HOUR, True),
        (31 * HOUR - 1, 40 * HOUR, True),
        (31 * HOUR, 40 * HOUR, False),
        (10 * HOUR, 10 * HOUR, False),
        (10 * HOUR + 1, 10 * HOUR, True),
    ],
    ids=["before closing", "closing", "late", "before opening", "opening", "to the end", "after the end"],
)
def test_a_card_that_comes_in_closed_or_after_its_end_is_an_alert(at: int, end: int | None, late: bool) -> None:
    room = gate()
    arrive(room, until=None if end is None else START + end * SECOND)
    room.run_until(at)
    room.step(at, f"in.credential={CARD}")
    assert late == bool(room.open("visitor-card-after-hours"))
    assert "in" == visit(room, first(room)).stage, "it is written in all the same"
    room.step(at + 60, f"out.credential={CARD}")
    assert late == bool(room.open("visitor-card-after-hours")), "it stays until somebody has seen it"


def test_a_pass_with_nobodys_visit_is_an_alert_and_a_card_of_somebody_else_is_none() -> None:
    room = gate()
    room.step(NINE, "in.credential=26:20:77", f"~in.credential={CARD}")
    assert not room.open()
    room.step(NINE + 1, f"in.credential={CARD}")
    assert ["visitor-card-without-visit"] == [alert.rule for alert in room.open()]


def test_who_is_turned_away_has_a_reason_and_no_pass() -> None:
    room = gate()
    arrive(room, word="")
    assert ["visitors.look_at_fields"] == keys(room.step(NINE, Refuse(case=first(room), by="gu", role="guard")))
    room.ask(NINE, Refuse(case=first(room), by="gu", role="guard", note="the host is away"))
    assert ["refused"] == steps(room)
    assert not every(room)


def test_a_restart_forgets_nobody_who_is_inside() -> None:
    room = gate()
    arrive(room)
    room.step(NINE + 60, f"in.credential={CARD}")
    room.restart(12 * HOUR)
    assert "visitors.overdue" in room.run_until(NINE + 13 * HOUR)


def actions() -> Iterator[Any]:
    for id_ in ("a1", "a2"):
        yield Arrive(
            id=id_, by="gu", role="guard", person="p", document_number="1", host="li", purpose="p", word="phone"
        )
    yield "leave"
    for where in ("in", "out", "both"):
        yield f"{where}.credential={CARD}"


@given(st.lists(st.sampled_from(list(actions())), max_size=12))
def test_a_pass_is_never_with_two_and_each_who_came_in_leaves_once(acts: list[Any]) -> None:
    """Whatever is asked and read: no pass twice, and no way out without a way in or a pass."""
    room = gate()
    told: dict[str, list[str]] = {}
    for number, act in enumerate(acts):
        inside = [case.id for case in every(room)]
        leave = Depart(case=inside[0] if inside else "", id=str(number), by="gu", role="guard")
        effects = room.step(NINE + number, leave if act == "leave" else act)
        for fact in effects.facts:
            told.setdefault(f"{fact.case}", []).append(fact.step)
        passes = [case.pass_number for case in every(room)]
        assert len(set(passes)) == len(passes)
    for case, said in told.items():
        if not case.startswith("pass"):
            assert said.count("arrived") >= said.count("left") - said.count("admitted")


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ({"opens": "7"}, ("opens",)),
        ({"closes": "25:00"}, ("closes",)),
        ({"stay_h": 0}, ("stay_h",)),
        ({"readers": {"moon": "in"}}, ("readers", "moon")),
        ({"passes": {"V1": "1", "V2": " 1 "}}, ("passes", "V1")),
        ({"passes": {"V1": ""}}, ("passes", "V1")),
    ],
)
def test_a_wrong_table_is_a_fault_with_its_place(table: dict[str, Any], path: tuple[str, ...]) -> None:
    faults = [*VisitorsConfig(**table).check(SITE)]
    assert path in {fault.path for fault in faults}
    assert not [*CONFIG.check(SiteFacts(devices=(READER, EXIT, TURNSTILE)))]
