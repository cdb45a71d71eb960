"""The prevention rules at work; they are changed by the workflow ``rule_change``."""

from typing import Annotated, Any

import msgspec
from fastapi import Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from alerts.rule_toml import toml_of
from api.accept_language import CallersLanguage
from api.auth import Permission, Person, may
from api.noun_routes import routes
from api.ports import Gateway
from api.rule_views import exported, rule_views, suggested

router = routes("rules", "/api/rules")
_Looker = Annotated[Person, Depends(may(Permission.LOOK))]


@router.get("", summary="Every rule with its parameters and version")
async def rules(request: Request, _person: _Looker) -> list[dict[str, Any]]:
    gateway: Gateway = request.state.gateway
    return [
        {
            **msgspec.to_builtins(view.rule),
            "version": view.version,
            "number": view.number,
            "since": view.since,
            "by": view.by,
            "second": view.second,
        }
        for view in rule_views(gateway)
    ]


@router.get("/export", summary="The rules at work, as a site file writes them")
async def export(request: Request, _person: _Looker) -> Response:
    gateway: Gateway = request.state.gateway
    return Response(exported(gateway), media_type="application/toml")


@router.get("/suggestions", summary="What devices ask for and no rule watches, each with its clause and a ready rule")
async def suggestions(
    request: Request,
    _person: _Looker,
    language: CallersLanguage,
    area: Annotated[str, Query(max_length=100, description="only there")] = "",
) -> list[dict[str, Any]]:
    gateway: Gateway = request.state.gateway
    found = await run_in_threadpool(suggested, gateway, area)
    return [
        {
            "key": each.key,
            "area": each.area,
            "text": language.show(each.text),
            "devices": list(each.devices),
            "clause": language.show(each.clause),
            "rule": toml_of(each.rule),
        }
        for each in found
    ]
