"""Key areas and their armed mode."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from api.auth import Permission, Person, may
from api.noun_routes import routes
from api.ports import Gateway
from api.schemas import AreaOut

router = routes("areas", "/api/areas")


@router.get("", summary="Every key area with its mode and its worst open alert")
async def areas(request: Request, _person: Annotated[Person, Depends(may(Permission.WATCH))]) -> list[AreaOut]:
    gateway: Gateway = request.state.gateway
    views = await run_in_threadpool(gateway.areas.areas)
    return [AreaOut.model_validate(view, from_attributes=True) for view in views]
