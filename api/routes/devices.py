"""Installed devices, and what could not be understood."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from msgspec.structs import asdict

from api.accept_language import callers_language
from api.auth import Permission, Person, may
from api.health_schemas import SampleOut
from api.installed_schemas import DeviceDetail, DeviceOut, UpkeepOut
from api.noun_routes import routes
from api.ports import Gateway
from api.reading_schemas import ReadingOut
from api.schemas import MessageOut
from devices.device import Device
from devices.language import Language
from devices.message import Text

router = routes("devices", "/api")


@router.get("/devices", summary="Every installed device and when it was last heard")
async def devices(request: Request, _person: Annotated[Person, Depends(may(Permission.LOOK))]) -> list[DeviceOut]:
    gateway: Gateway = request.state.gateway
    language = callers_language(request)
    return [DeviceOut.model_validate(_fields(gateway, device, language)) for device in gateway.devices.devices()]


@router.get("/devices/{device_id}", summary="One device with the newest reading of each signal")
async def device(
    device_id: str, request: Request, _person: Annotated[Person, Depends(may(Permission.LOOK))]
) -> DeviceDetail:
    gateway: Gateway = request.state.gateway
    found = next((device for device in gateway.devices.devices() if device.id == device_id), None)
    if found is None:
        raise HTTPException(404, Text.of("registration.not_installed", id=device_id[:64]))
    latest = await run_in_threadpool(gateway.readings.latest, device_id)
    return DeviceDetail.model_validate(
        {**_fields(gateway, found, callers_language(request)), "latest": [ReadingOut.of(reading) for reading in latest]}
    )


@router.get("/malformed", summary="The newest messages that could not be understood, and why")
async def malformed(
    request: Request, _person: Annotated[Person, Depends(may(Permission.SERVE_DEVICES))]
) -> list[SampleOut]:
    gateway: Gateway = request.state.gateway
    language = callers_language(request)
    return [
        SampleOut(
            at=sample.at,
            source=sample.source,
            address=sample.address,
            reason=language.render(sample.reason),
            message=MessageOut.of(sample.reason),
            payload_hex=sample.payload.hex(),
            times=sample.times,
        )
        for sample in gateway.senders.malformed()
    ]


def _fields(gateway: Gateway, device: Device, language: Language) -> dict[str, object]:
    upkeep = gateway.devices.upkeep(device.id)
    shown = UpkeepOut.of(upkeep, language)
    return {**asdict(device), "last_heard": upkeep.last_heard, "upkeep": shown}
