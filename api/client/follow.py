"""The live stream: committed events with their positions, again and again after a cut, with pauses that grow."""

import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from typing import Any

import msgspec

from api.client.caller import Caller
from api.client.errors import NotAllowed, NotRunning, Refused, Unreachable
from api.client.frames import Frame, Frames

_SILENT_S = 15.0
"""A beat comes every 5 s: after three the line is dead."""
_FIRST_S, _LONGEST_S = 0.5, 30.0
_PIECE = 65_536


class StreamEvent(msgspec.Struct, frozen=True):
    """``kind``: alert, mode, bypass, walk_test, case, fact, ledger, beat ...; ``position`` goes on from there.

    A ``beat`` has the position from which to go on.
    """

    kind: str
    data: dict[str, Any]
    position: int | None


class Line:
    """One stream as it is sent, from its first event after ``after`` to the cut."""

    def __init__(self, caller: Caller, after: int | None) -> None:
        self._caller, self._after = caller, after
        self._connection: HTTPConnection | None = None

    def pieces(self) -> Iterator[list[Frame]]:
        """What came together. Blocks; raises ClientError."""
        frames = Frames()
        with self._caller.response(
            "GET", "/api/stream", None, "", _SILENT_S, opened=self._opened, after=self._after
        ) as response:
            while piece := response.read1(_PIECE):
                yield frames.of(piece)

    def _opened(self, connection: HTTPConnection) -> None:
        self._connection = connection

    def shut(self) -> None:
        """By another thread: whoever waits for its next piece hears that it has ended."""
        line = self._connection.sock if self._connection is not None else None
        if line is not None:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


def wait(seconds: float) -> None:
    """Until then; Ctrl-C ends it."""
    threading.Event().wait(seconds)


class Stream:
    """Iterate over it. Raises NotAllowed when it may not be read (any more), Refused when too much was missed.

    After a cut, or where no gateway runs for a while, it tries again by itself and goes on from its last position;
    ``tries``: after so many in vain, one behind the other, the error is raised (None: never).
    """

    def __init__(
        self,
        caller: Caller,
        after: int | None = None,
        *,
        tries: int | None = None,
        pause: Callable[[float], None] = wait,
    ) -> None:
        self.position = after
        self._caller, self._tries, self._pause = caller, tries, pause

    def __iter__(self) -> Iterator[StreamEvent]:
        failed = 0
        while True:
            try:
                for event in self._events():
                    failed = 0
                    yield event
            except (NotRunning, Unreachable) as error:
                failed += 1
                if self._tries is not None and failed >= self._tries:
                    raise
                told_s = error.retry_after_s if isinstance(error, Unreachable) else 0
            else:
                told_s = 0  # the gateway stops, and comes back
                failed += 1
            self._pause(max(told_s, pause_of(failed)))

    def _events(self) -> Iterator[StreamEvent]:
        for frame in (frame for piece in Line(self._caller, self.position).pieces() for frame in piece):
            data = self._decoded(frame.data)
            if frame.number is not None:
                self.position = frame.number
            elif self.position is None and isinstance(data.get("position"), int):
                self.position = data["position"]
            if frame.kind == "signed_out":
                raise NotAllowed(*self._caller.said("client.signed_out"))
            if frame.kind == "reset":
                raise Refused(*self._caller.said("client.fell_behind"))
            yield StreamEvent(frame.kind, data, self.position)

    def _decoded(self, data: bytes) -> dict[str, Any]:
        try:
            return msgspec.json.decode(data, type=dict[str, Any])
        except msgspec.MsgspecError as error:
            where, reason = str(self._caller.place), str(error)[:200]
            raise Unreachable(*self._caller.said("client.unreachable", where=where, reason=reason)) from error


def pause_of(failed: int) -> float:
    """How long to wait after so many failures: longer each time, and never all at once with others."""
    longest = min(_LONGEST_S, _FIRST_S * 2.0 ** min(failed, 10))
    return longest * (0.5 + random.random() / 2)  # noqa: S311 - it spreads, and hides nothing
