"""The live read model for another process: all that is open, and where in the stream to go on from there."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from api.accept_language import CallersLanguage
from api.alert_schemas import AlertOut
from api.auth import Permission, Person, may
from api.case_schemas import CaseChangedOut
from api.live_schemas import LiveOut
from api.noun_routes import routes
from api.ports import Gateway
from devices.language import Language

router = routes("live", "/api/live")


@router.get("", summary="All that is open and committed; /api/stream?after=AT goes on from there")
async def live(
    request: Request, language: CallersLanguage, _person: Annotated[Person, Depends(may(Permission.WATCH))]
) -> LiveOut:
    return await run_in_threadpool(_shown, request.state.gateway, language)


def _shown(gateway: Gateway, language: Language) -> LiveOut:
    snapshot = gateway.live.snapshot()
    return LiveOut(
        epoch=snapshot.position.epoch,
        at=snapshot.position.at,
        now=gateway.site.now(),
        alerts=[AlertOut.of(alert, language) for alert in snapshot.alerts],
        modes=snapshot.modes,
        cases=[CaseChangedOut.of(case) for case in snapshot.cases],
    )
