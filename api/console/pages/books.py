"""The books of the ledger: which there are, what lacks a signature; each with its form, its entries, and signers."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from alerts.event import Recorded
from alerts.facts import FieldValue
from api.auth import Permission
from api.console.book_form import as_sent, fields_of_book, read_book
from api.console.entry_view import EntryView, wanting_in
from api.console.web_page import Again, Asked, Given, GoTo, Once, Page
from api.ports import Disclose, Sign
from devices.errors import NotAllowed, Refused, StoreUnavailable
from ledger.books import CORRECTS, Book
from ledger.in_words import title_of
from ledger.masking import masked_names, without_masked
from ledger.values_beside import Name

_AT = "/console/books"
_A_PAGE = 30


def _show_all(asked: Asked) -> Mapping[str, Any]:
    books = asked.gateway.ledger.books().values()
    unsigned: dict[str, int] = {}
    if asked.person.may(Permission.READ_LEDGER):
        for each in asked.gateway.ledger.unsigned():
            unsigned[each.entry.draft.book] = unsigned.get(each.entry.draft.book, 0) + 1
    rows = [
        {
            "title": title_of(book, book.id, asked.say.words),
            "path": f"{_AT}/{quote(book.id)}",
            "standard": book.standard_in(chinese=asked.say.language == "zh"),
            "unsigned": unsigned.get(book.id, 0),
            "is_own": book.admits(asked.person.role),
        }
        for book in books
        if book.admits(asked.person.role) or asked.person.may(Permission.READ_LEDGER)
    ]
    return {"mine": [row for row in rows if row["is_own"]], "others": [row for row in rows if not row["is_own"]]}


def _book(asked: Asked) -> Book:
    book = asked.gateway.ledger.books().get(asked.wanted["book"])
    may = book is not None and (book.admits(asked.person.role) or asked.person.may(Permission.READ_LEDGER))
    if book is None or not may:
        raise HTTPException(404 if book is None else 403)
    return book


def _show(
    asked: Asked,
    sent: Given | None = None,
    faults: Mapping[str, str] = {},
    refused: str = "",
    whole: Mapping[Name, FieldValue] = {},
) -> dict[str, Any]:
    book, ledger = _book(asked), asked.gateway.ledger
    before = _number(asked.query.get("before", ""))
    entries = ledger.newest(book.id, _A_PAGE, before)
    wants = wanting_in(ledger.unsigned(book.id)) if book.signers else {}
    views = [
        EntryView(
            asked,
            entry,
            book,
            wants.get(entry.sequence, ()),
            ledger.signatures(entry.sequence),
            disclosed={name: value for (number, name), value in whole.items() if number == entry.sequence},
        )
        for entry in entries
    ]
    corrects = _number((sent or {}).get(CORRECTS, [asked.query.get(CORRECTS, "")])[0])
    corrected = next((view for view in views if view.number == corrects), None)
    if sent is None and corrected is not None:
        sent = {**as_sent(without_masked(corrected.fields, book)), "area": [corrected.area_id]}
    areas = asked.gateway.areas
    may_see = asked.person.may(Permission.DISCLOSE)
    return {
        "title": title_of(book, book.id, asked.say.words),
        "book": book,
        "standard": book.standard_in(chinese=asked.say.language == "zh"),
        "at": f"{_AT}/{quote(book.id)}",
        "may_write": book.admits(asked.person.role),
        "may_sign": asked.person.may(Permission.RECORD),
        "fields": fields_of_book(book, asked.say, sent),
        "areas": [(area.id, areas.area_name(area.id, asked.say.language)) for area in areas.areas()],
        "area": (sent or {}).get("area", [""])[0],
        "corrects": corrects,
        "entries": views,
        "unsigned": [number for number in wants if number not in {view.number for view in views}][:_A_PAGE],
        "older": entries[-1].sequence if len(entries) == _A_PAGE else 0,
        "faults": faults,
        "refused": refused,
        "done": asked.query.get("done", ""),
        "masked": {view.number for view in views if masked_names(book) & view.fields.keys()} if may_see else set(),
        "disclosed": {number for number, _ in whole},
    }


async def _disclosed(asked: Asked, book: Book, given: Given) -> Once:
    """One entry, its masked values in full. Raises Refused, NotAllowed, StoreUnavailable."""
    number = _number(given.get("disclose", [""])[0])
    entries = await run_in_threadpool(asked.gateway.ledger.ledger, after=number - 1, limit=1) if number else []
    names = [name for entry in entries for name in entry.draft.fields if name in masked_names(book)]
    values = tuple((number, name) for name in names)
    whole = await asked.gateway.ledger.disclose(Disclose(values, given.get("reason", [""])[0], asked.person.name))
    return Once(await run_in_threadpool(_show, asked, None, {}, "", whole))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


async def _take(asked: Asked, given: Given) -> GoTo | Again | Once:
    book = _book(asked)
    at = f"{_AT}/{quote(book.id)}"
    try:
        if "disclose" in given:
            return await _disclosed(asked, book, given)
        if signer := given.get("signer", [""])[0]:
            number, hash_ = _number(given.get("entry", [""])[0]), given.get("hash", [""])[0]
            await asked.gateway.ledger.sign(Sign(number, signer, asked.person.name, asked.person.role, hash_))
            return GoTo(f"{at}?done=signed")
        fields = read_book(book, given)
        if corrects := _number(given.get(CORRECTS, [""])[0]):
            fields[CORRECTS] = str(corrects)
        area = given.get("area", [""])[0]
        await asked.gateway.commands.submit(Recorded(area, book.id, asked.person.name, fields))
    except (Refused, NotAllowed, StoreUnavailable) as error:
        said = [(field, asked.say.said(text)) for _, field, text in getattr(error, "faults", ())]
        why = asked.say.any("form.look_below") if said else asked.say.said(error)
        sent = given if "disclose" not in given else None
        return Again(await run_in_threadpool(_show, asked, sent, dict(said), why))
    return GoTo(f"{at}?done=written")


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="book_page.title",
        template="books.html",
        place=("plan", 60),
        under="/console/plan",
        show=_show_all,
    ),
    Page(
        path=f"{_AT}/{{book}}",
        permission=Permission.LOOK,
        title="book_page.title",
        template="book.html",
        under="/console/plan",
        modules=("attachment.js", "rows.js"),
        show=_show,
        take=_take,
    ),
)
