"""Users of the gateway's own machine, who ask through the socket in the data folder: who they are, what they may do.

The kernel names the user at the other end (SO_PEERCRED), so it takes no password, which would end in shell histories.
Who owns the data folder could read and write all that is in it anyway and may do everything, and so may root; others
have the role that the site file gives them ([web] ``local_users``), or none. What is done is signed ``os:NAME``, or
``li (os:NAME)`` where the owner says on whose behalf: neither can be mistaken for a person who signed in. That name
must be an account whose role may do it; alone it would let root sign as anybody.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from devices.errors import NotAllowed
from devices.message import Text

EXTENSION = "keyarea.peer"
"""Where the web server puts the ``Peer`` into an ASGI scope's extensions; no header can do so."""
ON_BEHALF_OF = "keyarea-on-behalf-of"
"""The header in which the owner names an account, percent-encoded."""
_ROOT = 0
_ALL = "admin"
_LONGEST_NAME = 200
_OPEN = ("/api/", "/healthz", "/metrics")


class Peer(msgspec.Struct, frozen=True):
    """A user of this machine."""

    uid: int
    name: str


class MachineUser(msgspec.Struct, frozen=True):
    """How what it does is signed, and as what it may do it; ``owns``: the data folder is its own."""

    signature: str
    role: str
    owns: bool


class MachineUsers:
    """``owner``: the user id that the data folder belongs to; ``role_of``: that of an account that may sign in."""

    def __init__(self, owner: int, roles: Mapping[str, str], role_of: Callable[[str], str | None]) -> None:
        self._owners, self._roles, self._role_of = (owner, _ROOT), roles, role_of

    def who(self, peer: Peer, account: str) -> MachineUser:
        """``account``: on whose behalf, or "". Raises NotAllowed. Blocks."""
        signature = f"os:{peer.name}"
        if peer.uid not in self._owners:
            role = self._roles.get(peer.name)
            if role is None:
                raise NotAllowed(Text.of("machine_users.no_role", user=peer.name))
            if account:
                raise NotAllowed(Text.of("machine_users.only_owner", user=peer.name))
            return MachineUser(signature, role, owns=False)
        if not account:
            return MachineUser(signature, _ALL, owns=True)
        role = self._role_of(account)
        if role is None:
            raise NotAllowed(Text.of("machine_users.no_account", name=account[:64]))
        return MachineUser(f"{account} ({signature})", role, owns=True)


def peer_of(request: HTTPConnection) -> Peer | None:
    """The user of this machine who asks; None for whoever comes over TCP."""
    found: Peer | None = (request.scope.get("extensions") or {}).get(EXTENSION)
    return found


def on_behalf_of(request: HTTPConnection) -> str:
    """The account that the header names, or "". Raises NotAllowed over TCP: there it would be anybody's word."""
    name = unquote(request.headers.get(ON_BEHALF_OF, ""))[:_LONGEST_NAME]
    if name and peer_of(request) is None:
        raise NotAllowed(Text.of("machine_users.only_socket"))
    return name


class ApiOnly:
    """Whoever comes through the socket finds the API there, and no pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        extensions: dict[str, Any] = scope.get("extensions") or {}
        if scope["type"] == "http" and EXTENSION in extensions and not scope["path"].startswith(_OPEN):
            await JSONResponse({"error": "Not Found"}, 404)(scope, receive, send)
            return
        await self._app(scope, receive, send)
