"""An entry of a book as its page and its print show it: titles and values in words, pictures, who signed.

Numbers of documents are shown by their end alone; what was disclosed to whoever asks is put in their place, this once.
"""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from alerts.attachment import holds_id, ids_in
from alerts.facts import FieldValue
from api.console.web_page import Asked
from api.ports import UnsignedEntry
from ledger.book_parts import Signer
from ledger.books import Book
from ledger.entry import Entry
from ledger.fields import Field
from ledger.in_words import entry_in_words, signers
from ledger.signers import Signature, may_sign
from ledger.values_beside import as_seen_by


class Picture(msgspec.Struct, frozen=True):
    """An attachment: shown if it is a photograph, else led to."""

    id: str
    name: str
    is_photograph: bool


class Signed(msgspec.Struct, frozen=True):
    """One row of signatures: ``by`` "" where it is wanting. ``may``: whoever looks may give it."""

    name: str
    title: str
    by: str = ""
    at: str = ""
    may: bool = False


class EntryView:
    """What a template says of it."""

    def __init__(
        self,
        asked: Asked,
        entry: Entry,
        book: Book,
        wants: Sequence[Signer] = (),
        given: Sequence[Signature] = (),
        *,
        disclosed: Mapping[str, FieldValue] = {},
    ) -> None:
        seen = as_seen_by(asked.person.role, entry, book)
        seen = replace(seen, draft=replace(seen.draft, fields={**seen.draft.fields, **disclosed}))
        self.fields = seen.draft.fields
        self._asked, self._book, self._wants, self._given = asked, book, wants, given
        self._entry = seen
        self.number, self.hash = entry.sequence, entry.hash
        self.by, self.at = signers(entry.draft), asked.moment(entry.draft.at)
        self.area = asked.gateway.areas.area_name(entry.draft.area, asked.say.language) if entry.draft.area else ""
        self.corrects, self.area_id = entry.draft.corrects, entry.draft.area

    @property
    def words(self) -> list[tuple[str, str]]:
        """Title and value of all that is no picture."""
        draft = self._entry.draft
        plain = {name: value for name, value in draft.fields.items() if not _is_picture(value)}
        shown = replace(self._entry, draft=replace(draft, fields={name: bare(value) for name, value in plain.items()}))
        return entry_in_words(shown, self._book, self._asked.say.words)

    def cell(self, field: Field) -> str:
        """What stands in one column of a printed page, "" if nothing does."""
        draft = self._entry.draft
        names = (field.name, f"{field.name}_key", f"{field.name}_params")
        fields = {name: bare(draft.fields[name]) for name in names if name in draft.fields}
        gone = {name: each for name, each in self._entry.gone.items() if name == field.name}
        one = replace(self._entry, draft=replace(draft, fields=fields), gone=gone)
        told = [value for _, value in entry_in_words(one, self._book, self._asked.say.words)]
        if count := len(ids_in(msgspec.json.encode(draft.fields.get(field.name)))):
            told.append(self._asked.say.any("book_print.files", count=count))
        return "; ".join(filter(None, told))

    @property
    def pictures(self) -> list[Picture]:
        return list(self._pictures())

    def _pictures(self) -> Iterator[Picture]:
        for value in self._entry.draft.fields.values():
            if holds_id(value):
                for id_ in sorted(ids_in(msgspec.json.encode(value))):
                    found = self._asked.gateway.attachments.find(id_)
                    kind = found.media_type if found is not None else ""
                    yield Picture(id_, found.name if found is not None else id_[:15], kind.startswith("image/"))

    @property
    def signed_rows(self) -> list[Signed]:
        """One for each signer of the book, also of those that this entry does not ask for."""
        found = {one.name: one for one in self.signed}
        return [found.get(signer.name, Signed(signer.name, "")) for signer in self._book.signers]

    @property
    def signed(self) -> list[Signed]:
        """The signatures that it has, then those that it wants."""
        given = {signature.signer: signature for signature in self._given if signature.hash == self.hash}
        rows = []
        for signer in self._book.signers:
            title = signer.zh if self._asked.say.language == "zh" else signer.title
            if signature := given.get(signer.name):
                rows.append(Signed(signer.name, title, signature.by, self._asked.moment(signature.at)))
            elif signer in self._wants:
                person = self._asked.person
                may = may_sign(self._entry, self._book, signer, person.name, person.role)
                rows.append(Signed(signer.name, title, may=may))
        return rows


def bare(value: FieldValue) -> FieldValue:
    """A list without the attachments in its rows, which are shown as pictures."""
    if not holds_id(value):
        return value
    if not isinstance(value, tuple):
        return ""
    rows = [{name: cell for name, cell in row.items() if not holds_id(cell)} for row in value if isinstance(row, dict)]
    return tuple(row for row in rows if row)


def _is_picture(value: FieldValue) -> bool:
    return holds_id(value) and bare(value) in ("", ())


def wanting_in(unsigned: Sequence[UnsignedEntry]) -> dict[int, tuple[Signer, ...]]:
    """Whose signatures are wanting, by the number of the entry."""
    return {each.entry.sequence: each.wanting for each in unsigned}
