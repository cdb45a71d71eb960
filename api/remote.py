"""Another gateway's alerts as it shows them itself: its snapshot, then its stream, over its documented API.

For a wall screen on another machine, a head office, a program: ``follow(Live(), RemoteGateway(...))``. An account that
may only watch (kiosk) is enough. A line that is cut is called anew and goes on where it broke off, as long as the same
process answers; of another process, or after falling too far behind, a snapshot is taken anew. What waits for the other
gateway's store is shown on its own screens only.
"""

import asyncio
import http.client
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress

from api import remote_events
from api.client import Client, errors
from api.ports import Position, Published, Snapshot
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.message import Text, plain

_SILENT_AFTER_S = 15.0
"""Beats come every 5 s."""
_AGAIN_S = 1.0
_PIECE = 65_536
_CUT = (OSError, http.client.HTTPException)


class RemoteGateway:
    """Implements api.live.Source. ``client``: signed in there."""

    def __init__(self, client: Client, *, on_line: Callable[[bool], None] = lambda _up: None) -> None:
        """``on_line`` is told whether the other gateway is heard: while it is not, what is shown is old."""
        self._client, self._on_line = client, on_line

    def snapshot(self) -> Snapshot:
        """All that is open there. Raises StoreUnavailable while it does not answer, NotAllowed."""
        try:
            content = self._client.caller.send("GET", "/api/live", None, "").content
        except errors.NotAllowed as error:
            raise NotAllowed(plain(str(error))) from error
        except errors.ClientError as error:
            self._on_line(False)
            raise StoreUnavailable(plain(str(error))) from error
        return remote_events.snapshot(content)

    async def subscribe(self, after: Position) -> AsyncIterator[Sequence[Published]]:
        """What follows. Raises Refused if a snapshot is to be taken anew; NotAllowed when the session has ended."""
        at = after.at
        while True:
            line = _Line(self._client, at)
            try:
                while (told := await asyncio.to_thread(line.told)) is not None:
                    self._on_line(True)
                    if any(epoch != after.epoch for epoch in told.epochs):
                        raise Refused(Text.of("remote.another_life"))
                    if told.events:
                        at = told.events[-1].id or at
                        yield told.events
            except _CUT:
                pass  # what it said so far holds
            finally:
                line.close()
            self._on_line(False)
            await asyncio.sleep(_AGAIN_S)


class _Line:
    """One stream, from its first event after ``at`` to the cut; unlike api.client.Stream it can be shut by others."""

    def __init__(self, client: Client, at: int) -> None:
        self._who, self._connection, self._at = client.who, client.place.connection(_SILENT_AFTER_S), at
        self._answer: http.client.HTTPResponse | None = None
        self._frames = remote_events.Frames()

    def told(self) -> remote_events.Told | None:
        """What it says next; None: it has ended. Blocks. Raises Refused, NotAllowed, OSError, HTTPException."""
        if self._answer is None:
            self._answer = self._asked()
        piece = self._answer.read1(_PIECE)
        return self._frames.told(piece) if piece else None

    def _asked(self) -> http.client.HTTPResponse:
        headers = {"Authorization": f"Bearer {self._who.token}", "Accept-Language": self._who.language}
        self._connection.request("GET", f"/api/stream?after={self._at}", headers=headers)
        answer = self._connection.getresponse()
        if answer.status in (401, 403):
            raise NotAllowed(Text.of("remote.not_let_in", status=answer.status))
        if answer.status != http.client.OK:
            raise OSError(answer.status, answer.reason)
        return answer

    def close(self) -> None:
        """Whoever waits for its next word hears that it has ended."""
        line = self._connection.sock
        if line is not None:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._connection.close()
