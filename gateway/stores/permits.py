"""Bypasses and walk tests, and when each device was last tested.

Changes are written by ``write`` inside the transaction that also holds their ledger entries (gateway.stores.records).
"""

from sqlalchemy import Connection

from alerts.bypass import Bypassed
from alerts.effects import Effects
from devices.walk_test import Tested, WalkTest
from gateway.stores.documents import Documents, document

BYPASS, WALK_TEST = "bypass", "walk_test"
"""Kinds of documents; the id is its own."""
DEVICE_TEST = "device_test"
"""Kind of document; the id is the device's."""


class Permits:
    """Every method is one short read and may raise StoreUnavailable."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def bypasses(self) -> tuple[Bypassed, ...]:
        """Those that stand. One that cannot be read holds nothing back any more, and is named among the faults."""
        return tuple(self._documents.read(self._documents.open_of(BYPASS), Bypassed).whole.values())

    def running(self) -> tuple[WalkTest, ...]:
        """The walk tests that run."""
        return tuple(self._documents.read(self._documents.open_of(WALK_TEST), WalkTest).whole.values())

    def past(self, limit: int) -> list[WalkTest]:
        """Walk tests that have ended, newest first."""
        return list(self._documents.read(self._documents.ended(WALK_TEST, limit), WalkTest).whole.values())

    def walk_test(self, test_id: str) -> WalkTest | None:
        return self._documents.read_one(self._documents.one(WALK_TEST, test_id), WalkTest)

    def last_tested(self) -> dict[str, Tested]:
        """The newest answer of each device in any walk test."""
        return self._documents.read(self._documents.open_of(DEVICE_TEST), Tested).whole


def write(connection: Connection, documents: Documents, effects: Effects) -> None:
    """Make changes durable with the transaction of that connection."""
    documents.put(
        connection,
        [
            *(
                document(BYPASS, each.id, each, each.since, is_open=each.ended is None)
                for each in (change.bypass for change in effects.bypasses)
            ),
            *(
                document(WALK_TEST, test.id, test, test.started, is_open=test.ended is None)
                for test in effects.tests.values()
            ),
            *(
                document(
                    DEVICE_TEST, answer.device, Tested(answer, change.test, effects.tests[change.test].by), answer.at
                )
                for change in effects.walk_tests
                if (answer := change.answer) is not None
            ),
        ],
    )
