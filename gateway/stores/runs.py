"""When gateways listened: one row a run, so that after a start it is known which silence was ours."""

from sqlalchemy import delete, insert, select, update

from devices.reading import SECOND, Instant
from devices.supervision import Span
from gateway.stores import tables
from gateway.stores.database import Database

_MOST = 1_000
_NOTED_EVERY: Instant = 10 * SECOND


class Runs:
    """Every method may raise StoreUnavailable. A run that is killed has listened up to 10 s longer than is known."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._started: Instant | None = None
        self._noted: Instant = 0

    def begin(self, now: Instant) -> tuple[Span, ...]:
        """A run begins; returns when those before it listened, oldest first."""
        table = tables.runs
        newest = select(table).where(table.c.started < now).order_by(table.c.started.desc()).limit(_MOST)
        with self._database.writing() as connection:
            before = connection.execute(newest).all()[::-1]
            oldest = before[0].started if before else now
            connection.execute(delete(table).where((table.c.started < oldest) | (table.c.started >= now)))
            connection.execute(insert(table), {"started": now, "listened": now})
        self._started = self._noted = now
        return tuple((row.started, min(row.listened, now)) for row in before)

    def note(self, now: Instant, *, is_last: bool = False) -> None:
        """The run that has begun still listens. Written every ten seconds, and when it ends."""
        if self._started is None or (now - self._noted < _NOTED_EVERY and not is_last):
            return
        table = tables.runs
        with self._database.writing() as connection:
            connection.execute(update(table).where(table.c.started == self._started).values(listened=now))
        self._noted = now
