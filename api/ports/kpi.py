"""The figures of alarm management."""

from typing import Protocol

from alerts.kpi.report import Report
from alerts.kpi.spans import SpanOf
from devices.reading import Instant


class Kpi(Protocol):
    """The figures of alarm management, of committed steps alone."""

    def read_on(self, now: Instant) -> None:
        """Count some of what is new, so that the next one who asks need not wait for it. Raises StoreUnavailable."""
        ...

    def spans(self) -> tuple[SpanOf, ...]:
        """Those that one may ask for: shifts only where the site has some."""
        ...

    def report(self, every: SpanOf, back: int = 0) -> Report:
        """Of the span that goes on, or so many before; blocking. Raises Refused, StoreUnavailable."""
        ...
