"""When gateways listened: one row a run, so that after a start it is known which silence was ours.

A start gives each device its interval anew, but two intervals of *listened* silence since its last word are a loss, or
a gateway that restarts often would never report one. A deadline stored for each device would be a row for each look; an
outage that counted would report every device after a night without power. A run is written every ten seconds, so one
that was killed counts up to ten seconds less than it listened. More than two intervals of silence were never waited
for, so such a device was not installed then, and gets its whole interval.
"""

from sqlalchemy import delete, false, func, insert, select, update

from devices.reading import SECOND, Instant
from devices.supervision import Span
from gateway.stores import tables
from gateway.stores.database import Database

_TOLD, _KEPT = 1_000, 20_000
_NOTED_EVERY: Instant = 10 * SECOND


class Runs:
    """Every method may raise StoreUnavailable. A run that is killed has listened up to 10 s longer than is known."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._started: Instant | None = None
        self._noted: Instant = 0
        self._missed: tuple[Instant, Instant] | None = None

    def begin(self, now: Instant) -> tuple[Span, ...]:
        """A run begins; returns when the newest before it listened, oldest first."""
        table = tables.runs
        newest = select(table).where(table.c.started < now).order_by(table.c.started.desc())
        with self._database.writing(is_record=False) as connection:
            before = connection.execute(newest.limit(_TOLD)).all()[::-1]
            oldest = connection.scalar(newest.with_only_columns(table.c.started).offset(_KEPT).limit(1))
            is_old = table.c.started <= oldest if oldest is not None else false()
            connection.execute(delete(table).where(is_old | (table.c.started >= now)))
            connection.execute(insert(table), {"started": now, "listened": now})
        self._started = self._noted = now
        return tuple((row.started, min(row.listened, now)) for row in before)

    def ahead(self, now: Instant) -> Span | None:
        """When gateways ran by a clock that was ahead of ``now``; to be asked before ``begin``."""
        table = tables.runs
        with self._database.reading() as connection:
            newest = connection.scalar(select(func.max(table.c.listened)))
            first = connection.scalar(select(func.min(table.c.started)).where(table.c.started > now))
        return (first if first is not None else now, newest) if newest is not None and newest > now else None

    def missed(self, since: Instant, until: Instant) -> None:
        """The run stood still from ``since`` to ``until``: the next note makes two of it. From any thread."""
        self._missed = (self._missed[0] if self._missed is not None else since, until)

    def note(self, now: Instant, *, is_last: bool = False) -> None:
        """The run that has begun still listens. Written every ten seconds, and when it ends."""
        missed = self._missed
        if self._started is None or not (missed or is_last or now - self._noted >= _NOTED_EVERY):
            return
        table = tables.runs
        with self._database.writing(is_record=False) as connection:
            its = update(table).where(table.c.started == self._started)
            if missed is None:
                connection.execute(its.values(listened=now))
            else:
                since, until = missed
                connection.execute(its.values(listened=max(since, self._started)))
                connection.execute(insert(table), {"started": until, "listened": max(now, until)})
                self._started = until
        self._noted = now
        if self._missed is missed:
            self._missed = None

    def listened_for(self, span: Instant) -> Instant | None:
        """Since when gateways have listened for that long altogether; None if they have not.

        By this and not by the date readings grow old: a clock that jumps ages nothing, and neither does an outage.
        """
        table = tables.runs
        with self._database.reading() as connection:
            rows = connection.execute(select(table).order_by(table.c.started.desc())).all()
        for row in rows:
            lasted = row.listened - row.started
            if lasted >= span:
                return int(row.listened - span)
            span -= max(0, lasted)
        return None
