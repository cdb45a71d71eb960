"""A small note that no restart may lose though the records cannot be written: a disk that is full, or only reads.

Its room in the data folder is taken while there is some, and it is written in place, so a full disk does not matter.
While not even that can be written, it stands where a restart of the gateway leaves it alone and no disk is needed
(systemd's RuntimeDirectory, else the folder for temporary files). A restart of the machine may lose it there.
"""

import contextlib
import os
import stat
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

ROOM = 4096
_MOST = 1 << 20


class RestartNote:
    """``name`` in the ``folder``; ``elsewhere``: for while that cannot be written, None: nowhere."""

    def __init__(self, folder: Path, name: str, elsewhere: Path | None = None) -> None:
        self._file = folder / name
        place = blake2b(str(folder.resolve()).encode(), digest_size=8).hexdigest()
        self._elsewhere = elsewhere / f"keyarea-{place}.{name}" if elsewhere is not None else None

    def read(self) -> list[bytes]:
        """What stands in each of the two places, that in the folder first. Raises OSError."""
        found = []
        with contextlib.suppress(FileNotFoundError), self._file.open("rb") as stream:
            found.append(stream.read(_MOST))
        with contextlib.suppress(OSError), self._opened_elsewhere(os.O_RDONLY) as stream:
            found.append(stream.read(_MOST))
        return [content for content in found if content.strip()]

    def write(self, content: bytes) -> bool:
        """Instead of what stood there; whether a restart will find it. Of a full disk only ``ROOM`` bytes are sure."""
        try:
            with os.fdopen(os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as stream:
                stream.write(content.ljust(ROOM))
                stream.truncate()
                stream.flush()
                os.fsync(stream.fileno())
        except OSError:
            try:
                with self._opened_elsewhere(os.O_RDWR | os.O_CREAT) as stream:
                    stream.write(content.ljust(ROOM))
                    stream.truncate()
            except OSError:
                return False
            return True
        if self._elsewhere is not None:
            with contextlib.suppress(OSError):
                self._elsewhere.unlink(missing_ok=True)
        return True

    def _opened_elsewhere(self, how: int) -> BinaryIO:
        """Others may write in that folder: a file that is not ours is not believed. Raises OSError."""
        if self._elsewhere is None:
            raise FileNotFoundError
        opened = os.open(self._elsewhere, how | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
        stream = os.fdopen(opened, "rb" if how == os.O_RDONLY else "r+b")
        about = os.fstat(opened)
        if not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid():
            stream.close()
            raise PermissionError
        return stream
