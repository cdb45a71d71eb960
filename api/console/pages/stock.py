"""Stock of guarded goods: what does not fit and what is owed on top, then each store with its items, and its count."""

from collections.abc import Mapping, Sequence
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException

from alerts.ask import Ask
from alerts.filing import Filing
from alerts.goods import written
from alerts.goods_store import Store
from alerts.kernel.consent import Waiting
from alerts.stock_account import Stock
from alerts.stock_asks import Compare, Count
from alerts.workflow import Workflow
from api.asks import ask_of, every_workflow
from api.auth import Permission
from api.console.forms import choice_word
from api.console.web_page import Again, Asked, Given, GoTo, Page
from api.roster import called
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.message import Text
from ledger.texts import read as read_text

_AT, _WORK = "/console/stock", "/console/workflows"
_MOVES = ("receive", "issue", "return", "lost")
_MOST_STEPS, _LOOKED_THROUGH, _MOST_ROWS = 20, 60, 200


class _Item(msgspec.Struct, frozen=True):
    """One item of a store, ready to draw. ``forms``: (what is done with it, where)."""

    id: str
    title: str
    goods: str
    balance: str
    lots: list[tuple[str, str]]
    out: list[str]
    counted: str
    is_counted: bool
    gaps: list[str]
    forms: list[tuple[str, str]]


class _Store(msgspec.Struct, frozen=True):
    """One store, ready to draw."""

    id: str
    title: str
    keepers: str
    here: list[str]
    unnamed: list[str]
    say_why: str
    items: list[_Item]
    enter: str


class _Owed(msgspec.Struct, frozen=True):
    """A filing, or an ask that waits for a second person."""

    title: str
    until: str
    is_late: bool
    path: str


def _kind(case: type[Any]) -> type[Workflow[Any]]:
    """The workflow whose cases these are; whoever takes it away takes the page with it."""
    found = next((kind for kind in every_workflow().values() if kind.case is case), None)
    if found is None:
        raise HTTPException(404)
    return found


def _cases(asked: Asked, case: type[Any]) -> list[Any]:
    return sorted(asked.gateway.workflows.cases(_kind(case).name), key=lambda one: str(one.id))


def _show(
    asked: Asked, sent: Given | None = None, faults: Mapping[str, str] = {}, refused: str = ""
) -> Mapping[str, Any]:
    stocks, stores = _cases(asked, Stock), _cases(asked, Store)
    people = called(asked.gateway)

    def person(name: str) -> str:
        return asked.say.words.show(people.get(name, name))

    drawn = [_store(asked, store, [one for one in stocks if one.store == store.id], person) for store in stores]
    counts = (sent or {}).get("store", [asked.query.get("count", "")])[0]
    return {
        "at": _AT,
        "stores": drawn,
        "gaps": [item for store in drawn for item in store.items if item.gaps],
        "waits": _waiting(asked),
        "filings": _filings(asked),
        "steps": _steps(asked),
        "counting": next((store for store in drawn if store.id == counts), None),
        "lines": _lines([one for one in stocks if one.store == counts], sent),
        "hidden": {"id": token_hex(8)},
        "fault": refused,
        "done": asked.query.get("done", ""),
        "licence": f"{_WORK}/{_kind(Filing).name}?{urlencode({'ask': 'enter'})}"
        if _may(asked, Filing, "enter")
        else "",
    }


def _may(asked: Asked, case: type[Any], tag: str) -> bool:
    return any(ask.__struct_config__.tag == tag and asked.person.role in ask.ROLES for ask in _kind(case).asks)


def _store(asked: Asked, store: Store, stocks: Sequence[Stock], person: Any) -> _Store:
    say, name = asked.say, _kind(Store).name
    about = {"ask": "purpose", "case": store.id}
    return _Store(
        id=store.id,
        title=say.words.show(store.title),
        keepers=", ".join(map(person, store.keepers)),
        here=[f"{person(one.person)} {asked.clock(one.at, day=True)}" for one in reversed(store.shown)],
        unnamed=[asked.moment(opening.at) for opening in store.unnamed],
        say_why=f"{_WORK}/{name}?{urlencode(about)}" if _may(asked, Store, "purpose") else "",
        items=[_item(asked, stock, person) for stock in stocks[:_MOST_ROWS]],
        enter=f"{_WORK}/{_kind(Stock).name}?{urlencode({'ask': 'enter', 'store': store.id})}"
        if _may(asked, Stock, "enter")
        else "",
    )


def _item(asked: Asked, stock: Stock, person: Any) -> _Item:
    say, name = asked.say, _kind(Stock).name
    today = asked.moment(asked.gateway.site.now())[:7]
    tags = [*(["police"] if stock.is_untold else []), *(["correct"] if stock.gaps else []), *_MOVES]
    about = {"case": stock.id, "unit": stock.unit}
    if len(stock.lots) == 1 and stock.lots[0].batch:
        about["batch"] = stock.lots[0].batch
    return _Item(
        id=stock.id,
        title=" ".join(filter(None, (stock.title, stock.specification))),
        goods=choice_word("goods", stock.goods, name, say),
        balance=f"{written(stock.balance)} {stock.unit}",
        lots=[(lot.batch, f"{written(lot.balance)} {stock.unit}") for lot in stock.lots if lot.batch],
        out=[
            say.any(
                "stock_page.out_until",
                quantity=f"{written(one.left)} {stock.unit}",
                who=person(one.receiver),
                until=asked.moment(one.back_by),
            )
            for one in stock.out
            if one.back_by is not None
        ],
        counted=stock.counted.isoformat() if stock.counted is not None else "",
        is_counted=stock.counted is not None and stock.counted.isoformat()[:7] == today,
        gaps=[
            say.any(
                "stock_page.gap_told" if gap.police else "stock_page.gap",
                batch=gap.batch,
                expected=f"{written(gap.expected)} {stock.unit}",
                found=f"{written(gap.found)} {stock.unit}",
                at=asked.moment(gap.at),
                police=gap.police,
            )
            for gap in stock.gaps
        ],
        forms=[
            (say.any(f"{name}.ask_{tag}"), f"{_WORK}/{name}?{urlencode({**about, 'ask': tag})}")
            for tag in tags
            if _may(asked, Stock, tag)
        ],
    )


def _waiting(asked: Asked) -> list[_Owed]:
    """Asks about stock and stores that wait for a second person."""
    mine = {_kind(Stock).name, _kind(Store).name, _kind(Filing).name}
    name, say = _kind(Waiting).name, asked.say
    found = [one for one in _cases(asked, Waiting) if one.workflow in mine]
    return [
        _Owed(
            title=f"{one.by}: {say.said(one.what or Text.of(f'{one.workflow}.ask_{one.tag}'))}",
            until=asked.moment(one.until),
            is_late=False,
            path=f"{_WORK}/{name}?{urlencode({'case': one.id})}",
        )
        for one in found
    ]


def _filings(asked: Asked) -> list[_Owed]:
    """Those that are owed, and licences that run out; the most urgent first."""
    kind = _kind(Filing).name
    found = [one for one in _cases(asked, Filing) if one.kind != "licence" or one.told]
    return [
        _Owed(
            title=" ".join(filter(None, (asked.say.any(f"{kind}.kind_{one.kind}"), one.about, one.number))),
            until=one.due.isoformat(),
            is_late=one.told == "overdue",
            path=f"{_WORK}/{kind}?{urlencode({'case': one.id, 'ask': 'renew' if one.kind == 'licence' else 'file'})}",
        )
        for one in sorted(found, key=lambda one: one.due)[:_MOST_ROWS]
    ]


def _steps(asked: Asked) -> list[dict[str, str]]:
    """The newest movements, of whichever book."""
    kind, ledger = _kind(Stock), asked.gateway.ledger
    books = (kind.book, "important_items", _kind(Store).book)
    entries = [entry for book in books for entry in ledger.newest(book, _LOOKED_THROUGH)]
    entries.sort(key=lambda entry: entry.draft.at, reverse=True)
    return [
        {
            "at": asked.moment(entry.draft.at),
            "by": " + ".join(filter(None, (entry.draft.by, entry.draft.second))),
            "said": asked.say.said(read_text(entry.draft.fields, "text")),
        }
        for entry in entries
        if "text" in entry.draft.fields
    ][:_MOST_STEPS]


def _lines(stocks: Sequence[Stock], sent: Given | None) -> list[tuple[str, str, str, str]]:
    """(what it is in a count, how it is called, its unit, what was typed); the balance is not shown: it is counted."""
    found = []
    for stock in stocks:
        for batch in [lot.batch for lot in stock.lots] or [""]:
            key = f"{stock.item} / {batch}" if batch else stock.item
            found.append(
                (key, " ".join(filter(None, (stock.title, batch))), stock.unit, (sent or {}).get(key, [""])[0])
            )
    return found


async def _take(asked: Asked, given: Given) -> GoTo | Again:
    """A whole store is counted, or its second account compared; what is left empty is not counted."""
    store = given.get("store", [""])[0]
    stocks = [one for one in _cases(asked, Stock) if one.store == store]
    typed = [(key, given.get(key, [""])[0].strip()) for key, *_ in _lines(stocks, None)]
    what: type[Ask] = Compare if "compare" in given else Count
    plain = {
        "id": given.get("id", [""])[0],
        "store": store,
        "counted": [f"{key} = {quantity}" for key, quantity in typed if quantity],
    }
    try:
        answer = await asked.gateway.workflows.ask(ask_of(what, plain, asked.person))
    except (Refused, NotAllowed, StoreUnavailable) as error:
        return Again(_show(asked, given, {}, asked.say.said(error)))
    return GoTo(f"{_AT}?done={'waits' if answer.waits else 'done'}")


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="stock_page.title",
        template="stock.html",
        place=("plan", 45),
        under="/console/plan",
        show=_show,
        take=_take,
    ),
)
