"""One entry of the patrol ledger, and the exact bytes that its hash covers."""

import msgspec

from devices.reading import Instant


class Draft(msgspec.Struct, frozen=True):
    """What is to be written: the ``book``, who (``by``, "" for the gateway), where, and typed ``fields``.

    ``corrects`` is the sequence number of an entry that this one corrects; entries themselves never change.
    """

    book: str
    at: Instant
    fields: dict[str, str | int | float | bool | None]
    by: str = ""
    area: str = ""
    corrects: int | None = None


class Entry(msgspec.Struct, frozen=True):
    """A draft in its place in the site's chain. ``hash`` and ``previous`` are lower-case hex SHA-256."""

    sequence: int
    site: str
    recorded: Instant
    draft: Draft
    previous: str
    hash: str
