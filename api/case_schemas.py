"""What workflows say, as the API shows it: facts with their sentence, changes of cases by their id."""

from typing import Any

from alerts.effects import CaseChanged
from alerts.facts import Fact
from api.schemas import MessageOut, Out, Time
from devices.language import Language


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
            fields={name: value for name, value in fact.fields.items() if name not in fact.personal},
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
