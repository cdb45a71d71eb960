"""Dangerous goods and important items by class: what each movement of them must name, and what the law counts from it.

Columns by HC (危险化学品安全管理条例 2013) arts. 23 to 25 and 41, DPR (易制毒条例 2018) arts. 17, 19 and 36, CER (民爆
条例 2014) arts. 37 and 41, RIR (放射条例 2019) arts. 29 and 30, the rules on firearms of escorts arts. 10 to 12, Order
421 art. 8(3). Amounts are decimals, exact to the sixth place: floats would make a balance that never fits.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec

GoodsClass: TypeAlias = Literal[
    "highly_toxic",
    "explosive_precursor",
    "drug_precursor_1",
    "drug_precursor_2",
    "drug_precursor_3",
    "explosive",
    "radioactive",
    "firearm",
    "ammunition",
    "flammable",
    "chemical",
    "important",
]
Clause: TypeAlias = Literal["B3", "E1", "E2"]
"""Of the plan that asks for its count."""
FilingKind: TypeAlias = Literal["", "toxic", "explosive_precursor"]
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)


class Regime(msgspec.Struct, frozen=True):
    """What a class of goods asks for.

    ``receipt`` and ``issue``: fields of these movements that must not be empty. ``by_batch``: the balance is kept for
    each batch, code or number. ``comes_back``: what is issued has a time by which it is back. ``is_filed``: each
    receipt, and each issue to somebody else, is filed with the county police in 5 days (HC 41). ``is_compared``: two
    account books, kept by different persons, are compared daily (五双, practice). ``is_told``: a loss is told to the
    police at once (HC 23; that of the other goods that police watch over, and of important items, is our reading).
    """

    clause: Clause = "E1"
    receipt: tuple[str, ...] = ("document", "supplier")
    issue: tuple[str, ...] = ("document", "purpose", "receiver", "approver")
    by_batch: bool = False
    comes_back: bool = False
    is_filed: bool = False
    is_compared: bool = False
    is_told: bool = True


_RECEIPT, _ISSUE = Regime().receipt, Regime().issue
_LICENSED, _DESTINED = (*_RECEIPT, "licence"), (*_ISSUE, "destination")
_DRUG = Regime("E2", _LICENSED, _DESTINED)
REGIMES: Mapping[GoodsClass, Regime] = {
    "highly_toxic": Regime("E1", _LICENSED, _DESTINED, by_batch=True, is_filed=True, is_compared=True),
    "explosive_precursor": Regime("E2", _LICENSED, _DESTINED, by_batch=True, is_filed=True),
    "drug_precursor_1": _DRUG,
    "drug_precursor_2": _DRUG,
    "drug_precursor_3": _DRUG,
    "explosive": Regime("E1", _LICENSED, _DESTINED, by_batch=True),
    "radioactive": Regime("E1", _LICENSED, _DESTINED, by_batch=True, comes_back=True),
    "firearm": Regime("E1", _LICENSED, (*_ISSUE, "licence"), by_batch=True, comes_back=True),
    "ammunition": Regime("E1", _LICENSED, _ISSUE, comes_back=True),
    "flammable": Regime(is_told=False),
    "chemical": Regime(is_told=False),
    "important": Regime("B3", ("document",), ("purpose", "receiver", "approver")),
}


def amount(text: str) -> Decimal | None:
    """What is written there, exactly; None: no amount of at most 12 places before and 6 behind the point."""
    return Decimal(text.strip()) if _AMOUNT.fullmatch(text.strip()) else None


def written(value: Decimal) -> str:
    """As it stands in a book: no exponent, no zeros behind."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
