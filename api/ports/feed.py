"""Committed events, as they come."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

import msgspec

RECORDED = "recorded"


class Published(msgspec.Struct, frozen=True):
    """A committed event on its way out; ``id`` resumes a stream.

    ``kind`` is alert, ledger, mode, case, fact or canary; ``event`` accordingly an AlertEvent, Entry, ModeChanged,
    CaseChanged, Fact or CanaryRaised (alerts).

    What has no ``id`` is not committed and may never be: an alert whose step waits for the store; then, of the kind
    ``recorded`` and with None, that nothing waits any more. This process only is told it.
    """

    id: int | None
    kind: str
    event: Any


class Feed(Protocol):
    """Committed events, as they come."""

    @property
    def newest_id(self) -> int:
        """The id of the newest published event (0 if none)."""
        ...

    def subscribe(self, after: int | None) -> AsyncIterator[Sequence[Published]]:
        """Committed events with id > ``after`` (None: only new ones), first the missed ones, then live, as they come.

        Raises Refused if ``after`` is older than what is kept; the client then reloads.
        """
        ...
