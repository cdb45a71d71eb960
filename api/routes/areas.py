"""Key areas and their armed mode."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool

from alerts.command import Arm
from api.auth import Permission, Person, may
from api.ports import Gateway
from api.schemas import AreaOut, Done, Mode

router = APIRouter(prefix="/api/areas", tags=["areas"])


@router.get("", summary="Every key area with its mode and its worst open alert")
async def areas(request: Request, _person: Annotated[Person, Depends(may(Permission.WATCH))]) -> list[AreaOut]:
    gateway: Gateway = request.state.gateway
    views = await run_in_threadpool(gateway.areas.areas)
    return [AreaOut.model_validate(view, from_attributes=True) for view in views]


@router.post("/{area}/mode", summary="Arm or disarm")
async def arm(area: str, body: Mode, request: Request, person: Annotated[Person, Depends(may(Permission.ARM))]) -> Done:
    gateway: Gateway = request.state.gateway
    await gateway.commands.submit(Arm(area=area, mode=body.mode, by=person.name))
    return Done()
