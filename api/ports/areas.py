"""The key areas."""

from typing import Protocol

import msgspec

from devices.reading import Instant


class AreaView(msgspec.Struct, frozen=True):
    """A key area as people see it. ``exit_until``, ``entry_until``: when the delay is over that runs now."""

    id: str
    name: str
    name_zh: str
    risk: int
    responsible: str
    mode: str
    modes: tuple[str, ...]
    devices: int
    worst: str
    open_alerts: int
    set_aside: int = 0
    has_plan: bool = False
    exit_until: Instant | None = None
    entry_until: Instant | None = None


class Areas(Protocol):
    """The key areas."""

    def areas(self) -> list[AreaView]: ...

    def area_name(self, area: str, language: str) -> str: ...

    def plan(self, area: str) -> tuple[bytes, str] | None:
        """The picture of an area's floor plan and its media type; blocks. None if there is none."""
        ...
