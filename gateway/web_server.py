"""The web server: bounded in connections, in the time that a head or body may take, and in what a head may hold.

One app has two doors: TCP, and the socket in the data folder (gateway/local_door.py), each a part of its own, so that
`keyarea status` answers while the port is taken or full of strangers.

uvicorn waits for ever for the end of a head, so a few hundred connections kept the gateway from its broker. 10 s for a
head of 64 KiB, 60 s for a body; at most half of the descriptors that are left, and 1,000, are the web's, half of those
for one address, and when all are taken the one that waits longest without asking gives way. Four callbacks of uvicorn's
httptools protocol are overridden; tests/rim/test_web_server.py fails if they change. ``limit_concurrency`` answers only
after a whole head, and a site in a cabinet has no reverse proxy.
"""

import asyncio
import contextlib
import logging
import socket
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.machine_users import EXTENSION, Peer
from gateway import notify_systemd
from gateway.descriptors import SaidOnce
from gateway.local_door import close_door, open_door, peer_at
from gateway.site.model import Web

CLOSE_WITHIN_S = 2
_HEAD_WITHIN_S, _BODY_WITHIN_S = 10.0, 60.0
_LARGEST_HEAD = 64 * 1024
_LARGEST_SOCKET_MESSAGE = 2 * 1024 * 1024
_MOST_LOCAL = 32
"""Connections at the socket in the data folder, half of them for one user; they come out of the reserve."""
_BACKLOG = 64
"""How many the loop accepts in one go before it looks at any: they must fit into the reserve of descriptors."""
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Places:
    """Who may hold a connection. When all are taken, whoever has not asked anything yet gives way to who comes.

    No address but a trusted proxy's holds more than half of them.
    """

    def __init__(self, most: int, is_proxy: Callable[[str], bool]) -> None:
        self._most, self._is_proxy = most, is_proxy
        self._held: Counter[str] = Counter()
        self._all = 0
        self.waiting: dict[BoundedHttp, None] = {}

    def take(self, address: str) -> bool:
        """Count a connection from there in; whether it may stay. Room is made for it if need be."""
        self._held[address] += 1
        self._all += 1
        if self._held[address] > self._most // 2 and not self._is_proxy(address):
            return self._make_room(lambda held: held.address == address)
        return self._all <= self._most or self._make_room(lambda _: True)

    def leave(self, address: str) -> None:
        """One from there has ended."""
        self._held[address] -= 1
        self._all -= 1
        if self._held[address] <= 0:
            del self._held[address]

    def _make_room(self, may_go: Callable[["BoundedHttp"], bool]) -> bool:
        for held in self.waiting:
            if may_go(held):
                held.give_way()
                return True
        return False


class BoundedHttp(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *arguments: Any, places: Places, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._places = places
        self._timer: asyncio.TimerHandle | None = None
        self._head = 0
        self._peer: Peer | None = None
        self.address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._peer = peer_at(transport.get_extra_info("socket"))
        self.address = f"user {self._peer.uid}" if self._peer is not None else self.client[0] if self.client else ""
        if not self._places.take(self.address):
            self._refuse(_FULL)
            return
        self._await_head()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        cycle: Any = self.cycle  # None before the first request
        if self._timer is None and (cycle is None or cycle.response_complete):
            self._await_head()
        if self in self._places.waiting:
            self._head += len(data)
        super().data_received(data)
        # Only now is it known how much of it was head: a body may come with it in one piece.
        if self in self._places.waiting and self._head > _LARGEST_HEAD:
            self._refuse(_TOO_LARGE)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._peer is not None:
            self.scope["extensions"] = {EXTENSION: self._peer}  # type: ignore[dict-item]

    def on_headers_complete(self) -> None:
        self._head = 0
        self._start(_BODY_WITHIN_S)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._stop()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.transport.is_closing() and self._timer is None:
            self._places.waiting[self] = None  # idle until it asks again: uvicorn counts that time

    def handle_websocket_upgrade(self) -> None:
        if self._peer is not None:  # only pages use them, and there are none here
            self.give_way()
            return
        self._stop()
        super().handle_websocket_upgrade()
        # From now on the transport tells another protocol of its end.
        follows: Any = self.transport.get_protocol()
        follows.connection_lost = partial(self._lost_after_upgrade, follows.connection_lost)

    def _lost_after_upgrade(self, tell: Callable[[Exception | None], None], exc: Exception | None) -> None:
        self._places.leave(self.address)
        tell(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        self._places.leave(self.address)
        super().connection_lost(exc)

    def give_way(self) -> None:
        """Let somebody else have the place."""
        self._stop()
        self.transport.abort()

    def _await_head(self) -> None:
        self._start(_HEAD_WITHIN_S)
        self._places.waiting[self] = None

    def _start(self, within_s: float) -> None:
        self._stop()
        self._timer = self.loop.call_later(within_s, self.give_way)

    def _stop(self) -> None:
        self._places.waiting.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, answer: bytes) -> None:
        self._stop()
        self.transport.write(answer)
        self.transport.close()


class _Server(uvicorn.Server):
    """uvicorn, but signals are the program's business. ``doors``: sockets that are bound; without, it binds a port."""

    def __init__(self, config: uvicorn.Config, doors: list[socket.socket] | None = None) -> None:
        super().__init__(config)
        self.doors = doors

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


async def serve(app: Any, web: Web, most_connections: int, before_end: Callable[[], None]) -> None:
    """Serve until cancelled. ``before_end`` is called before connections are closed. Raises OSError."""
    secured = {"ssl_certfile": web.cert_file, "ssl_keyfile": web.key_file} if web.cert_file else {}
    config = _config(app, Places(most_connections, web.is_proxy), host=web.host, port=web.port, **secured)
    taken = f"cannot listen on {web.host}:{web.port}; is another program using that port?"
    notify_systemd.tell("READY=1")
    await _run(_Server(config), taken, before_end)


async def serve_locally(app: Any, folder: Path, web: Web, before_end: Callable[[], None]) -> None:
    """The same on the socket in the data folder, for users of this machine."""
    door = open_door(folder, shared=bool(web.local_users))
    # The app begins and ends with the other door.
    config = _config(app, Places(_MOST_LOCAL, lambda _: False), lifespan="off")
    try:
        await _run(_Server(config, [door]), f"cannot listen in {folder}", before_end)
    finally:
        door.close()
        close_door(folder)


def _config(app: Any, places: Places, **where: Any) -> uvicorn.Config:
    logging.getLogger("uvicorn.error").addFilter(SaidOnce())
    return uvicorn.Config(
        app,
        http=partial(BoundedHttp, places=places),  # type: ignore[arg-type]
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # api.proxies does that, for the proxies that the site trusts
        backlog=_BACKLOG,
        # A quarter less of a core for 30 pages than what uvicorn chooses by itself, which stands on a part of
        # websockets that is on its way out.
        ws="websockets-sansio",
        ws_max_size=_LARGEST_SOCKET_MESSAGE,
        ws_per_message_deflate=False,  # what is large is sent packed: api/board.py
        timeout_graceful_shutdown=CLOSE_WITHIN_S,
        **where,
    )


async def _run(server: _Server, why_not: str, before_end: Callable[[], None]) -> None:
    async def run() -> None:
        try:
            await server.serve(server.doors)
        except SystemExit as end:  # uvicorn's word for it; it has logged why
            raise OSError(why_not) from end

    serving = asyncio.ensure_future(run())
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        # Told to stop, uvicorn says goodbye to its clients first; cut off, it would log a fault that is none.
        before_end()
        server.should_exit = True
        await asyncio.wait([serving], timeout=2 * CLOSE_WITHIN_S)
        raise
