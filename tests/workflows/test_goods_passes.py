"""Goods passes: approved by another before anything leaves, used once."""

from typing import Any

import pytest

from alerts.kernel.consent import Give
from devices.reading import SECOND
from tests.alerts.kernel.room import KernelRoom, facts, keys
from tests.alerts.timeline import START
from workflows.goods_passes import Goods, GoodsPasses, Issue, LetPass, TurnBack, Withdraw, goods_in

DAY = 86_400
LI: dict[str, Any] = {"by": "li", "role": "guard"}
WANTED: dict[str, Any] = {"goods": ("steel plate, 12, t", "电机，2"), "carrier": "Zhou", "purpose": "sold"}


def approved(room: KernelRoom, **fields: Any) -> str:
    (answer,) = room.step(1, Issue(**{**WANTED, **fields}, **LI)).answered
    assert answer.waits
    assert {} == room.kernel.cases.of("goods_passes")
    own = room.step(2, Give(case=answer.case, by="li", role="manager"))
    assert own.refused
    effects = room.step(3, Give(case=answer.case, by="mei", role="manager"))
    assert ["goods_passes.approved"] == [step for step in facts(effects) if step.startswith("goods")]
    return effects.answered[0].case


def test_nothing_leaves_before_another_approved_it_and_a_pass_is_used_once() -> None:
    room = KernelRoom(GoodsPasses(), rules=(), devices=())
    case = approved(room)
    assert ("carrier",) in [fact.personal for fact in room.effects.facts]
    room.restart(60)
    effects = room.step(100, LetPass(case=case, **LI))
    assert ["goods_passes.passed"] == facts(effects)
    assert ("out", "mei") == (effects.facts[0].fields["action"], effects.facts[0].fields["approver"])
    assert ["goods_passes.none_such"] == keys(room.step(101, LetPass(case=case, **LI)))


def test_it_lapses_at_its_time_over_a_restart() -> None:
    room = KernelRoom(GoodsPasses(), rules=(), devices=())
    case = approved(room)
    assert [] == room.run_until(DAY)
    room.restart(60)
    assert ["goods_passes.lapsed"] == room.run_until(DAY + 300)
    assert ["goods_passes.none_such"] == keys(room.step(DAY + 301, LetPass(case=case, **LI)))


@pytest.mark.parametrize(("ask", "note", "step"), [(TurnBack, "13 t", "turned_back"), (Withdraw, "", "withdrawn")])
def test_it_ends_otherwise(ask: Any, note: str, step: str) -> None:
    room = KernelRoom(GoodsPasses(), rules=(), devices=())
    case = approved(room)
    if note:
        assert ["goods_passes.say_what"] == keys(room.step(9, ask(case=case, by="bo", role="operator")))
    assert [f"goods_passes.{step}"] == facts(room.step(10, ask(case=case, note=note, by="bo", role="operator")))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"goods": ()}, "goods_passes.how_many"),
        ({"goods": ("plate, 1",) * 51}, "goods_passes.how_many"),
        ({"goods": ("a lot of things",)}, "goods_passes.bad_line"),
        ({"carrier": " "}, "form.wanting"),
        ({"plate": "??"}, "gate.bad_plate"),
        ({"until": START}, "goods_passes.bad_until"),
        ({"until": START + 40 * DAY * SECOND}, "goods_passes.bad_until"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], why: str) -> None:
    room = KernelRoom(GoodsPasses(), rules=(), devices=())
    assert [why] == keys(room.step(1, Issue(**{**WANTED, **fields}, **LI)))


@pytest.mark.parametrize(
    ("line", "goods"),
    [
        ("steel plate, 12.5, t", Goods("steel plate", 12.5, "t")),
        ("电机；2", Goods("电机", 2)),
        ("plate", None),
        (", 3", None),
        ("plate, 0", None),
        ("plate, -1", None),
        ("plate, nan", None),
        ("a, 1, b, c", None),
    ],
)
def test_a_line_of_goods(line: str, goods: Goods | None) -> None:
    assert goods == goods_in(line)
