"""Alerts: the list, one with its history, and the operator's verbs."""

from typing import Annotated

from fastapi import Depends, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool

from alerts.command import Acknowledge, Close, Comment, EndCause, Reset, Silence
from api.accept_language import CallersLanguage
from api.alert_schemas import AlertDetail, AlertEventOut, AlertOut, Alerts
from api.auth import Permission, Person, may
from api.noun_routes import routes
from api.ports import Gateway
from api.schemas import CauseOver, Done, Finding, Note, Seen
from api.times import instant_of
from devices.errors import NotAllowed
from devices.message import Text

router = routes("alerts", "/api/alerts")
Handler = Annotated[Person, Depends(may(Permission.HANDLE_ALERTS))]


@router.get("", summary="Open alerts in the operator's order, or stored ones, newest first")
async def alerts(
    request: Request,
    person: Annotated[Person, Depends(may(Permission.WATCH))],
    language: CallersLanguage,
    *,
    open_only: Annotated[bool, Query(alias="open", description="only those not closed")] = False,
    aside: Annotated[bool | None, Query(description="open ones that are set aside; false: the others")] = None,
    area: Annotated[str | None, Query(max_length=200)] = None,
    before: Annotated[str | None, Query(max_length=40, description="raised before this time")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Alerts:
    if not open_only and not person.may(Permission.LOOK):
        raise NotAllowed(Text.of("api.only_open", role=person.role))
    gateway: Gateway = request.state.gateway
    until = instant_of(before) if before is not None else None
    found = await run_in_threadpool(
        lambda: gateway.alerts.alerts(area=area, before=until, open_only=open_only, aside=aside, limit=limit)
    )
    waiting = gateway.live.unrecorded()
    return Alerts(alerts=[AlertOut.of(each, language, is_unrecorded=each.id in waiting) for each in found])


@router.get("/{alert_id}", summary="One alert and everything that was done to it")
async def alert(
    alert_id: str,
    request: Request,
    language: CallersLanguage,
    _person: Annotated[Person, Depends(may(Permission.LOOK))],
) -> AlertDetail:
    gateway: Gateway = request.state.gateway
    found = await run_in_threadpool(gateway.alerts.alert, alert_id)
    if found is None:
        raise HTTPException(404, Text.of("api.no_alert"))
    history = await run_in_threadpool(gateway.alerts.history, alert_id)
    steps = [AlertEventOut.of(event, language) for event in history]
    is_unrecorded = alert_id in gateway.live.unrecorded()
    return AlertDetail(alert=AlertOut.of(found, language, is_unrecorded=is_unrecorded), history=steps)


@router.post("/{alert_id}/acknowledge", summary="I have seen it")
async def acknowledge(alert_id: str, body: Seen, request: Request, person: Handler) -> Done:
    command = Acknowledge(alert=alert_id, by=person.name, note=body.note, seen=body.seen)
    await request.state.gateway.commands.submit(command)
    return Done()


@router.post("/{alert_id}/silence", summary="Consoles are quiet about it for two minutes; whatever comes later sounds")
async def silence(alert_id: str, body: Seen, request: Request, person: Handler) -> Done:
    command = Silence(alert=alert_id, by=person.name, note=body.note, seen=body.seen)
    await request.state.gateway.commands.submit(command)
    return Done()


@router.post("/{alert_id}/reset", summary="Release the latch; only when the cause is gone")
async def reset(alert_id: str, body: Note, request: Request, person: Handler) -> Done:
    await request.state.gateway.commands.submit(Reset(alert=alert_id, by=person.name, note=body.note))
    return Done()


@router.post("/{alert_id}/end-cause", summary="Its cause is over, though no device says so; the note says how I know")
async def end_cause(alert_id: str, body: CauseOver, request: Request, person: Handler) -> Done:
    command = EndCause(alert=alert_id, by=person.name, note=body.note, is_sure=body.is_sure)
    await request.state.gateway.commands.submit(command)
    return Done()


@router.post("/{alert_id}/close", summary="End it with a finding")
async def close(alert_id: str, body: Finding, request: Request, person: Handler) -> Done:
    command = Close(alert=alert_id, by=person.name, disposition=body.disposition, note=body.note)
    await request.state.gateway.commands.submit(command)
    return Done()


@router.post("/{alert_id}/comment", summary="Note something worth knowing")
async def comment(alert_id: str, body: Note, request: Request, person: Handler) -> Done:
    await request.state.gateway.commands.submit(Comment(alert=alert_id, by=person.name, note=body.note))
    return Done()
