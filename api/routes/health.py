"""How the gateway is, its metrics, and the live stream."""

from collections.abc import AsyncIterator
from hmac import compare_digest
from typing import Annotated

from fastapi import Depends, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse

from api.accept_language import CallersLanguage
from api.auth import Permission, Person, may, person_of, same_origin, seen_by, token_of
from api.catalogue import in_words
from api.health_schemas import HealthOut
from api.machine_users import on_behalf_of, peer_of
from api.noun_routes import routes
from api.ports import Gateway
from api.presence import Presence
from api.stream import server_sent
from devices.errors import MalformedMessage, NotAllowed
from devices.message import Text

router = routes("health")


@router.get("/healthz", summary="200 if all is well, else 503; needs no sign-in and tells no more")
async def healthz(request: Request) -> JSONResponse:
    gateway: Gateway = request.app.state.gateway
    health = await run_in_threadpool(gateway.health.health)
    return JSONResponse({"ok": health.ok}, 200 if health.ok else 503)


@router.get("/healthz/alarms", summary="200 if alarms pass, else 503; for whoever watches from outside, and no more")
async def healthz_alarms(request: Request) -> JSONResponse:
    gateway: Gateway = request.app.state.gateway
    is_ok = gateway.health.alarms_pass()
    return JSONResponse({"ok": is_ok}, 200 if is_ok else 503)


@router.get("/api/health", summary="What is up, how old the newest reading is, what is open")
async def health(
    request: Request, language: CallersLanguage, _person: Annotated[Person, Depends(may(Permission.WATCH))]
) -> HealthOut:
    gateway: Gateway = request.state.gateway
    found = await run_in_threadpool(gateway.health.health)
    return HealthOut.model_validate(in_words(found, language))


@router.get("/metrics", summary="Prometheus metrics; for the token of the environment, or a session that may")
async def metrics(request: Request) -> Response:
    token, _ = token_of(request)
    gateway: Gateway = request.app.state.gateway
    if not (token and compare_digest(token.encode(), request.app.state.metrics_token.encode())):
        person = await person_of(request)
        if not person.may(Permission.READ_METRICS):
            raise NotAllowed(Text.of("api.no_metrics", role=person.role))
        gateway = seen_by(person, request)
    return Response(gateway.health.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/api/stream", summary="Server-sent events: alerts, modes and entries as they are committed")
async def stream(
    request: Request,
    person: Annotated[Person, Depends(may(Permission.WATCH))],
    language: CallersLanguage,
    after: Annotated[int | None, Query(ge=0, le=2**62)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    gateway: Gateway = request.state.gateway
    presence: Presence = request.app.state.presence
    token, by_cookie = token_of(request)
    if by_cookie and not same_origin(request):
        raise NotAllowed(Text.of("api.another_site"))
    if on_behalf_of(request):
        raise NotAllowed(Text.of("machine_users.no_stream"))
    is_machine_user = peer_of(request) is not None and (by_cookie or not token)  # its role is the site file's

    def still_allowed() -> bool:
        here = presence.person(token)
        return here is not None and here.expired is None

    async def events() -> AsyncIterator[bytes]:
        if is_machine_user:
            async for piece in server_sent(gateway, after, lambda: True, language):
                yield piece
            return
        with presence.being(token, person):
            async for piece in server_sent(gateway, after, still_allowed, language):
                yield piece

    if last_event_id is not None:
        if not (last_event_id.isascii() and last_event_id.isdigit() and len(last_event_id) < 19):
            raise MalformedMessage(Text.of("api.event_number"))
        after = int(last_event_id)
    return StreamingResponse(
        events(),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
