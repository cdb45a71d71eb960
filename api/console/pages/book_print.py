"""A book as it is printed on A4: head, a column for each field, blank cells struck, who signed, the hash it ends with.

The PDF is the browser's print. Numbers of documents are printed by their end alone; whoever may asks for the whole with
a reason, which the ledger keeps.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from alerts.facts import FieldValue
from api.auth import Permission
from api.console.entry_view import EntryView, wanting_in
from api.console.web_page import Again, Asked, Given, Once, Page
from api.ports import Disclose
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.reading import SECOND, Instant
from ledger.books import Book
from ledger.entry import Entry
from ledger.fields import Field
from ledger.in_words import title_of
from ledger.masking import masked_names
from ledger.values_beside import Name

_MOST = 1_000
_A_MONTH = timedelta(days=31)
_A_BATCH = 200
_COLUMNS = 14
"""So many are legible across A4."""


def _show(asked: Asked, reason: str = "", refused: str = "") -> Mapping[str, Any]:
    shown, entries = _shown(asked)
    return {**shown, **_printed(asked, entries, {}), "reason": reason, "refused": refused, "whole": False}


def _shown(asked: Asked) -> tuple[dict[str, Any], list[Entry]]:
    """What is the same of numbers whole and masked, and the entries of the period."""
    book = _book(asked)
    zone = ZoneInfo(asked.gateway.site.time_zone())
    today = datetime.fromtimestamp(asked.gateway.site.now() // SECOND, zone).date()
    first, last = _day(asked.query.get("from", "")) or today - _A_MONTH, _day(asked.query.get("to", "")) or today
    entries = _between(asked, book.id, _begins(first, zone), _begins(last + timedelta(days=1), zone))
    ledger = asked.gateway.ledger
    head = ledger.ledger(after=asked.gateway.health.health().ledger_entries - 1, limit=1)
    shown = {
        "title": title_of(book, book.id, asked.say.words),
        "book": book,
        "standard": book.standard_in(chinese=asked.say.language == "zh"),
        "at": f"/console/books/{quote(book.id)}",
        "first": first.isoformat(),
        "last": last.isoformat(),
        "signers": [signer.zh if asked.say.language == "zh" else signer.title for signer in book.signers],
        "is_cut": len(entries) == _MOST,
        "head": f"{head[-1].sequence}:{head[-1].hash}" if head else "",
        "printed": asked.moment(asked.gateway.site.now()),
        "may_whole": asked.person.may(Permission.DISCLOSE) and bool(masked_names(book)),
    }
    return shown, entries


def _printed(asked: Asked, entries: Sequence[Entry], whole: Mapping[Name, FieldValue]) -> dict[str, Any]:
    """The sheet, with the values that were disclosed in their places."""
    book, ledger = _book(asked), asked.gateway.ledger
    wants = wanting_in(ledger.unsigned(book.id)) if book.signers else {}
    views = [
        EntryView(
            asked,
            each,
            book,
            wants.get(each.sequence, ()),
            ledger.signatures(each.sequence),
            disclosed={name: value for (number, name), value in whole.items() if number == each.sequence},
        )
        for each in entries
    ]
    fields = _columns(book, views)
    return {
        "titles": [field.zh if asked.say.language == "zh" else field.title for field in fields],
        "printed_rows": _rows(views, fields, book.paired),
    }


async def _take(asked: Asked, given: Given) -> Again | Once:
    reason = given.get("reason", [""])[0]
    shown, entries = await run_in_threadpool(_shown, asked)
    names = masked_names(_book(asked))
    values = tuple((each.sequence, name) for each in entries for name in each.draft.fields if name in names)
    try:
        whole = await asked.gateway.ledger.disclose(Disclose(values, reason, asked.person.name))
    except (Refused, NotAllowed, StoreUnavailable) as error:
        return Again(await run_in_threadpool(_show, asked, reason, asked.say.said(error)))
    return Once({**shown, **await run_in_threadpool(_printed, asked, entries, whole), "whole": True})


def _book(asked: Asked) -> Book:
    book = asked.gateway.ledger.books().get(asked.wanted["book"])
    if book is None:
        raise HTTPException(404)
    if not (book.admits(asked.person.role) or asked.person.may(Permission.READ_LEDGER)):
        raise HTTPException(403)
    return book


def _rows(views: Sequence[EntryView], fields: Sequence[Field], paired: str) -> list[dict[str, Any]]:
    """One for each entry; of a book that is ``paired`` one for all entries about the same, where the first stood."""
    together: dict[object, list[EntryView]] = {}
    for view in views:
        together.setdefault(view.fields.get(paired) or view.number, []).append(view)
    return [
        {
            "number": _joined(str(view.number) for view in of_one),
            "at": _joined((of_one[0].at, of_one[-1].at), " – "),
            "area": of_one[0].area,
            "by": _joined(view.by for view in of_one),
            "corrects": _joined(str(view.corrects) for view in of_one if view.corrects),
            "cells": [_joined((view.cell(field) for view in of_one), "; ") for field in fields],
            "signed": [_joined(signed) for signed in zip(*(_signed(view) for view in of_one), strict=True)],
        }
        for of_one in together.values()
    ]


def _signed(view: EntryView) -> list[str]:
    return [f"{one.by} {one.at}" if one.by else "" for one in view.signed_rows]


def _joined(texts: Iterable[str], sign: str = ", ") -> str:
    """What is the same is said once."""
    return sign.join(dict.fromkeys(filter(None, texts)))


def _columns(book: Book, views: Sequence[EntryView]) -> list[Field]:
    """The columns: all that fit a page, else without those that are not wanted and that nobody filled.

    The parts of sentences in other languages are none, nor is what the gateway alone writes beside people.
    """
    parts = {f"{field.name}{part}" for field in book.fields for part in ("_key", "_params")}
    fields = [field for field in book.fields if field.name not in parts and not field.of_gateway]
    if len(fields) <= _COLUMNS:
        return fields
    return [field for field in fields if field.required or any(view.cell(field) for view in views)]


def _between(asked: Asked, book: str, begin: Instant, end: Instant) -> list[Entry]:
    """The entries that were written in between, oldest first; the newest of them if they are too many."""
    found: list[Entry] = []
    before = 0
    while len(found) < _MOST:
        page = asked.gateway.ledger.newest(book, _A_BATCH, before)
        found += [entry for entry in page if begin <= entry.draft.at < end]
        if len(page) < _A_BATCH or page[-1].recorded < begin:
            break
        before = page[-1].sequence
    return found[:_MOST][::-1]


def _begins(day: date, zone: ZoneInfo) -> Instant:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * SECOND


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


PAGES = (
    Page(
        path="/console/books/{book}/print",
        permission=Permission.LOOK,
        title="book_print.title",
        template="book_print.html",
        under="/console/plan",
        modules=("print.js",),
        show=_show,
        take=_take,
    ),
)
