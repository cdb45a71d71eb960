"""Stock of dangerous goods and important items 危险物品、重要物品收发存: received, issued, counted, set right, by two.

One item in one store is a case with its running balance, for each batch where its class wants it. Two keepers of the
store stand behind each movement: one asks, the other consents by an account of their own or shows their card at the
store (HC 24: two receive and issue, two keep); where two locks are an interlock, the cards of both are needed. What
each movement must name follows from the class of goods (alerts/goods.py). A count moves nothing: what does not fit, and
a loss, are an alert at once, which stands until the balance is set right by a keeper and a leader, and of a loss not
before the police were told (HC 23). What is out and has to come back, and the daily comparison of two account books
(五双, practice), have their terms. Balances are what the entries of the book add up to (docs/adr/0295).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from msgspec.structs import replace

from alerts.facts import LICENCE, Fact
from alerts.goods import written
from alerts.goods_store import GoodsStore, account_of, store_of, who
from alerts.personnel import ID
from alerts.rule import Rule
from alerts.stock_account import Out, Stock, counted, issued, moved, returned
from alerts.stock_asks import (
    LONGEST,
    Compare,
    Correct,
    Count,
    Enter,
    Issue,
    Line,
    Lose,
    Receive,
    Remove,
    Return,
    TellPolice,
    check_batch,
    check_filled,
    check_unit,
    lines,
    quantity,
    refused,
    wanting,
)
from alerts.stock_facts import TWO, fact_of, filing_fact, whole_fact
from alerts.stock_rules import RULES
from alerts.workflow import Config, Heard, Moves, Workflow, World
from devices.message import Text
from devices.people import people
from devices.reading import Instant

_DAY = timedelta(days=1)


class StockConfig(Config, frozen=True, kw_only=True):
    """How the accounts are kept.

    ``compare``: on which days the two account books of highly toxic goods are compared; ``never``: there is one
    """

    compare: Literal["every_day", "workdays", "never"] = "every_day"


class Stocks(Workflow[Stock]):
    """One item in one store is one case."""

    name, book, case = "stock", "hazardous_materials", Stock
    asks = (Receive, Issue, Return, Count, Compare, Lose, TellPolice, Correct, Enter, Remove)
    config_type = StockConfig
    by_area = True
    page = "/console/stock"

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    def takes_two(self, ask: Any, world: World) -> bool:
        return isinstance(ask, (*TWO, Correct))

    def filled(self, ask: Any, cases: Mapping[str, Stock], world: World) -> Any:
        """A keeper whose card was read at the store a few minutes ago is the second person."""
        if not isinstance(ask, TWO) or ask.second:
            return ask
        store = _store(ask, cases, world)
        here = {} if store is None else {at: one for one, at in store.here.items() if one in store.keepers}
        others = {at: one for at, one in here.items() if one != who(world, ask.by)}
        return replace(ask, second=account_of(world, others[max(others)])) if others else ask

    def wanted(self, ask: Any, world: World) -> Text | None:
        case = world.own_cases(self).get(ask.case)
        if case is None or isinstance(ask, Count):
            return None
        what = Text.of(f"stock.ask_{ask.__struct_config__.tag}")
        return Text.of("stock.wanted", what=what, title=case.title, quantity=ask.quantity[:40], unit=ask.unit[:40])

    def waits_for(self, case: Stock, account: str, role: str) -> bool:
        return bool(case.gaps) or case.is_late or any(one.is_told for one in case.out)

    def shows(self, case: Stock, now: Instant) -> dict[str, Any]:
        return {"balance": written(case.balance)}

    # -- what speaks against it ----------------------------------------------------------------------------

    def check(self, ask: Any, cases: Mapping[str, Stock], world: World, now: Instant) -> None:
        long = next((name for name in ask.__struct_fields__ if _is_long(getattr(ask, name), name)), "")
        if long:
            raise refused(long, "too_long", most=str(LONGEST))
        store = _store(ask, cases, world)
        if isinstance(ask, Enter | Remove):
            self._check_entry(ask, cases, store)
            return
        if store is None:
            raise refused("store" if "store" in ask.__struct_fields__ else "case", "none_such")
        if not isinstance(ask, TellPolice):
            _check_people(ask, store, world)
        if isinstance(ask, Count | Compare):
            self._check_lines(ask, cases, store)
            return
        stock = cases[ask.case]
        if isinstance(ask, TellPolice):
            check_filled(ask, ("reference",))
            if not any(gap.is_loss for gap in stock.gaps):
                raise refused("case", "no_loss", item=stock.title)
            return
        check_unit(ask.unit, stock)
        check_batch(ask.batch, stock)
        self._check_movement(ask, stock, world, now)

    def _check_entry(self, ask: Enter | Remove, cases: Mapping[str, Stock], store: GoodsStore | None) -> None:
        if isinstance(ask, Remove):
            if ask.case not in cases:
                raise refused("case", "none_such")
            if cases[ask.case].balance or cases[ask.case].gaps or cases[ask.case].out:
                raise refused("case", "not_empty", item=cases[ask.case].title)
            return
        if store is None:
            raise refused("store", "none_such")
        if not ID.fullmatch(ask.item) or _id(ask.store, ask.item) in cases:
            raise refused("item", "bad_item", item=ask.item[:64])
        check_filled(ask, ("title", "unit"))

    def _check_movement(self, ask: Any, stock: Stock, world: World, now: Instant) -> None:
        batch = ask.batch.strip()
        match ask:
            case Receive():
                quantity(ask.quantity)
                check_filled(ask, stock.regime.receipt)
                _check_licence(ask.licence, world)
            case Issue():
                check_filled(ask, stock.regime.issue)
                _check_licence(ask.licence, world)
                if ask.approver.strip() and who(world, ask.approver.strip()) == who(world, ask.receiver.strip()):
                    raise refused("approver", "same_person")
                if stock.regime.comes_back and (ask.until is None or ask.until <= now):
                    raise wanting("until")
                if any(gap.batch == batch for gap in stock.gaps):
                    raise refused("case", "count_first", item=stock.title)
                if quantity(ask.quantity) > stock.of(batch):
                    raise refused("quantity", "below_zero", there=written(stock.of(batch)), unit=stock.unit)
            case Lose():
                if quantity(ask.quantity) > stock.of(batch):
                    raise refused("quantity", "below_zero", there=written(stock.of(batch)), unit=stock.unit)
            case Return():
                out = stock.out_under(ask.document.strip(), batch)
                if out is None:
                    raise refused("document", "not_out", document=ask.document[:64])
                if quantity(ask.quantity) > out.left:
                    raise refused("quantity", "more_than_out", out=written(out.left), unit=stock.unit)
            case Correct():
                if ask.quantity.strip() not in ("0", "0.0"):
                    quantity(ask.quantity)
                check_filled(ask, ("note",))
                if ask.second and people(ask.second) & people(ask.by):
                    raise refused("second", "one_person")
                if stock.is_untold:
                    raise refused("case", "police_first", item=stock.title)

    def _check_lines(self, ask: Count | Compare, cases: Mapping[str, Stock], store: GoodsStore) -> None:
        found = lines(ask.counted)
        for line in found:
            stock = cases.get(_id(store.id, line.item))
            if stock is None:
                raise refused("counted", "no_item", item=line.item[:64])
            if line.batch and not stock.regime.by_batch:
                raise refused("counted", "no_batches", item=stock.title)
            told = {each.batch for each in found if each.item == line.item}
            left = tuple(lot.batch for lot in stock.lots if lot.batch not in told)
            if left:
                raise refused("counted", "every_batch", item=stock.title, batches=left)

    # -- what follows --------------------------------------------------------------------------------------

    def step(self, event: Heard, cases: Mapping[str, Stock], world: World, now: Instant) -> Moves:
        match event:
            case Enter():
                return self._entered(event, world, now)
            case Count():
                return self._counted(event, cases, world, now)
            case Compare():
                return self._compared(event, cases, world, now)
            case Receive() | Issue() | Return() | Correct() | Lose() | TellPolice() | Remove():
                return self._moved(cases[event.case], event, world, now)
        return Moves()

    def turn(self, due: Sequence[Stock], world: World, now: Instant) -> Moves:
        """What is not back, and whose books were not compared, told once each."""
        return Moves.joined(self._judged(case, case, [], world, now) for case in due)

    def _entered(self, ask: Enter, world: World, now: Instant) -> Moves:
        store = store_of(world, ask.store)
        assert store is not None
        own = {name: getattr(ask, name).strip() for name in ("item", "title", "unit", "specification")}
        case = Stock(id=_id(store.id, ask.item), area=store.area, by=ask.by, store=store.id, goods=ask.goods, **own)
        case = replace(case, compared=world.site.calendar.day(now))
        return self._judged(case, case, [fact_of(case, "entered", world, now, ask)], world, now)

    def _moved(self, before: Stock, ask: Any, world: World, now: Instant) -> Moves:
        regime, batch = before.regime, getattr(ask, "batch", "").strip()
        at = ask.done_at or now
        change, step = Decimal(0), "removed"
        case = before
        match ask:
            case Receive():
                change, step = quantity(ask.quantity), "received"
                case = moved(before, batch, change)
            case Issue():
                change, step = -quantity(ask.quantity), "issued"
                case = issued(before, _out(ask, batch, -change, at))
            case Return():
                change, step = quantity(ask.quantity), "returned"
                its = before.out_under(ask.document.strip(), batch)
                assert its is not None
                case = returned(before, its, change)
            case Correct():
                change, step = Decimal(ask.quantity.strip()) - before.of(batch), "corrected"
                case = counted(moved(before, batch, change), batch, before.of(batch) + change, ask.by, now)
            case Lose():
                step = "lost"
                case = counted(before, batch, before.of(batch) - quantity(ask.quantity), ask.by, now)
            case TellPolice():
                step = "told_police"
                told = tuple(replace(gap, police=ask.reference.strip()) if gap.is_loss else gap for gap in before.gaps)
                case = replace(before, gaps=told)
            case Remove():
                case = replace(before, is_open=False)
        fact = fact_of(case, step, world, now, ask, batch=batch, change=change)
        is_filed = regime.is_filed and (step == "received" or (step == "issued" and bool(ask.licence.strip())))
        facts = [fact, *([filing_fact(case, fact, now)] if is_filed else [])]
        return self._judged(case, before, facts, world, now)

    def _counted(self, ask: Count, cases: Mapping[str, Stock], world: World, now: Instant) -> Moves:
        """Item by item; and that a clause of the plan has all of its items counted in this month."""
        today, moves = world.site.calendar.day(now), []
        after = dict(cases)
        for before, its in _by_case(ask, cases):
            case, facts = replace(before, counted=today), []
            for line in its:
                case = counted(case, line.batch, line.quantity, ask.by, now)
                step = "counted" if line.quantity == before.of(line.batch) else "does_not_fit"
                facts.append(fact_of(case, step, world, now, ask, line=line))
            moves.append(self._judged(case, before, facts, world, now))
            after[case.id] = case
        clauses = {before.regime.clause for before, _ in _by_case(ask, cases)}
        whole = [whole_fact(clause, today, ask, now) for clause in sorted(clauses) if _is_whole(clause, after, today)]
        new = [fact for fact in whole if not _is_whole(str(fact.fields["clause"]), cases, today)]
        return Moves.joined([*moves, Moves(facts=tuple(new))])

    def _compared(self, ask: Compare, cases: Mapping[str, Stock], world: World, now: Instant) -> Moves:
        """Against the second account, which says nothing of what is there: what differs is a gap until a count."""
        today, moves = world.site.calendar.day(now), []
        for before, its in _by_case(ask, cases):
            case, facts = replace(before, compared=today), []
            for line in its:
                if line.quantity != before.of(line.batch):
                    case = counted(case, line.batch, line.quantity, ask.by, now)
                    facts.append(fact_of(case, "books_differ", world, now, ask, line=line))
            facts.append(fact_of(case, "compared", world, now, ask))
            moves.append(self._judged(replace(case, is_late=False), before, facts, world, now))
        return Moves.joined(moves)

    def _judged(self, case: Stock, before: Stock, facts: list[Fact], world: World, now: Instant) -> Moves:
        """The case with its next term, and what its terms say now."""
        if before.gaps and not case.gaps:
            facts = [*facts, fact_of(case, "settled", world, now)]
        late = [one for one in case.out if one.back_by is not None and one.back_by <= now and not one.is_told]
        if late:
            told = tuple(replace(one, is_told=True) if one in late else one for one in case.out)
            case = replace(case, out=told)
            facts = [*facts, *(fact_of(case, "not_back", world, now, out=one) for one in late)]
        if any(one.is_told for one in before.out) and not any(one.is_told for one in case.out):
            facts = [*facts, fact_of(case, "back", world, now)]
        due = self._compare_by(case, world)
        if due is not None and due <= now and not case.is_late:
            case = replace(case, is_late=True)
            facts = [*facts, fact_of(case, "not_compared", world, now)]
        times = [one.back_by for one in case.out if one.back_by is not None and not one.is_told]
        times += [due] if due is not None and not case.is_late else []
        wake_at = min((at for at in times if at > now), default=None) if case.is_open else None
        return Moves(cases=(replace(case, wake_at=wake_at),), facts=tuple(facts))

    def _compare_by(self, case: Stock, world: World) -> Instant | None:
        """The end of the day on which its two books are compared next, if they are."""
        if not case.regime.is_compared or self.config.compare == "never" or case.compared is None or not case.lots:
            return None
        day, calendar = case.compared + _DAY, world.site.calendar
        while self.config.compare == "workdays" and calendar.is_day_off(day):
            day += _DAY
        return calendar.at(day + _DAY, 0)


def _out(ask: Issue, batch: str, left: Decimal, at: Instant) -> Out:
    document, receiver = ask.document.strip() or ask.id, ask.receiver.strip()
    return Out(document=document, batch=batch, left=left, at=at, receiver=receiver, back_by=ask.until)


def _id(store: str, item: str) -> str:
    return f"{store}.{item}"


def _is_long(value: object, name: str) -> bool:
    return isinstance(value, str) and name != "note" and len(value) > LONGEST


def _store(ask: Any, cases: Mapping[str, Stock], world: World) -> GoodsStore | None:
    case = cases.get(ask.case)
    return store_of(world, getattr(ask, "store", "") or (case.store if case is not None else ""))


def _check_people(ask: Any, store: GoodsStore, world: World) -> None:
    """Raises Refused for whoever does not keep the store, and for one person twice; and without both cards."""
    me = who(world, ask.by)
    if me not in store.keepers:
        raise refused("by", "no_keeper", person=ask.by, keepers=store.keepers)
    second = who(world, ask.second) if ask.second else ""
    if isinstance(ask, TWO) and second:
        if second == me or people(ask.second) & people(ask.by):
            raise refused("second", "one_person")
        if second not in store.keepers:
            raise refused("second", "no_keeper", person=ask.second, keepers=store.keepers)
    if store.is_interlocked and isinstance(ask, TWO):
        there = [one for one in store.keepers if one in store.here]
        if me not in there or len(there) < 2 or (second and second not in there):
            raise refused("second", "two_cards", here=tuple(there))


def _check_licence(number: str, world: World) -> None:
    """Raises Refused for one that is known to be over; one that nobody registered is taken as it is written."""
    licence: Any = next(iter(world.ask_of(LICENCE, number=number.strip())), None) if number.strip() else None
    if licence is not None and world.site.calendar.day(world.now) > licence.due:
        raise refused("licence", "licence_over", licence=number.strip())


def _by_case(ask: Count | Compare, cases: Mapping[str, Stock]) -> Iterable[tuple[Stock, list[Line]]]:
    found: dict[str, list[Line]] = {}
    for line in lines(ask.counted):
        found.setdefault(_id(ask.store, line.item), []).append(line)
    return ((cases[name], its) for name, its in found.items())


def _is_whole(clause: str, cases: Mapping[str, Stock], today: date) -> bool:
    its = [case for case in cases.values() if case.regime.clause == clause]
    return all(
        case.counted is not None and (case.counted.year, case.counted.month) == (today.year, today.month)
        for case in its
    )


WORKFLOW = Stocks
