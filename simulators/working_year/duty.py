"""Day by day: who comes and goes, handovers, the log of the control room, the leader's day."""

from collections.abc import Iterator, Mapping

from simulators.working_year import staff
from simulators.working_year.calendar import Span
from simulators.working_year.happenings import Asked, Happening, Tended, Written

_MINUTE = 1 / 60
_SELDOM = 0.012
"""A handover that is forgotten, a line of the log that is not written: about once a month each."""


def control_room(span: Span) -> Iterator[Happening]:
    """Two people in each shift: handed over, a line every two hours, the alerts looked through."""
    chance, case = span.chance("control room"), {"id": "control-room"}
    for day in span.numbers():
        for shift, hour in enumerate(staff.SHIFTS):
            first, second = staff.on_duty(staff.OPERATORS, day, shift)
            before = staff.on_duty(staff.OPERATORS, day if shift else day - 1, (shift - 1) % 3)
            late = 0.75 if chance.random() < _SELDOM else 0.0
            yield from _handed_over(span, "control-room", day, hour + late, before[0], first)
            yield _asked(span.at(day, hour - 3 * _MINUTE), second, "attendance", "come", case=case)
            if day > 1 or shift:
                yield _asked(span.at(day, hour + 2 * _MINUTE), before[1], "attendance", "go", case=case)
            for place in range(4):
                at = span.at(day, hour + 2 * place + chance.uniform(10, 20) * _MINUTE)
                if chance.random() >= _SELDOM:
                    yield _asked(at, (first, second)[place % 2], "control_room_log", "log", {"controller": "normal"})
                if place % 2:
                    yield Tended(at=at, by=first.signs, note="Seen and settled 已查明处理")


def gate(span: Span) -> Iterator[Happening]:
    """One guard in each shift, who writes down what goes in and out."""
    chance = span.chance("gate")
    number = 0
    for day in span.numbers():
        for shift, hour in enumerate(staff.SHIFTS):
            (guard,) = staff.on_duty(staff.GUARDS, day, shift)
            (before,) = staff.on_duty(staff.GUARDS, day if shift else day - 1, (shift - 1) % 3)
            yield from _handed_over(span, "gate", day, hour, before, guard)
            if shift:
                number += 1
                at = span.at(day, hour + 1 + chance.random())
                plate = f"沪A{number % 90_000 + 10_000}"
                said: dict[str, object] = {"plate": plate, "kind": "lorry", "driver": f"Driver 司机 {number}"}
                said |= {"organisation": "Logistics Ltd 物流公司", "purpose": "Delivery 送货", "area": "gate"}
                yield _asked(at, guard, "gate", "enter", said)
                yield _asked(at + 9_000, guard, "gate", "leave", case={"plate": plate})


def leaders(span: Span) -> Iterator[Happening]:
    """A leader is there every day; now and then one says so too late."""
    chance = span.chance("leaders")
    for day in span.numbers():
        leader, before = staff.leader(day), staff.leader(day - 1)
        late = 0.6 if chance.random() < 3 * _SELDOM else 0.05
        if day > 1:
            yield _asked(span.at(day, 7.98), before, "attendance", "go", case={"id": "leader"})
        yield _asked(span.at(day, 8 + late), leader, "attendance", "come", case={"id": "leader"})
        on = span.day(day).isoformat()
        fields = {"on": on, "leader": leader.name, "action": "on_duty"}
        yield Written(at=span.at(day, 8.7), by=leader.signs, role=leader.role, book="leader_duty", fields=fields)
        signed = {"is_over": True, "countersigned_by": ""}
        at = span.at(day, 9)
        yield _asked(at, leader, "patrols", "countersign", case=signed, is_of_each=True)
        fields = {**fields, "action": "post_check", "post": "control-room", "finding": "In order 正常"}
        at = span.at(day, 16.5 + chance.random())
        yield Written(at=at, by=leader.signs, role=leader.role, book="leader_duty", fields=fields)


def _handed_over(
    span: Span, post: str, day: int, hour: float, giver: staff.Person, taker: staff.Person
) -> Iterator[Happening]:
    """The list is made, read and signed by both; on the first day there is nobody who hands over."""
    case = {"id": post}
    if day == 1 and hour < 1:
        yield _asked(span.at(day, hour + 2 * _MINUTE), taker, "attendance", "come", case=case)
        return
    yield _asked(span.at(day, hour - 8 * _MINUTE), giver, "handover", "prepare", {"post": post})
    read = ("check_word",)
    yield _asked(span.at(day, hour - 5 * _MINUTE), giver, "handover", "hand_over", case=case, reads=read)
    yield _asked(span.at(day, hour - 3 * _MINUTE), taker, "handover", "take_over", case=case, reads=read)


def _asked(
    at: int,
    person: staff.Person,
    workflow: str,
    ask: str,
    fields: dict[str, object] | None = None,
    *,
    case: Mapping[str, object] | None = None,
    reads: tuple[str, ...] = (),
    is_of_each: bool = False,
) -> Asked:
    return Asked(
        at=at,
        by=person.signs,
        role=person.role,
        workflow=workflow,
        ask=ask,
        fields=fields or {},
        case=case,
        reads=reads,
        is_of_each=is_of_each,
    )
