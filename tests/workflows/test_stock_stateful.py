"""Whatever is received, issued, returned, counted, set right, lost and restarted: the balance is the recount.

A model beside the workflow that knows no more than a book of accounts does: what came, what went, what is there.
"""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from alerts.ask import Ask
from alerts.goods import amount
from alerts.stock_account import Stock, recount
from alerts.stock_asks import Correct, Lose, Return, TellPolice
from tests.workflows.stores import StoreRoom, at, count, issue, receive

ITEMS = {"vault.acid": ("chemical", ""), "vault.cyanide": ("highly_toxic", "b"), "poison.gun": ("firearm", "b")}
GOOD = [("vault.acid", ""), ("vault.cyanide", "b1"), ("vault.cyanide", "b2"), ("poison.gun", "b1")]
PLACES = st.sampled_from([*GOOD, *GOOD, *GOOD, ("vault.acid", "b1"), ("vault.cyanide", ""), ("vault.nothing", "")])
"""(case, batch), mostly of those that there are: what is refused must not crowd out what is done."""
CASES = st.sampled_from([*ITEMS, "vault.nothing"])
UNITS = st.sampled_from(["g"] * 9 + ["kg"])
SMALL = ["0.1", "0.000001", "1", "2.5", "7", "3.30"]
AMOUNTS = st.sampled_from([*SMALL, *SMALL, "0", "999999999999", "1000000000000", "-1", "x"])
PAIRS = st.sampled_from([("li", "wang"), ("wang", "li")] * 5 + [("li", "li"), ("li", "chen"), ("chen", "li")])
DOCUMENTS = st.sampled_from(["i1", "i2"])


class Book(RuleBasedStateMachine):
    """``entries``: what the ledger was told; ``there``: (case, batch) -> the model's own balance."""

    @initialize()
    def build(self) -> None:
        self.room = StoreRoom()
        for name, (goods, _) in ITEMS.items():
            store, _, item = name.partition(".")
            self.room.enter(item, goods, store)
        self.entries: list[dict[str, Any]] = []
        self.there: dict[tuple[str, str], Decimal] = {}

    def stock(self, case: str) -> Stock | None:
        return self.room.stock(case) if case in ITEMS else None

    def asked(self, ask: Ask, pair: tuple[str, str], role: str = "operator") -> bool:
        """Whether it was done; what is written of it goes into the book."""
        before = {name: self.room.stock(name) for name in ITEMS}
        said = self.room.two(ask, second=pair[1], role=role)
        facts = [fact for fact in self.room.effects.facts if fact.workflow == "stock"]
        self.entries += [{"case": fact.case, **fact.fields} for fact in facts]
        if said:
            assert not facts
            assert before == {name: self.room.stock(name) for name in ITEMS}
        return not said

    def may(self, case: str, batch: str, unit: str, pair: tuple[str, str]) -> bool:
        """Whether two different keepers of that store write the item's own unit, and a batch where one is kept."""
        keepers = {"vault": {"li", "wang", "zhao"}, "poison": {"li", "wang"}}[case.partition(".")[0]]
        is_batch = case in ITEMS and bool(batch) == bool(ITEMS[case][1])
        return case in ITEMS and is_batch and unit == "g" and pair[0] != pair[1] and {*pair} <= keepers

    @rule(place=PLACES, unit=UNITS, quantity=AMOUNTS, pair=PAIRS)
    def received(self, place: tuple[str, str], unit: str, quantity: str, pair: tuple[str, str]) -> None:
        case, batch = place
        is_done = self.asked(receive(case, quantity, unit=unit, batch=batch, by=pair[0]), pair)
        is_amount = quantity not in ("0", "-1", "x", "1000000000000")
        assert is_done == (self.may(case, batch, unit, pair) and is_amount)
        if is_done:
            self.there[case, batch] = self.there.get((case, batch), Decimal(0)) + Decimal(quantity)

    @rule(place=PLACES, quantity=AMOUNTS, pair=PAIRS, document=DOCUMENTS)
    def issued_whatever(self, place: tuple[str, str], quantity: str, pair: tuple[str, str], document: str) -> None:
        self.issued(*place, "g", quantity, pair, document)

    @rule(document=DOCUMENTS, part=st.sampled_from([1, 2, 3]), unit=UNITS, pair=PAIRS, data=st.data())
    def issued_of_what_is_there(self, document: str, part: int, unit: str, pair: tuple[str, str], data: Any) -> None:
        there = sorted(key for key, balance in self.there.items() if balance)
        if there:
            case, batch = data.draw(st.sampled_from(there))
            quantity = round(self.there[case, batch] / part, 6)
            self.issued(case, batch, unit, f"{quantity:f}", pair, document)

    @rule(pair=PAIRS, part=st.sampled_from([1, 2]), data=st.data())
    def returned_of_what_is_out(self, pair: tuple[str, str], part: int, data: Any) -> None:
        out = sorted((name, one.batch, one.document, one.left) for name in ITEMS for one in self.room.stock(name).out)
        if out:
            case, batch, document, left = data.draw(st.sampled_from(out))
            self.returned((case, batch), "g", f"{round(left / part, 6):f}", pair, document)

    def issued(self, case: str, batch: str, unit: str, quantity: str, pair: tuple[str, str], document: str) -> None:
        until = at(self.room.t + 3_600)
        ask = issue(case, quantity, unit=unit, batch=batch, by=pair[0], document=document, until=until, licence="c")
        stock = self.stock(case)
        is_gap = stock is not None and any(gap.batch == batch for gap in stock.gaps)
        is_done = self.asked(ask, pair)
        found = amount(quantity)
        is_amount = found is not None and found > 0
        is_there = is_amount and Decimal(quantity) <= self.there.get((case, batch), Decimal(0))
        assert is_done == (self.may(case, batch, unit, pair) and is_there and not is_gap)
        if is_done:
            self.there[case, batch] -= Decimal(quantity)

    @rule(place=PLACES, quantity=AMOUNTS, pair=PAIRS, document=DOCUMENTS)
    def returned_whatever(self, place: tuple[str, str], quantity: str, pair: tuple[str, str], document: str) -> None:
        self.returned(place, "g", quantity, pair, document)

    def returned(self, place: tuple[str, str], unit: str, quantity: str, pair: tuple[str, str], document: str) -> None:
        case, batch = place
        stock = self.stock(case)
        out = stock.out_under(document, batch) if stock is not None else None
        ask = Return(
            case=case, quantity=quantity, unit=unit, batch=batch, document=document, by=pair[0], role="operator"
        )
        if self.asked(ask, pair):
            assert self.may(case, batch, unit, pair)
            assert out is not None
            assert out.left >= Decimal(quantity)
            self.there[case, batch] = self.there.get((case, batch), Decimal(0)) + Decimal(quantity)

    @rule(case=st.sampled_from([*ITEMS]), more=st.sampled_from(["0", "0.5"]), pair=PAIRS)
    def counted(self, case: str, more: str, pair: tuple[str, str]) -> None:
        """A count moves nothing, and is an alert if it does not fit."""
        stock = self.room.stock(case)
        lots = [(lot.batch, lot.balance) for lot in stock.lots] or [("b1" if ITEMS[case][1] else "", Decimal(0))]
        store, _, item = case.partition(".")
        lines = [f"{item}{' / ' + batch if batch else ''} = {balance + Decimal(more):f}" for batch, balance in lots]
        is_done = self.asked(count(*lines, store=store, by=pair[0]), pair)
        if is_done and more == "0":
            gaps = {gap.batch for gap in self.room.stock(case).gaps}
            assert not gaps & {batch for batch, _ in lots}
        elif is_done:
            assert self.room.stock(case).gaps

    @rule(place=PLACES, quantity=AMOUNTS, pair=PAIRS)
    def set_right(self, place: tuple[str, str], quantity: str, pair: tuple[str, str]) -> None:
        case, batch = place
        stock = self.stock(case)
        is_untold = stock is not None and stock.is_untold
        ask = Correct(case=case, quantity=quantity, unit="g", batch=batch, note="spilt", by=pair[0], role="operator")
        if self.asked(ask, (pair[0], "boss"), role="manager"):
            assert not is_untold
            self.there[case, batch] = Decimal(quantity)

    @rule(place=PLACES, quantity=AMOUNTS)
    def lost(self, place: tuple[str, str], quantity: str) -> None:
        case, batch = place
        self.asked(Lose(case=case, quantity=quantity, unit="g", batch=batch, by="li", role="operator"), ("li", ""))

    @rule(case=CASES)
    def told(self, case: str) -> None:
        self.asked(TellPolice(case=case, reference="4711", by="gu", role="operator"), ("gu", ""))

    @rule()
    def restarted(self) -> None:
        self.room.restart(1)
        self.room.t += 2
        self.room.step(self.room.t)

    @rule(hours=st.sampled_from([1, 26, 800]))
    def time_passes(self, hours: int) -> None:
        self.room.run_until(self.room.t + hours * 3_600)
        self.room.t += hours * 3_600

    @invariant()
    def the_balance_is_the_recount_of_its_entries(self) -> None:
        if not hasattr(self, "room"):
            return
        kept = {(name, lot.batch): lot.balance for name in ITEMS for lot in self.room.stock(name).lots}
        assert recount(self.entries) == kept
        assert {key: value for key, value in self.there.items() if value} == kept
        assert all(balance > 0 for balance in kept.values())

    @invariant()
    def what_does_not_fit_is_an_alert(self) -> None:
        if hasattr(self, "room"):
            gaps = sorted(name for name in ITEMS if self.room.stock(name).gaps)
            assert gaps == sorted(self.room.active("stock-does-not-fit"))


TestBook = pytest.mark.slow(Book.TestCase)
