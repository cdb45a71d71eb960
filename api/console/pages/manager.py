"""The review: what happened, alert by alert, and what stands in the ledger; each alert with its timeline and curves."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException

from api.auth import Permission
from api.console.alert_view import AlertView
from api.console.review_view import A_PAGE, AT, ENTRIES_A_PAGE, alert_rows, end_of_day, entries, entry_row
from api.console.timeline import curves_of, near
from api.console.web_page import Asked, Page
from ledger.in_words import title_of

_STEPS_SHOWN = 200


def _show(asked: Asked) -> Mapping[str, Any]:
    query, gateway, language = asked.query, asked.gateway, asked.say.language
    area, book, day = query.get("area", ""), query.get("book", ""), query.get("day", "")
    before, under = _number(query.get("before", "")), _number(query.get("under", ""))
    until = before or end_of_day(day, gateway.site.time_zone())
    found = gateway.alerts.alerts(area=area or None, before=until, limit=A_PAGE + 1)
    shown = entries(asked, book, under)
    kept = {name: value for name, value in {"area": area, "book": book, "day": day}.items() if value}
    older = {**kept, "before": found[A_PAGE - 1].raised} if len(found) > A_PAGE else {}
    more = {**kept, "under": shown[-1].sequence} if len(shown) == ENTRIES_A_PAGE and shown[-1].sequence > 1 else {}
    books = gateway.ledger.books()
    titles = [(name, title_of(each, name, asked.say.words)) for name, each in books.items()]
    return {
        "at": AT,
        "alerts": alert_rows(asked, found[:A_PAGE]),
        "entries": [entry_row(asked, entry) for entry in shown],
        "areas": [(view.id, gateway.areas.area_name(view.id, language)) for view in gateway.areas.areas()],
        "books": sorted(titles, key=lambda one: one[1]),
        "area": area,
        "book": book if book in books else "",
        "day": day,
        "older": f"{AT}?{urlencode(older)}" if older else "",
        "newest": f"{AT}?{urlencode(kept)}" if before or under else "",
        "more": f"{AT}?{urlencode(more)}#ledger" if more else "",
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0


def _show_alert(asked: Asked) -> Mapping[str, Any]:
    alert = asked.gateway.alerts.alert(asked.wanted["alert_id"])
    if alert is None:
        raise HTTPException(404)
    steps = asked.gateway.alerts.history(alert.id)
    return {
        "list": AT,
        "alert": alert,
        "view": AlertView(asked, alert),
        "closed": asked.second(alert.closed) if alert.closed else asked.say("review.open"),
        "finding": asked.say("disposition." + alert.disposition) if alert.disposition else "",
        "steps": [_step(asked, step) for step in steps[-_STEPS_SHOWN:]],
        "charts": curves_of(asked, alert, steps),
        "near": alert_rows(asked, near(asked, alert)),
    }


def _step(asked: Asked, step: Any) -> tuple[str, str, str, str]:
    say = asked.say
    return asked.second(step.at), say("action." + step.action), step.by, say.said(step.note)


PAGES = (
    Page(
        path=AT,
        permission=Permission.READ_LEDGER,
        title="console.manager",
        template="manager.html",
        place=("main", 50),
        modules=("fresh.js",),
        show=_show,
    ),
    Page(
        path=f"{AT}/alerts/{{alert_id}}",
        permission=Permission.READ_LEDGER,
        title="console.manager",
        template="timeline.html",
        under=AT,
        modules=("chart.js", "print.js"),
        show=_show_alert,
    ),
)
