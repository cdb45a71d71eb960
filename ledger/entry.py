"""One entry of the patrol ledger, and the exact bytes that its hash covers.

The content of an entry is one JSON object, UTF-8, without white space, its names in code point order, written so
that there is one spelling only (docs/ledger.md is the specification): strings escape quotes, backslashes and control
characters alone, instants are text, a whole number has no decimal point, no number has an exponent. Within these
limits it agrees with RFC 8785 (JSON Canonicalization Scheme), so an outsider may use any library for that.

There are two formats. What is written now is format 2; entries of format 1 stand in the chain as they were written, and
are read and verified for ever.
"""

from typing import Literal, TypeAlias

import msgspec

from alerts.facts import FieldValue
from devices.errors import ChainBroken, Refused
from devices.message import Text
from devices.reading import Instant
from ledger.canonical import LEAST_FRACTION, MOST_EXACT, exact, utf8, well_formed
from ledger.commitment import Gone
from ledger.timestamp import instant_of, text_of

__all__ = ["LEAST_FRACTION", "MOST_EXACT", "Draft", "Entry", "FieldValue", "Format"]

Format: TypeAlias = Literal[1, 2]
NEWEST: Format = 2


class Draft(msgspec.Struct, frozen=True):
    """What is to be written: the ``book``, who (``by``, "" for the gateway), where, and typed ``fields``.

    ``second``: the account of whoever signed with them. ``corrects`` is the sequence number of an entry that this one
    corrects; entries themselves never change. ``apart`` names the fields whose values stand beside the chain.
    """

    book: str
    at: Instant
    fields: dict[str, FieldValue]
    by: str = ""
    area: str = ""
    corrects: int | None = None
    second: str = ""
    apart: tuple[str, ...] = ()


class Entry(msgspec.Struct, frozen=True):
    """A draft in its place in the site's chain. ``hash`` and ``previous`` are lower-case hex SHA-256.

    ``commitments`` (lower-case hex) by the name of the field; what is known of their values stands among the fields of
    the draft, and ``gone`` says why another is not. ``salts`` (hex) are there where somebody is to check the values.
    """

    sequence: int
    site: str
    recorded: Instant
    draft: Draft
    previous: str
    hash: str
    format: Format = 1
    commitments: dict[str, str] = {}
    salts: dict[str, str] = {}
    gone: dict[str, Gone] = {}


class _First(msgspec.Struct, frozen=True):
    """Format 1 as written. The order of these fields, which is alphabetical, is part of the format."""

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


class _Second(msgspec.Struct, frozen=True):
    """Format 2, likewise."""

    area: str
    at: str
    book: str
    by: str
    commitments: dict[str, str]
    corrects: int | None
    fields: dict[str, FieldValue]
    format: Format
    previous: str
    recorded: str
    second: str
    sequence: int
    site: str


class _Either(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What can be read; which names belong to which format shows when it is written again."""

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
    format: Format = 1
    second: str = ""
    commitments: dict[str, str] = {}


_encode = msgspec.json.Encoder(order="deterministic").encode
_decode = msgspec.json.Decoder(_Either).decode
_CHECKED = (int, float, tuple)


def content_of(entry: Entry) -> bytes:
    """The canonical bytes: what the entry's hash must be the SHA-256 of. Raises Refused for what has none."""
    return _encode(_first(entry) if entry.format == 1 else _second(entry))


def _first(entry: Entry) -> _First:
    draft = entry.draft
    fields = _spelled(draft.fields)
    if any(isinstance(value, tuple) for value in fields.values()):
        raise Refused(Text.of("entry.no_list"))
    return _First(
        area=draft.area,
        at=text_of(draft.at),
        book=draft.book,
        by=draft.by,
        corrects=draft.corrects,
        fields=fields,
        previous=entry.previous,
        recorded=text_of(entry.recorded),
        sequence=entry.sequence,
        site=entry.site,
    )


def _second(entry: Entry) -> _Second:
    draft, commitments = entry.draft, entry.commitments
    clear = draft.fields
    if commitments:
        clear = {name: value for name, value in clear.items() if name not in commitments}
    return _Second(
        area=draft.area,
        at=text_of(draft.at),
        book=draft.book,
        by=draft.by,
        commitments=commitments,
        corrects=draft.corrects,
        fields=_spelled(clear),
        format=entry.format,
        previous=entry.previous,
        recorded=text_of(entry.recorded),
        second=draft.second,
        sequence=entry.sequence,
        site=entry.site,
    )


def _spelled(fields: dict[str, FieldValue]) -> dict[str, FieldValue]:
    if any(type(value) in _CHECKED for value in fields.values()):
        return {name: exact(name, value) for name, value in fields.items()}
    return fields


def entry_of(written: bytes, claimed_hash: str, place: int) -> Entry:
    """The entry that was written as these bytes; ``place`` is where it stands, for the error.

    Raises ChainBroken if the bytes are not the one canonical spelling of an entry. Does not check the hash.
    """
    entry = unchecked_entry_of(written, claimed_hash, place)
    try:
        canonical = content_of(entry)
    except (Refused, ValueError) as error:
        raise ChainBroken(place, f"not an entry: {error}") from error
    if canonical != written:
        raise ChainBroken(place, "not in the canonical spelling; somebody has rewritten it")
    return entry


def unchecked_entry_of(written: bytes, claimed_hash: str, place: int) -> Entry:
    """The same for whoever counts very many, in a third of the time. Raises ChainBroken for what is no entry."""
    try:
        found = _decode(written)
        draft = Draft(
            book=found.book,
            at=instant_of(found.at),
            fields=found.fields,
            by=found.by,
            area=found.area,
            corrects=found.corrects,
            second=found.second,
            apart=tuple(found.commitments),
        )
        recorded = instant_of(found.recorded)
    except (msgspec.MsgspecError, Refused, ValueError) as error:
        raise ChainBroken(place, f"not an entry: {error}") from error
    return Entry(
        found.sequence, found.site, recorded, draft, found.previous, claimed_hash, found.format, found.commitments
    )


def well_formed_draft(draft: Draft) -> Draft:
    """The draft with lone surrogates, which UTF-8 cannot hold, replaced by question marks."""
    return Draft(
        book=utf8(draft.book),
        at=draft.at,
        fields={utf8(name): well_formed(value) for name, value in draft.fields.items()},
        by=utf8(draft.by),
        area=utf8(draft.area),
        corrects=draft.corrects,
        second=utf8(draft.second),
        apart=tuple(utf8(name) for name in draft.apart),
    )
