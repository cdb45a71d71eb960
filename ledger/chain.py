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
from msgspec.structs import replace

from devices.errors import ChainBroken, Refused
from devices.reading import Instant
from ledger.canonical import spelled
from ledger.commitment import Salt, commitment
from ledger.entry import NEWEST, Draft, Entry, content_of, well_formed_draft


class Head(msgspec.Struct, frozen=True):
    """Where a chain stands: the sequence number and the hash of its newest entry."""

    sequence: int
    hash: str


GENESIS = Head(0, "0" * 64)
"""Before the first entry."""


def _no_salt() -> bytes:
    raise ValueError("values beside the chain need a salt each; hand one in from the rim")


def append(
    head: Head, drafts: Sequence[Draft], site: str, now: Instant, salt: Salt = _no_salt
) -> tuple[list[Entry], Head]:
    """The drafts as the next entries, recorded at ``now``, and the new head. Raises Refused (see content_of).

    What stands beside the chain gets a ``salt`` of its own, and a commitment in the entry.
    """
    written, head = append_written(head, drafts, site, now, salt)
    return [entry for entry, _content in written], head


def append_written(
    head: Head, drafts: Sequence[Draft], site: str, now: Instant, salt: Salt = _no_salt
) -> tuple[list[tuple[Entry, bytes]], Head]:
    """The same, with the content of each entry beside it: it is spelled once."""
    written = []
    for draft in drafts:
        try:
            entry, content = _next(head, draft, site, now, salt)
        except UnicodeEncodeError:
            entry, content = _next(head, well_formed_draft(draft), site, now, salt)
        head = Head(entry.sequence, entry.hash)
        written.append((entry, content))
    return written, head


def _next(head: Head, draft: Draft, site: str, now: Instant, salt: Salt) -> tuple[Entry, bytes]:
    commitments: dict[str, str] = {}
    salts: dict[str, str] = {}
    if draft.apart:
        apart = tuple(sorted({name for name in draft.apart if name in draft.fields}))
        for name in apart:
            fresh = salt()
            commitments[name], salts[name] = commitment(spelled(draft.fields[name]), fresh), fresh.hex()
        if apart != draft.apart:
            draft = replace(draft, apart=apart)
    sequence, previous = head.sequence + 1, head.hash
    content = content_of(Entry(sequence, site, now, draft, previous, "", NEWEST, commitments, salts))
    digest = sha256(content).hexdigest()
    return Entry(sequence, site, now, draft, previous, digest, NEWEST, commitments, salts), content


def hash_of(entry: Entry) -> str:
    """What the hash of an entry must be. Raises Refused (see content_of)."""
    return sha256(content_of(entry)).hexdigest()


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
        digest = hash_of(entry)
    except (Refused, UnicodeEncodeError) as error:
        raise ChainBroken(place, str(error)) from error
    if entry.hash != digest:
        raise ChainBroken(place, "its content does not give its hash; it was changed after it was written")
    return Head(place, digest)
