"""Stock: who may move what, with whom, by which fields; what does not fit, is lost, not back, or not compared."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from alerts.ask import Ask
from alerts.case import Case
from alerts.facts import LICENCE, TO_BE_FILED
from alerts.filing import Filing
from alerts.goods import REGIMES, GoodsClass, amount, written
from alerts.kernel.consent import Give
from alerts.stock_asks import Compare, Correct, Lose, Remove, Return, TellPolice
from alerts.workflow import Workflow
from devices.message import Text
from tests.alerts.kernel.room import facts
from tests.workflows.stores import DAY, HOUR, VAULT, StoreRoom, at, count, issue, receive
from workflows.stock import StockConfig, Stocks


def stocked(goods: str = "chemical", quantity: str = "10", **config: Any) -> tuple[StoreRoom, str]:
    """So much of one item, of batch b1 where its class knows batches."""
    room = StoreRoom(**config)
    case = room.enter("acid", goods)
    batch = "b1" if REGIMES[goods].by_batch else ""  # type: ignore[index]
    assert "" == room.two(receive(case, quantity, batch=batch))
    return room, case


def back(case: str, quantity: str = "1", **changed: Any) -> Return:
    said = {"case": case, "quantity": quantity, "unit": "g", "document": "i1", "by": "li", "role": "operator"}
    return Return(**{**said, **changed})


def correct(case: str, quantity: str, **changed: Any) -> Correct:
    said = {"case": case, "quantity": quantity, "unit": "g", "note": "spilt", "by": "li", "role": "operator"}
    return Correct(**{**said, **changed})


def lose(case: str, quantity: str = "4", **changed: Any) -> Lose:
    return Lose(case=case, quantity=quantity, unit="g", by="li", role="operator", **changed)


def tell(case: str) -> TellPolice:
    return TellPolice(case=case, reference="110, no. 4711", by="gu", role="operator")


def test_a_balance_runs_on_by_two() -> None:
    room, case = stocked()
    assert "" == room.two(issue(case, "2.25"))
    (fact,) = (each for each in room.effects.facts if each.workflow == "stock")
    wanted = {"change": "-2.25", "balance": "7.75", "keeper": "li", "second_keeper": "wang", "second_proof": "account"}
    assert wanted == {name: fact.fields[name] for name in wanted}
    assert ("li", "wang", "hazardous_materials") == (fact.by, fact.second, fact.book)
    assert "" == room.two(back(case, "0.75"))
    assert Decimal("8.5") == room.stock(case).balance
    assert "document: stock.not_out" == room.two(back(case, document="i2"))
    assert "quantity: stock.more_than_out" == room.two(back(case, "1.51"))


def test_one_signer_moves_nothing() -> None:
    room, case = stocked()
    (answer,) = room.step(room.next(), issue(case)).answered
    assert answer.waits
    assert Decimal(10) == room.stock(case).balance
    assert "consent.somebody_else" == said_by(room, Give(case=answer.case, by="li", role="operator"))
    assert "second: stock.no_keeper" == said_by(room, Give(case=answer.case, by="chen", role="operator"))
    assert Decimal(10) == room.stock(case).balance
    assert "" == said_by(room, Give(case=answer.case, by="zhao", role="operator"))
    assert Decimal(9) == room.stock(case).balance


def said_by(room: StoreRoom, ask: Ask) -> str:
    room.step(room.next(), ask)
    return room.refusal()


REFUSED: tuple[tuple[str, str, Callable[[str], Ask]], ...] = (
    ("chemical", "quantity: stock.below_zero", lambda case: issue(case, "10.000001")),
    ("chemical", "quantity: stock.no_amount", lambda case: issue(case, "0")),
    ("chemical", "quantity: stock.no_amount", lambda case: issue(case, "-1")),
    ("chemical", "quantity: stock.no_amount", lambda case: receive(case, "1e3")),
    ("chemical", "quantity: stock.no_amount", lambda case: receive(case, "NaN")),
    ("chemical", "quantity: stock.no_amount", lambda case: receive(case, "0.0000001")),
    ("chemical", "unit: stock.another_unit", lambda case: issue(case, unit="kg")),
    ("chemical", "unit: stock.another_unit", lambda case: receive(case, unit="")),
    ("chemical", "batch: stock.no_batches", lambda case: receive(case, batch="b1")),
    ("highly_toxic", "batch: stock.wanting", receive),
    ("chemical", "by: stock.no_keeper", lambda case: issue(case, by="chen")),
    ("chemical", "second: stock.no_keeper", lambda case: issue(case, second="chen")),
    ("chemical", "second: stock.one_person", lambda case: issue(case, second="p-li")),
    ("chemical", "approver: stock.same_person", lambda case: issue(case, receiver="p-zhao", approver="zhao")),
    ("chemical", "receiver: stock.wanting", lambda case: issue(case, receiver=" ")),
    ("chemical", "supplier: stock.wanting", lambda case: receive(case, supplier="")),
    ("drug_precursor_2", "licence: stock.wanting", lambda case: receive(case, licence="")),
    ("drug_precursor_2", "destination: stock.wanting", lambda case: issue(case, destination="")),
    ("highly_toxic", "licence: stock.wanting", lambda case: receive(case, batch="b2", licence="")),
    ("explosive_precursor", "destination: stock.wanting", lambda case: issue(case, batch="b1", destination="")),
    ("highly_toxic", "quantity: stock.below_zero", lambda case: issue(case, batch="b2")),
    ("radioactive", "until: stock.wanting", lambda case: issue(case, batch="b1")),
    ("firearm", "licence: stock.wanting", lambda case: issue(case, batch="b1", licence="")),
    ("chemical", "case: stock.none_such", lambda case: issue("vault.gold")),
    ("chemical", "note: stock.wanting", lambda case: correct(case, "9", note="")),
    ("chemical", "quantity: stock.no_amount", lambda case: correct(case, "-9")),
    ("chemical", "case: stock.no_loss", tell),
    ("chemical", "case: stock.not_empty", lambda case: Remove(case=case, by="boss", role="manager")),
    ("chemical", "counted: stock.no_line", lambda case: count("acid")),
    ("chemical", "counted: stock.no_line", lambda case: count("acid = 10", "acid=9")),
    ("chemical", "counted: stock.no_item", lambda case: count("gold = 10")),
    ("chemical", "counted: stock.how_many_lines", lambda case: count()),
    ("highly_toxic", "counted: stock.every_batch", lambda case: count("acid / b2 = 1")),
    ("chemical", "store: stock.none_such", lambda case: count("acid = 1", store="cellar")),
    ("chemical", "purpose: stock.too_long", lambda case: issue(case, purpose="x" * 201)),
    ("chemical", "workflow.not_your_role", lambda case: issue(case, role="guard")),
)


@pytest.mark.parametrize(("goods", "wanted", "ask"), REFUSED)
def test_what_is_refused_by_its_field(goods: str, wanted: str, ask: Callable[[str], Ask]) -> None:
    room, case = stocked(goods)
    before = room.stock(case)
    assert wanted == room.two(ask(case))
    assert before == room.stock(case)


@pytest.mark.parametrize("goods", get_args(GoodsClass))
def test_each_class_wants_what_the_law_wants_of_it(goods: GoodsClass) -> None:
    """Each of these fields left empty is refused by name; with all of them it goes."""
    regime = REGIMES[goods]
    room, case = stocked(goods)
    own = {"batch": "b1" if regime.by_batch else ""}
    for make, names in ((receive, regime.receipt), (issue, regime.issue)):
        until = {"until": at(8 * HOUR)} if make is issue else {}
        for name in names:
            assert f"{name}: stock.wanting" == room.two(make(case, **{**own, **until, "licence": "l", name: " "}))
        assert "" == room.two(make(case, **own, **until, licence="l"))


def test_a_count_that_does_not_fit_is_an_alert_until_it_is_set_right() -> None:
    room, case = stocked()
    assert "" == room.two(count("acid = 9.5"))
    assert [case] == room.active("stock-does-not-fit")
    assert 1 == room.open("stock-does-not-fit")[0].priority
    assert Decimal(10) == room.stock(case).balance
    assert "case: stock.count_first" == room.two(issue(case))
    assert "" == room.two(correct(case, "9.5"), second="boss", role="manager")
    assert [] == room.active("stock-does-not-fit")
    assert Decimal("9.5") == room.stock(case).balance


def test_a_leader_consents_to_a_correction_and_no_keeper() -> None:
    room, case = stocked()
    assert "workflow.not_your_role" == room.two(correct(case, "9"), second="wang")
    assert Decimal(10) == room.stock(case).balance


def test_a_second_count_that_fits_ends_it() -> None:
    room, case = stocked("highly_toxic")
    room.two(count("acid / b1 = 9"))
    assert [case] == room.active("stock-does-not-fit")
    room.restart(60)
    room.t += 100
    assert "" == room.two(count("acid / b1 = 10.0"))
    assert [] == room.active("stock-does-not-fit")


def test_a_loss_is_told_at_once_and_stands_until_the_police_were_told() -> None:
    """By one keeper, who need not wait for anybody; no correction before the police know."""
    room, case = stocked("highly_toxic")
    room.step(room.next(), lose(case, batch="b1"))
    assert [case] == room.active("stock-does-not-fit")
    assert "110" in str(room.open("stock-does-not-fit")[0].procedure)
    assert "case: stock.police_first" == room.two(correct(case, "6", batch="b1"))
    assert [case] == room.active("stock-does-not-fit")
    assert "" == said_by(room, tell(case))
    told = room.effects.facts[0]
    assert ("told_police", "110, no. 4711", at(room.t)) == (told.step, told.fields["reference"], told.at)
    assert [case] == room.active("stock-does-not-fit")
    assert "" == room.two(correct(case, "6", batch="b1"), second="boss", role="manager")
    assert [] == room.active("stock-does-not-fit")


def test_what_has_to_come_back_is_an_alert_in_that_second() -> None:
    room, case = stocked("firearm")
    assert "" == room.two(issue(case, batch="b1", licence="c1", until=at(8 * HOUR)))
    room.run_until(8 * HOUR - 0.001)
    assert [] == room.active("stock-not-back")
    room.run_until(8 * HOUR)
    assert [case] == room.active("stock-not-back")
    room.t = 9 * HOUR
    assert "" == room.two(back(case, batch="b1"))
    assert [] == room.active("stock-not-back")


def test_two_account_books_are_compared_every_day() -> None:
    """Entered on Monday: by the end of Tuesday, in that second and not before."""
    room, case = stocked("highly_toxic")
    room.run_until(2 * DAY - 1)
    assert [] == room.active("stock-books-not-compared")
    room.run_until(2 * DAY)
    assert [case] == room.active("stock-books-not-compared")
    room.t = 2 * DAY + 60
    compare = Compare(store="vault", counted=("acid/b1=10",), by="wang", role="operator")
    assert "" == said_by(room, compare)
    assert [] == room.active("stock-books-not-compared")
    assert "" == said_by(room, replace(compare, counted=("acid/b1=9",)))
    assert ["stock.books_differ", "stock.compared"] == facts(room.effects)
    assert [case] == room.active("stock-does-not-fit")


@pytest.mark.parametrize(("setting", "late"), [("every_day", [3]), ("workdays", [3]), ("never", [])])
def test_the_days_on_which_they_are_compared_are_a_setting(setting: str, late: list[int]) -> None:
    room = StoreRoom()
    flow = Stocks(StockConfig(compare=setting))  # type: ignore[arg-type]
    room.workflows = tuple(flow if isinstance(each, Stocks) else each for each in room.workflows)
    room.restart(1)
    case = room.enter("acid", "highly_toxic")
    room.t += 2
    room.two(receive(case, batch="b1"))
    assert [2 * DAY] * bool(late) == [
        second for second in (2 * DAY - 1, 2 * DAY) if "stock.not_compared" in room.run_until(second)
    ]


def test_all_items_of_a_clause_counted_in_a_month_is_a_fact_of_its_own() -> None:
    """Once, when the last one is; those of another clause do not help."""
    room, _ = stocked()
    for item, goods in (("base", "flammable"), ("seal", "important"), ("ether", "drug_precursor_2")):
        room.enter(item, goods)
    assert "" == room.two(count("acid = 10", "seal = 0"))
    assert ["B3"] == counted_whole(room)
    assert "" == room.two(count("base = 0"))
    assert ["E1"] == counted_whole(room)
    assert "" == room.two(count("base = 0", "ether = 0"))
    assert ["E2"] == counted_whole(room)
    room.t = 8 * DAY  # December has begun
    assert "" == room.two(count("acid = 10"))
    assert [] == counted_whole(room)
    assert "" == room.two(count("base = 0"))
    assert ["E1"] == counted_whole(room)


def counted_whole(room: StoreRoom) -> list[object]:
    return [fact.fields["clause"] for fact in room.effects.facts if fact.step == "counted_all"]


@pytest.mark.parametrize(
    ("goods", "step", "is_filed"),
    [
        ("highly_toxic", "receive", True),
        ("explosive_precursor", "receive", True),
        ("drug_precursor_2", "receive", False),
        ("highly_toxic", "issue", False),
        ("highly_toxic", "sale", True),
    ],
)
def test_buying_and_selling_toxic_goods_is_to_be_filed(goods: str, step: str, is_filed: bool) -> None:
    """Within five days (HC 41); what is used up in the works is not sold."""
    room, case = stocked(goods)
    batch = "b1" if REGIMES[goods].by_batch else ""  # type: ignore[index]
    more = {"licence": "buyer 7" if step == "sale" else ""}
    assert "" == room.two(receive(case, batch=batch) if step == "receive" else issue(case, batch=batch, **more))
    told = [fact for fact in room.effects.facts if TO_BE_FILED in fact.topics]
    assert [5] * is_filed == [fact.fields["days"] for fact in told]


class Licences(Workflow[Case]):
    """One licence, which is over on the Wednesday."""

    name, book, case = "licences", "", Case
    provides: Mapping[str, Any] = {
        LICENCE: lambda about, *_rest: (
            Filing(id="l1", kind="licence", about="", due=date(2026, 11, 24)) if about["number"] == "l1" else None
        )
    }


def test_a_licence_that_is_over_counts_no_more() -> None:
    room = StoreRoom(Licences())
    case = room.enter("acid", "drug_precursor_1")
    room.t = 2 * DAY - 1
    assert "" == room.two(receive(case))
    room.t = 2 * DAY
    assert "licence: stock.licence_over" == room.two(receive(case))
    assert "" == room.two(receive(case, licence="l2"))


def test_important_items_stand_in_a_book_of_their_own() -> None:
    room, case = stocked("important", stores=(VAULT,))
    assert "" == room.two(issue(case, document=""))
    (fact,) = (each for each in room.effects.facts if each.workflow == "stock")
    assert ("important_items", "Acid") == (fact.book, fact.fields["item"])


@pytest.mark.parametrize(
    ("text", "value"),
    [("2.50", "2.5"), (" 7 ", "7"), ("0.000001", "0.000001"), ("100", "100"), ("0", "0"), ("1,5", None), ("１", None)],
)
def test_an_amount_is_exact(text: str, value: str | None) -> None:
    found = amount(text)
    assert value == (written(found) if found is not None else None)


def test_what_is_told_names_no_float() -> None:
    room, case = stocked()
    for _ in range(3):
        assert "" == room.two(issue(case, "0.1"))
    assert Decimal("9.7") == room.stock(case).balance
    assert isinstance(room.effects.facts[0].text, Text)
    assert "9.7" == room.effects.facts[0].text.params["balance"]
