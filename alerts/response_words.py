"""What a response says: facts for its book, notes on its alerts, the script of a call, messages to whoever is sent."""

from collections.abc import Iterable, Sequence

from alerts.contact import id_of, ways_to, who_is
from alerts.facts import DISPATCH, ON_DUTY, Fact, FieldValue
from alerts.moves import AlertNote, Notification
from alerts.response_case import Message, Responding, Sent, StepState
from alerts.workflow import World
from devices.message import At, Duration, Name, Param, Text
from devices.reading import SECOND, Instant

MOST_NOTED = 500
"""So many alerts at once, as with the verbs of an incident: a note on each costs as much as a verb."""
_PERSONAL = ("person", "people")


def fact(
    case: Responding, step: str, now: Instant, *, by: str = "", at: Instant | None = None, **more: FieldValue | Text
) -> Fact:
    """Written in the book; ``title`` is what is done, ``person`` who it is about."""
    said = {name: value for name, value in more.items() if value not in ("", ())}
    title = said.pop("title", "")
    params: dict[str, Param] = {
        "procedure": case.procedure,
        "text": case.text,
        "title": title if isinstance(title, Text) else case.procedure,
        "after": Duration((now - case.started_at) // SECOND),
    }
    left, burns = said.pop("left", ""), str(said.get("burns", "") or "-")
    return Fact(
        workflow="response",
        case=case.id,
        step=step,
        at=now if at is None else at,
        by=by,
        area=case.area,
        origin=case.origin,
        text=Text.of(f"response.{step}", burns=burns, left=left if isinstance(left, Text) else "-", **params),
        fields={"alert": case.first, **said},
        personal=tuple(name for name in _PERSONAL if name in said),
        topics=(DISPATCH,) if "is_there" in said else (),
    )


def step_fact(case: Responding, name: str, step: StepState, now: Instant, **more: FieldValue) -> Fact:
    """The same, of one step of the checklist."""
    return fact(case, name, now, title=step.title, item=step.id, **more)  # type: ignore[arg-type]


def notes(case: Responding, world: World, text: Text, by: str = "", *, only_new: bool = False) -> tuple[AlertNote, ...]:
    """On the alert that opened it and on each member on which no step was noted yet: their acknowledgement holds now.

    ``only_new``: a scan is noted by others on whatever stands: only where nothing is noted yet.
    """
    members = world.alerts.members(case.id)
    first = world.alerts.find(case.first)
    every = {alert.id: alert for alert in (*((first,) if first is not None else ()), *members)}
    meant = [each for each in every.values() if each.responded is None or (each.id == case.first and not only_new)]
    return tuple(AlertNote(each.id, text, by) for each in meant[:MOST_NOTED])


def script_of(case: Responding, number: str, caller: Name | str = "-") -> tuple[Text, ...]:
    """What is said on the telephone, line by line; ``caller``: the name of whoever calls."""
    what = Text.of("response.named", name=case.burns) if case.burns else case.text
    lines = [
        Text.of("response.script_where", site=case.site, address=_or_dash(case.address), number=number),
        Text.of("response.script_place", place=case.place, procedure=case.procedure),
        Text.of("response.script_what", what=what),
    ]
    if case.risk:
        lines.append(Text.of("response.script_risk", risk=case.risk))
    lines.append(Text.of("response.script_size", size=case.size) if case.size else Text.of("response.script_no_size"))
    lines.append(Text.of("response.script_who", caller=caller, phone=case.phone or "-"))
    return tuple(lines)


def _or_dash(name: Name) -> Name:
    return name if name.en or name.zh else Name("-")


# -- messages to people -------------------------------------------------------------------------------------------


def called(world: World, person: str) -> Name:
    """What people call whoever has that id or account."""
    known = who_is(world, person)
    return known.called if known is not None else Name(person or "-")


def on_duty(roles: Iterable[str], area: str, world: World, now: Instant) -> list[str]:
    """Ids of whoever is on duty in these roles, each once; who is known to be there in front."""
    found = [name for role in roles for each in world.ask_of(ON_DUTY, role=role, area=area, at=now) for name in each]
    return list(dict.fromkeys(id_of(world, name) for name in found))


def sending(case: Responding, sent: Sent, world: World) -> tuple[Sent, tuple[Notification, ...]]:
    """With the messages that tell them; none where the site has no way to reach them: the radio does."""
    ways = ways_to(world, sent.person)
    name = f"go.{case.id}.{len(case.sent)}"
    told = tuple(Message(id=f"{name}.{way.channel}", channel=way.channel) for way in ways)
    text = _message(case, "go", world)
    return _with(sent, told), tuple(_notification(case, each, sent.person, text, world, answers=True) for each in told)


def _with(sent: Sent, told: tuple[Message, ...]) -> Sent:
    return Sent(person=sent.person, at=sent.at, by=sent.by, due=sent.due, messages=told)


def telling_next(case: Responding, step: StepState, people: Sequence[str], world: World) -> tuple[Notification, ...]:
    """The next role hears that a step is late. Of a drill, or of a silent alarm, nobody's telephone rings for it."""
    if case.origin != "real" or case.silent:
        return ()
    text = Text.of("response.message_late", title=step.title, place=case.place, text=case.text)
    run = f"late.{case.id}.{case.started_at // SECOND}.{step.id}"
    return tuple(
        _notification(case, Message(id=f"{run}.{way.channel}.{who}", channel=way.channel), who, text, world)
        for who in people
        for way in ways_to(world, who)
    )


def _message(case: Responding, kind: str, world: World) -> Text:
    place = world.site.areas.get(case.area)
    said = Text.of(
        f"response.message_{kind}",
        place=place.name if place is not None else case.area,
        procedure=case.procedure,
        text=case.text,
        at=At(case.started_at),
    )
    return said if case.origin == "real" else Text.of("response.message_drill", message=said)


def _notification(
    case: Responding, told: Message, who: str, text: Text, world: World, *, answers: bool = False
) -> Notification:
    """``case`` of it is the alert: an answer by the link is that person's answer to the alert."""
    person = who_is(world, who)
    is_real = case.origin == "real"
    return Notification(
        id=told.id,
        to=(who,),
        text=text,
        case=case.first if is_real else case.id,
        area=case.area,
        channel=told.channel,
        is_urgent=True,
        answers=answers and is_real,
        alert=case.first,
        alert_class=case.alert_class,
        priority=1,
        language=person.language if person is not None else "",
    )
