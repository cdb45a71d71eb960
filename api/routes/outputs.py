"""Sirens and other outputs: how they stand, and silence until the next alarm. Orders: workflows/output_order.py."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from alerts.output_event import SilenceOutputs
from alerts.output_rule import OutputState
from api.accept_language import CallersLanguage
from api.auth import Permission, Person, may
from api.noun_routes import routes
from api.ports import Gateway
from api.schemas import Done
from devices.language import Language

router = routes("outputs", "/api/outputs")


class OutputOut(BaseModel):
    """``state``: never ordered, waiting for the device, acted or failed; ``why`` it can't, in the caller's language.

    ``starts``: what a relay moves; ``inputs_left``: of fire equipment, how many of its inputs can be counted on where
    they are fewest (it takes two). ``is_on``: it was ordered on last; ``by`` whom, if a person did. ``held_by``: who
    wants it on beside alerts. ``stopped_by``: who switched it off until the next alarm.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "device": "siren-hall", "what": "siren", "channel": "", "starts": "", "state": "acted", "value": True,
        "is_on": True, "is_silenced": False, "silenced_by": "", "stopped_by": "", "held_by": [], "attempts": 1,
        "reason": "fire in store", "by": "", "why": "", "inputs_left": None,
    }]})  # fmt: skip

    device: str
    what: str
    channel: str
    starts: str
    state: str
    value: bool | str | None
    is_on: bool
    is_silenced: bool
    silenced_by: str
    stopped_by: str
    held_by: list[str]
    attempts: int
    reason: str
    by: str
    why: str
    inputs_left: int | None

    @classmethod
    def of(cls, state: OutputState, language: Language) -> "OutputOut":
        known = state.ordered
        return cls(
            device=state.device,
            what=state.output.what,
            channel=state.output.channel,
            starts=state.output.starts,
            state=known.state if known is not None else "idle",
            value=known.order.value if known is not None else None,
            is_on=state.is_on,
            is_silenced=state.is_silenced,
            silenced_by=state.silenced_by,
            stopped_by=state.stopped_by,
            held_by=[order.by or order.holder for order in state.standing if not order.stops],
            attempts=known.order.attempt if known is not None else 0,
            reason=language.render(known.order.reason) if known is not None else "",
            by=known.order.by if known is not None else "",
            why=language.render(known.why) if known is not None and known.why is not None else "",
            inputs_left=state.inputs_left,
        )


class Silence(BaseModel):
    """``area``: only what sounds there; empty: everywhere."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"area": "", "note": "evacuated"}]})

    area: str = Field("", max_length=100)
    note: str = Field("", max_length=500)


@router.get("", summary="Every output that alerts switch, and how it stands")
async def outputs(
    request: Request, language: CallersLanguage, _person: Annotated[Person, Depends(may(Permission.LOOK))]
) -> list[OutputOut]:
    gateway: Gateway = request.state.gateway
    return [OutputOut.of(state, language) for state in gateway.outputs.outputs()]


@router.post("/silence", summary="Silence sirens and buzzers until the next alarm; alerts stand as they stood")
async def silence(
    body: Silence, request: Request, person: Annotated[Person, Depends(may(Permission.HANDLE_ALERTS))]
) -> Done:
    gateway: Gateway = request.state.gateway
    await gateway.commands.submit(SilenceOutputs(person.name, body.area, body.note))
    return Done()
