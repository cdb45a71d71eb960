"""The site, and its time."""

from typing import Protocol

from devices.reading import Instant


class SitePort(Protocol):
    """The site, and its time."""

    def site_name(self, language: str) -> str: ...

    def time_zone(self) -> str: ...

    def now(self) -> Instant: ...
