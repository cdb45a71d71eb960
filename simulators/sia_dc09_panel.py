"""An alarm panel that reports by SIA DC-09 over TCP or UDP, in Contact ID or SIA codes, plain or with AES.

It says what happened, waits for the ACK of each message and sends it again until it comes, over a new connection where
the old one has gone. A NAK sets its clock. Encoder and parser are its own, from what is published of the standard.

Examples, against a gateway with a [[socket]] of family "sia_dc09":

  python -m simulators.sia_dc09_panel --tcp 127.0.0.1:9009 --account 1234
      a link test every 20 s
  python -m simulators.sia_dc09_panel --tcp 127.0.0.1:9009 --account 1234 --say "1111 01 017" --say "3111 01 017"
      smoke in zone 17 of partition 1, and its end; Contact ID: qualifier and code, partition, zone
  python -m simulators.sia_dc09_panel --udp 127.0.0.1:9009 --account 1234 --say "Nri1/FA17^Store^"
      the same place in SIA codes, with the name of the zone, in datagrams
  python -m simulators.sia_dc09_panel --tcp 127.0.0.1:9009 --account 1234 --key 000102030405060708090A0B0C0D0E0F
      encrypted; the gateway's key file has the line  "dc09/1234" = "000102030405060708090A0B0C0D0E0F"
"""

import argparse
import asyncio
import contextlib
import random
import re
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_RECONNECT_S = 0.1
_CONTACT_ID = re.compile(r"[136][0-9A-F]{3} [0-9A-F]{2} [0-9A-F]{3}")
_ANSWER = re.compile(rb'"(\*?)(ACK|NAK|DUH)"([0-9A-F]{4})[^\[]*\[([^\r]*)')
_PAD = [chr(code) for code in range(0x20, 0x7F) if chr(code) not in "[]|"]

Send = Callable[[bytes], None]
Connect = Callable[["Panel"], Coroutine[Any, Any, tuple[Send, Callable[[], None]]]]


@dataclass
class Message:
    """One message of the panel: what it sent, how often, and how that ended."""

    kind: str
    data: str
    sequence: int
    sent: int = 0
    answer: str = ""
    """ACK, NAK or DUH; empty while there is none."""

    @property
    def is_taken(self) -> bool:
        return self.answer == "ACK"


@dataclass
class Panel:
    """One panel. ``connect`` is over_tcp or over_udp; use it with ``async with``."""

    connect: Connect
    account: str = "1234"
    key: bytes = b""
    receiver: str = ""
    line: str = "L0"
    timestamps: bool = True
    binary_sum: bool = False
    answer_within_s: float = 5.0
    resends: int = 3
    clock_off: timedelta = timedelta()
    messages: list[Message] = field(default_factory=list)
    on_answer: Callable[[Message], None] = lambda message: None
    answers: list[bytes] = field(default_factory=list)
    """What the receiver said, frame by frame, as it came."""
    _sequence: int = 0
    _waiting: dict[int, tuple[Message, asyncio.Event]] = field(default_factory=dict)
    _buffer: bytearray = field(default_factory=bytearray)
    _send: Send | None = None
    _close: Callable[[], None] = lambda: None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.lose()

    async def say(self, data: str, extended: str = "") -> Message:
        """One event or several; Contact ID and SIA codes are told apart by their look."""
        kind = "ADM-CID" if _CONTACT_ID.fullmatch(data) else "SIA-DCS"
        return await self.tell(kind, f"#{self.account}|{data}", extended)

    async def test_link(self) -> Message:
        """Shows that it is there."""
        return await self.tell("NULL", "")

    async def tell(self, kind: str, data: str, extended: str = "") -> Message:
        """Any message; returns when it is answered for good or was sent in vain often enough."""
        self._sequence = 0 if kind == "NULL" else self._sequence % 9999 + 1
        message = Message(kind, data, self._sequence)
        self.messages.append(message)
        answered = asyncio.Event()
        self._waiting[message.sequence] = message, answered
        try:
            while message.sent <= self.resends and message.answer not in ("ACK", "DUH"):
                answered.clear()
                await self._connected()
                self.write(self.frame(message, extended))
                message.sent += 1
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self.answer_within_s):  # wait_for may swallow a cancellation
                        await answered.wait()
        finally:
            del self._waiting[message.sequence]
        self.on_answer(message)
        return message

    def frame(self, message: Message, extended: str = "") -> bytes:
        """The message as it goes on the wire now; each time with another time, and encrypted with other padding."""
        stamp = f"_{datetime.now(UTC) + self.clock_off:%H:%M:%S,%m-%d-%Y}" if self.timestamps or self.key else ""
        content = f"{message.data}]{extended}{stamp}"
        star = ""
        if self.key:
            star, bar = "*", "|" if message.data else ""
            count = 16 + -(len(bar) + len(content)) % 16
            text = "".join(random.choices(_PAD, k=count)) + bar + content
            cipher = Cipher(algorithms.AES(self.key), modes.CBC(bytes(16))).encryptor()
            content = (cipher.update(text.encode("latin-1")) + cipher.finalize()).hex().upper()
        head = f'"{star}{message.kind}"{message.sequence:04}{self.receiver}{self.line}#{self.account}['
        return framed((head + content).encode("latin-1"), binary_sum=self.binary_sum)

    def write(self, data: bytes) -> None:
        """Whatever the bytes; lost if there is no connection."""
        if self._send is not None:
            self._send(data)

    def lose(self) -> None:
        """The connection is gone, by our will or not; the next message makes a new one."""
        close, self._close, self._send = self._close, lambda: None, None
        self._buffer.clear()
        close()

    async def _connected(self) -> None:
        while self._send is None:
            try:
                self._send, self._close = await self.connect(self)
            except OSError:
                await asyncio.sleep(_RECONNECT_S)

    # -- what the receiver says ------------------------------------------------------------------------------

    def heard(self, data: bytes) -> None:
        """Called with what has come."""
        self._buffer += data
        while (end := self._buffer.find(b"\r", 4)) >= 0:
            frame = bytes(self._buffer[: end + 1])
            del self._buffer[: end + 1]
            body = frame[frame.find(b'"') : -1]
            if frame == framed(body, binary_sum=self.binary_sum):
                self.answers.append(frame)
                self._take(body)

    def _take(self, body: bytes) -> None:
        found = _ANSWER.match(body)
        if found is None:
            return
        star, token, sequence, content = found.groups()
        if star:
            cipher = Cipher(algorithms.AES(self.key), modes.CBC(bytes(16))).decryptor()
            content = cipher.update(bytes.fromhex(content.decode())) + cipher.finalize()
        if token == b"NAK":
            self._set_clock(content)
            for message, answered in self._waiting.values():
                message.answer = "NAK"
                answered.set()
        elif int(sequence) in self._waiting:
            message, answered = self._waiting[int(sequence)]
            message.answer = token.decode()
            answered.set()

    def _set_clock(self, content: bytes) -> None:
        told = datetime.strptime(content.rpartition(b"_")[2].decode(), "%H:%M:%S,%m-%d-%Y").replace(tzinfo=UTC)
        self.clock_off = told - datetime.now(UTC)


def framed(body: bytes, *, binary_sum: bool = False) -> bytes:
    """LF, sum, length, what is said, CR."""
    crc = 0
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    told = crc.to_bytes(2, "big") if binary_sum else b"%04X" % crc
    return b"\n" + told + b"0%03X" % len(body) + body + b"\r"


# -- ways to the receiver --------------------------------------------------------------------------------------


class _Wire(asyncio.Protocol, asyncio.DatagramProtocol):
    """Hands on what comes, and that it ended."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel

    def data_received(self, data: bytes) -> None:
        self._panel.heard(data)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._panel.heard(data)

    def error_received(self, exc: Exception) -> None:
        """Nobody listens there: what was sent is lost, as if the network had lost it."""

    def connection_lost(self, exc: Exception | None) -> None:
        self._panel.lose()


def over_tcp(host: str, port: int) -> Connect:
    """The panel calls in."""

    async def connect(panel: Panel) -> tuple[Send, Callable[[], None]]:
        transport, _ = await asyncio.get_running_loop().create_connection(lambda: _Wire(panel), host, port)
        return transport.write, transport.close

    return connect


def over_udp(host: str, port: int) -> Connect:
    """A datagram a message."""

    async def connect(panel: Panel) -> tuple[Send, Callable[[], None]]:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Wire(panel), remote_addr=(host, port))
        return transport.sendto, transport.close

    return connect


# -- by hand ---------------------------------------------------------------------------------------------------


async def _run(panel: Panel, say: list[str], every_s: float) -> bool:
    """What it was told to say, and without any such word link tests for ever. Whether all was taken."""
    async with panel:
        for data in say:
            await panel.say(data)
        while not say:
            await panel.test_link()
            await asyncio.sleep(every_s)
    return all(message.is_taken for message in panel.messages)


def _tell(message: Message) -> None:
    print(f"{message.sequence:04} {message.kind:<8} {message.answer or 'no answer'} after {message.sent} x")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m simulators.sia_dc09_panel",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    ways = parser.add_mutually_exclusive_group(required=True)
    ways.add_argument("--tcp", metavar="HOST:PORT")
    ways.add_argument("--udp", metavar="HOST:PORT")
    parser.add_argument("--account", default="1234", help="3 to 16 hexadecimal digits")
    parser.add_argument("--key", default="", help="AES key: 32, 48 or 64 hexadecimal digits")
    parser.add_argument("--say", action="append", default=[], metavar="EVENT", help="an event; may be given often")
    parser.add_argument("--every", type=float, default=20.0, metavar="S", help="seconds between two link tests")
    parser.add_argument("--resends", type=int, default=3, help="how often it says again what is not answered")
    args = parser.parse_args()
    host, _, port = (args.tcp or args.udp).rpartition(":")
    connect = (over_tcp if args.tcp else over_udp)(host, int(port))
    panel = Panel(connect, args.account, bytes.fromhex(args.key), resends=args.resends, on_answer=_tell)
    with contextlib.suppress(KeyboardInterrupt):
        return 0 if asyncio.run(_run(panel, args.say, args.every)) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
