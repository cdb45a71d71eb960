"""An entry as people read it: each field under its title, each value in the reader's language.

The entry itself never changes: it holds codes (``hold_up``, ``true``), instants in UTC and the site's sentences. What a
field ``shows`` (ledger.books.Field) says how its value is told; a value that no catalogue knows stays as it is written.
Chinese in the entry would leave the other reader with none; signals and times are too many for a list of choices.
"""

from collections.abc import Callable, Mapping

from alerts.attachment import is_id
from alerts.facts import FieldValue, Item, Scalar
from devices.kinds import KINDS
from devices.language import Language, local
from devices.message import SignalName, Text
from devices.signals import SIGNALS, base_name
from ledger.books import Book
from ledger.commitment import Gone
from ledger.entry import Draft, Entry
from ledger.fields import Column, Field
from ledger.texts import is_part, read
from ledger.timestamp import instant_of

_OF_ID = 19
"""Signs of an attachment's id that are told: ``sha256:`` and twelve more."""


def in_words(draft: Draft, book: Book | None, language: Language) -> list[tuple[str, str]]:
    """Title and value of each field that holds something, in the order in which they were written."""
    fields = {field.name: field for field in book.fields} if book is not None else {}
    told = []
    for name, value in draft.fields.items():
        if value in ("", None, ()) or is_part(name, draft.fields):
            continue
        field = fields.get(name)
        said = read(draft.fields, name)
        text = language.render(said) if isinstance(said, Text) else _value(field, value, language)
        told.append((_title(name, field, language), text))
    return told


def entry_in_words(entry: Entry, book: Book | None, language: Language) -> list[tuple[str, str]]:
    """The same of an entry; of a value that is gone stands there why."""
    fields = {field.name: field for field in book.fields} if book is not None else {}
    return [
        *in_words(entry.draft, book, language),
        *((_title(name, fields.get(name), language), why_gone(gone, language)) for name, gone in entry.gone.items()),
    ]


def why_gone(gone: Gone, language: Language) -> str:
    """``erased (entry 9)``."""
    return language.render(Text.of(f"gone.{gone.why}", entry=gone.entry))


def signers(draft: Draft) -> str:
    """The accounts of whoever signed: one, or two."""
    return " + ".join(filter(None, (draft.by, draft.second)))


def title_of(book: Book | None, known: str, language: Language) -> str:
    """What a book is called."""
    if book is None:
        return known
    return book.zh if language.is_chinese else book.title


def _title(name: str, field: Column | None, language: Language) -> str:
    if field is None:
        return language.show(name, "of ledger_field")
    return field.zh if language.is_chinese else field.title


def _value(field: Field | None, value: FieldValue, language: Language) -> str:
    if isinstance(value, tuple):
        columns = {column.name: column for column in field.columns} if field is not None else {}
        return language.show(tuple(_item(item, columns, language) for item in value), ";")
    shown = _SHOWN.get(field.shows) if field is not None and not isinstance(value, bool) else None
    return shown(str(value), language) if shown is not None else _plain(field, value, language)


def _item(item: Item, columns: Mapping[str, Column], language: Language) -> str:
    if not isinstance(item, dict):
        return _plain(None, item, language)
    cells = [
        f"{_title(name, columns.get(name), language)} {_plain(columns.get(name), value, language)}"
        for name, value in item.items()
        if value not in ("", None)
    ]
    return language.show(tuple(cells))


def _plain(column: Column | None, value: Scalar, language: Language) -> str:
    if isinstance(value, bool):
        return language.show(value)
    text = str(value)
    if column is not None and column.kind == "time":
        return text.replace("T", " ")
    if is_id(text):
        return f"{text[:_OF_ID]}…"
    if column is None:
        return text
    if text in column.choices:
        return column.choices[text] if language.is_chinese else text.replace("_", " ")
    return f"{text} {column.unit}" if column.unit else text


def _of(table: str) -> Callable[[str, Language], str]:
    return lambda text, language: language.show(text, f"of {table}")


def _signal(text: str, language: Language) -> str:
    return language.show(SignalName(text))


def _kind(text: str, language: Language) -> str:
    known = KINDS.get(text)
    return text if known is None else known.name_zh if language.is_chinese else known.name


def _moment(text: str, language: Language) -> str:
    """On the site's clock; as it is written where it is no instant."""
    try:
        return local(instant_of(text), language.zone)
    except ValueError:
        return text


def _readings(text: str, language: Language) -> str:
    """``smoke-9 smoke true 2026-11-24T08:30:15.000000000Z; ...`` (ledger.journal.compact)."""
    return language.show(tuple(_reading(each, language) for each in text.split("; ")), ";")


def _reading(text: str, language: Language) -> str:
    parts = text.split(" ")
    if len(parts) < 4:
        return text
    device, signal, *value, time = parts
    known = SIGNALS.get(base_name(signal))
    told = " ".join(value)
    if told in ("true", "false"):
        told = language.show(told == "true")
    elif known is not None and known.unit:
        told = f"{told} {known.unit}"
    return f"{device} {_signal(signal, language)} {told} {_moment(time, language)}"


def _aside(text: str, language: Language) -> str:
    """``walk_test t-1 wang``: the reason, its source, by whom (ledger.journal)."""
    reason, space, rest = text.partition(" ")
    return language.show(reason, "of aside_reason") + space + rest


def _described(text: str, language: Language) -> str:
    """``keyarea f1; area store; name North door``: hardware, then what is not so on the other side."""
    hardware, *rest = text.split("; ")
    told = [hardware]
    for part in rest:
        name, _, value = part.partition(" ")
        told.append(f"{language.show(name, 'of ledger_field')} {language.show(value, 'of ledger_value')}")
    return language.show(tuple(told), ";")


def _output(text: str, language: Language) -> str:
    """``siren``, ``relay:2`` (devices.output_orders.output_key): what it is, and which of several."""
    what, colon, channel = text.partition(":")
    return language.show(what, "of output") + colon + channel


_SHOWN: Mapping[str, Callable[[str, Language], str]] = {
    "signal": _signal,
    "kind": _kind,
    "moment": _moment,
    "readings": _readings,
    "aside": _aside,
    "description": _described,
    "output": _output,
    **{table: _of(table) for table in ("mode", "role", "event", "alert_class", "alert_state", "origin")},
}
