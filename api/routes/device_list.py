"""The device list as CSV: all of it out, all of it or nothing in."""

from collections import Counter
from typing import Annotated

from fastapi import Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.auth import Permission, Person, may
from api.device_schemas import ChangedOut, Imported
from api.noun_routes import routes
from api.ports import Gateway
from devices import device_list

router = routes("registration", "/api")
PATH = "/api/device-list"
Technician = Annotated[Person, Depends(may(Permission.SERVE_DEVICES))]


@router.get("/device-list", summary="Every device in service as CSV, to be edited and imported again")
async def export(request: Request, _person: Technician, area: Annotated[str, Query(max_length=200)] = "") -> Response:
    gateway: Gateway = request.state.gateway
    chosen = [device for device in gateway.devices.devices() if area in ("", device.area)]
    content = await run_in_threadpool(device_list.write, chosen)
    headers = {"Content-Disposition": 'attachment; filename="devices.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.post(
    "/device-list",
    summary="Import a device list: all of it, or every fault by row and column and nothing",
    openapi_extra={"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def import_(
    request: Request,
    person: Technician,
    *,
    check: Annotated[bool, Query(description="only say what it would change")] = False,
    note: Annotated[str, Query(max_length=500)] = "",
) -> Imported:
    # Read here and not by FastAPI: only who may import makes us hold megabytes.
    content = await request.body()
    gateway: Gateway = request.state.gateway
    order = await run_in_threadpool(device_list.read, content, person.name, note)
    changes = await run_in_threadpool(gateway.registration.rehearse, order)
    if not check and changes:
        await gateway.registration.import_list(order)
    counts = Counter(change.action for change in changes)
    return Imported(
        checked_only=check,
        adopted=counts["adopted"],
        reinstated=counts["reinstated"],
        amended=counts["amended"],
        replaced=counts["replaced"],
        changes=[ChangedOut.of(change) for change in changes],
    )
