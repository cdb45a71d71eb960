"""Where a guard was seen last, as whoever keeps it answers for others."""

import msgspec

from devices.reading import Instant


class LastPlace(msgspec.Struct, frozen=True, kw_only=True):
    """``person``: a user name, or as a reader says it. ``at``: when the checkpoint was scanned."""

    person: str
    area: str
    checkpoint: str
    at: Instant
