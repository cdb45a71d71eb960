"""A connection to a receiving centre, over TCP or UDP: bytes out, bytes in, nothing else."""

import asyncio
import contextlib
from typing import Protocol

from gateway.site.centre_address import Address

_AT_ONCE = 65_536
_MOST_WAITING = 64
_MOST_UNSENT = 256 * 1024


class Channel(Protocol):
    """``read`` is empty when the connection is over. Raises OSError."""

    async def read(self) -> bytes: ...
    def write(self, data: bytes) -> None: ...
    def close(self) -> None: ...


async def connected(address: Address) -> Channel:
    """Raises OSError if nobody is there; over UDP nobody can tell."""
    if address.protocol == "udp":
        loop = asyncio.get_running_loop()
        _, datagrams = await loop.create_datagram_endpoint(_Datagrams, remote_addr=(address.host, address.port))
        return datagrams
    return _Stream(*await asyncio.open_connection(address.host, address.port))


class _Stream:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def read(self) -> bytes:
        return await self._reader.read(_AT_ONCE)

    def write(self, data: bytes) -> None:
        """Whoever reads nothing is cut off rather than that more and more waits for them."""
        if self._writer.transport.get_write_buffer_size() > _MOST_UNSENT:
            self.close()
        elif not self._writer.is_closing():
            self._writer.write(data)

    def close(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            self._writer.transport.abort()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self._arrived: asyncio.Queue[bytes] = asyncio.Queue(_MOST_WAITING)
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.DatagramTransport)
        self._transport = transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        with contextlib.suppress(asyncio.QueueFull):  # a flood: what is lost is said again
            self._arrived.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there now; that nothing is answered tells it, and it may listen again."""

    def connection_lost(self, exc: Exception | None) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._arrived.put_nowait(b"")

    async def read(self) -> bytes:
        return await self._arrived.get()

    def write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
