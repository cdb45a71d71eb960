"""The checklist of an alarm as the panel beside it draws it: steps and clocks, who was sent, what a call says."""

from collections.abc import Mapping
from contextlib import suppress

import msgspec

from alerts.alert import Alert
from alerts.response_asks import Dispatch, Tick
from alerts.response_case import Candidate, Responding, Sent, StepState
from alerts.response_words import script_of
from alerts.workflow import Workflow
from api.asks import ask_at, every_workflow
from api.console.web_page import Asked
from api.roster import called
from devices.errors import StoreUnavailable
from devices.message import Name
from devices.reading import Instant

_MOST_KEYS = 9
_MS: Instant = 1_000_000


class StepView(msgspec.Struct, frozen=True):
    """``nth``: the key that ticks it, 0 for none. ``start``, ``due``: ms; 0: no clock runs. ``said``: of what was done.

    ``why``: on what it depends.
    """

    id: str
    kind: str
    title: str
    nth: int
    start: int
    due: int
    said: str
    why: str
    is_wanted: bool
    script: list[str]
    number: str


class ResponseView(msgspec.Struct, frozen=True):
    """Sentences, ready to draw; ``guards``: (id, in words), the nearest first."""

    case: str
    title: str
    is_drill: bool
    started: int
    verdict: str
    burns: str
    size: str
    steps: list[StepView]
    guards: list[tuple[str, str]]
    sent: list[str]
    is_open: bool
    may_tick: bool
    may_send: bool


def response_of(asked: Asked, alert: Alert) -> ResponseView | None:
    """Of the incident that the alert belongs to, else its own; None: it has none."""
    kind = _answering()
    if kind is None:
        return None
    found = _case(asked, kind, alert.incident or alert.id)
    if found is None and alert.origin != "real":  # alarms of a drill share one
        running = (each for each in asked.gateway.workflows.cases(kind.name) if isinstance(each, Responding))
        found = next((each for each in running if alert.id in each.alerts), None)
    return _view(asked, found) if found is not None else None


def response_to(asked: Asked, incident: str) -> ResponseView | None:
    """Of that incident."""
    kind = _answering()
    found = _case(asked, kind, incident) if kind is not None else None
    return _view(asked, found) if found is not None else None


def _answering() -> type[Workflow] | None:  # type: ignore[type-arg]
    """The workflow that is ticked; not by its name."""
    ask = ask_at(Tick.ADDRESS)
    return next((kind for kind in every_workflow().values() if ask in kind.asks), None) if ask is not None else None


def _case(asked: Asked, kind: type[Workflow], id_: str) -> Responding | None:  # type: ignore[type-arg]
    found = None
    with suppress(StoreUnavailable):  # an alert that cannot be recorded now is shown all the same
        found = asked.gateway.workflows.case(kind.name, id_)
    return found if isinstance(found, Responding) else None


def _view(asked: Asked, case: Responding) -> ResponseView:
    names = called(asked.gateway)
    role, is_open = asked.person.role, case.is_open
    nth = {step.id: place for place, step in enumerate(case.open_steps, 1) if place <= _MOST_KEYS}
    caller = names.get(asked.person.name, Name(asked.person.name))
    return ResponseView(
        case=case.id,
        title=asked.say.said(case.procedure),
        is_drill=case.origin != "real",
        started=case.started_at // _MS,
        verdict=case.verdict,
        burns=case.burns,
        size=case.size,
        steps=[_step(asked, case, step, nth.get(step.id, 0), names, caller) for step in case.steps],
        guards=[_guard(asked, each, names) for each in case.candidates],
        sent=[_sent(asked, case, each, names) for each in case.sent],
        is_open=is_open,
        may_tick=is_open and role in Tick.ROLES,
        may_send=is_open and role in Dispatch.ROLES and not case.is_anybody_there,
    )


def _step(
    asked: Asked, case: Responding, step: StepState, nth: int, names: Mapping[str, Name], caller: Name
) -> StepView:
    say, due = asked.say.any, case.due_at(step) if case.is_open else None
    since = case.started_at if step.counts_from == "alarm" else case.confirmed_at or 0
    said = ""
    if step.done_at is not None:
        said = "  ".join(part for part in (asked.clock(step.done_at), _name(asked, step.by, names), step.note) if part)
    is_wanted = step.done_at is not None or case.wants(step)
    why = say(f"response_panel.if_{step.only}") if step.only and not case.verdict else ""
    if not case.is_open and step in case.open_steps:
        why = say("response_panel.left_undone")
    return StepView(
        id=step.id,
        kind=step.kind,
        title=asked.say.said(step.title),
        nth=nth,
        start=since // _MS if due is not None else 0,
        due=due // _MS if due is not None else 0,
        said=said,
        why=why if is_wanted else say("response_panel.not_wanted"),
        is_wanted=is_wanted,
        script=[asked.say.said(line) for line in script_of(case, step.number, caller)] if step.number else [],
        number=step.number,
    )


def _name(asked: Asked, person: str, names: Mapping[str, Name]) -> str:
    return asked.say.words.show(names.get(person, person)) if person else ""


def _guard(asked: Asked, each: Candidate, names: Mapping[str, Name]) -> tuple[str, str]:
    who, say = _name(asked, each.person, names), asked.say.any
    if not each.seen_at:
        return each.person, say(f"response_panel.{'unseen' if each.is_present else 'absent'}", who=who)
    area = asked.gateway.areas.area_name(each.area, asked.say.language) if each.area else each.checkpoint
    return each.person, say("response_panel.seen", who=who, area=area, at=asked.clock(each.seen_at))


def _sent(asked: Asked, case: Responding, each: Sent, names: Mapping[str, Name]) -> str:
    say = asked.say.any
    key = "arrived" if each.arrived_at is not None else "came_late" if each.is_late else "sent"
    told = [f"{message.channel} {say(f'response_panel.message_{message.state}')}" for message in each.messages]
    line = say(
        f"response_panel.{key}",
        who=_name(asked, each.person, names),
        at=asked.clock(each.at),
        due=asked.clock(each.due),
        there=asked.clock(each.arrived_at or each.due),
    )
    if not told and each.arrived_at is None:
        told = [say("response_panel.no_message")]
    return " · ".join((line, *told))
