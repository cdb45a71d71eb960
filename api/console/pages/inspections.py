"""Inspections on a phone: which are running, which checklists there are, and one with all its points on one page."""

from collections.abc import Iterable, Mapping
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException

from alerts.ask import Ask
from alerts.checklists import Checklist, Inspection
from alerts.shipped_checklists import united
from alerts.workflow import Workflow
from api.asks import ask_at, ask_of, every_workflow
from api.auth import Permission
from api.console.forms import Field, choice_word, fields_of, read
from api.console.web_page import Again, Asked, Given, GoTo, Page
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.message import Name

_AT, _BEGIN = "/console/inspections", "inspections"
_CHECK, _FINISH, _SIGN = (f"inspections/{{case}}/{word}" for word in ("check", "finish", "sign"))
_RESULTS, _LEVELS = ("normal", "abnormal", "corrected", "none"), ("general", "major")
_SAID = ("result", "remark", "photo", "level")


class _Row(msgspec.Struct, frozen=True):
    """One inspection in the list."""

    path: str
    title: str
    subject: str
    facts: str
    left: int


class _Point(msgspec.Struct, frozen=True):
    """One point of the checklist, with what was said of it so far."""

    id: str
    title: str
    result: str
    remark: str
    photo: str
    level: str


def _kind() -> type[Workflow[Any]]:
    """The workflow of inspections; whoever takes it away takes the pages with it."""
    ask = ask_at(_BEGIN)
    if ask is None:
        raise HTTPException(404)
    return next(each for each in every_workflow().values() if ask in each.asks)


def _ask(address: str) -> type[Ask]:
    ask = ask_at(address)
    if ask is None:
        raise HTTPException(404)
    return ask


def _show(
    asked: Asked, sent: Given | None = None, faults: Mapping[str, str] = {}, refused: str = ""
) -> Mapping[str, Any]:
    kind, words = _kind(), asked.say.words
    running = [
        _Row(
            path=f"{_AT}/{case.id}",
            title=words.show(case.title),
            subject=case.subject,
            facts=" · ".join(
                (choice_word("stage", case.stage, kind.name, asked.say), case.by, asked.moment(case.opened))
            ),
            left=len(case.unchecked),
        )
        for case in asked.gateway.workflows.cases(kind.name)
        if isinstance(case, Inspection)
    ]
    lists = [
        (words.show(each.called), f"{_AT}?{urlencode({'checklist': each.name})}#begin")
        for each in _checklists(asked, kind)
    ]
    chosen = asked.query.get("checklist")
    filled = sent or ({"checklist": [chosen]} if chosen is not None else None)
    return {
        "running": running,
        "lists": lists,
        "other": f"{_AT}?checklist=#begin",
        "fields": _fields(asked, kind, filled) if filled is not None else [],
        "begin": asked.say.any(f"{kind.name}.ask_{_ask(_BEGIN).__struct_config__.tag}"),
        "hidden": {"id": token_hex(8)},
        "faults": dict(faults),
        "refused": refused,
    }


def _checklists(asked: Asked, kind: type[Workflow[Any]]) -> Iterable[Checklist]:
    """Those that are shipped, and the site's own."""
    table = asked.gateway.site.workflow_table(kind.name)
    return united(getattr(table, "checklists", ())).values()


def _fields(asked: Asked, kind: type[Workflow[Any]], filled: Given) -> list[Field]:
    areas = [
        (area.id, asked.gateway.areas.area_name(area.id, asked.say.language)) for area in asked.gateway.areas.areas()
    ]
    without = set(Ask.__struct_fields__) - {"area"}
    return fields_of(_ask(_BEGIN), kind.name, asked.say, without=without, sets={"area": areas}, sent=filled)


async def _begin(asked: Asked, given: Given) -> GoTo | Again:
    """One begins, and its page is the next."""
    ask = _ask(_BEGIN)
    without = set(Ask.__struct_fields__) - {"id"}
    plain, faults = read(ask, given, asked.gateway.site.time_zone(), without=without)
    if faults:
        said = {name: asked.say.said(fault) for name, fault in faults.items()}
        return Again(_show(asked, given, said, asked.say.any("form.look_below")))
    try:
        answer = await asked.gateway.workflows.ask(ask_of(ask, plain, asked.person))
    except (Refused, NotAllowed, StoreUnavailable) as error:
        return Again(_show(asked, given, {}, asked.say.said(error)))
    return GoTo(f"{_AT}/{answer.case}")


def _show_one(asked: Asked, sent: Given | None = None, refused: str = "") -> dict[str, Any]:
    kind, say = _kind(), asked.say
    case = _found(asked)
    points = [_point(case, point.id, say.words.show(Name(point.title, point.title_zh)), sent) for point in case.points]
    choices = {
        "results": [(each, choice_word("result", each, kind.name, say)) for each in _RESULTS],
        "levels": [(each, choice_word("level", each, kind.name, say)) for each in _LEVELS],
    }
    return {
        "title": say.words.show(case.title),
        "case": case,
        "area": asked.gateway.areas.area_name(case.area, say.language),
        "begun": asked.moment(case.opened),
        "points": points,
        "may_check": case.stage == "begun" and asked.person.name == case.by,
        "may_sign": case.stage == "finished" and asked.person.name != case.by,
        "refused": refused,
        "at": _AT,
        **choices,
    }


def _found(asked: Asked) -> Inspection:
    cases = asked.gateway.workflows.cases(_kind().name)
    case = next((case for case in cases if case.id == asked.wanted["case"]), None)
    if not isinstance(case, Inspection):
        raise HTTPException(404)
    return case


def _point(case: Inspection, point: str, title: str, sent: Given | None) -> _Point:
    seen = next((each for each in case.checked if each.point == point), None)
    kept = {name: getattr(seen, name, "") for name in _SAID}
    if sent is not None:
        kept |= {name: sent.get(f"{point}.{name}", [""])[0] for name in _SAID}
    return _Point(point, title, kept["result"], kept["remark"], kept["photo"], kept["level"] or "general")


async def _take(asked: Asked, given: Given) -> GoTo | Again:
    """Each point that says something new is one ask; then it is finished, or signed, where that was pressed."""
    case = _found(asked)
    here = f"{_AT}/{case.id}"
    try:
        for point in case.points:
            said = _point(case, point.id, "", given)
            if said.result and said != _point(case, point.id, "", None):
                body = {name: getattr(said, name) for name in _SAID}
                await asked.gateway.workflows.ask(
                    ask_of(_ask(_CHECK), {"case": case.id, "point": point.id, **body}, asked.person)
                )
        for word, address in (("finish", _FINISH), ("sign", _SIGN)):
            if word in given:
                await asked.gateway.workflows.ask(ask_of(_ask(address), {"case": case.id}, asked.person))
                here = f"{_AT}?done={word}"
    except (Refused, NotAllowed, StoreUnavailable) as error:
        return Again(_show_one(asked, given, asked.say.said(error)))
    return GoTo(here)


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="inspections_page.title",
        template="inspections.html",
        place=("plan", 20),
        under="/console/plan",
        show=_show,
        take=_begin,
    ),
    Page(
        path=f"{_AT}/{{case}}",
        permission=Permission.LOOK,
        title="inspections_page.title",
        template="inspection.html",
        under="/console/plan",
        modules=("attachment.js",),
        show=_show_one,
        take=_take,
    ),
)
