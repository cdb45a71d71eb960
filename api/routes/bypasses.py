"""Bypasses: what is out of service, and taking it out and back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from alerts.command import Bypass, EndBypass
from api.auth import Permission, Person, may
from api.permit_schemas import BypassIn, BypassOut, EndBypassIn
from api.ports import Gateway
from api.schemas import Done
from devices.reading import SECOND

router = APIRouter(prefix="/api/bypasses", tags=["bypasses"])
Technician = Annotated[Person, Depends(may(Permission.BYPASS))]
Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


@router.get("", summary="What is bypassed, by whom, why and until when; the first to end on top")
async def bypasses(request: Request, _person: Annotated[Person, Depends(may(Permission.LOOK))]) -> list[BypassOut]:
    gateway: Gateway = request.app.state.gateway
    return [BypassOut.of(bypass) for bypass in gateway.bypasses()]


@router.post("", summary="Take devices out of service for work, with a reason and an end")
async def begin(body: BypassIn, request: Request, person: Technician) -> Done:
    gateway: Gateway = request.app.state.gateway
    until = gateway.now() + body.for_s * SECOND
    await gateway.submit(Bypass(person.name, body.reason, until, body.area, tuple(body.devices)))
    return Done()


@router.post("/{bypass_id}/end", summary="Put devices back into service")
async def end(bypass_id: Id, body: EndBypassIn, request: Request, person: Technician) -> Done:
    await request.app.state.gateway.submit(EndBypass(bypass_id, person.name, tuple(body.devices), body.note))
    return Done()
