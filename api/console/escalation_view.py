"""Who was told of an alert outside of the control room, by what, when, who has answered, and what comes next."""

from contextlib import suppress

import msgspec

from alerts.escalation_case import Escalating, Told, next_step
from api.alarm_way import answering
from api.console.web_page import Asked
from api.roster import called
from devices.errors import StoreUnavailable

_MOST = 30


class EscalationView(msgspec.Struct, frozen=True):
    """Sentences, ready to draw; ``next`` "": nothing comes."""

    told: list[str]
    answers: list[str]
    next: str


def escalation_of(asked: Asked, alert: str) -> EscalationView | None:
    """None: nobody is told of it."""
    kind, case = answering(), None
    with suppress(StoreUnavailable):  # an alert that cannot be recorded now is shown all the same
        case = asked.gateway.workflows.case(kind.name, alert) if kind is not None else None
    if not isinstance(case, Escalating):
        return None
    following, say, names = next_step(case), asked.say.any, called(asked.gateway)

    def name(person: str) -> str:
        return asked.say.words.show(names.get(person, person)) if person else say("escalation_panel.group")

    answers = [
        f"{asked.clock(each.at)}  {say('escalation_panel.answered', who=name(each.who))}" for each in case.answers
    ]
    is_next = following is not None and case.wake_at is not None
    return EscalationView(
        told=[_told(asked, each, name(each.who)) for each in case.told[-_MOST:]],
        answers=answers,
        next=f"{asked.clock(case.wake_at or 0)}  {asked.say.said(following or '')}" if is_next else "",
    )


def _told(asked: Asked, told: Told, who: str) -> str:
    state = asked.say.any(f"escalation_panel.{told.state}")
    at = f" {asked.clock(told.state_at)}" if told.state_at is not None else ""
    why = f" ({asked.say.said(told.note)})" if told.note else ""
    return f"{asked.clock(told.at)}  {who} · {told.channel}: {state}{at}{why}"
