"""A line between a browser and the gateway that can be cut, or fall silent without anybody being told."""

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self

from tests.rim.processes import PATIENCE_S


class WebRelay:
    """Connect to ``port`` in place of the gateway's."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._passes = threading.Event()
        self._passes.set()
        self._is_cut = False
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def cut(self) -> None:
        """Every connection breaks, and none comes about, until ``mend``."""
        self._is_cut = True
        self._break()

    def hush(self) -> None:
        """Connections stand, and nothing comes through any more, until ``mend``."""
        self._passes.clear()

    def mend(self) -> None:
        """From now on all passes again; what was on the way is lost with its connection."""
        self._is_cut = False
        self._break()
        self._passes.set()

    def _break(self) -> None:
        ends, self._ends = self._ends, []
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._begin(self._accept)
        return self

    def _begin(self, body: Callable[..., None], *ends: socket.socket) -> None:
        thread = threading.Thread(target=body, args=ends, daemon=True)
        self._threads.append(thread)
        thread.start()

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.mend()
        for thread in self._threads:
            thread.join(PATIENCE_S)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            try:
                if self._is_cut:
                    raise ConnectionRefusedError
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            self._ends += [near, far]
            for one, other in ((near, far), (far, near)):
                self._begin(self._carry, one, other)

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with source, contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self._passes.wait()
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)  # its own thread closes it
