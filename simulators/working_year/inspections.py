"""Inspections by checklist, weekly and monthly: a week is missed, two kinds fall behind; what is found is a hazard."""

from collections.abc import Iterator, Mapping

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Asked, Happening
from simulators.working_year.hazards import settled

_SUBJECTS: dict[str, tuple[tuple[str, str], ...]] = {
    "site": (("workshop", "Works 全厂"),),
    "fire": (("warehouse", "Warehouse 成品仓库"), ("workshop", "Workshop 生产车间"), ("dormitory", "Dormitory 宿舍")),
    "key_department": (("chemical", "Chemical store 化学品库"), ("power", "Power room 配电室")),
    "vehicle": (("warehouse", "Forklift 叉车 1"), ("gate", "Lorry 货车 沪A31207")),
    "equipment": (("boiler", "Boiler 锅炉 1"), ("workshop", "Crane 行车 2"), ("pumps", "Fire pump 消防泵 1")),
    "funds": (("finance", "Safe 保险柜"),),
    "environment": (("canteen", "Waste water 废水排放"),),
}
_MONTHLY = {"fire": (12,), "environment": (18,), "key_department": (3, 9, 16, 23), "equipment": (4, 11, 17, 24)}
_BEHIND = {"vehicle": (5, 13, 20, 26), "funds": (6, 14, 21, 27)}
"""Done as often as they must be, but for what falls into the last weeks."""
_BEHIND_DAYS = 40
_FINDS = 0.3
_FOUND = (
    ("Cable on the floor 电缆未固定", "corrected"),
    ("Goods in front of the extinguisher 灭火器被遮挡", "corrected"),
    ("Guard of a drive is missing 传动防护罩缺失", "abnormal"),
    ("Emergency lamp does not light 应急灯不亮", "abnormal"),
    ("Label of a drum is not readable 桶标签无法辨认", "abnormal"),
)


def inspections(span: Span) -> Iterator[Happening]:
    chance = span.chance("inspections")
    for day in span.numbers():
        on = span.day(day)
        due = [kind for kind, days in _MONTHLY.items() if on.day in days]
        due += [kind for kind, days in _BEHIND.items() if on.day in days and day < span.days - _BEHIND_DAYS]
        if on.isoweekday() == 2 and not span.days // 2 <= day < span.days // 2 + 7:
            due.append("site")
        for number, kind in enumerate(due):
            area, subject = chance.choice(_SUBJECTS[kind])
            found: dict[int, Mapping[str, str]] = {}
            if chance.random() < _FINDS:
                remark, result = chance.choice(_FOUND)
                found[chance.randrange(3)] = {"result": result, "remark": remark}
            inspector = staff.TECHNICIANS[number % 2]
            at = span.at(day, 9.5 + 1.5 * number)
            yield from _inspected(at, inspector, area, kind, subject, found)
            for each in found.values():
                if each["result"] == "abnormal":
                    yield from settled(at + 1_000, area, subject, each["remark"])


def _inspected(
    at: int, inspector: staff.Person, area: str, kind: str, subject: str, found: Mapping[int, Mapping[str, str]]
) -> Iterator[Happening]:
    case = {"subject": subject, "checklist": kind}

    def asked(later: int, ask: str, **more: object) -> Asked:
        who = {"by": inspector.signs, "role": inspector.role, "workflow": "inspection", "ask": ask}
        return Asked(at=at + later, **{**who, **more})  # type: ignore[arg-type]

    yield asked(0, "begin", fields={"area": area, "checklist": kind, "subject": subject})
    yield asked(900, "check", case=case, fields={"result": "normal"}, per_item="points", item_field="point", odd=found)
    yield asked(960, "finish", case=case)
    if kind in ("fire", "vehicle"):
        manager = staff.LEADERS[0]
        yield asked(7_200, "sign", case=case, by=manager.signs, role=manager.role)
