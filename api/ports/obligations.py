"""How the obligations of the plan and of the site's own rules stand."""

from collections.abc import Sequence
from typing import Protocol

from alerts.obligation_progress import Progress
from devices.message import Text
from devices.reading import Instant
from ledger.projections.obligations import Counting
from ledger.standing_duty import Standing, StandingDuty


class Obligations(Protocol):
    """How the obligations of the plan and of the site's own rules stand."""

    def read_on(self, now: Instant) -> None:
        """Read a little of what is new in the ledger, so that the next one who asks need not wait for it."""
        ...

    def counting(self) -> Counting | None:
        """How far the ledger is counted, while that goes on; None: it is whole. Blocking. Raises StoreUnavailable."""
        ...

    def progress(self) -> list[Progress]:
        """Each that is counted, in the order of its clause; blocking. Raises StoreUnavailable."""
        ...

    def standing(self) -> list[tuple[StandingDuty, Standing]]:
        """Each of the plan that stands, in its order; blocking. Raises StoreUnavailable."""
        ...

    def definition(self, name: str) -> Sequence[Text]:
        """What counts for that duty, how often and how it is told, a sentence each; empty for one that there is not."""
        ...
