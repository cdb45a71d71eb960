"""Labels for devices, sheets with QR codes that open each device's page; and their logins at the broker."""

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.auth import Permission, Person, may
from api.device_schemas import LoginOut
from api.noun_routes import routes
from api.ports import Gateway

router = routes("registration", "/api")


@router.get("/device-labels", summary="Label sheets with QR codes, as PDF", response_class=Response)
async def labels(
    request: Request,
    _person: Annotated[Person, Depends(may(Permission.SERVE_DEVICES))],
    *,
    area: Annotated[str, Query(max_length=200)] = "",
    ids: Annotated[list[str], Query(alias="id", max_length=240, description="only these devices")] = [],  # noqa: B006
    sheet: Annotated[str, Query(max_length=20, description="columns x rows")] = "3x8",
    skip: Annotated[int, Query(ge=0, le=100, description="labels that are gone from the first sheet")] = 0,
) -> Response:
    gateway: Gateway = request.state.gateway
    drawn = await run_in_threadpool(gateway.devices.label_sheet, area=area, devices=ids, sheet=sheet, skip=skip)
    headers = {"Content-Disposition": 'inline; filename="labels.pdf"', "Keyarea-Labels": str(drawn.labels)}
    headers["Keyarea-Url"] = quote(drawn.url, safe="/:?&=#@[]")
    if drawn.note:
        headers["Keyarea-Note"] = drawn.note
    return Response(drawn.pdf, media_type="application/pdf", headers=headers)


@router.get("/broker-logins", summary="Who signs in at the broker, and on which topics each may speak and hear")
async def logins(
    request: Request, _person: Annotated[Person, Depends(may(Permission.SERVE_DEVICES))]
) -> list[LoginOut]:
    gateway: Gateway = request.state.gateway
    return [LoginOut.model_validate(login, from_attributes=True) for login in gateway.devices.logins()]
