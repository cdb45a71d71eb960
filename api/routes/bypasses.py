"""Bypasses: what is out of service, taking it out and back, and the second person's consent."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from alerts.command import Bypass, ConsentBypass, DeclineBypass, EndBypass
from alerts.kernel.consent import Decline, Give
from api.accept_language import CallersLanguage
from api.auth import Permission, Person, may
from api.consents import decided
from api.permit_schemas import BypassIn, BypassOut, EndBypassIn
from api.ports import Gateway
from api.schemas import Done, Note
from devices.reading import SECOND

router = APIRouter(prefix="/api/bypasses", tags=["bypasses"])
Technician = Annotated[Person, Depends(may(Permission.BYPASS))]
Consenter = Annotated[Person, Depends(may(Permission.CONSENT))]
Looker = Annotated[Person, Depends(may(Permission.LOOK))]
Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


@router.get("", summary="What is bypassed, by whom, why and until when; the first to end on top")
async def bypasses(request: Request, _person: Looker, language: CallersLanguage) -> list[BypassOut]:
    gateway: Gateway = request.state.gateway
    return [BypassOut.of(bypass, language) for bypass in gateway.bypasses.bypasses()]


@router.get("/wishes", summary="What waits for a second person's consent; nothing is out of service by it")
async def wishes(request: Request, _person: Looker, language: CallersLanguage) -> list[BypassOut]:
    gateway: Gateway = request.state.gateway
    return [BypassOut.of(wish, language) for wish in gateway.bypasses.bypass_wishes()]


@router.post("", summary="Take devices out of service for work; with fire or gas detectors among them, ask for it")
async def begin(body: BypassIn, request: Request, person: Technician) -> Done:
    gateway: Gateway = request.state.gateway
    until = gateway.site.now() + body.for_s * SECOND
    await gateway.commands.submit(Bypass(person.name, body.reason, until, body.area, tuple(body.devices)))
    return Done()


@router.post("/{bypass_id}/consent", summary="The second person agrees: it begins")
async def consent(bypass_id: Id, body: Note, request: Request, person: Consenter) -> Done:
    gateway: Gateway = request.state.gateway
    if not await decided(gateway, Give, bypass_id, person, body.note):
        await gateway.commands.submit(ConsentBypass(bypass_id, person.name, body.note))
    return Done()


@router.post("/{bypass_id}/decline", summary="It shall not be; also for whoever asked")
async def decline(bypass_id: Id, body: Note, request: Request, person: Consenter) -> Done:
    gateway: Gateway = request.state.gateway
    if not await decided(gateway, Decline, bypass_id, person, body.note):
        await gateway.commands.submit(DeclineBypass(bypass_id, person.name, body.note))
    return Done()


@router.post("/{bypass_id}/end", summary="Put devices back into service")
async def end(bypass_id: Id, body: EndBypassIn, request: Request, person: Technician) -> Done:
    await request.state.gateway.commands.submit(EndBypass(bypass_id, person.name, tuple(body.devices), body.note))
    return Done()
