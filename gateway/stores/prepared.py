"""A statement in the driver's words, made once: what each commit repeats skips the compiler, and is half as dear.

Of an alarm alone a commit is ten statements of a row or two, and what SQLAlchemy does around each costs more than the
database. Values go to the driver as they are: text, whole numbers, true or false, and bytes, which every driver takes.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ClauseElement, Connection, CursorResult


class Prepared:
    """For statements whose rows all name the same columns; errors come out as those of any other statement."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._made: dict[str, tuple[str, Sequence[str] | None]] = {}
        """By the name of the dialect: the text, and the order of the values where they have no names there."""

    def execute(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> CursorResult[Any]:
        """Of at least one row."""
        dialect = connection.dialect
        if dialect.name not in self._made:
            compiled: Any = self._statement.compile(dialect=dialect, column_keys=list(rows[0]))
            self._made[dialect.name] = str(compiled), compiled.positiontup
        text, order = self._made[dialect.name]
        values: Any = rows if order is None else [tuple([row[name] for name in order]) for row in rows]
        return connection.exec_driver_sql(text, values[0] if len(values) == 1 else values)
