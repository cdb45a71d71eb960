"""The gate as it stands when the past ends: who is expected, at the gate, inside, inside too long; a firm, lodgers."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Asked, Happening

_HOUR = 3_600
OWN_CARD = "26:20:22591"
"""Of a visitor who was given one without a number: the story holds it to the turnstile."""
_NUMBERS = ("330523198804120017", "33052319760930242X", "110101199001011234", "330523199507077712")


def visits(span: Span) -> Iterator[Happening]:
    yield from _lodgers(span)
    yield from _firm(span)
    (guard,) = staff.on_duty(staff.GUARDS, span.days, 1)
    yield _arrives(
        span, guard, 5.0, "Qian Wei 钱伟", 0, {"organisation": "Anji Post 安吉邮政", "purpose": "delivery 送货"}, 2.5
    )
    waters = {
        "organisation": "Water works 自来水公司",
        "purpose": "meter 抄表",
        "areas": ["boiler"],
        "companion": "Chen Bo",
    }
    yield _arrives(span, guard, 1.5, "Lu Yao 陆瑶", 1, waters, -6)
    turnstile = {"organisation": "Hangzhou Machine Tools 杭州机床", "purpose": "repair 维修", "card": OWN_CARD}
    yield _arrives(span, guard, 0.3, "Shen Tao 沈涛", 2, turnstile, -6)
    waits = {"organisation": "Insurance 保险公司", "purpose": "business 业务", "word": ""}
    yield _arrives(span, guard, 0.1, "Fang Min 方敏", 3, waits, -6)
    for later, name, host in ((1, "Jin Lei 金磊", staff.LEADERS[0]), (3, "Xu Na 徐娜", staff.TECHNICIANS[0])):
        fields = {"person": name, "organisation": "County office 县局", "purpose": "inspection 检查"}
        times = {"start_at": (span.until + later * _HOUR) * 10**9, "until": (span.until + 8 * _HOUR) * 10**9}
        yield _asked(span.until - 2 * _HOUR, host, "visitors", "announce", {**fields, **times})


def _arrives(
    span: Span, guard: staff.Person, before: float, name: str, number: int, more: Mapping[str, object], ends: float
) -> Asked:
    """``before``: so many hours before the end; ``ends``: of the pass, too."""
    fields = {"person": name, "document_number": _NUMBERS[number], "host": "Zheng Li", "word": "phone"}
    until = {"until": int(span.until - ends * _HOUR) * 10**9}
    return _asked(int(span.until - before * _HOUR), guard, "visitors", "arrive", {**fields, **until, **more})


def _firm(span: Span) -> Iterator[Happening]:
    """Two were briefed, the third came last and was not; the insurance runs out in three weeks."""
    at, (technician, _) = span.at(max(1, span.days - 3), 8), staff.TECHNICIANS
    firm = {"organisation": "Hongda Painting 宏达涂装", "work": "painting 涂装", "contact": "Du Gang 杜刚"}
    ends = {"insurance_until": span.last + timedelta(days=21), "agreement_until": span.last + timedelta(days=200)}
    days = {name: day.isoformat() for name, day in ends.items()}
    yield _asked(at, technician, "contractors", "add", {**firm, **days})
    case = {"organisation": firm["organisation"]}
    names = ("Du Gang 杜刚", "Ren Jun 任军", "Ye Fei 叶飞")
    for number, name in enumerate(names):
        fields = {"person": name, "document_number": _NUMBERS[number], "card": f"26:20:2257{number}"}
        yield _asked(at + 60 + number, technician, "contractors", "worker", fields, case)
    yield _asked(at + 600, technician, "contractors", "brief", {"persons": list(names[:2])}, case)


def _lodgers(span: Span) -> Iterator[Happening]:
    """One was reported in time, one came yesterday."""
    manager, since = staff.LEADERS[0], span.at(max(1, span.days - 8), 10)
    known = {"person": "Pan Hai 潘海", "document": _NUMBERS[2], "home": "Sichuan 四川", "room": "3-204"}
    permit = {"permit_until": (span.last + timedelta(days=180)).isoformat()}
    yield _asked(since, manager, "lodgers", "move_in", {**known, **permit})
    yield _asked(since + _HOUR, manager, "lodgers", "report", {}, {"room": "3-204"})
    came = {"person": "Yao Jing 姚静", "document": _NUMBERS[3], "home": "Anhui 安徽", "room": "3-206"}
    yield _asked(span.at(max(1, span.days - 1), 10), manager, "lodgers", "move_in", came)


def _asked(
    at: int,
    by: staff.Person,
    workflow: str,
    ask: str,
    fields: Mapping[str, object],
    case: Mapping[str, object] | None = None,
) -> Asked:
    return Asked(at=at, by=by.signs, role=by.role, workflow=workflow, ask=ask, fields=fields, case=case)
