"""The account of one item in one store: a balance for each batch, what is out, and what does not fit.

Pure accounting. Every change of a balance is one entry of the book with its amount, so that the balance can be counted
anew from the entries at any time (``recount``); nothing else changes it. It is never below zero.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from alerts.case import Case
from alerts.goods import REGIMES, GoodsClass, Regime
from devices.reading import SECOND, Instant

ZERO = Decimal(0)
REMEMBERED: Instant = 31 * 86_400 * SECOND
"""So long what was issued may be returned under its document."""
_MOST_OUT = 500
"""Of those that need not come back."""


class Lot(msgspec.Struct, frozen=True):
    """What is there of one batch, code or number; ``batch`` "" where the class of goods knows none."""

    batch: str
    balance: Decimal


class Out(msgspec.Struct, frozen=True, kw_only=True):
    """What of an issue is not used up or returned, as far as anybody said. ``back_by``: when it has to be back."""

    document: str
    batch: str
    left: Decimal
    at: Instant
    receiver: str
    back_by: Instant | None = None
    is_told: bool = False


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A count that does not fit, or a loss: ``expected`` by the book, ``found`` there. ``police``: their number."""

    batch: str
    expected: Decimal
    found: Decimal
    at: Instant
    by: str
    police: str = ""

    @property
    def is_loss(self) -> bool:
        return self.found < self.expected


class Stock(Case, frozen=True, kw_only=True):
    """One item in one store; its id is ``<store>.<item>``. ``gaps``: at most one for each batch, until it is set right.

    ``counted``: the last day on which it was counted; ``compared``: on which its second account was.
    """

    store: str
    item: str
    title: str
    goods: GoodsClass
    unit: str
    specification: str = ""
    lots: tuple[Lot, ...] = ()
    out: tuple[Out, ...] = ()
    gaps: tuple[Gap, ...] = ()
    counted: date | None = None
    compared: date | None = None
    is_late: bool = False

    @property
    def regime(self) -> Regime:
        return REGIMES[self.goods]

    @property
    def balance(self) -> Decimal:
        return sum((lot.balance for lot in self.lots), ZERO)

    def of(self, batch: str) -> Decimal:
        """The balance of that batch."""
        return next((lot.balance for lot in self.lots if lot.batch == batch), ZERO)

    @property
    def is_untold(self) -> bool:
        """Whether a loss is still to be told to the police."""
        return self.regime.is_told and any(gap.is_loss and not gap.police for gap in self.gaps)

    def out_under(self, document: str, batch: str) -> Out | None:
        """What is out under that document, of that batch."""
        return next((one for one in self.out if (one.document, one.batch) == (document, batch)), None)


def moved(stock: Stock, batch: str, change: Decimal) -> Stock:
    """With so much more, or less, of that batch. Raises ValueError below zero: whoever asks was refused before."""
    balance = stock.of(batch) + change
    if balance < ZERO:
        raise ValueError(f"{stock.id}: {balance} of {batch!r}")
    others = tuple(lot for lot in stock.lots if lot.batch != batch)
    lots = (*others, Lot(batch, balance)) if balance else others
    return replace(stock, lots=tuple(sorted(lots, key=lambda lot: lot.batch)))


def issued(stock: Stock, one: Out) -> Stock:
    """With that out of it, and under its document from now on; a second issue under one document adds to it."""
    before = stock.out_under(one.document, one.batch)
    left = one.left + (before.left if before is not None else ZERO)
    others = [each for each in stock.out if each is not before]
    awaited = [each for each in others if each.back_by is not None]
    rest = [each for each in others if each.back_by is None and one.at - each.at < REMEMBERED]
    out = (*awaited, *rest[-_MOST_OUT:], replace(one, left=left))
    return replace(moved(stock, one.batch, -one.left), out=out)


def returned(stock: Stock, one: Out, quantity: Decimal) -> Stock:
    """With so much of what was out back."""
    left = one.left - quantity
    rest = tuple(replace(each, left=left) if each is one else each for each in stock.out)
    return replace(moved(stock, one.batch, quantity), out=tuple(each for each in rest if each.left > ZERO))


def counted(stock: Stock, batch: str, found: Decimal, by: str, at: Instant) -> Stock:
    """A count of that batch: one that fits ends the gap that there was, one that does not is a gap, and moves nothing.

    What was told to the police of a gap stays told when it is counted again.
    """
    others = tuple(gap for gap in stock.gaps if gap.batch != batch)
    if found == stock.of(batch):
        return replace(stock, gaps=others)
    before = next((gap for gap in stock.gaps if gap.batch == batch), None)
    police, since = (before.police, before.at) if before is not None else ("", at)
    gap = Gap(batch=batch, expected=stock.of(batch), found=found, at=since, by=by, police=police)
    return replace(stock, gaps=(*others, gap))


def recount(entries: Iterable[Mapping[str, object]]) -> dict[tuple[str, str], Decimal]:
    """(case, batch) -> balance, from nothing but the ``change`` of each entry of the book."""
    found: dict[tuple[str, str], Decimal] = {}
    for entry in entries:
        if change := entry.get("change"):
            key = str(entry["case"]), str(entry.get("batch", ""))
            found[key] = found.get(key, ZERO) + Decimal(str(change))
    return {key: balance for key, balance in found.items() if balance}
