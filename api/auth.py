"""Who may do what: sign-in, the roles, and one table that says which role may take which action."""

from collections.abc import Awaitable, Callable, Collection
from enum import StrEnum

import msgspec
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from api.area_sight import Limits, limited
from api.machine_users import MachineUsers, on_behalf_of, peer_of
from api.ports import Disclose, Erase, Gateway, Sessions
from api.silent_alarm_view import Sight, seen, sight_of
from devices.errors import KeyareaError, NotAllowed
from devices.message import Text
from devices.people import people
from devices.reading import Instant

COOKIE = "keyarea_session"
BROWSER = "keyarea_browser"
"""What a browser keeps in which somebody has signed in before; it opens nothing."""


class NotSignedIn(KeyareaError):
    """No session, or one that has ended (HTTP 401)."""


class Permission(StrEnum):
    """What a route lets a person do. WATCH: see the live screens, no more; HEAR: they sound."""

    WATCH = "watch"
    HEAR = "hear"
    LOOK = "look"
    HANDLE_ALERTS = "handle_alerts"
    RECORD = "record"
    SERVE_DEVICES = "serve_devices"
    CONSENT = "consent"
    READ_LEDGER = "read_ledger"
    ERASE = "erase"
    DISCLOSE = "disclose"
    READ_METRICS = "read_metrics"
    GIVE_CODES = "give_codes"
    KEEP_CONTACTS = "keep_contacts"
    CHECK_PATH = "check_path"


_DECIDE = frozenset({"operator", "technician", "manager", "admin"})
ROLES: dict[Permission, frozenset[str]] = {
    Permission.WATCH: _DECIDE | {"guard", "auditor", "kiosk"},
    Permission.HEAR: frozenset({"operator", "admin", "kiosk"}),
    Permission.LOOK: _DECIDE | {"guard", "auditor"},
    Permission.HANDLE_ALERTS: frozenset({"operator", "admin"}),
    Permission.RECORD: _DECIDE | {"guard"},
    Permission.SERVE_DEVICES: frozenset({"technician", "admin"}),
    Permission.CONSENT: _DECIDE,
    Permission.READ_LEDGER: frozenset({"operator", "manager", "auditor", "admin"}),
    Permission.ERASE: Erase.ROLES,
    Permission.DISCLOSE: Disclose.ROLES,
    Permission.READ_METRICS: frozenset({"technician", "manager", "auditor", "admin"}),
    Permission.GIVE_CODES: frozenset({"admin"}),
    Permission.KEEP_CONTACTS: frozenset({"manager", "admin"}),
    Permission.CHECK_PATH: _DECIDE,
}
"""A guard reports, scans and writes what a book lets them, and decides nothing; an auditor sees all, does nothing."""


_WITHOUT_SIGN_IN = (Permission.WATCH, Permission.HEAR)
"""What is left to a session that has run out: a control room must not go dark or mute in the middle of a shift."""


class Person(msgspec.Struct, frozen=True):
    """Who asks. ``expired``: since when the session has run out; what is left of it ends at ``watches_until``.

    ``owns``: the user of this machine who owns the data folder, to whom nothing in it is hidden. ``areas``: those that
    the account is limited to, none: everywhere.
    """

    name: str
    role: str
    expired: Instant | None = None
    watches_until: Instant | None = None
    owns: bool = False
    areas: tuple[str, ...] = ()

    def may(self, permission: Permission) -> bool:
        return self.role in ROLES[permission] and (self.expired is None or permission in _WITHOUT_SIGN_IN)


def token_of(request: HTTPConnection) -> tuple[str, bool]:
    """The session token of a request, and whether it came as a cookie."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip(), False
    return request.cookies.get(COOKIE, ""), True


async def person_of(request: Request) -> Person:
    """Who asks. Raises NotSignedIn, and NotAllowed for a cookie that another site's page may have sent.

    Through the socket in the data folder it is the user of this machine, unless a token says who else it is.
    """
    gateway: Gateway = request.app.state.gateway
    sessions: Sessions = request.app.state.sessions
    token, by_cookie = token_of(request)
    peer, account = peer_of(request), on_behalf_of(request)
    if peer is not None and (by_cookie or not token):
        machine_users: MachineUsers = request.app.state.machine_users
        user = await run_in_threadpool(machine_users.who, peer, account)
        areas = await run_in_threadpool(_areas_of, gateway, user.signature)
        return Person(user.signature, user.role, owns=user.owns, areas=() if user.owns else areas)
    if by_cookie and request.method not in ("GET", "HEAD") and not same_origin(request):
        raise NotAllowed(Text.of("api.another_site"))
    person = await run_in_threadpool(find_person, gateway, sessions, token) if token else None
    if person is None:
        raise NotSignedIn(Text.of("api.sign_in_first"))
    if person.expired is not None:
        raise NotSignedIn(Text.of("api.run_out"))
    return person


def find_person(gateway: Gateway, sessions: Sessions, token: str) -> Person | None:
    """The person behind a token, looked up now; None if it does not count (any more). Blocks."""
    return find_people(gateway, sessions, (token,)).get(token)


def find_people(gateway: Gateway, sessions: Sessions, tokens: Collection[str]) -> dict[str, Person]:
    """The same for many tokens at once."""
    found = sessions.signed_in(tokens, gateway.site.now())
    return {
        token: Person(who.name, who.role, who.expired, who.watches_until, areas=gateway.accounts.areas(who.name))
        for token, who in found.items()
    }


def _areas_of(gateway: Gateway, signature: str) -> tuple[str, ...]:
    return tuple(area for name in sorted(people(signature)) for area in gateway.accounts.areas(name))


def as_seen_by(gateway: Gateway, person: Person) -> Gateway:
    """Without what their areas and their role leave out; numbers of documents masked."""
    return limited(gateway, Limits(person.name, person.role, () if person.owns else person.areas, person.owns))


def same_origin(request: HTTPConnection) -> bool:
    """Whether a browser's request comes from our own page."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    return origin.partition("://")[2] == request.headers.get("host")


def seen_by(person: Person, request: Request) -> Gateway:
    """The gateway as that person may see it."""
    app: Gateway = request.app.state.gateway
    sight = Sight.NAMED if person.owns else sight_of(app, person.name)
    return as_seen_by(seen(app, request.app.state.screens, sight), person)


def may(permission: Permission) -> Callable[[Request], Awaitable[Person]]:
    """A dependency: the person who asks, if the role allows it. Raises NotSignedIn, NotAllowed.

    Puts the gateway as that person may see it into ``request.state.gateway``.
    """

    async def check(request: Request) -> Person:
        person = await person_of(request)
        if not person.may(permission):
            raise NotAllowed(Text.of("api.not_yours", role=person.role, permission=str(permission)))
        request.state.gateway = seen_by(person, request)
        return person

    check.permission = permission  # type: ignore[attr-defined]
    return check
