"""What is written into books by hand: meetings, training, publicity, agreements, visitors."""

from collections.abc import Iterator

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Happening, Signed, Written

_TOPICS = ("Fire safety 消防安全", "Electrical safety 用电安全", "Chemicals 危化品管理", "First aid 急救常识")
_MONTHLY: dict[int, tuple[str, dict[str, str]]] = {
    7: ("organisations", {"body": "Safety committee 安全委员会", "action": "meeting", "minutes": "Plan 计划"}),
    10: ("education", {"kind": "training", "participants": "24", "leader": "Cao Jun"}),
    15: ("publicity", {"form": "poster", "place": "Canteen 食堂", "responsible": "Li Na"}),
    22: ("cooperation", {"partner": "Police station 派出所", "kind": "visit", "content": "Joint look round 联合检查"}),
}


def records(span: Span) -> Iterator[Happening]:
    chance = span.chance("records")
    manager, (technician, officer) = staff.LEADERS[0], staff.TECHNICIANS
    yield from _agreements(span)
    for day in span.numbers():
        on = span.day(day)
        iso, topic = on.isoformat(), _TOPICS[(on.month + on.day) % len(_TOPICS)]
        for number in range(chance.randrange(3)):
            at = span.at(day, 9 + 2 * number + chance.random())
            fields = {"person": f"Visitor 访客 {day}-{number}", "action": "arrived"}
            (guard,) = staff.on_duty(staff.GUARDS, day, 1)
            yield _written(at, guard, "visitors", fields, "gate")
        if on.day in _MONTHLY:
            book, fields = _MONTHLY[on.day]
            dated = {"education": {"held_on": iso, "topic": topic}, "publicity": {"on": iso, "topic": topic}}
            by = {"cooperation": {"responsible": manager.name}}
            more = {**dated.get(book, {"on": iso}), **by.get(book, {})}
            yield _written(span.at(day, 14.2), manager, book, {**fields, **more})
        if on.isoweekday() == 5:
            fields = {"equipment": "Fire pump 消防泵 1", "action": "test", "result": "passed", "person": "Xiao Peng"}
            yield _written(span.at(day, 15.2), technician, "maintenance", fields, "pumps")
        if on.day == 1 and on.month % 3 == 0:
            fields = {"kind": "drill", "topic": "Evacuation 疏散演练", "held_on": iso, "participants": "180"}
            yield _written(span.at(day, 16), manager, "education", {**fields, "leader": officer.name})


def _agreements(span: Span) -> Iterator[Happening]:
    """With everybody but the last two, each signed by its other side; a leader signs for who has no account."""
    manager, second, on = *staff.LEADERS[:2], span.day(1)
    signing = staff.EVERYBODY[:-2]
    for number, person in enumerate(signing):
        area = next((area for area, answers in staff.RESPONSIBLE.items() if answers is person), "")
        fields = {"number": f"A{number:03d}", "person": person.name, "account": person.account}
        level = {"staff": "post", "leader": "site"}.get(person.level, person.level)
        more = {
            "post": person.post or area or "safety",
            "level": level,
            "year": str(on.year),
            "signed_on": on.isoformat(),
        }
        given = {name: text for name, text in {**fields, **more}.items() if text}
        yield _written(span.at(1, 10), second if person is manager else manager, "agreements", given, area)
    for person in signing:
        side = person if person.account else second
        own = {"person": person.name}
        yield Signed(
            at=span.at(1, 11), by=side.account, role=side.role, book="agreements", signer="other_side", fields=own
        )


def _written(at: int, person: staff.Person, book: str, fields: dict[str, str], area: str = "") -> Written:
    return Written(at=at, by=person.signs, role=person.role, book=book, area=area, fields=fields)
