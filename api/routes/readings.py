"""Stored readings of one signal over a span of time."""

from typing import Annotated, Literal

from fastapi import Depends, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool

from api.auth import Permission, Person, may
from api.noun_routes import routes
from api.ports import Gateway
from api.reading_schemas import PointOut, Series, qualities
from api.times import instant_of, step_of
from devices.message import Text

router = routes("readings", "/api")

_MOST_POINTS = 20_000


@router.get("/readings", summary="Readings of a signal: start <= time < end, as they came or one for each step")
async def readings(
    request: Request,
    device: Annotated[str, Query(max_length=200)],
    signal: Annotated[str, Query(max_length=100)],
    start: Annotated[str, Query(max_length=40, description="ISO 8601, or milliseconds since 1970")],
    end: Annotated[str, Query(max_length=40)],
    _person: Annotated[Person, Depends(may(Permission.LOOK))],
    step: Annotated[str | None, Query(max_length=10, description="30s, 5m, 1h, 1d")] = None,
    aggregate: Literal["mean", "min", "max", "last", "count"] = "mean",
) -> Series:
    gateway: Gateway = request.state.gateway
    if not any(known.id == device for known in gateway.devices.devices()):
        raise HTTPException(404, Text.of("api.no_device"))
    spacing = step_of(step) if step is not None else None
    begin, finish = instant_of(start), instant_of(end)
    if spacing is not None and (finish - begin) // spacing > _MOST_POINTS:
        raise HTTPException(422, Text.of("api.too_many_points", most=_MOST_POINTS))
    points = await run_in_threadpool(gateway.readings.series, device, signal, begin, finish, spacing, aggregate)
    if len(points) > _MOST_POINTS:
        raise HTTPException(422, Text.of("api.too_many_readings", most=_MOST_POINTS))
    return Series(
        device=device,
        signal=signal,
        points=[PointOut(time=point.time, value=point.value, quality=qualities(point.quality)) for point in points],
    )
