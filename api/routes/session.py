"""Sign-in, sign-out, and one's own password."""

import secrets
from functools import partial
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.auth import BROWSER, COOKIE, NotSignedIn, Permission, Person, may, same_origin, token_of
from api.noun_routes import routes
from api.ports import Gateway, Sessions
from api.schemas import Credentials, Done, Me, NewPassword, Session
from api.sign_in_throttle import Hashing, SignInThrottle, TooManyTries, Try, place_of
from devices.errors import NotAllowed, Refused
from devices.message import Text

router = routes("session", "/api")
_KEPT_S = 400 * 86_400
"""As long as browsers keep a cookie: a kiosk's session, and the mark of a browser that an account is known in."""
_LONGEST_MARK = 100


@router.post("/session", summary="Sign in; sets a cookie and returns a bearer token")
async def sign_in(body: Credentials, request: Request, response: Response) -> Session:
    if request.headers.get("origin") is not None and not same_origin(request):
        raise NotAllowed(Text.of("api.another_site"))
    role = await prove(request, body.user, body.password)
    token = await open_session(request, response, body.user, role)
    return Session(token=token, user=body.user, role=role)


@router.delete("/session", summary="Sign out")
async def sign_out(
    request: Request, response: Response, _person: Annotated[Person, Depends(may(Permission.WATCH))]
) -> Done:
    await close_session(request, response)
    return Done()


@router.get("/me", summary="Who am I")
async def me(person: Annotated[Person, Depends(may(Permission.WATCH))]) -> Me:
    return Me(user=person.name, role=person.role)


@router.post("/me/password", summary="A new password of one's own; every other session ends")
async def change_password(
    body: NewPassword,
    request: Request,
    response: Response,
    person: Annotated[Person, Depends(may(Permission.LOOK))],
) -> Session:
    token = await set_password(request, response, person, body.old, body.new)
    return Session(token=token, user=person.name, role=person.role)


async def prove(request: Request, user: str, password: str) -> str:
    """The role of the account if the password is right.

    Raises NotSignedIn, the same for an unknown name and a wrong password; TooManyTries.
    """
    gateway: Gateway = request.app.state.gateway
    doorman: SignInThrottle = request.app.state.doorman
    hashing: Hashing = request.app.state.hashing
    attempt = await _attempt(request, user)
    try:
        # Counted before it is looked at: of many at once only those get through that may try at all.
        doorman.knock(attempt, gateway.site.now())
        check = partial(gateway.accounts.check_password, user, password)
        role = await hashing.run(check, is_known=doorman.knows(attempt))
    except TooManyTries as refusal:
        if refusal.is_new:
            await _note(request, "locked_out", user, attempt.address)
        raise
    if role is None:
        await _note(request, "failed", user, attempt.address)
        raise NotSignedIn(Text.of("api.wrong"))
    doorman.was_right(attempt)
    return role


async def open_session(request: Request, response: Response, user: str, role: str) -> str:
    """The token of a fresh session, for an account that has been proved; also set as cookie."""
    gateway: Gateway = request.app.state.gateway
    sessions: Sessions = request.app.state.sessions
    now = gateway.site.now()
    token = await run_in_threadpool(sessions.open_session, user, now)
    browser = request.cookies.get(BROWSER, "")[:_LONGEST_MARK] or secrets.token_urlsafe(24)
    await run_in_threadpool(sessions.remember_browser, browser, user, now)
    # Not readable by scripts, not sent from other sites.
    safe = {"httponly": True, "samesite": "strict", "secure": request.url.scheme == "https"}
    response.set_cookie(COOKIE, token, _KEPT_S if role == "kiosk" else None, **safe)  # type: ignore[arg-type]
    response.set_cookie(BROWSER, browser, _KEPT_S, **safe)  # type: ignore[arg-type]
    gateway.accounts.note_access("signed_in", user, _address(request))
    return token


async def close_session(request: Request, response: Response) -> None:
    """Sign out whoever asks."""
    gateway: Gateway = request.app.state.gateway
    sessions: Sessions = request.app.state.sessions
    token = token_of(request)[0]
    found = await run_in_threadpool(sessions.signed_in, (token,), gateway.site.now())
    await run_in_threadpool(sessions.close_session, token)
    response.delete_cookie(COOKIE)
    if token in found:
        gateway.accounts.note_access("signed_out", found[token].name, _address(request))


async def set_password(request: Request, response: Response, person: Person, old: str, new: str) -> str:
    """The token of the one session that is left. Raises Refused for a wrong old or a weak new one, TooManyTries."""
    gateway: Gateway = request.app.state.gateway
    hashing: Hashing = request.app.state.hashing
    try:
        await prove(request, person.name, old)
    except NotSignedIn:
        raise Refused(Text.of("api.old_password_wrong")) from None
    await hashing.run(partial(gateway.accounts.set_password, person.name, new), is_known=True)
    return await open_session(request, response, person.name, person.role)


async def _attempt(request: Request, user: str) -> Try:
    sessions: Sessions = request.app.state.sessions
    browser = request.cookies.get(BROWSER, "")[:_LONGEST_MARK]
    is_known = bool(browser) and await run_in_threadpool(sessions.knows_browser, browser, user)
    return Try(user, _address(request), browser if is_known else "")


async def _note(request: Request, action: str, user: str, address: str) -> None:
    """Without the name where there is no such account: what was typed there may be a password."""
    gateway: Gateway = request.app.state.gateway
    exists = await run_in_threadpool(gateway.accounts.role, user) is not None
    gateway.accounts.note_access("locked_out" if action == "locked_out" else "failed", user if exists else "", address)


def _address(request: Request) -> str:
    return place_of(request.client.host if request.client is not None else None)
