"""What is stated of a hazard in each step of it: the fields of its book, and the sentence."""

from msgspec.structs import replace

from alerts.calendar import Calendar
from alerts.facts import Fact, FieldValue
from alerts.hazards import Figures, Hazard
from devices.message import At, Text
from devices.reading import Instant

_STATED = (
    *("number", "level", "place", "source", "category", "cause", "description", "act", "about", "responsible"),
    *("department", "measures", "interim", "funds", "done", "rectified_by", "verified_by", "published"),
    *("told_authority", "told_staff", "photo_before", "photo_after"),
)


def fact_of(
    case: Hazard, step: str, calendar: Calendar, now: Instant, to: str = "", told_to: tuple[str, ...] = ()
) -> Fact:
    """As it stands after that step. ``to``: the level that is told that a term is over, ``told_to``: its people."""
    fields: dict[str, FieldValue | Text] = {
        name: value for name in _STATED if (value := getattr(case, name)) not in ("", None)
    }
    if case.due_at is not None:
        fields["due"] = calendar.day(case.due_at).isoformat()
    for name in ("same_place", "same_cause"):
        if numbers := getattr(case, name):
            fields[name] = ", ".join(numbers)
    if to:
        fields["told"] = to
    if told_to:
        fields["told_to"] = ", ".join(told_to)
    return Fact(
        workflow="hazard",
        case=case.id,
        step=step,
        at=now,
        area=case.area,
        text=Text.of(
            f"hazard.{step}",
            number=case.number,
            place=case.place,
            description=case.description,
            stage=case.stage,
            due=At(case.deadline_at or now),
            to=to,
            before=tuple(dict.fromkeys((*case.same_place, *case.same_cause)))[:5],
        ),
        fields=fields,
        personal=tuple(name for name in ("responsible", "told_to") if name in fields),
    )


def noted(fact: Fact, by: str, second: str, note: str) -> Fact:
    """With who did it, and what they wrote to it."""
    return replace(fact, by=by, second=second, fields={**fact.fields, "note": note} if note else fact.fields)


def quarter_fact(called: str, found: Figures, ends: Instant, now: Instant) -> Fact:
    """The figures of a quarter, for the signature of the head of the enterprise."""
    counts = {name: getattr(found, name) for name in found.__struct_fields__}
    return Fact(
        workflow="hazard",
        case=called,
        step="quarter",
        at=ends,
        recorded=now,
        text=Text.of("hazard.quarter", quarter=called, **counts),
        fields={"quarter": called, **{f"count_{name}": count for name, count in counts.items()}},
    )
