"""What people ask of workflows, their cases, and what these hold back."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from alerts.ask import Ask
from alerts.case import Case, HeldBack
from alerts.effects import Answered
from alerts.facts import Fact
from alerts.trial_result import TrialResult


class Workflows(Protocol):
    """What people ask of workflows, their cases, and what these hold back."""

    async def ask(self, ask: Ask) -> Answered:
        """Hand in what a person asks of a workflow; returns once it is stored. Raises like ``submit``."""
        ...

    async def trial(self, ask: Ask) -> TrialResult | None:
        """What came of a trial of the rule that it is about. None: it is about none. Raises Refused."""
        ...

    def choices(self, workflow: str) -> Mapping[str, Sequence[str]]:
        """By name, from what a field of its asks is chosen at this site."""
        ...

    def cases(self, workflow: str) -> list[Case]:
        """Its open cases, the oldest on top."""
        ...

    def case(self, workflow: str, case: str) -> Case | None:
        """One that is open or has ended."""
        ...

    def past_cases(self, workflow: str, limit: int = 50) -> list[Case]:
        """Those that have ended, newest first."""
        ...

    def newest_facts(self, topic: str) -> dict[str, Fact]:
        """The newest that was kept of that topic, by device."""
        ...

    def suppressions(self) -> list[HeldBack]:
        """What cases of workflows hold back now."""
        ...
