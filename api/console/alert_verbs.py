"""What people do in the control room, as its page hands it in; the same commands as the API's (api/routes/alerts.py).

Routes of their own, since a control room may show a silent alarm of which the API says nothing.
"""

from asyncio import gather
from contextlib import suppress
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from alerts.alert import FINDINGS, Disposition
from alerts.command import Acknowledge, Close, Command, Comment, EndCause, Reset, Silence
from alerts.lifecycle import Action, next_state
from alerts.output_event import SilenceOutputs
from api.auth import Permission, Person, may
from api.ports import Gateway
from api.silent_alarm_view import seen, sight_of
from devices.errors import MalformedMessage, Refused
from devices.message import Text

router = APIRouter(prefix="/console", include_in_schema=False)
_MOST_NOTE, _MOST_SILENCED = 2_000, 1_000


async def _handler(
    request: Request, person: Annotated[Person, Depends(may(Permission.HANDLE_ALERTS))]
) -> tuple[Person, Gateway]:
    gateway: Gateway = request.app.state.gateway
    return person, seen(gateway, request.app.state.screens, sight_of(gateway, person.name, is_control_room=True))


Handler = Annotated[tuple[Person, Gateway], Depends(_handler)]


async def _fields(request: Request) -> dict[str, str]:
    given = parse_qs((await request.body()).decode(errors="replace"), max_num_fields=20)
    return {name: values[0][:_MOST_NOTE] for name, values in given.items()}


@router.post("/alerts/{alert_id}/may-close", status_code=204)
async def may_close(alert_id: str, handler: Handler) -> Response:
    """Whether it could be closed now: said before a form is filled in."""
    alert = handler[1].live.open_alert(alert_id)
    if alert is None:
        raise Refused(Text.of("open_alerts.none_such"))
    next_state(alert, Action.CLOSE)
    return Response(status_code=204)


@router.post("/alerts/silence", status_code=204)
async def silence_shown(request: Request, handler: Handler) -> Response:
    """All that sounded there and then; what came since is refused, and goes on sounding."""
    person, gateway = handler
    try:
        given = parse_qs((await request.body()).decode(errors="replace"), max_num_fields=_MOST_SILENCED)
    except ValueError as error:
        raise MalformedMessage(Text.of("api.not_this_way")) from error

    async def quiet(shown: str) -> None:
        alert_id, _, seen = shown[:_MOST_NOTE].rpartition(" ")
        with suppress(Refused):
            await gateway.commands.submit(Silence(alert_id, person.name, seen=_number(seen)))

    await gather(*map(quiet, given.get("shown", ())))
    return Response(status_code=204)


@router.post("/alerts/{alert_id}/{verb}", status_code=204)
async def act(alert_id: str, verb: str, request: Request, handler: Handler) -> Response:
    """Acknowledge, silence, reset, end-cause, close or comment."""
    person, gateway = handler
    await gateway.commands.submit(_command(verb, alert_id, person.name, await _fields(request)))
    return Response(status_code=204)


@router.post("/outputs/silence", status_code=204)
async def silence(handler: Handler) -> Response:
    person, gateway = handler
    await gateway.commands.submit(SilenceOutputs(person.name))
    return Response(status_code=204)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _command(verb: str, alert_id: str, by: str, fields: dict[str, str]) -> Command:
    note = fields.get("note", "")
    match verb:
        case "acknowledge":
            return Acknowledge(alert_id, by, note, _number(fields.get("seen", "")))
        case "silence":
            return Silence(alert_id, by, note, _number(fields.get("seen", "")))
        case "reset":
            return Reset(alert_id, by, note)
        case "comment":
            return Comment(alert_id, by, note)
        case "end-cause":
            return EndCause(alert_id, by, note, is_sure=bool(fields.get("sure")))
        case "close" if fields.get("disposition") in {finding.value for finding in FINDINGS}:
            return Close(alert_id, by, Disposition(fields["disposition"]), note)
        case _:
            raise MalformedMessage(Text.of("api.not_this_way"))
