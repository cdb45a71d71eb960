"""The site, and its time."""

from typing import Protocol

from alerts.workflow import Config
from devices.reading import Instant


class SitePort(Protocol):
    """The site, and its time."""

    def site_name(self, language: str) -> str: ...

    def time_zone(self) -> str: ...

    def now(self) -> Instant: ...

    def workflow_table(self, workflow: str) -> Config | None:
        """What the site file says of that workflow; None: nothing, so its defaults count."""
        ...
