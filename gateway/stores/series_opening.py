"""Readings in the data folder at a start, and when their file is damaged: it is put aside, and an empty one begun.

Old readings are worth less than the next alarm: no damage in their file may keep a gateway from starting, nor a message
from being recorded. The damaged file stays beside the new one, and is a fault until somebody has taken it away.
"""

from collections.abc import Callable
from pathlib import Path

from devices.errors import StartAnew, StoreDamaged
from devices.message import Text
from devices.reading import Instant
from gateway.stores.aside import put_aside
from gateway.stores.series_sqlite import SeriesSqlite

FILE_NAME = "series.sqlite"


def series_in(folder: Path, now: Callable[[], Instant]) -> SeriesSqlite:
    """The readings of that folder, none where their file is damaged. Raises StoreUnavailable."""
    try:
        return SeriesSqlite(folder, now)
    except StoreDamaged:
        put_aside(folder / FILE_NAME, now())
        return SeriesSqlite(folder, now)


def upkeep_of(series: SeriesSqlite, folder: Path) -> Callable[[Instant], None]:
    """Its upkeep. Raises StartAnew when the file was found damaged while it was written."""

    def job(now: Instant) -> None:
        damage = series.damage
        if not damage:
            try:
                series.upkeep(now)
            except StoreDamaged as error:
                damage = error.text
        if damage:
            kept = put_aside(folder / FILE_NAME, now)
            raise StartAnew(Text.of("series_opening.begun_anew", damage=damage, file=kept.name))

    return job


def put_aside_before(folder: Path) -> Text | None:
    """What to tell of damaged files of readings that are still there; None without any."""
    names = sorted(path.name for path in folder.glob(f"{FILE_NAME}.damaged-*"))
    kept = [name for name in names if not name.endswith(("-wal", "-shm"))]
    return Text.of("series_opening.put_aside", files=tuple(kept)) if kept else None
