"""Hazards from found to closed, some of them late, two major; at the end there are some in each stage."""

from collections.abc import Iterator, Mapping, Sequence

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Asked, Happening

_DAY = 86_400
_HOUR = 3_600
_FOUND = (
    ("warehouse", "Exit B 出口B", "Pallets in front of the exit 托盘堵塞出口", "fire", "act"),
    ("workshop", "Line 3 三号线", "Guard of the press is loose 压机护罩松动", "machinery", "condition"),
    ("chemical", "Shelf 2 二号货架", "Acid and lye side by side 酸碱混放", "chemical", "management"),
    ("power", "Panel 4 四号柜", "Warm terminal 接线端子发热", "electrical", "condition"),
    ("dormitory", "Stairs 楼梯间", "Bicycles charged in the stairs 楼道内充电", "fire", "act"),
    ("canteen", "Kitchen 厨房", "Grease in the hood 油烟罩积油", "fire", "condition"),
    ("gate", "Turnstile 闸机", "Fence is bent 围栏破损", "security", "condition"),
    ("boiler", "Valve 7 七号阀", "Gauge out of date 压力表超期", "machinery", "management"),
    ("archive", "Rack 5 五号架", "Socket strip under paper 插线板靠近纸张", "electrical", "act"),
    ("pumps", "Pump 2 二号泵", "Seal drips 密封渗漏", "machinery", "condition"),
)
_MAJOR = ("gasroom", "Regulator 调压器", "Smell of gas at a flange 法兰处有燃气味", "chemical", "condition")
_STAGES = ("found", "assigned", "rectified", "verified", "closed")
_STEP_S = {"assign": 5 * _HOUR, "rectify": 3 * _DAY, "verify": 4 * _DAY, "publish": 5 * _DAY}
_EVERY_DAYS = 4
_LATE = 0.12


def hazards(span: Span) -> Iterator[Happening]:
    """One every few days; each is a row of happenings, all of them together in the order of time."""
    chance = span.chance("hazards")
    told: list[Happening] = []
    last = span.days - 3
    for number, day in enumerate(range(2, last, _EVERY_DAYS)):
        at = span.at(day, chance.uniform(8, 17))
        slow = 4.0 if chance.random() < _LATE else 1.0
        told += _told(at, _FOUND[number % len(_FOUND)], number, "closed", slow)
    told += _told(span.at(span.days // 2, 11), _MAJOR, 1, "closed", 1.0, "major")
    told += _ending(span)
    return iter(sorted(told, key=lambda each: each.at))


def _ending(span: Span) -> Iterator[Happening]:
    """What stands when it ends: one in each stage, one overdue, one major, one that turned out to be none."""
    for number, stage in enumerate(_STAGES):
        area, place, said, category, cause = _FOUND[number]
        since = {"found": 6 * _HOUR, "assigned": 2 * _DAY}.get(stage, 6 * _DAY)
        found = (area, f"{place}, yard side 院侧", said, category, cause)
        yield from _told(span.until - since, found, number, stage, 1.0)
    area, place, said, category, cause = _FOUND[6]
    overdue = (area, f"{place}, left 左侧", said, category, cause)
    yield from _told(span.until - 9 * _DAY, overdue, 6, "assigned", 1.0)
    area, place, said, category, cause = _MAJOR
    yield from _told(span.until - 30 * _HOUR, (area, f"{place} 2", said, category, cause), 2, "assigned", 1.0, "major")
    area, place, said, category, cause = _FOUND[7]
    none = (area, f"{place}, spare 备用", said, category, cause)
    yield from _told(span.until - 3 * _DAY, none, 7, "found", 1.0)
    case = {"place": none[1]}
    manager, second = staff.LEADERS[0], staff.LEADERS[1]
    at = span.until - 2 * _DAY
    fields = {"note": "The gauge was replaced the day before 压力表前一日已更换"}
    yield _asked(at, manager, "dismiss", case, fields)
    waits = {"workflow": "hazard", "tag": "dismiss"}
    yield Asked(at=at + 600, by=second.signs, role=second.role, workflow="consent", ask="give", case=waits)


def _told(
    at: int, found: Sequence[str], number: int, stage: str, slow: float, level: str = "general"
) -> Iterator[Happening]:
    """Up to the stage that it is to be in; ``slow``: so many times as long as usual for what is done about it."""
    area, place, said, category, cause = found
    case = {"place": place, "description": said}
    finder = (*staff.TECHNICIANS, *staff.GUARDS)[number % 6]
    found_as = {"area": area, "category": category, "cause": cause, "level": level}
    yield _asked(at, finder, "find", None, {**case, **found_as})
    yield from _handled(at, found, number, stage, slow, level)


def settled(at: int, area: str, place: str, said: str) -> Iterator[Happening]:
    """What is done about one that somebody found otherwise than by registering it, until it is closed."""
    yield from _handled(at, (area, place, said), 0, "closed", 1.0, "general")


def _handled(at: int, found: Sequence[str], number: int, stage: str, slow: float, level: str) -> Iterator[Happening]:
    area, place, said = found[:3]
    case = {"place": place, "description": said}
    manager, technician, responsible = staff.LEADERS[0], staff.TECHNICIANS[0], staff.RESPONSIBLE[area]
    done = _STAGES.index(stage)
    if done >= 1:
        musts = {"responsible": responsible.id, "department": responsible.department, "funds": 200 * (number + 1)}
        words = {"measures": "Put right, then look at the others 整改并举一反三", "interim": "Sealed off 现场警戒"}
        until = (at + (5 if level == "major" else 4) * _DAY) * 10**9
        yield _asked(at + _STEP_S["assign"], manager, "assign", case, {**musts, **words, "until": until})
    if done >= 2:
        fields = {"done": "Put right by the workshop 已整改到位"}
        yield _asked(at + round(slow * _STEP_S["rectify"]), technician, "rectify", case, fields)
    if done >= 3:
        at_verified = at + round(slow * _STEP_S["rectify"]) + _DAY
        yield _asked(at_verified, manager, "verify", case, {"result": "accepted"})
        if done >= 4:
            yield _asked(at_verified + _DAY, technician, "publish", case, {"where": "Notice board 公示栏"})
            if level == "major":
                for to in ("authority", "staff_assembly"):
                    fields = {"to": to, "reference": f"{number:03d}"}
                    yield _asked(at_verified + _DAY + 60, manager, "report", case, fields)


def _asked(
    at: int, person: staff.Person, ask: str, case: Mapping[str, object] | None, fields: Mapping[str, object]
) -> Asked:
    return Asked(at=at, by=person.signs, role=person.role, workflow="hazard", ask=ask, case=case, fields=fields)
