"""What became of messages to people outside."""

from collections.abc import Collection, Mapping
from typing import Literal, Protocol

import msgspec

from devices.message import Text
from devices.reading import Instant


class LastMessage(msgspec.Struct, frozen=True):
    """``waiting`` for an attempt at ``at``, ``sending`` since, ``sent`` or ``failed`` then; ``why`` it could not be."""

    state: Literal["waiting", "sending", "sent", "failed"]
    at: Instant
    why: str | Text = ""


class Messages(Protocol):
    """What became of messages to people outside."""

    def newest(self, without: Collection[str] = frozenset()) -> Mapping[tuple[str, str], LastMessage]:
        """By channel and who it was to ("": a group), of the last days; blocking. Raises StoreUnavailable.

        ``without``: what is about these alerts is left out.
        """
        ...
