"""The hash chain of one site: every entry holds the hash of the one before it.

Theory of operation. ``content`` (ledger/entry.py) of entry n contains its sequence number, its site and the hash of
entry n - 1; the hash of entry n is the SHA-256 of that content. To change, drop, insert or move one entry, all
later hashes must change. A forger who rewrites the whole rest of the chain, or cuts off its end, is found by anyone
who knows a later head: pass it as ``expected``. Where that head comes from (a printed code, a signed seal) is not
this file's business, so a chain can be checked without any key.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

from devices.errors import ChainBroken, Refused
from devices.reading import Instant
from ledger.entry import Draft, Entry, content, content_of, well_formed


class Head(msgspec.Struct, frozen=True):
    """Where a chain stands: the sequence number and the hash of its newest entry."""

    sequence: int
    hash: str


GENESIS = Head(0, "0" * 64)
"""Before the first entry."""


def append(head: Head, drafts: Sequence[Draft], site: str, now: Instant) -> tuple[list[Entry], Head]:
    """The drafts as the next entries, recorded at ``now``, and the new head. Raises Refused (see content)."""
    entries = []
    for draft in drafts:
        sequence, previous = head.sequence + 1, head.hash
        try:
            written = content(site, sequence, now, draft, previous)
        except UnicodeEncodeError:
            draft = well_formed(draft)
            written = content(site, sequence, now, draft, previous)
        head = Head(sequence, sha256(written).hexdigest())
        entries.append(Entry(sequence, site, now, draft, previous, head.hash))
    return entries, head


def verify(entries: Iterable[Entry], site: str, after: Head = GENESIS, expected: Head | None = None) -> Head:
    """The head after ``entries``, which must follow ``after`` without a gap and, if given, reach ``expected``.

    Raises ChainBroken with the number of the first place where the chain does not fit.
    """
    head = after
    for entry in entries:
        head = follow(head, entry, site)
        if expected is not None and head.sequence == expected.sequence and head.hash != expected.hash:
            raise ChainBroken(head.sequence, f"its hash is {head.hash}, but {expected.hash} was attested")
    if expected is not None and head.sequence < expected.sequence:
        raise ChainBroken(head.sequence + 1, f"missing: the chain was {expected.sequence} entries long")
    return head


def follow(head: Head, entry: Entry, site: str) -> Head:
    """The head after one more entry. Raises ChainBroken if it does not fit here."""
    place = head.sequence + 1
    if entry.sequence != place:
        raise ChainBroken(place, f"entry {entry.sequence} stands in its place")
    if entry.site != site:
        raise ChainBroken(place, f"belongs to site {entry.site!r}, not to {site!r}")
    if entry.previous != head.hash:
        raise ChainBroken(place, "does not follow the entry before it (its previous hash is another's)")
    try:
        digest = sha256(content_of(entry)).hexdigest()
    except (Refused, UnicodeEncodeError) as error:
        raise ChainBroken(place, str(error)) from error
    if entry.hash != digest:
        raise ChainBroken(place, "its content does not give its hash; it was changed after it was written")
    return Head(place, digest)
