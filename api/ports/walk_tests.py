"""Walk tests, and what they found."""

from typing import Protocol

from devices.walk_test import Tested, WalkTest


class WalkTests(Protocol):
    """Walk tests, and what they found."""

    def walk_tests(self) -> list[WalkTest]:
        """Those that run."""
        ...

    def walk_test(self, test_id: str) -> WalkTest | None:
        """One that runs or has ended: its report."""
        ...

    def past_walk_tests(self, limit: int = 50) -> list[WalkTest]:
        """Those that have ended, newest first."""
        ...

    def last_tested(self) -> dict[str, Tested]:
        """The newest answer of each device in any walk test, by device."""
        ...
