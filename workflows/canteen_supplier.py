"""Suppliers of a canteen and their deliveries 进货查验: whose licences count on the day, what came, with which papers.

A delivery is accepted only from a supplier whose licences count that day, with an invoice, within its shelf life, cold
enough and not a forbidden food; whatever else comes is refused at the door, and written down as refused. A licence that
runs out within 30 days, and one that has run out, is a fact of that day. The book says until when each delivery is
to be kept: its shelf life and six months, two years without a shelf life (Food Safety Law articles 50 and 53), three at
least by our preset.

Standard: Food Safety Law articles 34, 53 and 55 (licence, certificate, records), practice rules for catering of 2018:
chilled goods at 8 °C at most, frozen ones at -9 °C at most when they come.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import isfinite
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.canteen import Delivered, Supplier
from alerts.canteen_asks import OFFICERS, AddSupplier, ChangeSupplier, Deliver, EndSupplier
from alerts.facts import FORBIDDEN_FOOD, Fact, FieldValue
from alerts.kinds import kinds
from alerts.personnel import ID, trimmed
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Ask, Config, Heard, Moves, Workflow, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant
from ledger.forbidden_foods import Forbidden, named_in, united

_LONGEST, _MOST_AMOUNT, _MOST_SUPPLIERS, _SHOWN = 200, 1_000_000.0, 500, 20
_COLDEST, _HOTTEST = -60.0, 100.0
_WARMEST = {"chilled": 8.0, "frozen": -9.0}
_FAR = timedelta(days=60 * 366)
_LEAST_YEARS, _WITHOUT_SHELF_LIFE, _AFTER_SHELF_LIFE = 3, 2, timedelta(days=184)
_LONG_KEPT = (5, 10)
"""Years for which the book keeps what has a longer shelf life than the rest."""
_NEEDED = ("name", "address", "phone", "food_licence", "business_licence")
_DATES = ("food_until", "business_until")


class SupplierConfig(Config, frozen=True, kw_only=True):
    """What a canteen must not buy or serve, beside what is shipped.

    ``forbidden``: foods, by the words that name them; one of a shipped id takes its place, without words it is none
    """

    forbidden: tuple[Forbidden, ...] = ()

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        seen = set[str]()
        for index, food in enumerate(self.forbidden):
            if not ID.fullmatch(food.id) or food.id in seen:
                yield ConfigFault(("forbidden", index, "id"), Text.of("canteen_supplier.config_id"))
            if not all(word.strip() for word in food.words):
                yield ConfigFault(("forbidden", index, "words"), Text.of("canteen_supplier.config_words"))
            seen.add(food.id)


class CanteenSupplier(Workflow[Supplier]):
    """One supplier is one case."""

    name, book, case = "canteen_supplier", "canteen_supplies", Supplier
    asks = (Deliver, AddSupplier, ChangeSupplier, EndSupplier)
    config_type = SupplierConfig
    page = "/console/kitchen"

    def __init__(self, config: Config | None = None) -> None:
        super().__init__(config)
        self._foods = united(self.config.forbidden)
        self.provides = {FORBIDDEN_FOOD: lambda about, cases, world, now: named_in(about["text"], self._foods)}

    def rules(self) -> Sequence[Rule[Any]]:
        return RULES

    # -- what speaks against it ----------------------------------------------------------------------------

    def check(self, ask: Any, cases: Mapping[str, Supplier], world: World, now: Instant) -> None:
        today = world.site.calendar.day(now)
        if isinstance(ask, AddSupplier):
            if not ID.fullmatch(ask.supplier) or ask.supplier in cases or len(cases) >= _MOST_SUPPLIERS:
                _refuse([("supplier", Text.of("canteen_supplier.bad_id", most=_MOST_SUPPLIERS))])
            _refuse([*_empty(ask), *_wrong(ask, today)])
            return
        supplier = cases.get(ask.case)
        if supplier is None:
            raise Refused(Text.of("canteen_supplier.nobody", supplier=ask.case[:64]))
        _refuse([*_wrong(ask, today)])
        if isinstance(ask, ChangeSupplier):
            _refuse([(name, Text.of("form.wanting")) for name in _NEEDED if _given(ask).get(name, "-") == ""])
        elif isinstance(ask, Deliver):
            _refuse([*self._wrong_delivery(ask, supplier, today)])

    def _wrong_delivery(self, ask: Deliver, supplier: Supplier, today: date) -> Iterator[tuple[str, Text]]:
        """What is wrong with which field; of what is refused at the door only that it can be written down."""
        if not ask.product.strip():
            yield "product", Text.of("form.wanting")
        if not 0 < ask.amount <= _MOST_AMOUNT or not ask.unit.strip():
            yield "amount", Text.of("canteen_supplier.no_amount", most=_MOST_AMOUNT)
        if ask.temperature is not None and not _COLDEST <= ask.temperature <= _HOTTEST:
            yield "temperature", Text.of("canteen_supplier.no_temperature", least=_COLDEST, most=_HOTTEST)
        if ask.produced is not None and not today - _FAR <= ask.produced <= today:
            yield "produced", Text.of("canteen_supplier.produced")
        if ask.best_before is not None and not today - _FAR <= ask.best_before <= today + _FAR:
            yield "best_before", Text.of("canteen_supplier.produced")
        if ask.result == "refused":
            if not ask.reason.strip():
                yield "reason", Text.of("canteen_supplier.say_why")
            return
        if supplier.state(today) == "expired":
            yield "result", Text.of("canteen_supplier.licence_over", until=supplier.until.isoformat())
        if not ask.invoice.strip() and not ask.invoice_scan:
            yield "invoice", Text.of("canteen_supplier.no_invoice")
        if ask.best_before is not None and ask.best_before < today:
            yield "best_before", Text.of("canteen_supplier.over")
        if not ask.batch.strip() and ask.produced is None:
            yield "batch", Text.of("canteen_supplier.no_batch")
        if ask.look == "bad":
            yield "look", Text.of("canteen_supplier.bad")
        warmest = _WARMEST.get(ask.kept)
        if warmest is not None and (ask.temperature is None or ask.temperature > warmest):
            yield "temperature", Text.of("canteen_supplier.too_warm", most=warmest)
        for food in named_in(f"{ask.product} {ask.specification}", self._foods):
            if food.how == "refused":
                yield "product", Text.of("canteen_supplier.forbidden", food=food.called, law=food.law)
            elif not ask.reason.strip() or ask.role not in OFFICERS:
                yield "reason", Text.of("canteen_supplier.needs_reason", food=food.called, law=food.law)

    # -- what follows --------------------------------------------------------------------------------------

    def step(self, event: Heard, cases: Mapping[str, Supplier], world: World, now: Instant) -> Moves:
        today = world.site.calendar.day(now)
        match event:
            case AddSupplier():
                own = {name: value for name, value in _given(event).items() if name in Supplier.__struct_fields__}
                return self._told(Supplier(id=event.supplier, by=event.by, **own), "added", event, world, now)
            case ChangeSupplier():
                own = {name: value for name, value in _given(event).items() if name in Supplier.__struct_fields__}
                return self._told(replace(cases[event.case], **own), "changed", event, world, now)
            case EndSupplier():
                gone = replace(cases[event.case], is_open=False, wake_at=None)
                return Moves(cases=(gone,), facts=(_fact(gone, "ended", now, event),))
            case Deliver():
                return _delivered(cases[event.case], event, today, now)
        return Moves()

    def turn(self, due: Sequence[Supplier], world: World, now: Instant) -> Moves:
        return Moves.joined(_looked_at(case, world, now) for case in due)

    def waits_for(self, case: Supplier, account: str, role: str) -> bool:
        return bool(case.told) and role in OFFICERS

    def shows(self, case: Supplier, now: Instant) -> dict[str, Any]:
        lines = (
            Text.of(
                "canteen_supplier.refused" if each.is_refused else "canteen_supplier.accepted",
                product=each.product,
                amount=each.amount,
                supplier=case.name,
            )
            for each in case.delivered[-3:]
        )
        return {"delivered": tuple(lines)}

    def _told(self, supplier: Supplier, step: str, ask: Ask, world: World, now: Instant) -> Moves:
        given = _given(ask)
        fields = {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}
        told = Moves(facts=(_fact(supplier, step, now, ask, {n: v for n, v in fields.items() if n != "supplier"}),))
        return Moves.joined((told, _looked_at(supplier, world, now)))


def _looked_at(supplier: Supplier, world: World, now: Instant) -> Moves:
    """How its licences stand today is told once."""
    today = world.site.calendar.day(now)
    state, day = supplier.state(today), supplier.next_change(today)
    wake_at = world.site.calendar.at(day, 0) if day is not None else None
    facts = []
    if state != supplier.told:
        until = {"until": supplier.until.isoformat()} if state else {}
        facts.append(_fact(supplier, state or "in_order", now, None, until))
    return Moves(cases=(replace(supplier, told=state, wake_at=wake_at),), facts=tuple(facts))


def _delivered(supplier: Supplier, ask: Deliver, today: date, now: Instant) -> Moves:
    until, is_refused = kept_until(ask.best_before, today), ask.result == "refused"
    amount = f"{ask.amount:g} {ask.unit.strip()}"
    one = Delivered(at=now, product=ask.product.strip(), amount=amount, is_refused=is_refused, until=until, by=ask.by)
    fields = {name: value.isoformat() if isinstance(value, date) else value for name, value in _given(ask).items()}
    fields |= {name: getattr(supplier, name) for name in _NEEDED}
    fields |= {"keep_until": until.isoformat(), "keep": _keep(until, today)}
    told = _fact(
        supplier, "refused" if is_refused else "accepted", now, ask, fields, product=one.product, amount=amount
    )
    return Moves(cases=(replace(supplier, delivered=(*supplier.delivered, one)[-_SHOWN:]),), facts=(told,))


def kept_until(best_before: date | None, day: date) -> date:
    """The last day on which the papers of a delivery of that day are to be there."""
    least = _years_on(day, _LEAST_YEARS)
    asked = _years_on(day, _WITHOUT_SHELF_LIFE) if best_before is None else best_before + _AFTER_SHELF_LIFE
    return max(least, asked)


def _keep(until: date, day: date) -> str:
    """The choice by which the book knows for how many years."""
    years = (_LEAST_YEARS, *_LONG_KEPT)
    return f"years_{next((each for each in years if until <= _years_on(day, each)), years[-1])}"


def _years_on(day: date, years: int) -> date:
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year + years, day=28 if leap else day.day)


def _refuse(faults: Sequence[tuple[str, Text]]) -> None:
    """Raises Refused, with each fault by its field."""
    if faults:
        raise Refused(faults[0][1], tuple((0, name, text) for name, text in faults))


def _empty(ask: AddSupplier) -> Iterator[tuple[str, Text]]:
    yield from ((name, Text.of("form.wanting")) for name in _NEEDED if not getattr(ask, name).strip())


def _wrong(ask: Ask, today: date) -> Iterator[tuple[str, Text]]:
    for name, value in _given(ask).items():
        if isinstance(value, str) and len(value) > _LONGEST:
            yield name, Text.of("canteen_supplier.too_long", most=_LONGEST)
        if isinstance(value, float) and not isfinite(value):
            yield name, Text.of("canteen_supplier.no_amount", most=_MOST_AMOUNT)
        if isinstance(value, date) and name in _DATES and not today - _FAR <= value <= today + _FAR:
            yield name, Text.of("canteen_supplier.wrong_day")


def _given(ask: Ask) -> dict[str, Any]:
    """Its own fields, without what is left out."""
    names = [name for name in ask.__struct_fields__ if name not in Ask.__struct_fields__]
    found = {name: getattr(ask, name) for name in names}
    told = {name: trimmed(value) if isinstance(value, str) else value for name, value in found.items()}
    is_change = isinstance(ask, ChangeSupplier)
    return {name: value for name, value in told.items() if value is not None and (value != "" or is_change)}


def _fact(
    supplier: Supplier, step: str, now: Instant, ask: Ask | None, fields: Mapping[str, Any] = {}, **params: Any
) -> Fact:
    written: dict[str, FieldValue | Text] = {"supplier": supplier.id}
    written |= {name: value for name, value in fields.items() if value not in ("", None)}
    written |= {"note": ask.note.strip()} if ask is not None and ask.note.strip() else {}
    until = {"until": str(fields["until"])} if "until" in fields else {}
    return Fact(
        workflow="canteen_supplier",
        case=supplier.id,
        step=step,
        at=now,
        by=ask.by if ask is not None else "",
        text=Text.of(f"canteen_supplier.{step}", supplier=supplier.name, **until, **params),
        fields=written,
    )


_MADE = {"kind": "fact", "alert_class": "duty", "per": "case"}
RULES: tuple[Rule[Any], ...] = tuple(
    msgspec.convert({**_MADE, **rule}, kinds()["fact"])
    for rule in (
        {
            "name": "supplier-licence-running-out",
            "title": "Licence of a supplier runs out",
            "title_zh": "供货商许可证即将到期",
            "priority": 4,
            "begins": ["canteen_supplier.due"],
            "ends": ["canteen_supplier.in_order", "canteen_supplier.expired", "canteen_supplier.ended"],
            "procedure": "1. Ask for the renewed licence.\n2. Enter it.",
            "procedure_zh": "1. 索取续期后的许可证。\n2. 登记。",
        },
        {
            "name": "supplier-licence-expired",
            "title": "Licence of a supplier has run out",
            "title_zh": "供货商许可证已过期",
            "priority": 3,
            "begins": ["canteen_supplier.expired"],
            "ends": ["canteen_supplier.in_order", "canteen_supplier.due", "canteen_supplier.ended"],
            "procedure": "1. Take nothing from it.\n2. Enter the renewed licence, or that it delivers no more.",
            "procedure_zh": "1. 停止收货。\n2. 登记续期许可证，或终止供货。",
        },
    )
)
"""What this workflow's facts mean to an operator; a rule of one of these names in the site file takes its place."""

WORKFLOW = CanteenSupplier
