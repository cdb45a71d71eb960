"""What is out of service, and what is wished to be."""

from typing import Protocol

from alerts.bypass import Bypassed


class Bypasses(Protocol):
    """What is out of service, and what is wished to be."""

    def bypasses(self) -> list[Bypassed]:
        """Those that stand, the first to end on top."""
        ...

    def bypass_wishes(self) -> list[Bypassed]:
        """Those that wait for a second person, the oldest on top; nothing is out of service by them."""
        ...
