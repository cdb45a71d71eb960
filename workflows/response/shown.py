"""A response as programs read it, and as people do where its fields stand in lines."""

from typing import Any

import msgspec

from alerts.response_case import Responding, StepState
from alerts.response_plan import Verdict
from alerts.response_words import script_of
from devices.message import At, Text
from devices.reading import Instant

_OF_THE_SCRIPT = ("site", "place", "address", "phone", "risk")
_INNER = ("silent", "is_prepared", "alerts")


class ShownStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step as programs read it; ``due``: None where no clock runs."""

    id: str
    title: Text
    only: Verdict
    due: At | None
    done: At | None
    by: str
    note: str
    is_late: bool


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A response as programs read it."""

    incident: str
    procedure: Text
    text: Text
    alert: str
    origin: str
    started: At
    verdict: Verdict
    steps: tuple[ShownStep, ...]
    sent: tuple[str, ...]
    nearest: tuple[str, ...]
    script: tuple[Text, ...]
    ended: At | None


def shown(case: Responding) -> Shown:
    """At its address."""
    number = next((step.number for step in case.steps if step.kind == "call"), "")
    return Shown(
        incident=case.id,
        procedure=case.procedure,
        text=case.text,
        alert=case.first,
        origin=case.origin,
        started=At(case.started_at),
        verdict=case.verdict,
        steps=tuple(_step(case, step) for step in case.steps),
        sent=tuple(each.person for each in case.sent),
        nearest=tuple(each.person for each in case.candidates),
        script=script_of(case, number) if number else (),
        ended=_at(case.ended_at),
    )


def in_lines(case: Responding) -> dict[str, Any]:
    """Its steps and the script of the call line by line; of the fields that these are made of none stands by itself."""
    number = next((step.number for step in case.steps if step.kind == "call"), "")
    sent = tuple(Text.of("response.line_sent", person=each.person, at=At(each.at)) for each in case.sent)
    return {
        **dict.fromkeys((*_OF_THE_SCRIPT, *_INNER), ""),
        "steps": tuple(_line(case, step) for step in case.steps if step.done_at is not None or case.wants(step)),
        "sent": sent,
        "candidates": ", ".join(each.person for each in case.candidates),
        "script": script_of(case, number) if number else (),
        "next_at": case.wake_at,
    }


def _line(case: Responding, step: StepState) -> Text:
    due = case.due_at(step)
    if step.done_at is not None:
        return Text.of("response.line_done", title=step.title, at=At(step.done_at), by=step.by or "-")
    if due is not None:
        return Text.of("response.line_late" if step.is_late else "response.line_due", title=step.title, at=At(due))
    return step.title


def _at(instant: Instant | None) -> At | None:
    return At(instant) if instant is not None else None


def _step(case: Responding, step: StepState) -> ShownStep:
    return ShownStep(
        id=step.id,
        title=step.title,
        only=step.only,
        due=_at(case.due_at(step)),
        done=_at(step.done_at),
        by=step.by,
        note=step.note,
        is_late=step.is_late,
    )
