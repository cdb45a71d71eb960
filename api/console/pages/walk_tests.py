"""Walk tests: who walks where now, begin one, and the reports of those that have ended."""

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote

import msgspec
from fastapi.concurrency import run_in_threadpool

from api.auth import Permission
from api.console.asking import give, may_ask
from api.console.forms import fields_of, read
from api.console.walk_view import card_of
from api.console.watched_areas import watched_areas
from api.console.web_page import Again, Asked, Given, GoTo, Page
from api.held_devices import past_tests, running_tests
from devices.errors import Refused
from devices.message import Text

_AT, _ASK, _TABLE = "/console/walk-tests", "walk-tests", "walk_form"
_PAST_SHOWN = 50


class _Begin(msgspec.Struct, frozen=True):
    """What whoever walks says before; the rest of the ask has its defaults."""

    area: str
    hours: Literal[1, 2, 4] = 2
    window_s: Literal[30, 60, 90, 120, 180] = 90
    note: str = ""


def _show(
    asked: Asked, sent: Given | None = None, faults: Mapping[str, str] = {}, refused: str = ""
) -> Mapping[str, Any]:
    sets = {"area": watched_areas(asked)}
    past = [] if asked.is_again else past_tests(asked.gateway, _PAST_SHOWN)
    return {
        "at": _AT,
        "running": [card_of(asked, test) for test in running_tests(asked.gateway)],
        "past": [card_of(asked, test) for test in past],
        "may_begin": may_ask(asked, _ASK),
        "fields": fields_of(_Begin, _TABLE, asked.say, sets=sets, sent=sent),
        "faults": faults,
        "refused": refused,
    }


async def _take(asked: Asked, given: Given) -> GoTo | Again:
    plain, faults = read(_Begin, given, asked.gateway.site.time_zone())
    if "area" in faults:
        faults["area"] = Text.of("walk_form.area_wanting")
    if faults:
        said = {name: asked.say.said(fault) for name, fault in faults.items()}
        return Again(await run_in_threadpool(_show, asked, given, said, asked.say.any("form.look_below")))
    begin = msgspec.convert(plain, _Begin)
    what = {"area": begin.area, "for_s": begin.hours * 3_600, "window_s": begin.window_s, "note": begin.note}
    try:
        answer = await give(asked, _ASK, **what)
    except Refused as why:
        return Again(await run_in_threadpool(_show, asked, given, {}, asked.say.said(why)))
    return GoTo(f"{_AT}/{quote(answer.case, safe='')}")


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="console.walk_tests",
        template="walk_tests.html",
        place=("devices", 30),
        under="/console/devices",
        modules=("fresh.js",),
        show=_show,
        take=_take,
    ),
)
