"""Who signs a written entry afterwards, each by an account of their own: what a book asks for, and what is signed.

A name that the writer typed is no signature. A signature is an entry of the book ``signatures`` that names the number
and the hash of the entry which it signs, so whoever changes one breaks the other. Whoever wrote an entry has signed it
by that, and whoever consented to it as a second person counts as its first signer.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from alerts.event import SIGNATURES
from devices.errors import NotAllowed, Refused
from devices.message import Name, Text
from devices.people import people
from devices.reading import SECOND, Instant
from ledger.book_parts import Signer
from ledger.books import Book
from ledger.entry import Entry


class Signature(msgspec.Struct, frozen=True):
    """That an account has signed an entry as one of its signers."""

    entry: int
    hash: str
    signer: str
    by: str
    at: Instant


def signature_of(entry: Entry) -> Signature | None:
    """What this entry says was signed, by its ``entry``, ``hash`` and ``signer``; None in any other book."""
    fields = entry.draft.fields
    number, hash_, signer = fields.get("entry"), fields.get("hash"), fields.get("signer")
    if entry.draft.book != SIGNATURES or not isinstance(number, int) or not entry.draft.by:
        return None
    return Signature(number, str(hash_), str(signer), entry.draft.by, entry.draft.at)


def asked_of(entry: Entry, book: Book, zone: ZoneInfo) -> tuple[Signer, ...]:
    """The signers that this entry needs."""
    return tuple(signer for signer in book.signers if not signer.dated or _is_dated_back(entry, signer, zone))


def _is_dated_back(entry: Entry, signer: Signer, zone: ZoneInfo) -> bool:
    try:
        dated = date.fromisoformat(str(entry.draft.fields.get(signer.dated, "")))
    except ValueError:
        return False
    return (datetime.fromtimestamp(entry.recorded // SECOND, zone).date() - dated).days > signer.after_days


def wanting(entry: Entry, book: Book, given: Iterable[Signature], zone: ZoneInfo) -> tuple[Signer, ...]:
    """The signers that have not signed it yet, in the order of the book."""
    signed = {signature.signer for signature in given if signature.hash == entry.hash}
    left = [signer for signer in asked_of(entry, book, zone) if signer.name not in signed]
    if entry.draft.second and left and not left[0].roles:
        left = left[1:]
    return tuple(left)


def may_sign(entry: Entry, book: Book, signer: Signer, by: str, role: str) -> bool:
    """Whether that account may be this signer: whoever the entry names, or else whoever has the role."""
    named = _named(entry, signer)
    return named in people(by) if named else role in (signer.roles or book.writers)


def _named(entry: Entry, signer: Signer) -> str:
    return str(entry.draft.fields.get(signer.named, ""))


def check(
    entry: Entry, book: Book, signer: str, by: str, role: str, given: Collection[Signature], zone: ZoneInfo
) -> None:
    """Whether that account may sign it so. Raises Refused or NotAllowed with what is to be done instead."""
    asked = {each.name: each for each in asked_of(entry, book, zone)}
    if signer not in asked:
        raise Refused(Text.of("signers.none_such", signers=tuple(asked)))
    wants = {each.name for each in wanting(entry, book, given, zone)}
    if signer not in wants:
        raise Refused(Text.of("signers.signed", entry=entry.sequence, title=_title(asked[signer])))
    signed = (entry.draft.by, entry.draft.second, *(each.by for each in given if each.hash == entry.hash))
    if any(people(by) & people(other) for other in signed if other):
        raise Refused(Text.of("signers.another", entry=entry.sequence))
    if not may_sign(entry, book, asked[signer], by, role):
        named = _named(entry, asked[signer])
        if named:
            raise NotAllowed(Text.of("signers.named", account=named, title=_title(asked[signer])))
        raise NotAllowed(Text.of("signers.not_yours", role=role, title=_title(asked[signer])))


def _slim(entry: Entry, book: Book) -> Entry:
    """Without what no signature asks for: many may wait."""
    dated = {signer.dated for signer in book.signers}
    fields = {name: value for name, value in entry.draft.fields.items() if name in dated}
    return replace(entry, draft=replace(entry.draft, fields=fields), commitments={}, salts={}, gone={})


def _title(signer: Signer) -> Name:
    return Name(signer.title, signer.zh)


class Unsigned:
    """Is shown the entries of a ledger in their order, and knows which still lack a signature of whom."""

    def __init__(self, books: Mapping[str, Book], zone: ZoneInfo) -> None:
        self._books, self._zone = books, zone
        self._open: dict[int, tuple[Entry, tuple[Signer, ...]]] = {}
        self._given: dict[int, list[Signature]] = {}
        self.corrected: set[int] = set()

    def see(self, entry: Entry) -> None:
        """The next one. One that corrects another takes its place: what was wrong is not signed any more."""
        signature = signature_of(entry)
        if signature is not None:
            self._given.setdefault(signature.entry, []).append(signature)
            if (about := self._open.pop(signature.entry, None)) is not None:
                self._keep(about[0])
            return
        if entry.draft.corrects is not None:
            self._open.pop(entry.draft.corrects, None)
            self.corrected.add(entry.draft.corrects)
        book = self._books.get(entry.draft.book)
        if book is not None and book.signers and entry.draft.by:
            self._keep(_slim(entry, book))

    def _keep(self, entry: Entry) -> None:
        if wants := self.wanting(entry):
            self._open[entry.sequence] = entry, wants

    def wanting(self, entry: Entry) -> tuple[Signer, ...]:
        """Of whom a signature is wanting."""
        book = self._books.get(entry.draft.book)
        return wanting(entry, book, self.given(entry.sequence), self._zone) if book is not None else ()

    def given(self, entry: int) -> tuple[Signature, ...]:
        """The signatures of an entry, in the order in which they were given."""
        return tuple(self._given.get(entry, ()))

    def open(self, book: str = "") -> list[tuple[Entry, tuple[Signer, ...]]]:
        """Those that lack one, and whose, newest first; of their fields only the dates that decide who signs."""
        found = [self._open[number] for number in sorted(self._open, reverse=True)]
        return [each for each in found if book in ("", each[0].draft.book)]
