"""The canteen: everybody looked at before work, what came, what was cooked and kept, how cold the fridges were.

Samples, and the readings that prove them, are those of the last days: a quarter of readings would be most of the past.
"""

from collections.abc import Iterator, Mapping

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Asked, Happening, Told, Written

_SAMPLED_DAYS = 6
_READ_EVERY_H = 0.4
_KEPT_H = 48.0
_RENEWED_ON = 300
"""On that day everybody's health certificate is renewed, if there is such a day."""
_SAMPLES, _STORE = "canteen-fridge-1", "canteen-fridge-2"
_DISHES = (
    ("红烧肉 Braised pork", "清炒白菜 Cabbage", "番茄蛋汤 Egg soup"),
    ("宫保鸡丁 Kung pao chicken", "麻婆豆腐 Mapo tofu", "紫菜汤 Seaweed soup"),
    ("清蒸鱼 Steamed fish", "土豆丝 Potatoes", "冬瓜汤 Gourd soup"),
)
_SUPPLIERS = (
    ("greens", "绿源蔬菜 Lvyuan Vegetables", "农贸市场 12 号 Market 12", "0571-8800 1201", 300),
    ("meat", "惠民肉联 Huimin Meat", "工业路 8 号 Industry Road 8", "0571-8800 1302", 400),
    ("oil", "金穗粮油 Jinsui Grain and Oil", "粮库路 3 号 Granary Road 3", "0571-8800 1403", 12),
)
"""Name, address, telephone; in how many days from the end their licence runs out."""
_GOODS = (
    ("greens", {"product": "白菜 Cabbage", "amount": 40, "unit": "kg"}),
    ("meat", {"product": "猪肉 Pork", "amount": 25, "unit": "kg", "kept": "chilled", "temperature": 3.5}),
    ("oil", {"product": "大米 Rice", "amount": 100, "unit": "kg", "specification": "25 kg", "maker": "金穗 Jinsui"}),
)


def kitchen(span: Span) -> Iterator[Happening]:
    manager, cook = staff.LEADERS[0], staff.OPERATORS[0]
    for number, (id_, name, address, phone, ahead) in enumerate(_SUPPLIERS):
        fields = {"supplier": id_, "name": name, "address": address, "phone": phone, "food_licence": f"JY13301{number}"}
        until = span.last.fromordinal(span.last.toordinal() + ahead).isoformat()
        fields |= {"food_until": until, "business_licence": f"91330100MA{number}"}
        yield _asked(span.at(0, 6.2), manager, "canteen_supplier", "add", fields)
    for person in staff.KITCHEN if span.days > _RENEWED_ON else ():
        held = {"kind": "health", "issued": span.day(_RENEWED_ON).isoformat(), "number": f"H-{person.id}"}
        at = span.at(_RENEWED_ON, 9)
        yield _asked(at, manager, "people", "give_certificate", held, {"id": person.id})
    for day in range(span.days + 1):
        yield from _checks(span, day, cook)
        if day:
            yield from _written(span, day, cook, manager)
            goods = _GOODS[day % len(_GOODS)]
            came = {**goods[1], "batch": span.day(day).isoformat(), "invoice": f"F{day:05d}"}
            yield _asked(span.at(day, 6.6), cook, "canteen_supplier", "deliver", came, {"id": goods[0]})
        if span.days - day < _SAMPLED_DAYS:
            yield from _cooked(span, day, cook)
    yield from _cold(span)


def _checks(span: Span, day: int, cook: staff.Person) -> Iterator[Happening]:
    for place, person in enumerate(staff.KITCHEN):
        fields = {"person": person.id, "temperature": 36.4 + place / 10}
        yield _asked(span.at(day, 6.3 + place / 60), cook, "morning_check", "check", fields)


def _cooked(span: Span, day: int, cook: staff.Person) -> Iterator[Happening]:
    """Lunch: its menu, a sample of each dish, and what is thrown away two days later."""
    dishes, case = _DISHES[day % len(_DISHES)], {"day": span.day(day)}
    menu = {"area": "canteen", "meal": "lunch", "dishes": dishes}
    yield _asked(span.at(day, 6.5), cook, "canteen_meal", "menu", menu)
    for place, dish in enumerate(dishes):
        kept = {"dish": dish, "grams": 130 + 5 * place, "place": f"{place + 1}"}
        yield _asked(span.at(day, 11.55 + place / 60), cook, "canteen_meal", "keep", kept, case)
    yield _asked(span.at(day, 11.75 + _KEPT_H), cook, "canteen_meal", "destroy", {}, case)


def _cold(span: Span) -> Iterator[Happening]:
    """Both fridges; two days before the end somebody left the door of the store open for half an hour."""
    first = max(0, span.days - _SAMPLED_DAYS)
    for number in range(int((span.days - first + 1) * 24 / _READ_EVERY_H)):
        hour = number * _READ_EVERY_H
        at = span.at(first, hour)
        is_open = 14.0 <= hour - 24 * (span.days - first - 2) < 14.9
        yield Told(at=at, device=_SAMPLES, values={"temperature": 3.6 + number % 7 / 10})
        yield Told(at=at, device=_STORE, values={"temperature": 9.4 if is_open else 4.1 + number % 5 / 10})


def _written(span: Span, day: int, cook: staff.Person, manager: staff.Person) -> Iterator[Happening]:
    """What Order 60 of 2022 asks for, and what is written of the kitchen by hand."""
    on, person = span.day(day), {"person": "Zheng Li"}
    done = {"action": "disinfection", "subject": "餐具 Tableware", "meal": "lunch", "method": "热力 Heat"}
    done |= {"temperature": "100", "minutes": "15", "count": "240", "result": "passed"}
    control = {"action": "daily_control", "subject": "食堂 Canteen", "checked": "风险清单 List of risks", "risks": "0"}
    yield _record(span.at(day, 13.5), cook, {**done, **person})
    yield _record(span.at(day, 15.0), cook, {**control, "result": "passed", **person})
    if on.isoweekday() == 5:
        check = {"action": "weekly_check", "subject": "食堂 Canteen", "checked": "一周情况 The week"}
        yield _record(span.at(day, 15.5), manager, {**check, "person": manager.name})
    if on.day == 5:
        meeting = {"action": "monthly_meeting", "subject": "食堂 Canteen", "checked": "纪要 Minutes"}
        yield _record(span.at(day, 16.0), manager, {**meeting, "person": manager.name})
        water = {"action": "drinking_water", "subject": "饮水机 Dispensers", "result": "passed"}
        yield _record(span.at(day, 16.5), manager, {**water, "person": manager.name})


def _record(at: int, person: staff.Person, fields: dict[str, str]) -> Written:
    return Written(at=at, by=person.signs, role=person.role, book="canteen", area="canteen", fields=fields)


def _asked(
    at: int,
    person: staff.Person,
    workflow: str,
    ask: str,
    fields: Mapping[str, object],
    case: Mapping[str, object] | None = None,
) -> Asked:
    return Asked(at=at, by=person.signs, role=person.role, workflow=workflow, ask=ask, fields=fields, case=case)
