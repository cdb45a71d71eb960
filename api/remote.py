"""Another gateway's alerts as it shows them itself: its snapshot, then its stream, over its documented API.

For a wall screen on another machine, a head office, a program: ``follow(Live(), RemoteGateway(...))``. An account that
may only watch (kiosk) is enough. A line that is cut is called anew and goes on where it broke off, as long as the same
process answers; of another process, or after falling too far behind, a snapshot is taken anew. What waits for the other
gateway's store is shown on its own screens only.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from api import remote_events
from api.client import Client, errors
from api.client.follow import Line
from api.ports import Position, Published, Snapshot
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.message import Text, plain

_AGAIN_S = 1.0


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
            line = Line(self._client.caller, at)
            pieces = line.pieces()
            try:
                while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
                    told = remote_events.told(piece)
                    self._on_line(True)
                    if any(epoch != after.epoch for epoch in told.epochs):
                        raise Refused(Text.of("remote.another_life"))
                    if told.events:
                        at = told.events[-1].id or at
                        yield told.events
            except errors.NotAllowed as error:
                raise NotAllowed(plain(str(error))) from error
            except errors.ClientError:
                pass  # it is cut; what it said so far holds
            finally:
                line.shut()
            self._on_line(False)
            await asyncio.sleep(_AGAIN_S)
