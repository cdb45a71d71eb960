"""Walk tests: start, look on, end, and their reports."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.concurrency import run_in_threadpool

from alerts.command import EndWalkTest, StartWalkTest
from api.accept_language import CallersLanguage
from api.auth import Permission, Person, may
from api.permit_schemas import TestedOut, WalkTestIn, WalkTestOut, WalkTests
from api.ports import Gateway
from api.schemas import Done, Note
from devices.message import Text
from devices.reading import SECOND

router = APIRouter(prefix="/api/walk-tests", tags=["walk tests"])
Technician = Annotated[Person, Depends(may(Permission.WALK_TEST))]
Looker = Annotated[Person, Depends(may(Permission.LOOK))]
Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


@router.get("", summary="Walk tests that run, and the newest that have ended")
async def walk_tests(
    request: Request, _person: Looker, language: CallersLanguage, limit: Annotated[int, Query(ge=1, le=200)] = 20
) -> WalkTests:
    gateway: Gateway = request.state.gateway
    past = await run_in_threadpool(gateway.walk_tests.past_walk_tests, limit)
    running = [WalkTestOut.of(test, language) for test in gateway.walk_tests.walk_tests()]
    return WalkTests(running=running, past=[WalkTestOut.of(test, language) for test in past])


@router.post("", summary="Start a walk test of an area or of devices")
async def start(body: WalkTestIn, request: Request, person: Technician) -> Done:
    gateway: Gateway = request.state.gateway
    until = gateway.site.now() + body.for_s * SECOND if body.for_s is not None else None
    window = body.window_s * SECOND
    await gateway.commands.submit(StartWalkTest(person.name, body.area, tuple(body.devices), until, body.note, window))
    return Done()


@router.get("/last-tested", summary="When each device answered last in a walk test")
async def last_tested(request: Request, _person: Looker) -> list[TestedOut]:
    gateway: Gateway = request.state.gateway
    found = await run_in_threadpool(gateway.walk_tests.last_tested)
    return [TestedOut.at_last(tested) for _, tested in sorted(found.items())]


@router.get("/{test_id}", summary="One walk test as it stands, or its report")
async def walk_test(test_id: Id, request: Request, _person: Looker, language: CallersLanguage) -> WalkTestOut:
    gateway: Gateway = request.state.gateway
    found = await run_in_threadpool(gateway.walk_tests.walk_test, test_id)
    if found is None:
        raise HTTPException(404, Text.of("api.no_walk_test"))
    return WalkTestOut.of(found, language)


@router.post("/{test_id}/end", summary="End a walk test; its report goes into the ledger")
async def end(test_id: Id, body: Note, request: Request, person: Technician) -> Done:
    await request.state.gateway.commands.submit(EndWalkTest(test_id, person.name, body.note))
    return Done()
