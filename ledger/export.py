"""A ledger as a file for outsiders: JSON lines, whose first says what the others are and how to check them.

Every further line is ``{"hash":"<64 hex digits>","entry":<content>}`` with exactly this spacing, so the bytes that
the hash covers are a slice of the line and need not be written anew by the one who checks.
"""

from collections.abc import Iterable, Iterator

import msgspec

from devices.errors import ChainBroken
from devices.reading import Instant
from ledger.chain import GENESIS, Head
from ledger.entry import Entry, entry_of
from ledger.timestamp import text_of

FORMAT = "keyarea-ledger"
VERSION = 1
_HOW = (
    'Every further line is {"hash":"H","entry":E}. H is the SHA-256, in lower-case hex, of the bytes of E as they '
    "stand (byte 83 of the line up to its last brace). E.previous is H of the line before (64 zeros on the first), "
    "E.sequence counts from 1, E.site is this site. The last H is head.hash."
)
_BEFORE_HASH, _BEFORE_ENTRY, _AFTER = b'{"hash":"', b'","entry":', b"}"
_HASH_END = len(_BEFORE_HASH) + 64
_START = _HASH_END + len(_BEFORE_ENTRY)


class Header(msgspec.Struct, frozen=True):
    """The first line: what this file is, and the head that the entries must reach."""

    format: str
    version: int
    site: str
    exported: str
    head: Head
    how: str = _HOW


def header_line(site: str, head: Head, now: Instant) -> bytes:
    """The first line of an export of all entries up to ``head``."""
    return msgspec.json.encode(Header(FORMAT, VERSION, site, text_of(now), head)) + b"\n"


def entry_line(digest: str, content: bytes) -> bytes:
    """One further line."""
    return b"".join((_BEFORE_HASH, digest.encode(), _BEFORE_ENTRY, content, _AFTER, b"\n"))


def read_header(line: bytes) -> Header:
    """The first line read back. Raises ChainBroken (entry 0) if this is no export of ours."""
    try:
        header = msgspec.json.decode(line, type=Header)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ChainBroken(0, f"the first line does not describe a ledger: {error}") from error
    if header.format != FORMAT or header.version != VERSION:
        raise ChainBroken(0, f"{header.format} version {header.version} is unknown here; expected {FORMAT} {VERSION}")
    return header


def read_entries(lines: Iterable[bytes]) -> Iterator[Entry]:
    """The entries of the further lines, for ledger.chain.verify. Raises ChainBroken for a line that is none."""
    for place, line in enumerate(lines, start=1):
        line = line.removesuffix(b"\n")
        digest = line[len(_BEFORE_HASH) : _HASH_END]
        framed = line.startswith(_BEFORE_HASH) and line[_HASH_END:_START] == _BEFORE_ENTRY and line.endswith(_AFTER)
        if not framed or not digest.isalnum():
            raise ChainBroken(place, 'the line is not {"hash":"...","entry":{...}}')
        yield entry_of(line[_START : -len(_AFTER)], digest.decode("ascii", "replace"), place)


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
