"""How the obligations of the plan and of the site's own rules stand."""

from typing import Protocol

from alerts.obligation_progress import Progress


class Obligations(Protocol):
    """How the obligations of the plan and of the site's own rules stand."""

    def progress(self) -> list[Progress]:
        """Each, in the order of its clause; blocking. Raises StoreUnavailable."""
        ...
