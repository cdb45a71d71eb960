"""What a person decides about alerts, areas and records."""

from typing import Protocol

from alerts.command import Command
from alerts.event import Recorded


class Commands(Protocol):
    """What a person decides about alerts, areas and records."""

    async def submit(self, command: Command | Recorded) -> None:
        """Hand in what a person decided; returns once it is committed. Raises Refused, StoreUnavailable."""
