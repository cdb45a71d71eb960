"""A serial cable between two programs: two pseudo terminals, and a thread that carries bytes from one to the other."""

import contextlib
import os
import pty
import select
import threading
import tty
from pathlib import Path
from typing import Self

_WAIT_S = 0.05
_MOST_AT_ONCE = 4096


class SerialCable:
    """``left`` and ``right`` are links to the two ends. Pulled out, the left end is no port any more."""

    def __init__(self, left: Path, right: Path) -> None:
        self.left, self.right = left, right
        self._ours, self._theirs = [0, 0], [0, 0]
        self._moving = threading.Lock()
        self._is_closed = self._is_plugged = False
        for side in (0, 1):
            self._open(side)
        self._is_plugged = True
        self._carrier = threading.Thread(target=self._carry, name="serial cable", daemon=True)
        self._carrier.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def pull(self) -> None:
        """Out of the left machine: what has it open is told that the port is gone."""
        with self._moving:
            self._is_plugged = False
            self._shut(0)

    def plug(self) -> None:
        """In again, under the same name."""
        with self._moving:
            self._open(0)
            self._is_plugged = True

    def inject(self, data: bytes) -> None:
        """Bytes that nobody sent (noise on the line), to the left end."""
        with self._moving, contextlib.suppress(BlockingIOError):
            while data:
                data = data[os.write(self._ours[0], data) :]

    def close(self) -> None:
        self._is_closed = True
        self._carrier.join(5)
        with self._moving:
            for side in (0, 1):
                if side or self._is_plugged:
                    self._shut(side)

    def _open(self, side: int) -> None:
        ours, theirs = pty.openpty()
        tty.setraw(ours)
        os.set_blocking(ours, False)
        link = self.right if side else self.left
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(theirs))
        self._ours[side], self._theirs[side] = ours, theirs

    def _shut(self, side: int) -> None:
        (self.right if side else self.left).unlink(missing_ok=True)
        os.close(self._ours[side])
        os.close(self._theirs[side])

    def _ends(self) -> tuple[int, ...]:
        return tuple(self._ours) if self._is_plugged else (self._ours[1],)

    def _carry(self) -> None:
        """What comes out at one end goes in at the other; pulled out, it is lost."""
        while not self._is_closed:
            ends = self._ends()
            try:
                ready, _, _ = select.select(ends, [], [], _WAIT_S)
            except (OSError, ValueError):  # pulled out at this instant
                continue
            with self._moving:
                if ends != self._ends():
                    continue
                for end in ready:
                    with contextlib.suppress(BlockingIOError):
                        data = os.read(end, _MOST_AT_ONCE)
                        for other in ends:
                            if other != end:
                                os.write(other, data)
