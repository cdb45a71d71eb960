"""Signing in and out, who one is, and one's own password."""

import msgspec

from api.client.caller import Caller, Done


class Session(msgspec.Struct, frozen=True):
    """A fresh session: ``token`` is what a client shows."""

    token: str
    user: str
    role: str


class Me(msgspec.Struct, frozen=True):
    """Who asks."""

    user: str
    role: str


class SessionCalls:
    """``client.session``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def sign_in(self, user: str, password: str) -> Session:
        return self._caller.post("/api/session", Session, {"user": user, "password": password})

    def sign_out(self) -> None:
        self._caller.delete("/api/session", Done)

    def me(self) -> Me:
        return self._caller.get("/api/me", Me)

    def set_password(self, old: str, new: str) -> Session:
        """Every other session of the account ends."""
        return self._caller.post("/api/me/password", Session, {"old": old, "new": new})
