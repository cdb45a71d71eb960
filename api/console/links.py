"""The link of a page: the board over one WebSocket, and what the page says of itself (where it is, can it sound).

Whose session counts is asked at the handshake and with every block: an account that is disabled is cut at once and its
page told why; a session that has merely run out goes on as a screen to look at and to hear, and may come back as one.
Origin is asked too: another site's page must not listen. A WebSocket, since each stream of server-sent events takes one
of the six connections of a browser, and the seventh tab would never open; those stay the public API (api/stream.py).
"""

import asyncio
import contextlib
from hashlib import blake2b
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.alarm_receipts import Shown
from api.auth import COOKIE, ROLES, Permission, Person, find_person, same_origin
from api.board import Board, Link
from api.ports import Gateway, Sessions
from api.presence import Presence
from api.screens import OpenPage, Screens
from api.silent_alarm_view import Sight, sight_of
from devices.errors import StoreUnavailable

PATH = "/api/board/live"
ENDED = 4401
"""Close code: the session has ended, or the account was disabled."""
_LONGEST_WORD = 4_000
_MOST_SHOWN = 40
_LONGEST_PATH = 300


class Said(msgspec.Struct, frozen=True):
    """What a page says of itself; each part when it changes."""

    path: str | None = None
    sound: str | None = None
    shown: list[Shown] | None = None


class Links:
    """Every open one."""

    def __init__(
        self, gateway: Gateway, sessions: Sessions, board: Board, presence: Presence, open_pages: Screens
    ) -> None:
        self._gateway, self._sessions, self._board = gateway, sessions, board
        self._presence, self._open_pages = presence, open_pages

    def add_to(self, app: FastAPI) -> None:
        app.add_api_websocket_route(PATH, self._answer)

    async def _answer(self, socket: WebSocket) -> None:
        token = socket.cookies.get(COOKIE, "")
        person = await self._admitted(socket, token)
        if person is None:
            await socket.close()  # refused before it was accepted: HTTP 403
            return
        await socket.accept()
        with self._presence.being(token, person):
            await _Open(self._gateway, self._board, self._presence, self._open_pages, socket, token, person).run()

    async def _admitted(self, socket: WebSocket, token: str) -> Person | None:
        if not token or "origin" not in socket.headers or not same_origin(socket):
            return None
        with contextlib.suppress(StoreUnavailable):
            return await run_in_threadpool(find_person, self._gateway, self._sessions, token)
        return None


class _Open:
    """One of them."""

    def __init__(
        self,
        gateway: Gateway,
        board: Board,
        presence: Presence,
        open_pages: Screens,
        socket: WebSocket,
        token: str,
        person: Person,
    ) -> None:
        self._gateway, self._board, self._presence, self._open_pages = gateway, board, presence, open_pages
        self._socket, self._token, self._person = socket, token, person
        self._path = "/"
        self._key = f"link-{id(self)}"

    async def run(self) -> None:
        page = OpenPage(
            browser=blake2b(self._token.encode(), digest_size=8).hexdigest(),
            account=self._person.name,
            path=self._path,
            sounds=self._person.may(Permission.HEAR),
            able_at=self._gateway.site.now(),
        )
        self._open_pages.opened(self._key, page)
        try:
            await self._serve()
        finally:
            self._open_pages.shut(self._key)

    async def _serve(self) -> None:
        after = self._socket.query_params.get("after", "")[:40]
        link, board = await self._board.join(self._sight(), after)
        sending = asyncio.create_task(self._send(link, board), name="a page's link")
        try:
            async for text in self._socket.iter_text():
                self._hear(text, link)
        except (WebSocketDisconnect, RuntimeError):
            pass  # gone
        finally:
            self._board.leave(link)
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                await sending

    async def _send(self, link: Link, board: bytes | None) -> None:
        await self._say_who()  # before there is anything to press: "your role may not" is said of a known role alone
        if board is not None:
            await self._socket.send_bytes(board)
        while True:
            block = await link.take()
            person = self._presence.person(self._token)
            if person is None:
                await self._socket.close(ENDED)
                return
            if person != self._person:
                self._person = person
                await self._say_who()
            if link.is_behind:
                link.is_behind = False
                block = await self._board.snapshot()
            await self._socket.send_bytes(block)

    def _sight(self) -> Sight:
        is_control_room = self._path == "/" and self._person.role in ROLES[Permission.HANDLE_ALERTS]
        return sight_of(self._gateway, self._person.name, is_control_room=is_control_room)

    def _hear(self, text: str, link: Link) -> None:
        try:
            said = msgspec.json.decode(text[:_LONGEST_WORD], type=Said)
        except msgspec.DecodeError:
            return
        if said.path is not None and said.path.startswith("/"):
            self._path = said.path[:_LONGEST_PATH]
            self._open_pages.moved(self._key, self._path)
            link.sight = self._sight()
        if said.sound is not None:
            self._open_pages.told(self._key, said.sound, self._gateway.site.now())
        if said.shown is not None:
            self._open_pages.shown(self._key, said.shown[:_MOST_SHOWN], self._gateway.site.now())

    async def _say_who(self) -> None:
        person = self._person
        told: dict[str, Any] = {
            "account": person.name,
            "role": person.role,
            "may": [permission.value for permission in Permission if person.may(permission)],
            "expired": _ms(person.expired),
            "watches_until": _ms(person.watches_until),
            "hears_silent": self._sight() is Sight.NAMED,
        }
        await self._socket.send_bytes(msgspec.json.encode({"me": told}))


def _ms(instant: int | None) -> int | None:
    return None if instant is None else instant // 1_000_000
