"""The prevention rules in force, read only."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request

from api.auth import Permission, Person, may
from api.ports import Gateway

router = APIRouter(prefix="/api/rules", tags=["rules"])


@router.get("", summary="Every rule with its parameters and version")
async def rules(request: Request, _person: Annotated[Person, Depends(may(Permission.LOOK))]) -> list[dict[str, Any]]:
    gateway: Gateway = request.state.gateway
    return [{**msgspec.to_builtins(rule), "version": version} for rule, version in gateway.rules.rules()]
