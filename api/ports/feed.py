"""Committed events, as they come."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

import msgspec


class Published(msgspec.Struct, frozen=True):
    """A committed event on its way out; ``id`` resumes a stream.

    ``kind`` is alert, ledger, mode, bypass, walk_test, case or fact; ``event`` accordingly an AlertEvent, Entry,
    ModeChanged, BypassChanged, WalkTestChanged, CaseChanged or Fact (alerts).
    """

    id: int
    kind: str
    event: Any


class Feed(Protocol):
    """Committed events, as they come."""

    def newest_id(self) -> int:
        """The id of the newest published event (0 if none)."""
        ...

    def subscribe(self, after: int | None) -> AsyncIterator[Sequence[Published]]:
        """Committed events with id > ``after`` (None: only new ones), first the missed ones, then live, as they come.

        Raises Refused if ``after`` is older than what is kept; the client then reloads.
        """
        ...
