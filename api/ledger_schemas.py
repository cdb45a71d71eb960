"""What goes over HTTP of the ledger."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from api.ports import UnsignedEntry
from api.schemas import In, Name, Out, Time
from ledger.entry import Entry


class GoneOut(Out):
    """Why a value that stands beside the chain is not shown: erased, retention_ended, withheld, missing.

    ``entry`` is the one that says so, 0 if there is none.
    """

    why: str
    entry: int


class Told(Out):
    """A field as people read it."""

    title: str
    value: str


class EntryOut(Out):
    """An entry of the ledger, signed by ``by`` and ``second``.

    ``words``: the fields as the caller reads them; the stream has none.
    """

    sequence: int
    recorded: Time
    book: str
    at: Time
    by: str
    second: str
    area: str
    fields: dict[str, Any]
    gone: dict[str, GoneOut]
    commitments: dict[str, str]
    words: list[Told]
    corrects: int | None
    format: int
    previous: str
    hash: str

    @classmethod
    def of(cls, entry: Entry, words: Iterable[tuple[str, str]] = ()) -> "EntryOut":
        draft = entry.draft
        return cls(
            sequence=entry.sequence,
            recorded=entry.recorded,
            book=draft.book,
            at=draft.at,
            by=draft.by,
            second=draft.second,
            area=draft.area,
            fields=dict(draft.fields),
            gone={name: GoneOut(why=gone.why, entry=gone.entry) for name, gone in entry.gone.items()},
            commitments=entry.commitments,
            words=[Told(title=title, value=value) for title, value in words],
            format=entry.format,
            corrects=draft.corrects,
            previous=entry.previous,
            hash=entry.hash,
        )


class Value(In):
    """One that stands beside an entry."""

    entry: Annotated[int, Field(ge=1, le=2**53)]
    field: Name


class Erasure(In):
    """What is to be erased for ever, and why."""

    values: Annotated[list[Value], Field(min_length=1, max_length=100)]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class Disclosure(In):
    """Which masked values are to be shown in full, and why."""

    values: Annotated[list[Value], Field(min_length=1, max_length=1000)]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class ValueOut(Out):
    """A value in full."""

    entry: int
    field: str
    value: Any


class Disclosed(Out):
    """What was asked for; who saw it stands in the book ``disclosures``."""

    values: list[ValueOut]


class Entries(Out):
    """A page of the ledger."""

    entries: list[EntryOut]


class SignatureIn(In):
    """As which of its signers; ``hash`` of the entry as it was looked at, to sign that and no other."""

    signer: Name
    hash: Annotated[str, StringConstraints(max_length=64)] = ""
    note: Annotated[str, StringConstraints(max_length=2000)] = ""


class UnsignedOut(Out):
    """An entry that lacks signatures; ``wanting`` names the signers."""

    entry: int
    hash: str
    book: str
    at: Time
    by: str
    area: str
    wanting: list[str]

    @classmethod
    def of(cls, found: UnsignedEntry) -> "UnsignedOut":
        entry, draft = found.entry, found.entry.draft
        return cls(
            entry=entry.sequence,
            hash=entry.hash,
            book=draft.book,
            at=draft.at,
            by=draft.by,
            area=draft.area,
            wanting=[signer.name for signer in found.wanting],
        )
