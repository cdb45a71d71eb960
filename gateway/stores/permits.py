"""Bypasses and walk tests, and when each device was last tested.

Changes are written by ``write`` inside the transaction that also holds their ledger entries (gateway.stores.records).
"""

import msgspec
from sqlalchemy import Connection, select

from alerts.bypass import Bypassed
from alerts.effects import Effects
from devices.walk_test import Tested, WalkTest
from gateway.stores import tables
from gateway.stores.database import Database
from gateway.stores.records_rows import to_text

_test = msgspec.json.Decoder(WalkTest).decode
_tested = msgspec.json.Decoder(Tested).decode
_bypass = msgspec.json.Decoder(Bypassed).decode


class Permits:
    """Every method is one short read and may raise StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def bypasses(self) -> tuple[Bypassed, ...]:
        """Those that stand."""
        table = tables.bypasses
        rows = select(table.c.content).where(table.c.is_open).order_by(table.c.since, table.c.id)
        with self._database.reading() as connection:
            return tuple(_bypass(content) for content in connection.scalars(rows))

    def running(self) -> tuple[WalkTest, ...]:
        """The walk tests that run."""
        table = tables.walk_tests
        rows = select(table.c.content).where(table.c.is_open).order_by(table.c.started, table.c.id)
        with self._database.reading() as connection:
            return tuple(_test(content) for content in connection.scalars(rows))

    def past(self, limit: int) -> list[WalkTest]:
        """Walk tests that have ended, newest first."""
        table = tables.walk_tests
        rows = select(table.c.content).where(~table.c.is_open).order_by(table.c.started.desc(), table.c.id)
        with self._database.reading() as connection:
            return [_test(content) for content in connection.scalars(rows.limit(limit))]

    def walk_test(self, test_id: str) -> WalkTest | None:
        row = select(tables.walk_tests.c.content).where(tables.walk_tests.c.id == test_id)
        with self._database.reading() as connection:
            content = connection.scalar(row)
        return None if content is None else _test(content)

    def last_tested(self) -> dict[str, Tested]:
        """The newest answer of each device in any walk test."""
        table = tables.device_tests
        with self._database.reading() as connection:
            return {row.device: _tested(row.content) for row in connection.execute(select(table))}


def write(connection: Connection, database: Database, effects: Effects) -> None:
    """Make changes durable with the transaction of that connection."""
    standing = {change.bypass.id: change.bypass for change in effects.bypasses}
    if standing:
        rows = [
            {"id": each.id, "is_open": each.ended is None, "since": each.since, "content": to_text(each)}
            for each in standing.values()
        ]
        database.upsert(connection, tables.bypasses, rows)
    if effects.tests:
        rows = [
            {"id": test.id, "is_open": test.ended is None, "started": test.started, "content": to_text(test)}
            for test in effects.tests.values()
        ]
        database.upsert(connection, tables.walk_tests, rows)
    answers = {
        change.answer.device: Tested(change.answer, change.test, effects.tests[change.test].by)
        for change in effects.walk_tests
        if change.answer is not None
    }
    if answers:
        rows = [
            {"device": device, "at": tested.answer.at, "content": to_text(tested)} for device, tested in answers.items()
        ]
        database.upsert(connection, tables.device_tests, rows)
