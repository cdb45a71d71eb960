"""A witness of how far the ledger had come, outside the database: a file to which each new head is appended.

A database that was replaced by an older copy, or whose newest rows are gone, verifies all the same; beside the witness
it does not. The file is written after each commit, without waiting for the disk: after a power cut it may lag behind,
which proves nothing against the ledger. It stands in the data folder, or where KEYAREA_WITNESS says: on another disk
it tells also that the folder is gone. One line a head (``sequence hash site``); a torn one counts for nothing.

It is not signed: the key would lie beside it. A flush for each line would be a second one for each alarm.
"""

import os
import re
from pathlib import Path

from devices.errors import StoreUnavailable
from devices.message import Text
from ledger.chain import Head

FILE_NAME = "ledger.witness"
_LINE = re.compile(rb"(\d{1,18}) ([0-9a-f]{64}) (.+)\n")
_LONGEST = 1 << 18


def sites_in(path: Path) -> list[str]:
    """The sites whose heads a witness has noted. Raises OSError."""
    if not path.exists():
        return []
    found = filter(None, map(_LINE.fullmatch, path.read_bytes().splitlines(keepends=True)))
    return sorted({line[3].decode("utf-8", "surrogateescape") for line in found})


class Witness:
    """The heads of one site's ledger. Methods may raise StoreUnavailable."""

    def __init__(self, path: Path, site: str) -> None:
        self.path = path
        self._site = site.encode("utf-8", "surrogatepass").replace(b"\n", b" ")
        self._newest: Head | None = None

    def known(self) -> Head | None:
        """The furthest head that was ever noted; None without a witness."""
        if self._newest is None:
            self._newest = self._read()
        return self._newest

    def _read(self) -> Head | None:
        try:
            lines = self.path.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreUnavailable(Text.of("stores.witness_unread", reason=str(error))) from error
        found = [line for line in map(_LINE.fullmatch, lines) if line is not None and line[3] == self._site]
        return max(
            (Head(int(line[1]), line[2].decode()) for line in found), key=lambda head: head.sequence, default=None
        )

    def note(self, head: Head) -> None:
        """The ledger has come so far."""
        if self._newest is not None and head.sequence <= self._newest.sequence:
            return
        line = b"%d %s %s\n" % (head.sequence, head.hash.encode(), self._site)
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                if os.fstat(descriptor).st_size > _LONGEST:
                    self._begin_anew(line)
                else:
                    os.write(descriptor, line)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise StoreUnavailable(Text.of("stores.witness_unwritten", reason=str(error))) from error
        self._newest = head

    def _begin_anew(self, line: bytes) -> None:
        """All of it or none, so that there is a witness at any moment."""
        new = self.path.with_name(f"{self.path.name}.new")
        new.write_bytes(line)
        new.chmod(0o600)
        new.replace(self.path)

    def is_there(self) -> bool:
        """Whether what was noted can still be found where it was written."""
        return self._newest is None or self.path.is_file()

    def put_aside(self, suffix: str) -> Path | None:
        """Keep the file under another name: the next head begins a new one. Its new name; None if there is none."""
        kept = self.path.with_name(f"{self.path.name}.{suffix}")
        try:
            self.path.rename(kept)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreUnavailable(Text.of("stores.witness_not_aside", reason=str(error))) from error
        self._newest = None
        return kept
