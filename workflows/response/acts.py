"""What people do: tick a step, take it back, say whether it is real, send somebody."""

from typing import Any

from msgspec.structs import replace

from alerts.contact import id_of, who_is
from alerts.response_asks import Confirm, Dispatch, Tick, Undo
from alerts.response_case import Responding, Sent, with_step
from alerts.response_words import called, fact, notes, sending, step_fact
from alerts.workflow import Moves, World
from devices.errors import Refused
from devices.message import Text
from devices.reading import SECOND, Instant
from workflows.response.arrivals import there_now
from workflows.response.life import moved
from workflows.response.switching import check_switches, switched_on, taken_back

_THERE_WITHIN_S = 180
"""Whoever is sent where the procedure has no step *on the scene* (四快: the response team within 3 min)."""
_MOST_SENT, _LONGEST_NAME = 20, 64


def check_step(case: Responding, ask: Tick | Undo, world: World) -> None:
    step = case.step(ask.step)
    if step is None:
        raise Refused(Text.of("response.no_step"))
    check_switches(step, ask, world)
    if isinstance(ask, Undo):
        if step.done_at is None:
            raise Refused(Text.of("response.not_done_yet"))
        return
    if step.done_at is not None:
        raise Refused(Text.of("response.done_already", by=step.by or "-"))
    if step.kind == "confirm":
        raise Refused(Text.of("response.say_which"))
    if step.kind == "cause" and not ask.note.strip():
        raise Refused(Text.of("response.cause_needed"))


def check_person(case: Responding, person: str, world: World, now: Instant) -> None:
    """Also whoever no register knows can be sent: by radio, at three in the morning, a guard of another company."""
    if any(each.person == person for each in case.on_the_way):
        raise Refused(Text.of("response.sent_already", person=person))
    if len(case.sent) >= _MOST_SENT:
        raise Refused(Text.of("response.most_sent", most=_MOST_SENT))
    known = who_is(world, person)
    if not 0 < len(person) <= _LONGEST_NAME or (known is not None and not known.is_here(world.site.calendar.day(now))):
        raise Refused(Text.of("response.not_known", person=person[:_LONGEST_NAME]))


def ticked(case: Responding, ask: Tick, world: World, now: Instant) -> Moves:
    step, at = case.step(ask.step), now if ask.done_at is None else ask.done_at
    assert step is not None
    new = replace(step, done_at=at, by=ask.by, note=ask.note.strip())
    after, more = with_step(case, new), dict[str, Any]()
    if step.kind == "scene":
        there = case.on_the_way[0].person if case.on_the_way else id_of(world, ask.by)
        after, more = there_now(after, there, at), {"person": there, "is_there": True}
    text = Text.of("response.note_done", title=step.title, note=new.note or "-")
    done = step_fact(after, "done", step, now, by=ask.by, note=new.note, **more)
    after, orders = switched_on(after, step, ask, world, now)
    return moved(after, case, now, done, notes=notes(after, world, text, ask.by), orders=orders)


def undone(case: Responding, ask: Undo, world: World, now: Instant) -> Moves:
    step = case.step(ask.step)
    assert step is not None
    after = with_step(case, replace(step, done_at=None, by="", note="", is_late=False))
    if step.kind == "confirm":
        after = replace(after, verdict="", confirmed_at=None)
    text = Text.of("response.note_undone", title=step.title)
    undone = step_fact(after, "undone", step, now, by=ask.by, note=ask.note.strip())
    after, orders = taken_back(after, step, ask, world, now)
    return moved(after, case, now, undone, notes=notes(after, world, text, ask.by), orders=orders)


def confirmed(case: Responding, ask: Confirm, world: World, now: Instant) -> Moves:
    """Also what was thought before may turn out to be wrong."""
    at = now if ask.done_at is None else ask.done_at
    is_new = ask.verdict != case.verdict
    steps = tuple(
        replace(step, done_at=at, by=ask.by) if step.kind == "confirm" and is_new else step for step in case.steps
    )
    after = replace(
        case,
        steps=steps,
        verdict=ask.verdict,
        confirmed_at=at if is_new else case.confirmed_at,
        burns=ask.burns.strip() or case.burns,
        size=ask.size.strip() or case.size,
    )
    step = f"found_{ask.verdict}"
    said = fact(after, step, now, by=ask.by, verdict=ask.verdict, burns=after.burns, size=after.size, note=ask.note)
    text = Text.of(f"response.note_{ask.verdict}", burns=after.burns or "-", note=ask.note.strip() or "-")
    return moved(after, case, now, said, notes=notes(after, world, text, ask.by))


def dispatched(case: Responding, ask: Dispatch, world: World, now: Instant) -> Moves:
    person = id_of(world, ask.person.strip())
    within = next((step.within_s for step in case.steps if step.kind == "scene"), _THERE_WITHIN_S)
    sent, notifications = sending(case, Sent(person=person, at=now, by=ask.by, due=now + int(within * SECOND)), world)
    after = replace(case, sent=(*case.sent, sent))
    said = fact(after, "dispatched", now, by=ask.by, person=person, is_there=False, note=ask.note.strip())
    text = Text.of("response.note_sent", person=called(world, person))
    return moved(after, case, now, said, notes=notes(after, world, text, ask.by), notifications=notifications)
