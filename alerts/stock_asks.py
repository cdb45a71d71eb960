"""What is asked about stock: the form of each movement, count and correction, and what is wrong with its words.

Every quantity is written with its unit, so that 500 (g) is never booked as 500 (kg).
"""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from alerts.ask import EVERYBODY, Ask
from alerts.goods import GoodsClass, amount
from alerts.stock_account import Stock
from devices.errors import Refused
from devices.message import Text

LEADERS = frozenset({"manager", "admin"})
MOST_LINES = 300
LONGEST = 200


class Enter(Ask, tag="enter", frozen=True, kw_only=True):
    """A new item in a store, with nothing of it there yet.

    ``item``: its short name in books and commands; ``title``: what people call it; ``unit``: of all of it.
    """

    ROLES = LEADERS

    store: str
    item: str
    title: str
    goods: GoodsClass
    unit: str
    specification: str = ""


class Receive(Ask, tag="receive", frozen=True, kw_only=True):
    """Goods came in, by two keepers.

    ``batch``: batch, code or number; ``licence``: of the purchase, or its filing; ``document``: delivery note.
    """

    ROLES = EVERYBODY
    SECOND = True

    quantity: str
    unit: str
    batch: str = ""
    document: str = ""
    supplier: str = ""
    licence: str = ""
    place: str = ""
    purpose: str = ""


class Issue(Ask, tag="issue", frozen=True, kw_only=True):
    """Goods go out, by two keepers; ``until``: by when what comes back is back.

    ``destination``: where they are used, or to whom they go.
    """

    ROLES = EVERYBODY
    SECOND = True

    quantity: str
    unit: str
    batch: str = ""
    document: str = ""
    purpose: str = ""
    receiver: str = ""
    approver: str = ""
    destination: str = ""
    licence: str = ""


class Return(Ask, tag="return", frozen=True, kw_only=True):
    """What was issued under that document comes back, or what is left of it; the same day or shift."""

    ROLES = EVERYBODY
    SECOND = True

    document: str
    quantity: str
    unit: str
    batch: str = ""


class Count(Ask, tag="count", frozen=True, kw_only=True):
    """What is there, counted by two: each line ``item = quantity``, or ``item / batch = quantity``."""

    ROLES = EVERYBODY
    SECOND = True

    store: str
    counted: tuple[str, ...]


class Compare(Ask, tag="compare", frozen=True, kw_only=True):
    """What the second account book says, kept by somebody else: lines as in a count."""

    ROLES = EVERYBODY

    store: str
    counted: tuple[str, ...]


class Correct(Ask, tag="correct", frozen=True, kw_only=True):
    """The balance of an item, or of one batch, is this; ``note`` says why. A leader consents."""

    ROLES = EVERYBODY
    SECOND = True
    SECOND_ROLES = LEADERS

    quantity: str
    unit: str
    batch: str = ""


class Lose(Ask, tag="lost", frozen=True, kw_only=True):
    """So much is missing: an alert at once, and the police are told."""

    ROLES = EVERYBODY

    quantity: str
    unit: str
    batch: str = ""


class TellPolice(Ask, tag="police", frozen=True, kw_only=True):
    """The police were told of a loss: ``reference``, who took the call or their number."""

    ROLES = EVERYBODY

    reference: str


class Remove(Ask, tag="remove", frozen=True, kw_only=True):
    """Nothing of it is kept here any more."""

    ROLES = LEADERS


class Line(msgspec.Struct, frozen=True):
    """One line of a count."""

    item: str
    batch: str
    quantity: Decimal


def refused(column: str, key: str, **params: Text | str | tuple[str, ...]) -> Refused:
    """By its field; ``key`` of the catalogue of stock."""
    text = Text.of(f"stock.{key}", **params)
    return Refused(text, ((0, column, text),))


def wanting(field: str) -> Refused:
    return refused(field, "wanting", field=Text.of(f"stock.field_{field}"))


def quantity(text: str) -> Decimal:
    """More than nothing. Raises Refused."""
    found = amount(text)
    if found is None or not found:
        raise refused("quantity", "no_amount", amount=text[:40])
    return found


def check_unit(unit: str, stock: Stock) -> None:
    """Raises Refused for any but its own."""
    if unit.strip() != stock.unit:
        raise refused("unit", "another_unit", unit=unit[:40], own=stock.unit)


def check_batch(batch: str, stock: Stock) -> None:
    """Raises Refused for a batch where none is kept, or none where each is."""
    if stock.regime.by_batch and not batch.strip():
        raise wanting("batch")
    if batch.strip() and not stock.regime.by_batch:
        raise refused("batch", "no_batches", item=stock.title)


def check_filled(ask: Ask, names: Iterable[str]) -> None:
    """Raises Refused for the first of these fields that is empty."""
    for name in names:
        if not str(getattr(ask, name)).strip():
            raise wanting(name)


def lines(counted: tuple[str, ...]) -> list[Line]:
    """Each line of a count. Raises Refused for one that is none, or is there twice."""
    found: dict[tuple[str, str], Line] = {}
    if not 0 < len(counted) <= MOST_LINES:
        raise refused("counted", "how_many_lines", most=str(MOST_LINES))
    for text in counted:
        name, equals, number = text.rpartition("=")
        item, _, batch = name.partition("/")
        line = Line(item.strip(), batch.strip(), amount(number) or Decimal(0))
        if not equals or amount(number) is None or (line.item, line.batch) in found:
            raise refused("counted", "no_line", line=text[:80])
        found[line.item, line.batch] = line
    return list(found.values())
