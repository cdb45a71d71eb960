"""The ways by which a fire alarm transmission device reaches its centre: TCP, UDP, a serial port."""

import asyncio
import contextlib
import os
import termios
import tty
from collections.abc import Callable, Coroutine
from typing import Any, Protocol


class Device(Protocol):
    """Whoever speaks over one of these (simulators.gbt26875_device.Transmitter)."""

    def heard(self, data: bytes) -> None:
        """Called with what has come."""

    def lose(self) -> None:
        """Called when the connection has ended."""


Send = Callable[[bytes], None]
Connect = Callable[[Device], Coroutine[Any, Any, tuple[Send, Callable[[], None]]]]
"""Makes a connection for that device: how to send on it, and how to close it. Raises OSError."""


class _Wire(asyncio.Protocol, asyncio.DatagramProtocol):
    """Hands on what comes, and that it ended."""

    def __init__(self, device: Device) -> None:
        self._device = device

    def data_received(self, data: bytes) -> None:
        self._device.heard(data)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._device.heard(data)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there: what was sent is lost, as if the network had lost it."""

    def connection_lost(self, exc: Exception | None) -> None:
        self._device.lose()


def over_tcp(host: str, port: int, local: str = "") -> Connect:
    """The device calls in, from the address ``local`` if that is given."""
    own = (local, 0) if local else None

    async def connect(device: Device) -> tuple[Send, Callable[[], None]]:
        transport, _ = await asyncio.get_running_loop().create_connection(
            lambda: _Wire(device), host, port, local_addr=own
        )
        return transport.write, transport.close

    return connect


def over_udp(host: str, port: int) -> Connect:
    """A datagram a frame."""

    async def connect(device: Device) -> tuple[Send, Callable[[], None]]:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Wire(device), remote_addr=(host, port))
        return transport.sendto, transport.close

    return connect


def over_serial(descriptor: int) -> Connect:
    """A descriptor of a serial port or of one end of a pseudo terminal; it stays open when the device stops."""

    async def connect(device: Device) -> tuple[Send, Callable[[], None]]:
        loop = asyncio.get_running_loop()
        os.set_blocking(descriptor, False)

        def read() -> None:
            with contextlib.suppress(BlockingIOError):
                try:
                    device.heard(os.read(descriptor, 4096))
                except OSError:  # a pseudo terminal whose other end nobody has open
                    device.lose()

        def write(data: bytes) -> None:
            with contextlib.suppress(BlockingIOError):
                os.write(descriptor, data)

        loop.add_reader(descriptor, read)
        return write, lambda: _drop_reader(loop, descriptor)

    return connect


def _drop_reader(loop: asyncio.AbstractEventLoop, descriptor: int) -> None:
    loop.remove_reader(descriptor)


def open_port(path: str, baud: int = 9600) -> int:
    """A descriptor of a serial port, raw, at that speed. Raises OSError, or AttributeError for no such speed."""
    descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    tty.setraw(descriptor)
    settings = termios.tcgetattr(descriptor)
    settings[4] = settings[5] = getattr(termios, f"B{baud}")
    termios.tcsetattr(descriptor, termios.TCSANOW, settings)
    return descriptor
