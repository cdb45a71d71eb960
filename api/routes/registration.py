"""What a technician reads of unknown senders and of devices; what is ordered about them are asks of workflows."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from api.accept_language import callers_language
from api.auth import Permission, Person, may
from api.device_schemas import ChangeOut, CommissioningOut, RejectedOut, WaitingSender
from api.noun_routes import routes
from api.ports import Gateway

router = routes("registration", "/api")
Technician = Annotated[Person, Depends(may(Permission.SERVE_DEVICES))]


@router.get("/quarantine", summary="Unknown devices that spoke, what they probably are, and the device we propose")
async def quarantine(request: Request, _person: Technician) -> list[WaitingSender]:
    gateway: Gateway = request.state.gateway
    now = gateway.site.now()
    return [WaitingSender.of(sender, now) for sender in gateway.senders.quarantine()]


@router.get("/quarantine/rejected", summary="Senders that were turned away")
async def rejected(request: Request, _person: Technician) -> list[RejectedOut]:
    gateway: Gateway = request.state.gateway
    return [RejectedOut.of(sender) for sender in gateway.senders.rejected()]


@router.get("/devices/{device_id}/history", summary="What was done to a device, its commissioning records with it")
async def history(
    device_id: str, request: Request, _person: Annotated[Person, Depends(may(Permission.LOOK))]
) -> list[ChangeOut]:
    gateway: Gateway = request.state.gateway
    language = callers_language(request)
    return [
        ChangeOut.of(change, language) for change in await run_in_threadpool(gateway.devices.device_history, device_id)
    ]


@router.get("/commissionings", summary="Devices that are being commissioned now")
async def commissionings(request: Request, _person: Technician) -> list[CommissioningOut]:
    gateway: Gateway = request.state.gateway
    now = gateway.site.now()
    language = callers_language(request)
    return [CommissioningOut.of(walk, now, language) for walk in gateway.registration.commissionings()]
