"""What workflows say, as the API shows it: facts with their sentence, changes of cases by their id."""

from collections.abc import Mapping
from typing import Any

import msgspec

from alerts.case import Case
from alerts.effects import Answered, CaseChanged
from alerts.facts import Fact
from api.catalogue import in_words
from api.device_schemas import ChangedOut
from api.schemas import MessageOut, Out, Time
from devices.language import Language
from devices.message import Text


class FactOut(Out):
    """One thing that happened in a case. ``text`` in the caller's language; what is personal is left out.

    ``at``: when it was done; ``recorded``: when it was handed in, if later.
    """

    workflow: str
    case: str
    step: str
    at: Time
    recorded: Time | None
    text: str
    message: MessageOut
    by: str
    second: str
    area: str
    devices: list[str]
    origin: str
    fields: dict[str, Any]

    @classmethod
    def of(cls, fact: Fact, language: Language) -> "FactOut":
        return cls(
            workflow=fact.workflow,
            case=fact.case,
            step=fact.step,
            at=fact.at,
            recorded=fact.recorded,
            text=language.show(fact.text),
            message=MessageOut.of(fact.text),
            by=fact.by,
            second=fact.second,
            area=fact.area,
            devices=list(fact.devices),
            origin=fact.origin,
            fields={
                name: language.show(value) if isinstance(value, Text) else value
                for name, value in fact.fields.items()
                if name not in fact.personal
            },
        )


class CaseChangedOut(Out):
    """That a case has changed, or has ended; how it stands is asked for."""

    workflow: str
    id: str
    is_open: bool
    revision: int

    @classmethod
    def of(cls, change: CaseChanged) -> "CaseChangedOut":
        return cls(
            workflow=change.workflow,
            id=change.id,
            is_open=change.is_open,
            revision=int(change.case.get("revision", 0)),
        )


class AnsweredOut(Out):
    """An ask was carried out (``done``), or ``waits`` for a second person: the case that it is about.

    ``changes`` of installed devices that it made; where it was only checked: would make. ``trial``: where a rule was
    only checked, what came of a trial of it on stored readings.
    """

    done: bool
    workflow: str
    case: str
    waits: bool
    changes: list[ChangedOut] = []
    trial: str = ""

    @classmethod
    def of(cls, answer: Answered, *, is_done: bool, trial: str = "") -> "AnsweredOut":
        changes = [ChangedOut.of(change) for change in answer.changes]
        return cls(
            done=is_done,
            workflow=answer.workflow,
            case=answer.case,
            waits=answer.waits,
            changes=changes,
            trial=trial,
        )


class AskOut(Out):
    """What can be asked; ``form``: JSON schema of its fields. ``takes_two``: somebody else must always consent."""

    tag: str
    title: str
    roles: list[str]
    takes_two: bool
    form: dict[str, Any]


class WorkflowOut(Out):
    """A workflow and what can be asked of it; titles in the caller's language."""

    name: str
    title: str
    asks: list[AskOut]


class CaseOut(Out):
    """An open case as it stands. ``content``: the workflow's own fields, instants as nanoseconds since 1970.

    ``shown``: what time makes of them, in the caller's language.
    """

    workflow: str
    id: str
    area: str
    by: str
    second: str
    opened: Time
    revision: int
    origin: str
    holds: list[str]
    held_until: Time | None
    content: dict[str, Any]
    shown: dict[str, Any] = {}

    @classmethod
    def of(cls, workflow: str, case: Case, shown: Mapping[str, Any], language: Language) -> "CaseOut":
        own = {name for name in case.__struct_fields__ if name not in Case.__struct_fields__}
        return cls(
            workflow=workflow,
            id=case.id,
            area=case.area,
            by=case.by,
            second=case.second,
            opened=case.opened,
            revision=case.revision,
            origin=case.origin,
            holds=list(case.holds.devices) if case.holds is not None else [],
            held_until=case.holds.until if case.holds is not None else None,
            shown=in_words(shown, language),
            content={name: value for name, value in msgspec.to_builtins(case).items() if name in own},
        )
