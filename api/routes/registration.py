"""Registration: what a technician does to devices and to unknown senders; each is written into the ledger."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool

from api.accept_language import callers_language
from api.auth import Permission, Person, may
from api.device_schemas import (
    Amendment,
    ChangedOut,
    ChangeOut,
    CommissioningOut,
    NewDevice,
    NewHardware,
    Ordered,
    RejectedOut,
    SenderIn,
    WaitingSender,
)
from api.ports import Gateway
from api.schemas import Done, Note
from devices.device import Device
from devices.message import Text
from devices.orders import Adopt, Amend, Commission, Finish, LastingOrder, Readmit, Reject, Replace, Retire

router = APIRouter(prefix="/api", tags=["registration"])
Technician = Annotated[Person, Depends(may(Permission.SERVE_DEVICES))]
Check = Annotated[bool, Query(description="only say whether it could be done")]


@router.get("/quarantine", summary="Unknown devices that spoke, what they probably are, and the device we propose")
async def quarantine(request: Request, _person: Technician) -> list[WaitingSender]:
    gateway: Gateway = request.state.gateway
    now = gateway.site.now()
    return [WaitingSender.of(sender, now) for sender in gateway.senders.quarantine()]


@router.get("/quarantine/rejected", summary="Senders that were turned away")
async def rejected(request: Request, _person: Technician) -> list[RejectedOut]:
    gateway: Gateway = request.state.gateway
    return [RejectedOut.of(sender) for sender in gateway.senders.rejected()]


@router.post("/quarantine/reject", summary="Turn an unknown sender away: counted, not shown")
async def reject(body: SenderIn, request: Request, person: Technician) -> Ordered:
    return await _carry_out(request, Reject(body.key(), person.name, body.note))


@router.post("/quarantine/readmit", summary="Show a rejected sender again")
async def readmit(body: SenderIn, request: Request, person: Technician) -> Ordered:
    return await _carry_out(request, Readmit(body.key(), person.name, body.note))


@router.post("/devices", summary="Take a device into service")
async def adopt(body: NewDevice, request: Request, person: Technician, *, check: Check = False) -> Ordered:
    return await _carry_out(request, Adopt(body.device(), person.name, body.note), only_check=check)


@router.post("/devices/{device_id}/amend", summary="Describe a device anew; what is left out stays")
async def amend(
    device_id: str, body: Amendment, request: Request, person: Technician, *, check: Check = False
) -> Ordered:
    order = Amend(body.on(_installed(request, device_id)), person.name, body.note)
    return await _carry_out(request, order, only_check=check)


@router.post("/devices/{device_id}/replace", summary="Other hardware in the same place; its history stays")
async def replace(
    device_id: str, body: NewHardware, request: Request, person: Technician, *, check: Check = False
) -> Ordered:
    order = Replace(device_id, body.hardware(), person.name, body.note)
    return await _carry_out(request, order, only_check=check)


@router.post("/devices/{device_id}/retire", summary="Out of service for good; its history stays")
async def retire(device_id: str, body: Note, request: Request, person: Technician) -> Ordered:
    return await _carry_out(request, Retire(device_id, person.name, body.note))


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


@router.post("/devices/{device_id}/commission", summary="Measure it for ten minutes and wait for one live trigger")
async def commission(device_id: str, body: Note, request: Request, person: Technician) -> Done:
    await request.state.gateway.registration.order(Commission(device_id, person.name, body.note))
    return Done()


@router.post("/devices/{device_id}/finish", summary="End a commissioning; the record goes to the ledger")
async def finish(device_id: str, body: Note, request: Request, person: Technician) -> Done:
    await request.state.gateway.registration.order(Finish(device_id, person.name, body.note))
    return Done()


async def _carry_out(request: Request, order: LastingOrder, *, only_check: bool = False) -> Ordered:
    """Rehearsed first: a refusal then names every fault with its field."""
    gateway: Gateway = request.state.gateway
    changes = await run_in_threadpool(gateway.registration.rehearse, order)
    if not only_check:
        await gateway.registration.order(order)
    return Ordered(changes=[ChangedOut.of(change) for change in changes])


def _installed(request: Request, device_id: str) -> Device:
    gateway: Gateway = request.state.gateway
    found = next((device for device in gateway.devices.devices() if device.id == device_id), None)
    if found is None:
        raise HTTPException(404, Text.of("registration.not_installed", id=device_id[:64]))
    return found
