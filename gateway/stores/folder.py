"""One gateway a data folder: a lock that the system releases when the process ends, however it ends.

A second gateway would seal and delete what the first does not know: each keeps in memory what its files hold. A file
with a process number alone is stale after a crash, and SQLite's exclusive mode would keep out a backup; ``flock`` is
neither, but some network file systems do not share it: a data folder belongs on a local disk. Other machines are kept
out by owner.py.
"""

import fcntl
import os
import stat
from contextlib import suppress
from pathlib import Path

from devices.errors import StoreUnavailable
from devices.message import Text


def make_private(folder: Path) -> None:
    """Take from everybody else what they may do with this data folder (made if it is missing) and all in it.

    For folders of before, of another umask, or of a copy. What belongs to others, and links, are left alone.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in (folder, *folder.rglob("*")):
        with suppress(FileNotFoundError):
            now = path.lstat()
            others = stat.S_IMODE(now.st_mode) & 0o077
            if others and now.st_uid == os.getuid() and not stat.S_ISLNK(now.st_mode):
                path.chmod(stat.S_IMODE(now.st_mode) & ~others)


class FolderLock:
    """Holds ``folder`` (made if it is missing) for this process until ``release``.

    Raises StoreUnavailable, naming the other process, if somebody holds it. Not for folders on NFS, where a lock
    may not be seen by another machine.
    """

    def __init__(self, folder: Path, name: str = "lock") -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / name
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._descriptor, 20).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            who = f"process {holder}" if holder else "another process"
            raise StoreUnavailable(Text.of("stores.folder_in_use", who=who, folder=folder.name)) from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let the next one in; harmless when repeated."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
