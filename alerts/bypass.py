"""A bypass: devices taken out of service for work, by a person, with a reason and an end that comes by itself."""

import msgspec

from devices.reading import Instant


class Bypassed(msgspec.Struct, frozen=True):
    """One bypass as it stands now. ``devices`` are those still in it; ``reminded``: when it last said so again."""

    id: str
    area: str
    devices: tuple[str, ...]
    by: str
    reason: str
    since: Instant
    until: Instant
    reminded: Instant | None = None
    ended: Instant | None = None
    ended_by: str = ""
    note: str = ""
