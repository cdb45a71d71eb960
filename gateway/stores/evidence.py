"""Whether what was recorded is still there: the database's files, and the ledger as far as its witness has seen it.

Looked at before each commit and each acknowledgement (the files) and in each upkeep (all of it). While something is
wrong nothing is recorded and nothing acknowledged: a commit into a file that somebody has deleted would be lost, and an
entry after a gap would cover it up. Alarms are shown and sounded all the same (gateway.pipeline).

The sign of it is a tamper alert of priority 1. Sessions are written even then, because somebody must be able to sign
in; after a backup was restored a person says `keyarea ledger resume`, which keeps the old witness. It costs one
``stat`` for each commit, and a VACUUM by hand while the gateway runs looks like damage until its next start; its own
(``shrinking``) does not.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from sqlalchemy import select

from devices.errors import StoreDamaged, StoreUnavailable
from devices.message import Text
from gateway.stores import tables
from gateway.stores.database import Database
from gateway.stores.witness import Witness
from ledger.chain import Head

_KEPT_OF_WAL = 64 << 20
"""To so many bytes SQLite itself cuts its write-ahead log (journal_size_limit in gateway.stores.database)."""


class Evidence:
    """Of one site's records. ``fault`` says what is wrong, None while nothing is."""

    def __init__(self, database: Database, site: str, witness: Witness, fault: Text | None = None) -> None:
        """``fault``: what was wrong at the start and stays so."""
        self._database, self._site, self._witness = database, site, witness
        self._lasting = self.fault = fault
        self._files = _watched(database.file) if database.file is not None else []

    def check(self) -> None:
        """Quick: the files. Raises StoreUnavailable with what is wrong."""
        if not self.fault:
            self.fault = self._wrong_with_files()
        if self.fault:
            raise StoreUnavailable(self.fault)

    def look(self) -> Text | None:
        """All of it; returns what is wrong."""
        self.fault = self._lasting or self._wrong_with_files() or self._wrong_with_ledger()
        return self.fault

    def compare(self, head: Head) -> None:
        """A head that was read. Raises StoreUnavailable if the ledger had come further, or another way."""
        known = self._witness.known()
        if known is not None and head.sequence < known.sequence:
            self.fault = _shorter(head, known)
        if known is not None and head.sequence == known.sequence and head.hash != known.hash:
            self.fault = _another(known)
        if self.fault:
            raise StoreUnavailable(self.fault)

    def note(self, head: Head) -> None:
        """A commit is durable."""
        try:
            self._witness.note(head)
        except StoreUnavailable as error:  # what is committed is committed; the next look tells it
            self.fault = error.text

    @contextmanager
    def shrinking(self) -> Iterator[None]:
        """Meanwhile the files may become shorter, because we ourselves write them anew (gateway/stores/scrub.py)."""
        for file in self._files:
            file.let_shrink()
        try:
            yield
        finally:
            for file in self._files:
                file.grow_again()

    def _wrong_with_files(self) -> Text | None:
        wrong = next((wrong for file in self._files if (wrong := file.look()) is not None), None)
        return None if wrong is None else until(wrong)

    def _wrong_with_ledger(self) -> Text | None:
        table = tables.ledger
        try:
            known = self._witness.known()
            if known is None:
                return None
            if not self._witness.is_there():
                return until(Text.of("evidence.no_witness", file=self._witness.path.name))
            with self._database.reading() as connection:
                noted = select(table.c.hash).where(table.c.site == self._site, table.c.sequence == known.sequence)
                found = connection.scalar(noted)
                newest = select(table.c.sequence, table.c.hash).where(table.c.site == self._site)
                head = connection.execute(newest.order_by(table.c.sequence.desc()).limit(1)).one_or_none()
        except StoreDamaged as error:
            return until(error.text)
        except StoreUnavailable:
            return None  # away is not damaged: the pipeline tells of it
        if found == known.hash:
            return None
        return _another(known) if found is not None else _shorter(Head(*head) if head else Head(0, ""), known)


def until(wrong: Text) -> Text:
    """What is wrong, and that nothing is recorded for as long."""
    return Text.of("evidence.until", wrong=wrong)


def _shorter(head: Head, known: Head) -> Text:
    return until(Text.of("evidence.shorter", ends=head.sequence, had=known.sequence))


def _another(known: Head) -> Text:
    return until(Text.of("evidence.another", entry=known.sequence))


class _Watched:
    """One file that must stay the same file, and never become shorter."""

    def __init__(self, path: Path, kept: int = sys.maxsize) -> None:
        """``kept``: down to so many bytes it may be cut."""
        self._path, self._kept = path, kept
        self._known: tuple[int, int] | None = None
        self._size = 0
        self._may_shrink = False
        self._lock = Lock()

    def let_shrink(self) -> None:
        with self._lock:
            self._may_shrink = True

    def grow_again(self) -> None:
        with self._lock:
            self._may_shrink, self._size = False, 0

    def look(self) -> Text | None:
        with self._lock:
            return self._look()

    def _look(self) -> Text | None:
        try:
            status = self._path.stat()
        except OSError as error:
            gone = Text.of("evidence.file_gone", file=self._path.name, reason=error.strerror or str(error))
            return gone if self._known is not None else None
        if self._known is None:
            self._known = (status.st_dev, status.st_ino)
        if (status.st_dev, status.st_ino) != self._known:
            return Text.of("evidence.file_another", file=self._path.name)
        if status.st_size < min(self._size, self._kept) and not self._may_shrink:
            return Text.of("evidence.file_shorter", file=self._path.name)
        self._size = status.st_size
        return None


def _watched(file: Path) -> list[_Watched]:
    return [_Watched(file), _Watched(file.with_name(f"{file.name}-wal"), _KEPT_OF_WAL)]
