"""The facts of stock: each an entry of its book, with the columns of forms.md 5 and the balance after it."""

from datetime import date
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from alerts.ask import Ask
from alerts.facts import GOODS_MOVED, TO_BE_FILED, Fact, FieldValue
from alerts.goods import written
from alerts.goods_store import store_of, who
from alerts.stock_account import Out, Stock
from alerts.stock_asks import Correct, Count, Issue, Line, Lose, Receive, Return, quantity
from alerts.world import World
from devices.message import Name, Text
from devices.reading import Instant

TWO = (Receive, Issue, Return, Count)
"""By two keepers; a correction is by a keeper and a leader."""
FILED_DAYS = 5
"""Buying and selling highly toxic goods and explosive precursors is filed with the county police (HC 41)."""
_NAMED = ("document", "supplier", "licence", "place", "purpose", "receiver", "approver", "destination", "reference")


def whole_fact(clause: str, today: date, ask: Ask, now: Instant) -> Fact:
    month = f"{today:%Y-%m}"
    return Fact(
        workflow="stock",
        case=f"count-{clause.lower()}-{month}",
        step="counted_all",
        at=now,
        by=ask.by,
        second=ask.second,
        text=Text.of("stock.counted_all", clause=clause, month=month),
        fields={"clause": clause, "month": month},
        book=_book(clause),
    )


def _book(clause: str) -> str:
    return "important_items" if clause == "B3" else "hazardous_materials"


def filing_fact(case: Stock, fact: Fact, now: Instant) -> Fact:
    kind = "toxic" if case.regime.is_compared else "explosive_precursor"
    about = f"{case.title}: {fact.fields.get('quantity')} {case.unit}, {fact.fields.get('document', '')}"
    step = "to_file"
    fields: dict[str, FieldValue | Text] = {"kind": kind, "days": FILED_DAYS, "about": about, "store": case.store}
    return replace(
        fact, step=step, text=Text.of("stock.to_file", about=about), fields=fields, topics=(TO_BE_FILED,), book=""
    )


def fact_of(
    case: Stock,
    step: str,
    world: World,
    now: Instant,
    ask: Any = None,
    *,
    batch: str = "",
    change: Decimal = Decimal(0),
    line: Line | None = None,
    out: Out | None = None,
) -> Fact:
    batch = line.batch if line is not None else out.batch if out is not None else batch
    expected, amount = case.of(batch), abs(change)
    if line is not None:
        amount = line.quantity
    elif isinstance(ask, Lose):
        amount = quantity(ask.quantity)
    elif out is not None:
        amount = out.left
    difference = line.quantity - expected if line is not None else Decimal(0)
    store = store_of(world, case.store)
    fields: dict[str, FieldValue | Text] = {
        "store": case.store,
        "item" if case.regime.clause == "B3" else "material": case.title,
        "kind": case.goods,
        "clause": case.regime.clause,
        "specification": case.specification,
        "batch": batch,
        "unit": case.unit,
        "change": written(change) if change else "",
        "quantity": written(amount) if amount else "",
        "balance": written(case.balance),
        "counted": written(line.quantity) if line is not None else "",
        "difference": written(difference) if difference else "",
    }
    fields |= {name: getattr(ask, name).strip() for name in (*_NAMED, "note") if hasattr(ask, name)}
    if out is not None:
        fields |= {"document": out.document, "receiver": out.receiver}
    if isinstance(ask, (*TWO, Correct)):
        is_here = store is not None and who(world, ask.second) in store.here
        fields |= {"keeper": ask.by, "second_keeper": ask.second, "second_proof": "card" if is_here else "account"}
    return Fact(
        workflow="stock",
        case=case.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        second=ask.second if ask is not None else "",
        area=case.area,
        text=Text.of(
            f"stock.{step}",
            title=" ".join(filter(None, (case.title, batch))),
            quantity=written(amount),
            balance=written(expected),
            unit=case.unit,
            store=store.called if store is not None else Name(case.store),
            document=str(fields.get("document", "")),
        ),
        fields={name: value for name, value in fields.items() if value not in ("", None)},
        topics=(GOODS_MOVED,) if isinstance(ask, TWO) else (),
        book=_book(case.regime.clause),
    )
