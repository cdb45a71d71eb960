"""Codes and cards with which accounts arm and disarm: whose there are, and never which."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from devices.keypad import UserCode
from devices.reading import Instant


class CodeView(msgspec.Struct, frozen=True):
    """One that counts: whose, where and until when (``code``), and when it was ``given``."""

    code: UserCode
    given: Instant


class Codes(Protocol):
    """Every method blocks and raises StoreUnavailable; what gives raises Refused. ``by``: who does it."""

    def codes(self) -> Sequence[CodeView]: ...

    def give(self, code: str, given: UserCode, by: str, *, is_card: bool) -> None:
        """That code, or card, is the account's from now on."""
        ...

    def make(self, given: UserCode, by: str) -> str:
        """A code that nobody has, for somebody who comes once: said here and nowhere else."""
        ...

    def take(self, account: str, by: str) -> int:
        """None of the account's counts any more; how many there were."""
        ...
