"""Two stores: what comes in, what is used of it, counts by two every month, what is filed, and doors with a purpose."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Asked, Happening, Told

_MANAGER, _FIRST, _SECOND = staff.LEADERS[0], staff.OPERATORS[0], staff.TECHNICIANS[0]
_CHEMICAL, _STRONGROOM = "chemical", "strongroom"
_ITEMS = (
    (_CHEMICAL, "toluene", "Toluene 甲苯", "drug_precursor_3", "L", "60"),
    (_CHEMICAL, "nitric", "Nitric acid 硝酸", "explosive_precursor", "kg", "25"),
    (_CHEMICAL, "cyanide", "Potassium cyanide 氰化钾", "highly_toxic", "g", "500"),
    (_CHEMICAL, "ethanol", "Ethanol 乙醇", "flammable", "L", "40"),
    (_STRONGROOM, "seal", "Company seal 公章", "important", "piece", "2"),
    (_STRONGROOM, "cheques", "Cheque books 支票本", "important", "piece", "30"),
)
_BATCHED = {"nitric": "N-2608", "cyanide": "K-0417"}
_USED = {"toluene": "2.5", "nitric": "1.25", "ethanol": "0.75"}
_CARDS = {_FIRST: "26:20:22600", _SECOND: "26:20:22615"}
_COUNTED_ON, _BOUGHT, _MINUTE = 20, 400, 60


def stock(span: Span) -> Iterator[Happening]:
    there = {item: Decimal(quantity) for _, item, _, _, _, quantity in _ITEMS}
    at = span.at(0, 7)
    for store, item, title, goods, unit, _ in _ITEMS:
        fields = {"store": store, "item": item, "title": title, "goods": goods, "unit": unit}
        yield _asked(at, _MANAGER, "enter", fields)
    yield from _opened(at + 300, *_CARDS)
    for store, item, _, _, unit, quantity in _ITEMS:
        papers = {"document": f"R-{item}", "supplier": "Hangzhou Reagents 杭州试剂", "licence": "330523-2026-014"}
        bought = {"quantity": quantity, "unit": unit, "batch": _BATCHED.get(item, ""), **papers}
        yield _asked(at + _BOUGHT, _FIRST, "receive", bought, case={"id": f"{store}.{item}"})
    yield _consent(at + _BOUGHT + _MINUTE, _MANAGER)
    filed = {"reference": "330523-B-0088"}
    for kind in ("toxic", "explosive_precursor"):
        case = {"kind": kind}
        yield Asked(
            at=span.at(2, 9), by=_FIRST.signs, role=_FIRST.role, workflow="filings", ask="file", case=case, fields=filed
        )
    for day in span.numbers():
        on = span.day(day)
        if on.isoweekday() == 1:
            yield from _used(span, day, there)
        if on.day == _COUNTED_ON:
            yield from _counted(span, day, there)
        compared = {"store": _CHEMICAL, "counted": (f"cyanide / {_BATCHED['cyanide']} = {there['cyanide']}",)}
        yield _asked(span.at(day, 10), _SECOND, "compare", compared)


def _used(span: Span, day: int, there: dict[str, Decimal]) -> Iterator[Happening]:
    """On a Monday something goes out, and some of it comes back the same day."""
    item = list(_USED)[day // 7 % len(_USED)]
    unit, back = next(each[4] for each in _ITEMS if each[1] == item), Decimal("0.25")
    if there[item] < Decimal(_USED[item]):
        return
    its = {"unit": unit, "batch": _BATCHED.get(item, ""), "document": f"I-{day:03d}"}
    papers = {"purpose": "Degreasing 除油", "receiver": staff.OTHERS[11].id, "approver": _MANAGER.id}
    at, case = span.at(day, 8.5), {"id": f"{_CHEMICAL}.{item}"}
    yield from _opened(at, *_CARDS)
    fields = {**its, **papers, "quantity": _USED[item], "destination": "Workshop 生产车间"}
    yield _asked(at + 2 * _MINUTE, _FIRST, "issue", fields, case)
    yield from _opened(at + 8 * 3_600, *_CARDS)
    yield _asked(at + 8 * 3_600 + 2 * _MINUTE, _FIRST, "return", {**its, "quantity": str(back)}, case)
    there[item] += back - Decimal(_USED[item])


def _counted(span: Span, day: int, there: dict[str, Decimal]) -> Iterator[Happening]:
    """Every item; the second keeper has shown a card at the chemical store, and consents at the other."""
    at = span.at(day, 15)
    yield from _opened(at, *_CARDS)
    for store, second in ((_CHEMICAL, None), (_STRONGROOM, _MANAGER)):
        items = [item for place, item, *_ in _ITEMS if place == store]
        lines = tuple(f"{item}{_batch(item)} = {there[item]}" for item in items)
        yield _asked(at + 3 * _MINUTE, _FIRST, "count", {"store": store, "counted": lines})
        if second is not None:
            yield _consent(at + 5 * _MINUTE, second)


def _batch(item: str) -> str:
    return f" / {_BATCHED[item]}" if item in _BATCHED else ""


def _opened(at: int, *people: staff.Person) -> Iterator[Happening]:
    """Both show their cards, the door is opened and closed behind them."""
    for number, person in enumerate(people):
        yield Told(at=at + number, device="chemical-reader", values={"credential": _CARDS[person]})
    yield Told(at=at + 10, device="chemical-door", values={"door": True})
    yield Told(at=at + 30, device="chemical-door", values={"door": False})


def _asked(
    at: int, who: staff.Person, ask: str, fields: Mapping[str, object], case: Mapping[str, object] | None = None
) -> Asked:
    return Asked(at=at, by=who.signs, role=who.role, workflow="stock", ask=ask, fields=fields, case=case)


def _consent(at: int, who: staff.Person) -> Asked:
    waits = {"workflow": "stock"}
    return Asked(at=at, by=who.signs, role=who.role, workflow="consent", ask="give", case=waits, is_of_each=True)
