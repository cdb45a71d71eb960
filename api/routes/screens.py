"""The console's open pages, and what each says of its sound."""

from typing import Annotated

from fastapi import Depends, Request

from api.auth import Permission, Person, may
from api.health_schemas import ScreenOut
from api.noun_routes import routes
from api.ports import Gateway
from api.screens import Screens

router = routes("health", "/api/screens")


@router.get("", summary="The open pages of the console by their own receipts: whose, which, and can it sound")
async def screens(request: Request, _person: Annotated[Person, Depends(may(Permission.LOOK))]) -> list[ScreenOut]:
    gateway: Gateway = request.state.gateway
    found: Screens = request.app.state.screens
    return [ScreenOut.model_validate(page, from_attributes=True) for page in found.live(gateway.site.now())]
