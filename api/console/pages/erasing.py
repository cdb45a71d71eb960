"""A manager's order that values beside the ledger's chain go for ever: which, why, and that it is meant."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from fastapi.concurrency import run_in_threadpool

from api.auth import Permission
from api.console.forms import fields_of, read
from api.console.web_page import Again, Asked, Given, GoTo, Page
from api.ports import Erase
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.message import Text
from ledger.entry import Entry
from ledger.in_words import in_words, title_of
from ledger.values_beside import as_seen_by

_AT = "/console/ledger/erase"
_TABLE = "erasing"
_ENTRIES_A_PAGE = 500


class _Order(msgspec.Struct, frozen=True):
    """``values``: entry and field, as the command line writes them (``40:phone``)."""

    values: tuple[str, ...]
    reason: str
    sure: bool = False


def _show(
    asked: Asked, sent: Given | None = None, faults: Mapping[str, str] = {}, refused: str = ""
) -> Mapping[str, Any]:
    before = _number(asked.query.get("before", "")) or asked.gateway.health.health().ledger_entries + 1
    first = max(0, before - 1 - _ENTRIES_A_PAGE)
    entries = asked.gateway.ledger.ledger(after=first, limit=before - 1 - first) if before > 1 else []
    choices = [choice for entry in reversed(entries) for choice in _choices(asked, entry)]
    return {
        "choices": choices,
        "fields": fields_of(_Order, _TABLE, asked.say, sets={"values": choices}, sent=sent),
        "faults": faults,
        "refused": refused,
        "done": _number(asked.query.get("done", "")),
        "first": first + 1,
        "last": before - 1,
        "older": f"{_AT}?before={first + 1}" if first else "",
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _choices(asked: Asked, entry: Entry) -> Iterator[tuple[str, str]]:
    """Its values that are still there, as that manager may see them."""
    there = [name for name in entry.commitments if name not in entry.gone]
    if not there:
        return
    words, book = asked.say.words, asked.gateway.ledger.books().get(entry.draft.book)
    seen = as_seen_by(asked.person.role, entry, book).draft
    head = f"{entry.sequence} · {asked.moment(seen.at)} · {title_of(book, seen.book, words)}"
    for name in there:
        fields = {name: seen.fields[name]} if name in seen.fields else {}
        told = in_words(msgspec.structs.replace(seen, fields=fields), book, words)
        said = asked.say.colon.join(told[0]) if told else name
        yield f"{entry.sequence}:{name}", f"{head} · {said}"


async def _take(asked: Asked, given: Given) -> GoTo | Again:
    plain, faults = read(_Order, given, asked.gateway.site.time_zone())
    chosen = [value.partition(":") for value in plain.get("values", ())]
    values = tuple((_number(number), name) for number, _, name in chosen)
    if not values:
        faults["values"] = Text.of("erasing.none_chosen")
    if not plain.get("sure"):
        faults["sure"] = Text.of("erasing.not_sure")
    if faults:
        said = {name: asked.say.said(fault) for name, fault in faults.items()}
        return Again(await run_in_threadpool(_show, asked, given, said, asked.say.any("form.look_below")))
    try:
        await asked.gateway.ledger.erase(Erase(values, plain["reason"], asked.person.name))
    except (Refused, NotAllowed, StoreUnavailable) as error:
        return Again(await run_in_threadpool(_show, asked, given, {}, asked.say.said(error)))
    return GoTo(f"{_AT}?done={len(values)}")


PAGES = (
    Page(
        path=_AT,
        permission=Permission.ERASE,
        title="erasing.title",
        template="erasing.html",
        place=("review", 10),
        under="/manager",
        show=_show,
        take=_take,
    ),
)
