"""One entry of the patrol ledger, and the exact bytes that its hash covers.

The content of an entry is one JSON object, UTF-8, without white space, its names in code point order, written so
that there is one spelling only (docs/ledger.md is the specification): strings escape quotes, backslashes and control
characters alone, instants are text, a whole number has no decimal point, no number has an exponent. Within these
limits it agrees with RFC 8785 (JSON Canonicalization Scheme), so an outsider may use any library for that.
"""

from math import isfinite

import msgspec

from devices.errors import ChainBroken, Refused
from devices.message import Text
from devices.reading import Instant
from ledger.timestamp import instant_of, text_of

FieldValue = str | int | float | bool | None

MOST_EXACT = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""
LEAST_FRACTION = 1e-5
"""Smaller fractions would be written with an exponent."""


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


class _Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content as written. The order of these fields, which is alphabetical, is part of the format."""

    area: str
    at: str
    book: str
    by: str
    corrects: int | None
    fields: dict[str, FieldValue]
    previous: str
    recorded: str
    sequence: int
    site: str


_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(_Content).decode


def content(site: str, sequence: int, recorded: Instant, draft: Draft, previous: str) -> bytes:
    """The canonical bytes. Raises Refused for a number that has no canonical spelling."""
    fields = draft.fields
    if any(type(value) is float or type(value) is int for value in fields.values()):
        fields = {name: _number(name, value) for name, value in fields.items()}
    return _encode(
        _Content(
            area=draft.area,
            at=text_of(draft.at),
            book=draft.book,
            by=draft.by,
            corrects=draft.corrects,
            fields=fields,
            previous=previous,
            recorded=text_of(recorded),
            sequence=sequence,
            site=site,
        )
    )


def content_of(entry: Entry) -> bytes:
    """The canonical bytes of an entry: what its hash must be the SHA-256 of."""
    return content(entry.site, entry.sequence, entry.recorded, entry.draft, entry.previous)


def entry_of(written: bytes, claimed_hash: str, place: int) -> Entry:
    """The entry that was written as these bytes; ``place`` is where it stands, for the error.

    Raises ChainBroken if the bytes are not the one canonical spelling of an entry. Does not check the hash.
    """
    try:
        found = _decode(written)
        draft = Draft(
            book=found.book,
            at=instant_of(found.at),
            fields=found.fields,
            by=found.by,
            area=found.area,
            corrects=found.corrects,
        )
        recorded = instant_of(found.recorded)
        entry = Entry(found.sequence, found.site, recorded, draft, found.previous, claimed_hash)
        canonical = content_of(entry)
    except (msgspec.MsgspecError, Refused, ValueError) as error:
        raise ChainBroken(place, f"not an entry: {error}") from error
    if canonical != written:
        raise ChainBroken(place, "not in the canonical spelling; somebody has rewritten it")
    return entry


def well_formed(draft: Draft) -> Draft:
    """The draft with lone surrogates, which UTF-8 cannot hold, replaced by question marks."""
    return Draft(
        book=_utf8(draft.book),
        at=draft.at,
        fields={_utf8(name): _utf8(value) if isinstance(value, str) else value for name, value in draft.fields.items()},
        by=_utf8(draft.by),
        area=_utf8(draft.area),
        corrects=draft.corrects,
    )


def _utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _number(name: str, value: FieldValue) -> FieldValue:
    if type(value) is float:
        if not isfinite(value) or (value and abs(value) < LEAST_FRACTION) or abs(value) > MOST_EXACT:
            raise Refused(Text.of("entry.no_exact_number", name=name, value=repr(value), most=MOST_EXACT))
        return int(value) if value.is_integer() else value
    if type(value) is int and abs(value) > MOST_EXACT:
        raise Refused(Text.of("entry.no_exact_whole", name=name, value=str(value), most=MOST_EXACT))
    return value
