"""pymodbus's clients as a bus needs them: opened with a reason when they can't be, and read empty before a question."""

import contextlib
import os
import socket
from collections.abc import Callable
from typing import Literal, Protocol, TypeAlias

from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.framer import FramerType

Client: TypeAlias = ModbusSerialClient | ModbusTcpClient
MOST_UNREAD = 8_192
"""Bytes that may come instead of an answer (at most 260) before we stop listening."""
_CONNECT_WITHIN_S = 3.0


class Flooded(Exception):
    """The peer sends and sends, but no answer."""


class Setup(Protocol):
    """A bus as the site file describes it (gateway.site.model.ModbusLine): ``port`` is "" for Modbus TCP."""

    @property
    def name(self) -> str: ...
    @property
    def port(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def tcp_port(self) -> int: ...
    @property
    def framing(self) -> Literal["tcp", "rtu"]: ...
    @property
    def baud(self) -> int: ...
    @property
    def parity(self) -> str: ...
    @property
    def stop_bits(self) -> int: ...
    @property
    def poll_s(self) -> float: ...
    @property
    def timeout_s(self) -> float: ...


def client_for(setup: Setup, longest_answer: int, overhear: Callable[[bool, bytes], bytes]) -> Client:
    """Not open yet. ``longest_answer`` in bytes: at few bauds it takes its time."""
    # retries=0: whoever keeps the turns decides when a unit is asked again.
    if setup.port:
        client: Client = ModbusSerialClient(
            setup.port,
            baudrate=setup.baud,
            parity=setup.parity,
            stopbits=setup.stop_bits,
            timeout=setup.timeout_s + (longest_answer + 13) * 11 / setup.baud,
            retries=0,
            trace_packet=overhear,
        )
    else:
        client = ModbusTcpClient(
            setup.host,
            port=setup.tcp_port,
            framer=FramerType.RTU if setup.framing == "rtu" else FramerType.SOCKET,
            timeout=setup.timeout_s,
            retries=0,
            trace_packet=overhear,
        )
    client.set_max_no_responses(1 << 30)  # nor does the library decide when a line is lost
    return client


def opened(client: Client, setup: Setup) -> None:
    """Raises OSError with the reason, which pymodbus would only have logged."""
    if isinstance(client, ModbusTcpClient):
        client.socket = socket.create_connection((setup.host, setup.tcp_port), timeout=_CONNECT_WITHIN_S)
    elif not client.connect():
        os.close(os.open(setup.port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK))
        raise OSError(f"{setup.port} is no serial port that can be used: another program has it, or the settings")


def unread(client: Client) -> bytes:
    """What lies there already; a question that follows cannot be answered by it. Raises Flooded, OSError."""
    found = b""
    if isinstance(client, ModbusTcpClient):
        if client.socket is not None:
            client.socket.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while (more := client.socket.recv(4096)) and len(found) <= MOST_UNREAD:
                    found += more
    elif client.socket is not None:
        found = client.socket.read(min(client.socket.in_waiting, MOST_UNREAD + 1))
    if len(found) > MOST_UNREAD:
        raise Flooded
    return found
