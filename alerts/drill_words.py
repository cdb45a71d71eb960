"""What a drill says: facts for its book, messages to those who take part. Each message says that it is a drill."""

from hashlib import sha256

import msgspec

from alerts.contact import id_of, ways_to, who_is
from alerts.drill import Drill
from alerts.facts import CENTRE_TEST, EVIDENCE, Fact, FieldValue, Item, Scalar
from alerts.moves import Notification
from alerts.workflow import World
from devices.message import Text
from devices.reading import SECOND, Instant

_MOST_TOLD = 50
REAL = "drills.why_real"
"""Why a drill ended that something real broke in upon: whoever takes part must know of that at once."""
_HELD = ("passed", "missed")
_STEPS = {"passed": "held", "missed": "held"}
"""What the book calls the end of a drill with that outcome, if not by its own name."""


def fact(case: Drill, step: str, now: Instant, *, by: str = "", **fields: FieldValue | Text) -> Fact:
    """One step of it; that a drill is planned, begins and ends is real."""
    said: dict[str, FieldValue | Text] = {"purpose": case.purpose, "scenario": case.scenario, "leader": case.leader}
    topics: tuple[str, ...] = ()
    if case.tells_centre and step == "started":
        topics, said["is_on"] = (CENTRE_TEST,), True
    return Fact(
        workflow="drills",
        case=case.id,
        step=step,
        at=now,
        by=by,
        second=case.second if step == "planned" else "",
        area=case.area,
        text=Text.of(f"drills.{step}", purpose=case.purpose),
        fields=said | {name: value for name, value in fields.items() if value not in ("", ())},
        topics=topics,
    )


def reached_fact(case: Drill, reach: str, now: Instant) -> Fact:
    """Something was reached, within the drill."""
    measured = next(each for each in case.measured if each.reach == reach)
    return Fact(
        workflow="drills",
        case=case.id,
        step=reach,
        at=now,
        by=measured.by,
        area=case.area,
        origin="drill",
        text=Text.of(f"drills.{reach}", purpose=case.purpose, took=measured.took_s or 0.0, target=measured.target_s),
        fields={"purpose": case.purpose, "took_s": measured.took_s, "target_s": measured.target_s},
    )


def ended_fact(case: Drill, now: Instant, by: str) -> Fact:
    """The result, as evidence: what was reached against which target, the course with its times, and their hash."""
    was_on, begun = case.started_at is not None, case.started_at if case.started_at is not None else now
    sealed = sha256(msgspec.json.encode((case.id, case.steps, case.measured, case.course, case.outcome))).hexdigest()
    topics = (EVIDENCE,) if case.outcome in _HELD else ()
    step = _STEPS.get(case.outcome, case.outcome)
    said: dict[str, FieldValue | Text] = {
        "kind": "drill",
        "purpose": case.purpose,
        "scenario": case.scenario,
        "plan": case.plan,
        "leader": case.leader,
        "persons": tuple({"person": name} for name in case.participants),
        "participants": len(case.participants),
        "announced": case.is_announced,
        "lasted_s": round((now - begun) / SECOND, 1) if was_on else "",
        "result": case.outcome,
        "measured": _figures(case) if was_on else (),
        "course": _course(case, begun) if was_on else (),
        "alerts": case.raised,
        "why": case.why or "",
    }
    if case.tells_centre and was_on:
        topics, said["is_on"] = (*topics, CENTRE_TEST), False
    return Fact(
        workflow="drills",
        case=case.id,
        step=step,
        at=now,
        by=by,
        area=case.area,
        text=Text.of(f"drills.{step}", purpose=case.purpose, why=case.why or ""),
        fields={name: value for name, value in said.items() if value not in ("", ())},
        personal=("persons",) if case.participants else (),
        topics=topics,
        seal=sealed if was_on else "",
    )


def _figures(case: Drill) -> tuple[Item, ...]:
    return tuple(
        _row(reach=each.reach, target_s=each.target_s, took_s=each.took_s, result=each.result, by=each.by)
        for each in case.measured
    )


def _course(case: Drill, begun: Instant) -> tuple[Item, ...]:
    return tuple(
        _row(after_s=round((each.at - begun) / SECOND, 1), what=each.what, about=each.about, by=each.by)
        for each in case.course
    )


def _row(**values: Scalar) -> Item:
    return {name: value for name, value in values.items() if value not in ("", None)}


def messages(case: Drill, what: str, said: Text, world: World) -> tuple[Notification, ...]:
    """To each who takes part, on each way that they can be told; to nobody where the plan does not say so."""
    if not case.tells_people:
        return ()
    names = list(dict.fromkeys(id_of(world, name) for name in (*case.participants, case.leader)))[:_MOST_TOLD]
    return tuple(_message(case, what, said, name, way.channel, world) for name in names for way in ways_to(world, name))


def _message(case: Drill, what: str, said: Text, name: str, channel: str, world: World) -> Notification:
    person, place = who_is(world, name), world.site.areas.get(case.area)
    return Notification(
        id=f"drill.{case.id}.{what}.{channel}.{name}",
        to=(name,),
        text=Text.of("drills.message", area=place.name if place is not None else case.area, said=said),
        case=case.id,
        area=case.area,
        origin="drill",
        channel=channel,
        is_urgent=case.why is not None and case.why.key == REAL,
        language=person.language if person is not None else "",
    )
