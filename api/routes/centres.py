"""Receiving centres: how each stands, and by which numbers they know areas and devices."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict

from api.accept_language import CallersLanguage
from api.auth import Permission, Person, may
from api.noun_routes import routes
from api.ports import Gateway
from api.ports.centres import CentreNumber, CentreView
from api.schemas import Time
from devices.language import Language

router = routes("centres", "/api/centres")
Looker = Annotated[Person, Depends(may(Permission.LOOK))]


class WayOut(BaseModel):
    """One path: ``up``, ``connecting`` (nothing was heard by it yet) or ``lost``, and ``why``."""

    address: str
    state: str
    heard_at: Time | None
    why: str


class CentreOut(BaseModel):
    """``waiting``: not confirmed yet; ``failed``: of that, said often enough in vain; ``kept``: events on record."""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "name": "city", "family": "gbt26875",
        "ways": [{"address": "tcp://fire.city.example:5000", "state": "up", "heard_at": "2026-11-24T08:30:15.000Z",
                  "why": ""}],
        "confirmed_at": "2026-11-24T08:30:15.000Z", "waiting": 0, "failed": 0, "kept": 120, "why": "",
    }]})  # fmt: skip

    name: str
    family: str
    ways: list[WayOut]
    confirmed_at: Time | None
    waiting: int
    failed: int
    kept: int
    why: str

    @classmethod
    def of(cls, centre: CentreView, language: Language) -> "CentreOut":
        ways = [
            WayOut(address=way.address, state=way.state, heard_at=way.heard_at, why=language.show(way.why or ""))
            for way in centre.ways
        ]
        return cls(
            name=centre.name,
            family=centre.family,
            ways=ways,
            confirmed_at=centre.confirmed_at,
            waiting=centre.waiting,
            failed=centre.failed,
            kept=centre.kept,
            why=language.show(centre.why or ""),
        )


class CentreNumberOut(BaseModel):
    """``kind``: partition (of the area ``name``) or zone (of the device)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "centre": "city", "kind": "zone", "number": 17, "name": "smoke-1",
    }]})  # fmt: skip

    centre: str
    kind: str
    number: int
    name: str

    @classmethod
    def of(cls, given: CentreNumber) -> "CentreNumberOut":
        return cls(centre=given.centre, kind=given.kind, number=given.number, name=given.name)


@router.get("", summary="Each receiving centre: its paths, what it confirmed last, what waits and what has failed")
async def centres(request: Request, language: CallersLanguage, _person: Looker) -> list[CentreOut]:
    gateway: Gateway = request.state.gateway
    return [CentreOut.of(each, language) for each in await run_in_threadpool(gateway.centres.centres)]


@router.get("/numbers", summary="Partitions and zones that centres were given, for whoever sets one up")
async def numbers(request: Request, _person: Looker) -> list[CentreNumberOut]:
    gateway: Gateway = request.state.gateway
    return [CentreNumberOut.of(each) for each in await run_in_threadpool(gateway.centres.numbers)]
