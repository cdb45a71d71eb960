"""Sign-in and sign-out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.auth import COOKIE, Doorman, NotSignedIn, Permission, Person, TooManyTries, may, same_origin, token_of
from api.ports import Gateway, Sessions
from api.schemas import Credentials, Done, Me, Session
from devices.errors import NotAllowed

router = APIRouter(prefix="/api", tags=["session"])
_KIOSK_KEEPS_S = 400 * 86_400
"""As long as browsers keep a cookie; each start of the kiosk's page is a new one."""


@router.post("/session", summary="Sign in; sets a cookie and returns a bearer token")
async def sign_in(body: Credentials, request: Request, response: Response) -> Session:
    if request.headers.get("origin") is not None and not same_origin(request):
        raise NotAllowed("this request comes from another site")
    token, role = await open_session(request, body.user, body.password)
    set_cookie(request, response, token, role)
    return Session(token=token, user=body.user, role=role)


@router.delete("/session", summary="Sign out")
async def sign_out(
    request: Request, response: Response, _person: Annotated[Person, Depends(may(Permission.WATCH))]
) -> Done:
    sessions: Sessions = request.app.state.sessions
    await run_in_threadpool(sessions.close_session, token_of(request)[0])
    response.delete_cookie(COOKIE)
    return Done()


@router.get("/me", summary="Who am I")
async def me(person: Annotated[Person, Depends(may(Permission.WATCH))]) -> Me:
    return Me(user=person.name, role=person.role)


async def open_session(request: Request, user: str, password: str) -> tuple[str, str]:
    """(token, role). Raises NotSignedIn, the same for an unknown name and a wrong password; TooManyTries."""
    gateway: Gateway = request.app.state.gateway
    sessions: Sessions = request.app.state.sessions
    doorman: Doorman = request.app.state.doorman
    now = gateway.now()
    keys = (f"user {user}", f"address {request.client.host if request.client else ''}")
    wait_s = doorman.wait_s(keys, now)
    if wait_s:
        raise TooManyTries(wait_s)
    role = await run_in_threadpool(gateway.check_password, user, password)
    if role is None:
        doorman.failed(keys, now)
        raise NotSignedIn("user or password is wrong")
    doorman.succeeded(keys)
    return await run_in_threadpool(sessions.open_session, user, now), role


def set_cookie(request: Request, response: Response, token: str, role: str) -> None:
    """Not readable by scripts, not sent from other sites; gone with the browser, but a kiosk's outlives a power cut."""
    kept = _KIOSK_KEEPS_S if role == "kiosk" else None
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, token, kept, httponly=True, samesite="strict", secure=secure)
