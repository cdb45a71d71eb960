"""Who is signed in."""

from collections.abc import Collection
from typing import Protocol

import msgspec

from devices.reading import Instant


class SignedIn(msgspec.Struct, frozen=True):
    """Whose session a token is. ``expired``: since when it has run out; it may then watch, until ``watches_until``."""

    name: str
    role: str
    expired: Instant | None = None
    watches_until: Instant | None = None


class Sessions(Protocol):
    """Who is signed in (gateway/stores/sessions.py). Methods may raise StoreUnavailable."""

    def open_session(self, name: str, now: Instant) -> str:
        """A fresh opaque token for a person who has just proved the password."""
        ...

    def signed_in(self, tokens: Collection[str], now: Instant) -> dict[str, SignedIn]:
        """Whose tokens these are; those left out count for nothing: unknown, ended, or the account is shut out."""
        ...

    def knows_browser(self, browser: str, name: str) -> bool:
        """Whether this account was signed in before in the browser that keeps this text."""
        ...

    def remember_browser(self, browser: str, name: str, now: Instant) -> None:
        """... as from now on."""

    def close_session(self, token: str) -> None:
        """Sign out."""
