"""What comes back by itself: somebody is there, a message was carried or not."""

from collections.abc import Mapping

from msgspec.structs import replace

from alerts.contact import id_of
from alerts.facts import SCAN, Fact
from alerts.moves import Receipt
from alerts.response_case import Responding, StepState, with_step
from alerts.response_words import called, fact, notes, step_fact
from alerts.workflow import NOTHING, Moves, World
from devices.message import At, Text
from devices.reading import Instant
from workflows.response.life import moved, quietly


def there_now(case: Responding, person: str, at: Instant) -> Responding:
    sent = tuple(
        replace(each, arrived_at=at) if each.person == person and each.arrived_at is None else each
        for each in case.sent
    )
    return replace(case, sent=sent)


def arrived(case: Responding, came: Fact, world: World, now: Instant) -> Moves:
    person = id_of(world, came.by)
    after, facts, ticked = there_now(case, person, came.at), [], list[StepState]()
    for step in case.steps:
        if step.kind == "scene" and step.done_at is None:
            after = with_step(after, replace(step, done_at=came.at, by=person))
            ticked.append(step)
    if ticked:
        # whoever hears of arrivals has heard of this one, unless it is a scan that nobody made one of
        there = {"is_there": True} if SCAN in came.topics else {}
        facts.append(step_fact(after, "done", ticked[0], now, by=came.by, person=person, **there))
    elif after.sent != case.sent:
        facts.append(fact(after, "arrived", now, by=came.by, person=person))
    if not facts:
        return NOTHING
    text = Text.of("response.note_there", person=called(world, person), at=At(came.at))
    return moved(after, case, now, *facts, notes=notes(after, world, text, came.by, only_new=True))


def carried(receipt: Receipt, cases: Mapping[str, Responding], now: Instant) -> Moves:
    """What became of a message to whoever was sent."""
    kind, _, rest = receipt.notification.partition(".")
    case = cases.get(rest.partition(".")[0]) if kind == "go" else None
    if case is None or receipt.state == "read":
        return NOTHING
    for each in case.sent:
        for told in each.messages:
            if told.id == receipt.notification and told.state != receipt.state:
                messages = tuple(
                    replace(one, state=receipt.state) if one.id == told.id else one for one in each.messages
                )
                is_untold = all(one.state == "failed" for one in messages)
                new = replace(each, messages=messages, is_untold=is_untold)
                after = replace(case, sent=tuple(new if one is each else one for one in case.sent))
                is_news = is_untold and new in after.on_the_way
                facts = (fact(after, quietly(case, "not_told"), now, person=each.person),) if is_news else ()
                return Moves(cases=(after,), facts=facts)
    return NOTHING
