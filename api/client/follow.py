"""The live stream: committed events with their positions, again and again after a cut, with pauses that grow."""

import random
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from typing import Any

import msgspec

from api.client.caller import Caller
from api.client.errors import NotAllowed, NotRunning, Refused, Unreachable

_SILENT_S = 15.0
"""A beat comes every 5 s: after three the line is dead."""
_FIRST_S, _LONGEST_S = 0.5, 30.0
_LONGEST_LINE = 4 * 1024 * 1024
_TEXT = "utf-8"


class StreamEvent(msgspec.Struct, frozen=True):
    """``kind``: alert, mode, bypass, walk_test, case, fact, ledger, beat ...; ``position`` goes on from there.

    A ``beat`` has the position from which to go on.
    """

    kind: str
    data: dict[str, Any]
    position: int | None


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
        with self._caller.response("GET", "/api/stream", None, "", _SILENT_S, after=self.position) as response:
            for kind, data, number in frames(response):
                if number is not None:
                    self.position = number
                elif self.position is None and isinstance(data.get("position"), int):
                    self.position = data["position"]
                if kind == "signed_out":
                    raise NotAllowed(*self._caller.said("client.signed_out"))
                if kind == "reset":
                    raise Refused(*self._caller.said("client.fell_behind"))
                yield StreamEvent(kind, data, self.position)


def pause_of(failed: int) -> float:
    """How long to wait after so many failures: longer each time, and never all at once with others."""
    longest = min(_LONGEST_S, _FIRST_S * 2.0 ** min(failed, 10))
    return longest * (0.5 + random.random() / 2)  # noqa: S311 - it spreads, and hides nothing


def frames(response: HTTPResponse) -> Iterator[tuple[str, dict[str, Any], int | None]]:
    """(kind, data, number) of each server-sent event. Raises OSError for what is none."""
    kind, data, number = "message", b"", None
    while line := response.readline(_LONGEST_LINE):
        name, _, value = line.rstrip(b"\r\n").partition(b": ")
        match name:
            case b"event":
                kind = value.decode(_TEXT, "replace")
            case b"data":
                data = value
            case b"id":
                number = int(value) if value.isdigit() else None
            case b"" if data:
                yield kind, _decoded(data), number
                kind, data, number = "message", b"", None


def _decoded(data: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise OSError(str(error)) from error
