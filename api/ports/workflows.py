"""What people ask of workflows, and the cases that are open."""

from typing import Protocol

from alerts.ask import Ask
from alerts.case import Case
from alerts.effects import Answered


class Workflows(Protocol):
    """What people ask of workflows, and the cases that are open."""

    async def ask(self, ask: Ask) -> Answered:
        """Hand in what a person asks of a workflow; returns once it is stored. Raises like ``submit``."""
        ...

    def cases(self, workflow: str) -> list[Case]:
        """Its open cases, the oldest on top."""
        ...
