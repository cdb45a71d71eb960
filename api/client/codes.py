"""Codes and cards with which accounts arm and disarm at keypads."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from api.client.caller import Caller, Done


class Code(msgspec.Struct, frozen=True):
    """Whose one is, where and until when it counts; never which it is."""

    account: str
    kind: str
    areas: list[str]
    until: str | None
    given: str


class MadeCode(msgspec.Struct, frozen=True):
    """A code that counts once."""

    code: str


class CodeCalls:
    """``client.codes``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def all(self) -> list[Code]:
        return self._caller.get("/api/codes", list[Code])

    def give(
        self,
        account: str,
        code: str,
        *,
        kind: Literal["user", "duress", "once"] = "user",
        is_card: bool = False,
        areas: Sequence[str] = (),
        hours: float | None = None,
    ) -> None:
        """4 to 12 digits, or with ``is_card`` what the reader tells of the card."""
        about = {"account": account, "areas": list(areas), "hours": hours}
        self._caller.post("/api/codes", Done, {**about, "code": code, "kind": kind, "is_card": is_card})

    def make(self, account: str, *, areas: Sequence[str] = (), hours: float | None = None) -> str:
        """One that counts once, for 24 hours if nothing is said."""
        body = {"account": account, "areas": list(areas), "hours": hours}
        return self._caller.post("/api/codes/once", MadeCode, body).code

    def take_all(self, account: str) -> None:
        """None of the account's counts any more."""
        self._caller.send("DELETE", "/api/codes/{account}", None, "", account=account)
