"""A damaged file is put aside, never deleted: somebody may want to know what was in it, and what happened to it."""

from pathlib import Path

from devices.errors import StoreUnavailable
from devices.message import Text
from devices.reading import Instant
from ledger.timestamp import text_of


def put_aside(file: Path, now: Instant) -> Path:
    """The SQLite file with its companions gets another name beside it; returns the new one. Raises StoreUnavailable."""
    kept = file.with_name(f"{file.name}.damaged-{text_of(now)[:19].replace(':', '')}")
    try:
        for suffix in ("-wal", "-shm", ""):  # the file last: as long as it has its name, this can be done again
            part = file.with_name(file.name + suffix)
            if part.exists():
                part.rename(kept.with_name(kept.name + suffix))
    except OSError as error:
        raise StoreUnavailable(Text.of("stores.not_aside", file=file.name, reason=str(error))) from error
    return kept
