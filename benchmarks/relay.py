"""A network cable that can be pulled out: it carries connections and datagrams between two loopback ports."""

import asyncio
import contextlib
from typing import Any

_MOST_AT_ONCE = 65_536


class Relay:
    """Whoever calls ``listen`` reaches ``target``. Pulled out, bytes vanish; nobody is told, as on a real cable."""

    def __init__(self, listen: int, target: int) -> None:
        self._listen, self._target = listen, target
        self._is_plugged = True
        self.noise = b""
        """Comes once, in the place of the next thing that the target says over a connection."""
        self._server: asyncio.Server | None = None
        self._door: asyncio.DatagramTransport | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await asyncio.start_server(self._call, "127.0.0.1", self._listen)
        self._door, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self, self._target), local_addr=("127.0.0.1", self._listen)
        )

    def pull(self) -> None:
        self._is_plugged = False

    def plug(self) -> None:
        """Connections from before are dead: both ends find out when they speak."""
        for task in self._tasks:
            task.cancel()
        self._is_plugged = True

    @property
    def is_plugged(self) -> bool:
        return self._is_plugged

    async def close(self) -> None:
        self.plug()
        if self._server is not None:
            self._server.close()
        if self._door is not None:
            self._door.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry(reader, back), name="to")
                group.create_task(self._carry(there, writer, is_answer=True), name="fro")
        except (OSError, asyncio.CancelledError, ExceptionGroup):
            return
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(UnboundLocalError):
                back.close()

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, is_answer: bool = False
    ) -> None:
        while data := await source.read(_MOST_AT_ONCE):
            if is_answer and self.noise:
                data, self.noise = self.noise, b""
            if self._is_plugged:
                sink.write(data)
                await sink.drain()
        sink.close()


class _Datagrams(asyncio.DatagramProtocol):
    """Each sender gets a port of its own towards the target."""

    def __init__(self, relay: Relay, target: int) -> None:
        self._relay, self._target = relay, target
        self._ways: dict[Any, asyncio.DatagramTransport] = {}
        self._opening: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: Any) -> None:
        self._door = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if self._relay.is_plugged:
            task = asyncio.get_running_loop().create_task(self._send(data, addr))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)

    async def _send(self, data: bytes, addr: Any) -> None:
        if addr not in self._ways:
            way, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Answers(self._relay, self._door, addr), remote_addr=("127.0.0.1", self._target)
            )
            self._ways[addr] = way
        self._ways[addr].sendto(data)

    def connection_lost(self, _exc: Exception | None) -> None:
        for way in self._ways.values():
            way.close()


class _Answers(asyncio.DatagramProtocol):
    def __init__(self, relay: Relay, door: asyncio.DatagramTransport, caller: Any) -> None:
        self._relay, self._door, self._caller = relay, door, caller

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if self._relay.is_plugged:
            self._door.sendto(data, self._caller)
