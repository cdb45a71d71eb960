"""Where a gateway is asked: at the socket in its data folder, or at an address; one connection to it for each call."""

import os
import socket
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

SOCKET_NAME = "gateway.sock"


class Place(Protocol):
    """Where a gateway is asked."""

    def connection(self, timeout_s: float) -> HTTPConnection:
        """A connection that is yet to be made."""
        ...

    def __str__(self) -> str:
        """What people call it."""
        ...


class DataFolder(msgspec.Struct, frozen=True):
    """The socket in a data folder: whoever may open it is known by the user of the machine."""

    folder: Path

    def connection(self, timeout_s: float) -> HTTPConnection:
        return _UnixConnection(self.folder / SOCKET_NAME, timeout_s)

    def __str__(self) -> str:
        return str(self.folder)


class Address(msgspec.Struct, frozen=True):
    """``http://host:port`` or ``https://host``: who asks shows a token. ValueError for anything else."""

    url: str

    def __post_init__(self) -> None:
        found = urlsplit(self.url)
        if found.scheme not in ("http", "https") or not found.hostname or found.path not in ("", "/"):
            raise ValueError(f"expected an address like https://keyarea.works.example; found {self.url!r}")

    def connection(self, timeout_s: float) -> HTTPConnection:
        found = urlsplit(self.url)
        kind = HTTPSConnection if found.scheme == "https" else HTTPConnection
        return kind(found.hostname or "", found.port, timeout=timeout_s)

    def __str__(self) -> str:
        return self.url


class _UnixConnection(HTTPConnection):
    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._path, self._within_s = path, timeout_s

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self._within_s)
        # The shorter way to it: the name of a socket has 107 characters at most.
        self.sock.connect(min(str(self._path.absolute()), os.path.relpath(self._path), key=len))
