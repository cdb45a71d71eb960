"""A city's fire centre for tests, GB/T 26875.3: it answers, denies or is silent, and asks. No code is shared."""

import contextlib
import socket
import threading
import time
from typing import Literal, NamedTuple, Self

CENTRE, CONFIRM, DENY = 1, 3, 6
FIRE_BIT, DUTY_ANSWER = 0x02, 0x20


class Upload(NamedTuple):
    """A frame that a device sent."""

    serial: int
    source: int
    command: int
    unit: bytes

    @property
    def kind(self) -> int | None:
        return self.unit[0] if self.unit else None

    @property
    def state(self) -> int:
        """Of the first component that it tells of."""
        return int.from_bytes(self.unit[9:11], "little")

    @property
    def text(self) -> str:
        return self.unit[11:42].rstrip(b"\0").decode("gb18030")


class FireCentre:
    """Listens on a port; ``mood`` may change at any time. Use it with ``with``."""

    def __init__(self, port: int, mood: Literal["answers", "denies", "silent"] = "answers") -> None:
        self.port, self.mood = port, mood
        self.uploads: list[Upload] = []
        self.answers: list[tuple[int, bytes]] = []
        """(command, data unit) of what came back to what it asked."""
        self.denied = 0
        self._connections: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self._serial = 100

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._listener is not None
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def components(self) -> list[Upload]:
        """What it was told of components, and took."""
        return [upload for upload in self.uploads if upload.kind == 2]

    def operations(self) -> list[Upload]:
        return [upload for upload in self.uploads if upload.kind == 24]

    def ask(self, command: int, unit: str) -> None:
        """Of the device that called last."""
        self._serial += 1
        self._connections[-1].sendall(_frame(self._serial, 1001, command, bytes.fromhex(unit)))

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                self._connections.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        waiting = b""
        with connection, contextlib.suppress(OSError):
            while data := connection.recv(65536):
                waiting += data
                while len(waiting) >= 30 and len(waiting) >= 30 + int.from_bytes(waiting[24:26], "little"):
                    length = 30 + int.from_bytes(waiting[24:26], "little")
                    self._heard(connection, waiting[:length])
                    waiting = waiting[length:]

    def _heard(self, connection: socket.socket, frame: bytes) -> None:
        assert (frame[:2], frame[-2:]) == (b"@@", b"##"), frame
        assert sum(frame[2:-3]) & 0xFF == frame[-3], frame
        assert 1001 == int.from_bytes(frame[12:18], "little")
        upload = Upload(int.from_bytes(frame[2:4], "little"), 1001, frame[26], frame[27:-3])
        if upload.command != 2:
            self.answers.append((upload.command, upload.unit))
        elif self.mood == "answers":
            self.uploads.append(upload)
            connection.sendall(_frame(upload.serial, 1001, CONFIRM))
        elif self.mood == "denies":
            self.denied += upload.kind == 2
            connection.sendall(_frame(upload.serial, 1001, DENY))


def _frame(serial: int, device: int, command: int, unit: bytes = b"") -> bytes:
    now = time.localtime()
    body = serial.to_bytes(2, "little") + b"\x01\x00"
    body += bytes((now.tm_sec % 60, now.tm_min, now.tm_hour, now.tm_mday, now.tm_mon, now.tm_year - 2000))
    body += CENTRE.to_bytes(6, "little") + device.to_bytes(6, "little")
    body += len(unit).to_bytes(2, "little") + bytes((command,)) + unit
    return b"@@" + body + bytes((sum(body) & 0xFF,)) + b"##"
