"""Whether an alarm would get through: the links of its path, a check at once, and the way that one alarm took."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool

from api.accept_language import CallersLanguage
from api.alarm_path_schemas import AlarmPathOut, WayStep
from api.alarm_way import way_of
from api.auth import Permission, Person, may
from api.noun_routes import routes
from api.ports import Gateway
from api.schemas import Done
from api.screens import Screens
from devices.message import Text

router = routes("health", "/api")


@router.get("/alarm-path", summary="The links from a device to people's eyes and ears, as the checks found them")
async def alarm_path(
    request: Request, language: CallersLanguage, _person: Annotated[Person, Depends(may(Permission.LOOK))]
) -> AlarmPathOut:
    gateway: Gateway = request.state.gateway
    return AlarmPathOut.of(gateway.alarm_path.state, gateway.alarm_path.every_s, language)


@router.post("/alarm-path/check", summary="Check it now; what it finds stands at GET a few seconds later")
async def check(request: Request, _person: Annotated[Person, Depends(may(Permission.CHECK_PATH))]) -> Done:
    gateway: Gateway = request.state.gateway
    gateway.alarm_path.check_now()
    return Done()


@router.get("/alerts/{alert_id}/way", summary="From device time to the screens, messages and centres that had it")
async def way(
    alert_id: str, request: Request, _person: Annotated[Person, Depends(may(Permission.LOOK))]
) -> list[WayStep]:
    gateway: Gateway = request.state.gateway
    screens: Screens = request.app.state.screens
    alert = gateway.live.open_alert(alert_id) or await run_in_threadpool(gateway.alerts.alert, alert_id)
    if alert is None:
        raise HTTPException(404, Text.of("api.no_alert"))
    return [WayStep.of(step) for step in await run_in_threadpool(way_of, gateway, screens.receipts, alert)]
