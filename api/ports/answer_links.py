"""Links in messages to people outside, by which they answer without signing in."""

from typing import Protocol

import msgspec

from devices.message import Text
from devices.reading import Instant


class AnswerLink(msgspec.Struct, frozen=True, kw_only=True):
    """``person`` answers for the case; ``text`` is what their message said, ``language`` theirs ("" the site's)."""

    notification: str
    case: str
    person: str
    text: Text
    expires: Instant
    language: str = ""


class AnswerLinks(Protocol):
    """Links in messages to people outside, by which they answer without signing in."""

    def link(self, token: str) -> AnswerLink | None:
        """The link of that token, also one that is over; blocking. Raises StoreUnavailable."""
        ...
