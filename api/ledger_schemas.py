"""What goes over HTTP of the ledger."""

from typing import Any

from api.schemas import Out, Time
from ledger.entry import Entry


class EntryOut(Out):
    """An entry of the ledger."""

    sequence: int
    recorded: Time
    book: str
    at: Time
    by: str
    area: str
    fields: dict[str, Any]
    corrects: int | None
    previous: str
    hash: str

    @classmethod
    def of(cls, entry: Entry) -> "EntryOut":
        draft = entry.draft
        return cls(
            sequence=entry.sequence,
            recorded=entry.recorded,
            book=draft.book,
            at=draft.at,
            by=draft.by,
            area=draft.area,
            fields=dict(draft.fields),
            corrects=draft.corrects,
            previous=entry.previous,
            hash=entry.hash,
        )


class Entries(Out):
    """A page of the ledger."""

    entries: list[EntryOut]
