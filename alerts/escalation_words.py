"""What an escalation says: messages to people, and what it writes on the alert and in its book."""

from collections.abc import Sequence

from alerts.contact import who_is
from alerts.escalation_case import Escalating, Told
from alerts.escalation_chain import URGENT, Condition
from alerts.facts import Fact, FieldValue
from alerts.moves import AlertNote, Notification
from alerts.workflow import Moves, World
from devices.message import At, Text
from devices.reading import Instant

_GROUP = Text.of("escalation.group")
"""Whom a channel tells that leads to nobody by name."""


def notification(case: Escalating, told: Told, condition: Condition, world: World) -> Notification:
    """The message of which ``told`` keeps account."""
    place, person = world.site.areas.get(case.area), who_is(world, told.who) if told.who else None
    text = Text.of(
        "escalation.message",
        alert_class=case.alert_class,
        area=place.name if place is not None else case.area,
        text=case.text,
        raised=At(case.raised),
        why=Text.of(f"escalation.why_{condition}"),
    )
    return Notification(
        id=told.id,
        to=(told.who,) if told.who else (),
        text=text,
        case=case.id,
        area=case.area,
        channel=told.channel,
        is_urgent=case.alert_class in URGENT,
        answers=bool(told.who),
        alert=case.id,
        alert_class=case.alert_class,
        priority=case.priority,
        language=person.language if person is not None else "",
    )


def step_said(
    case: Escalating, number: int, notifications: Sequence[Notification], now: Instant, *, is_reached: bool
) -> Moves:
    """A step was taken."""
    if not is_reached:
        text = Text.of("escalation.nobody", step=number + 1)
        return noted(case, "nobody", text, now, step_number=number + 1)
    if not notifications:
        return Moves()
    who = tuple(dict.fromkeys(name for each in notifications for name in each.to))
    channels = tuple(dict.fromkeys(each.channel for each in notifications))
    text = Text.of("escalation.told", step=number + 1, who=who or (_GROUP,), channels=channels)
    said = noted(case, "told", text, now, step_number=number + 1, people=who, channels=channels)
    return Moves.joined([said, Moves(notifications=tuple(notifications))])


def receipt_said(case: Escalating, told: Told, world: World, now: Instant) -> Moves:
    """Something came back of a message."""
    channel = world.site.channels.get(told.channel)
    name = channel.name if channel is not None else told.channel
    text = Text.of(f"escalation.{told.state}", who=told.who or _GROUP, channel=name, why=told.note)
    return noted(case, told.state, text, now, person=told.who, channel=told.channel, step_number=told.step + 1)


def noted(case: Escalating, step: str, text: Text, now: Instant, *, by: str = "", **fields: FieldValue) -> Moves:
    """Written in the book, and on the alert where everybody sees it.

    Under nobody's name: whoever answers from outside is no sign of life at the console (workflows/attendance.py).
    """
    return Moves(facts=(fact(case, step, text, now, by=by, **fields),), notes=(AlertNote(case.id, text),))


def fact(case: Escalating, step: str, text: Text, now: Instant, *, by: str = "", **fields: FieldValue) -> Fact:
    """Written in the book alone."""
    said = {name: value for name, value in fields.items() if value not in ("", ())}
    return Fact(
        workflow="escalation",
        case=case.id,
        step=step,
        at=now,
        by=by,
        area=case.area,
        text=text,
        fields={"alert": case.id, **said},
        personal=tuple(name for name in ("person", "people") if name in said),
    )
