"""Every long-running part of the gateway, by name: started, watched, restarted, and if that fails, given up on.

A part that dies is a visible fault at once. It is started again after a pause; one that dies more than
``_MOST_DEATHS`` times within ``_WITHIN_S`` ends the process with a non-zero exit code, because systemd can
still do what we can't: begin from nothing (deploy/keyarea.service).
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Awaitable, Callable

from api.catalogue import language
from devices.errors import KeyareaError, StartAnew, Superseded

_MOST_DEATHS = 5
_WITHIN_S = 60.0
_PAUSE_S = 0.5

log = logging.getLogger("keyarea.supervisor")


class GivenUp(KeyareaError):
    """A part died again and again; the process must end and be started anew."""


class Supervisor:
    """Owns the only TaskGroup of the gateway."""

    def __init__(
        self,
        *,
        monotonic: Callable[[], float],
        on_death: Callable[[str, str], None],
        on_alive: Callable[[str], None],
    ) -> None:
        """``on_death(part, reason)`` and ``on_alive(part)`` are called in the event loop."""
        self._monotonic, self._on_death, self._on_alive = monotonic, on_death, on_alive
        self._parts: dict[str, Callable[[], Awaitable[None]]] = {}
        self.states: dict[str, str] = {}

    def add(self, name: str, body: Callable[[], Awaitable[None]]) -> None:
        """``body`` runs until cancelled; if it ends or raises before, it has died."""
        self._parts[name] = body

    async def run(self) -> None:
        """Run all parts until cancelled. Raises GivenUp, Superseded and StartAnew when one of them did."""
        async with asyncio.TaskGroup() as group:
            for name, body in self._parts.items():
                group.create_task(self._keep(name, body), name=name)

    async def _keep(self, name: str, body: Callable[[], Awaitable[None]]) -> None:
        deaths: deque[float] = deque(maxlen=_MOST_DEATHS)
        while True:
            self.states[name] = "up"
            try:
                if deaths:
                    self._on_alive(name)
                await body()
                reason = "ended by itself"
            except (Superseded, StartAnew):
                raise
            except Exception as error:
                log.exception("part %s died", name)
                said = language("en").render(error.text) if isinstance(error, KeyareaError) else str(error)
                reason = f"{type(error).__name__}: {said}"
            self.states[name] = f"died: {reason}"
            deaths.append(self._monotonic())
            self._on_death(name, reason)
            if len(deaths) == _MOST_DEATHS and deaths[-1] - deaths[0] < _WITHIN_S:
                raise GivenUp(f"{name} died {_MOST_DEATHS} times within {_WITHIN_S:.0f} s, last of: {reason}")
            await asyncio.sleep(_PAUSE_S)


async def run_thread(name: str, body: Callable[[], None], stop: Callable[[], None]) -> None:
    """Run ``body`` in a thread of its own until it ends; cancelled, ask it to ``stop`` and wait for it.

    Raises what the body raised.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def settle(error: BaseException | None) -> None:
        if not ended.done():
            if error is None:
                ended.set_result(None)
            else:
                ended.set_exception(error)

    def main() -> None:
        error: BaseException | None = None
        try:
            body()
        except BaseException as caught:  # noqa: BLE001 - handed on to the task that waits
            error = caught
        loop.call_soon_threadsafe(settle, error)

    thread = threading.Thread(target=main, name=name, daemon=True)
    thread.start()
    try:
        await asyncio.shield(ended)
    except asyncio.CancelledError:
        stop()
        await asyncio.wait([ended], timeout=10)
        raise
