"""A ledger as a file for outsiders: JSON lines, whose first says what the others are and how to check them.

An entry is ``{"hash":"<64 hex digits>","entry":<content>}`` with exactly this spacing, so the bytes that the hash
covers are a slice of the line and need not be written anew by the one who checks. The values that stand beside the
chain follow their entry likewise, ``{"commitment":"<64>","salt":"<64>","value":<value>}``: a line that is left out
takes nothing from the chain, so whoever hands the file on may keep personal values to himself.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec
from msgspec.structs import replace

from devices.errors import ChainBroken
from devices.reading import Instant
from ledger.canonical import read
from ledger.chain import GENESIS, Head
from ledger.entry import Entry, entry_of
from ledger.timestamp import text_of

FORMAT = "keyarea-ledger"
VERSION = 2
_HOW = (
    'An entry is a line {"hash":"H","entry":E}. H is the SHA-256, in lower-case hex, of the bytes of E as they stand '
    "(byte 83 of the line up to its last brace). E.previous is H of the entry before (64 zeros on the first), "
    "E.sequence counts from 1, E.site is this site. The last H is head.hash. A value that stands beside its entry is a "
    'line after it, {"commitment":"C","salt":"S","value":V}. C is one of E.commitments, and the HMAC-SHA-256 of the '
    "bytes of V as they stand (byte 163 of the line up to its last brace), its key the 32 bytes of which S is the hex."
)
_BEFORE_HASH, _BEFORE_ENTRY, _AFTER = b'{"hash":"', b'","entry":', b"}"
_HASH_END = len(_BEFORE_HASH) + 64
_START = _HASH_END + len(_BEFORE_ENTRY)
_BEFORE_COMMITMENT, _BEFORE_SALT, _BEFORE_VALUE = b'{"commitment":"', b'","salt":"', b'","value":'
_COMMITMENT_END = len(_BEFORE_COMMITMENT) + 64
_SALT = _COMMITMENT_END + len(_BEFORE_SALT)
_SALT_END = _SALT + 64
_VALUE = _SALT_END + len(_BEFORE_VALUE)


class Header(msgspec.Struct, frozen=True):
    """The first line: what this file is, and the head that the entries must reach. ``values``: which are in it."""

    format: str
    version: int
    site: str
    exported: str
    head: Head
    values: Literal["all", "without_personal"] = "all"
    how: str = _HOW


def header_line(site: str, head: Head, now: Instant, values: Literal["all", "without_personal"] = "all") -> bytes:
    """The first line of an export of all entries up to ``head``."""
    return msgspec.json.encode(Header(FORMAT, VERSION, site, text_of(now), head, values)) + b"\n"


def entry_line(digest: str, content: bytes) -> bytes:
    """An entry."""
    return b"".join((_BEFORE_HASH, digest.encode(), _BEFORE_ENTRY, content, _AFTER, b"\n"))


def value_line(commitment: str, salt: str, value: bytes) -> bytes:
    """A value that stands beside it."""
    parts = (_BEFORE_COMMITMENT, commitment.encode(), _BEFORE_SALT, salt.encode(), _BEFORE_VALUE, value, _AFTER, b"\n")
    return b"".join(parts)


def read_header(line: bytes) -> Header:
    """The first line read back. Raises ChainBroken (entry 0) if this is no export of ours."""
    try:
        header = msgspec.json.decode(line, type=Header)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ChainBroken(0, f"the first line does not describe a ledger: {error}") from error
    if header.format != FORMAT or header.version not in (1, VERSION):
        raise ChainBroken(0, f"{header.format} version {header.version} is unknown here; expected {FORMAT} {VERSION}")
    return header


def read_entries(lines: Iterable[bytes]) -> Iterator[Entry]:
    """The entries of the further lines, their values with them, for ledger.chain.verify and ledger.values_beside.

    Raises ChainBroken for a line that is neither.
    """
    entry: Entry | None = None
    for line in lines:
        if entry is not None and line.startswith(_BEFORE_COMMITMENT):
            entry = _with_value(entry, line.removesuffix(b"\n"))
            continue
        if entry is not None:
            yield entry
        entry = _entry(line.removesuffix(b"\n"), entry.sequence + 1 if entry is not None else 1)
    if entry is not None:
        yield entry


def _entry(line: bytes, place: int) -> Entry:
    digest = line[len(_BEFORE_HASH) : _HASH_END]
    framed = line.startswith(_BEFORE_HASH) and line[_HASH_END:_START] == _BEFORE_ENTRY and line.endswith(_AFTER)
    if not framed or not digest.isalnum():
        raise ChainBroken(place, 'the line is not {"hash":"...","entry":{...}}')
    return entry_of(line[_START : -len(_AFTER)], digest.decode("ascii", "replace"), place)


def _with_value(entry: Entry, line: bytes) -> Entry:
    committed = line[len(_BEFORE_COMMITMENT) : _COMMITMENT_END].decode("ascii", "replace")
    framed = line[_COMMITMENT_END:_SALT] == _BEFORE_SALT and line[_SALT_END:_VALUE] == _BEFORE_VALUE
    name = next((name for name, its in entry.commitments.items() if its == committed and name not in entry.salts), None)
    if not framed or not line.endswith(_AFTER) or name is None:
        raise ChainBroken(entry.sequence, "a value stands beside it that it is not committed to")
    try:
        value = read(line[_VALUE : -len(_AFTER)])
    except ValueError as error:
        raise ChainBroken(entry.sequence, f"the value of {name!r} beside it is none: {error}") from error
    salt = line[_SALT:_SALT_END].decode("ascii", "replace")
    draft = replace(entry.draft, fields={**entry.draft.fields, name: value})
    return replace(entry, draft=draft, salts={**entry.salts, name: salt})


def ends_at(entries: Iterable[Entry], head: Head) -> Iterator[Entry]:
    """The entries, which must end with ``head``, as the first line says. Raises ChainBroken where they do not."""
    place, digest = 0, GENESIS.hash
    for place, entry in enumerate(entries, start=1):
        if place > head.sequence:
            raise ChainBroken(place, f"stands after the end, which the first line puts at {head.sequence}")
        digest = entry.hash
        yield entry
    if place < head.sequence:
        raise ChainBroken(place + 1, f"missing: the first line puts the end at {head.sequence}")
    if digest != head.hash:
        raise ChainBroken(place, f"its hash is {digest}, but the first line says {head.hash}")
