"""Drills: planned, running and over; and one with its figures beside their targets, what to press, and its course."""

from collections.abc import Mapping
from contextlib import suppress
from secrets import token_hex
from typing import Any

import msgspec
from starlette.exceptions import HTTPException

from alerts.ask import Ask
from alerts.drill import Drill, Happened, Measured
from alerts.drill_asks import LEADERS
from alerts.workflow import Workflow
from api.asks import ask_at, ask_of, every_workflow
from api.auth import Permission
from api.console.forms import Field, choice_word, fields_of, read
from api.console.web_page import Again, Asked, Given, GoTo, Page
from api.drills import ADDRESS, kind_name
from api.signal_words import signal_label, value_label
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.reading import SECOND

_AT = "/console/drills"
_MOST_PAST = 50
_PRESSED: Mapping[str, tuple[str, ...]] = {
    "start": ("planned",),
    "arrived": ("running",),
    "pause": ("running",),
    "resume": ("paused",),
    "stop": ("planned", "running", "paused"),
}
"""What is one press, in the stages in which it is shown."""


class _Row(msgspec.Struct, frozen=True):
    """One drill of a list."""

    path: str
    purpose: str
    facts: str
    outcome: str
    word: str


class _Figure(msgspec.Struct, frozen=True):
    """One row of the result."""

    what: str
    took: str
    target: str
    result: str
    word: str
    by: str


def _kind() -> type[Workflow[Any]]:
    """The workflow of drills; whoever takes it away takes the pages with it."""
    name = kind_name()
    if not name:
        raise HTTPException(404)
    return every_workflow()[name]


def _ask(word: str) -> type[Ask]:
    ask = ask_at(f"{ADDRESS}/{{case}}/{word}" if word else ADDRESS)
    if ask is None:
        raise HTTPException(404)
    return ask


def _show(
    asked: Asked, sent: Given | None = None, faults: Mapping[str, str] = {}, refused: str = ""
) -> Mapping[str, Any]:
    kind = _kind()
    kept = [case for case in asked.gateway.workflows.cases(kind.name) if isinstance(case, Drill)]
    past: list[Drill] = []
    with suppress(StoreUnavailable):
        found = asked.gateway.workflows.past_cases(kind.name, _MOST_PAST)
        past = [case for case in found if isinstance(case, Drill)]
    over = [*(case for case in kept if case.stage == "ended"), *past]
    over.sort(key=lambda case: case.ended_at or case.opened, reverse=True)
    to_come = [case for case in kept if case.stage == "planned"]
    may_plan = asked.person.role in LEADERS
    is_planning = may_plan and (sent is not None or "plan" in asked.query)
    return {
        "groups": [
            (asked.say.any("drills_page.running"), [_row(asked, kind, case) for case in kept if case.is_on]),
            (
                asked.say.any("drills_page.planned"),
                [_row(asked, kind, case) for case in to_come],
            ),
            (asked.say.any("drills_page.over"), [_row(asked, kind, case) for case in over[:_MOST_PAST]]),
        ],
        "plan": f"{_AT}?plan=1#plan" if may_plan else "",
        "fields": _fields(asked, kind, sent) if is_planning else [],
        "submit": asked.say.any(f"{kind.name}.ask_plan"),
        "hidden": {"id": token_hex(8)},
        "faults": dict(faults),
        "refused": refused,
        "waits": "waits" in asked.query,
    }


def _row(asked: Asked, kind: type[Workflow[Any]], case: Drill) -> _Row:
    area = asked.gateway.areas.area_name(case.area, asked.say.language)
    at = case.started_at or case.start_at
    facts = [area, asked.moment(at) if at is not None else asked.say.any("drills_page.by_hand"), case.leader]
    outcome = choice_word("outcome", case.outcome, kind.name, asked.say) if case.outcome else ""
    return _Row(f"{_AT}/{case.id}", case.purpose, " · ".join(facts), outcome, case.outcome)


def _fields(asked: Asked, kind: type[Workflow[Any]], sent: Given | None) -> list[Field]:
    areas = [
        (area.id, asked.gateway.areas.area_name(area.id, asked.say.language)) for area in asked.gateway.areas.areas()
    ]
    without = set(Ask.__struct_fields__) - {"area"}
    return fields_of(_ask(""), kind.name, asked.say, without=without, sets={"area": areas}, sent=sent)


async def _plan(asked: Asked, given: Given) -> GoTo | Again:
    kind = _ask("")
    plain, faults = read(kind, given, asked.gateway.site.time_zone(), without=set(Ask.__struct_fields__) - {"id"})
    if faults:
        said = {name: asked.say.said(fault) for name, fault in faults.items()}
        return Again(_show(asked, given, said, asked.say.any("form.look_below")))
    try:
        answer = await asked.gateway.workflows.ask(ask_of(kind, plain, asked.person))
    except (Refused, NotAllowed, StoreUnavailable) as error:
        return Again(_show(asked, given, {}, asked.say.said(error)))
    return GoTo(f"{_AT}?waits=1" if answer.waits else f"{_AT}/{answer.case}")


# -- one ----------------------------------------------------------------------------------------------------------


def _found(asked: Asked) -> Drill:
    case = asked.gateway.workflows.case(_kind().name, asked.wanted["case"])
    if not isinstance(case, Drill):
        raise HTTPException(404)
    return case


def _show_one(asked: Asked, sent: Given | None = None, faults: Mapping[str, str] = {}, refused: str = "") -> Any:
    kind, case, say = _kind(), _found(asked), asked.say
    roles = {word: _ask(word).ROLES for word in (*_PRESSED, "assess")}
    buttons = [
        (word, say.any(f"{kind.name}.ask_{word}"))
        for word, stages in _PRESSED.items()
        if case.stage in stages
        and asked.person.role in roles[word]
        and not (word == "arrived" and case.alarm_at is None)
    ]
    may_assess = case.stage == "ended" and case.is_open and asked.person.role in roles["assess"]
    fields = fields_of(_ask("assess"), kind.name, say, without=set(Ask.__struct_fields__), sent=sent)
    begun = case.started_at or 0
    return {
        "title": case.purpose,
        "case": case,
        "stage": choice_word("stage", case.stage, kind.name, say),
        "outcome": choice_word("outcome", case.outcome, kind.name, say) if case.outcome else "",
        "why": say.said(case.why) if case.why is not None else "",
        "facts": _facts(asked, kind, case),
        "figures": [_figure(asked, kind, case, each) for each in case.measured] if begun else [],
        "buttons": buttons,
        "course": [
            (
                f"{(each.at - begun) / SECOND:.0f} s",
                choice_word("what", each.what, kind.name, say),
                " · ".join(part for part in (_about(asked, each), each.by) if part),
            )
            for each in (case.course if begun else ())
        ],
        "fields": fields if may_assess else [],
        "assess": say.any(f"{kind.name}.ask_assess"),
        "faults": dict(faults),
        "refused": refused,
        "at": _AT,
        "every": 1000 if case.is_on else 5000,
    }


def _about(asked: Asked, each: Happened) -> str:
    """By the names of devices and areas, in words: what is kept are ids."""
    language = asked.say.language
    if each.what != "said":
        area = next((area.id for area in asked.gateway.areas.areas() if area.id == each.about), "")
        return asked.gateway.areas.area_name(area, language) if area else _device(asked, each.about)
    device, _, rest = each.about.partition(" ")
    signal, _, word = rest.partition(" ")
    value = {"on": True, "off": False}.get(word, word)
    said = value_label(signal, value, asked.say.words) if isinstance(value, bool) else word
    return f"{_device(asked, device)} · {signal_label(signal, asked.say.words)}{asked.say.colon}{said}"


def _device(asked: Asked, device: str) -> str:
    return asked.gateway.devices.device_name(device, asked.say.language) if device else ""


def _facts(asked: Asked, kind: type[Workflow[Any]], case: Drill) -> list[tuple[str, str]]:
    say, table = asked.say, kind.name
    moments = (("start_at", case.start_at), ("started_at", case.started_at), ("ended_at", case.ended_at))
    told = [
        ("area", asked.gateway.areas.area_name(case.area, say.language)),
        ("scenario", choice_word("scenario", case.scenario, table, say)),
        ("leader", case.leader),
        ("participants", ", ".join(case.participants)),
        ("plan", case.plan),
        *((name, asked.second(at)) for name, at in moments if at is not None),
        *((("ends_at", asked.second(case.ends_at)),) if case.is_on and case.ends_at is not None else ()),
    ]
    return [(say.any(f"{table}.field_{name}"), value) for name, value in told if value]


def _figure(asked: Asked, kind: type[Workflow[Any]], case: Drill, each: Measured) -> _Figure:
    is_to_come = case.is_on and each.took_s is None
    return _Figure(
        what=choice_word("reach", each.reach, kind.name, asked.say),
        took=f"{each.took_s:g} s" if each.took_s is not None else "–",
        target=f"{each.target_s:g} s",
        result="" if is_to_come else each.result,
        word="…" if is_to_come else choice_word("result", each.result, kind.name, asked.say),
        by=each.by,
    )


async def _take(asked: Asked, given: Given) -> GoTo | Again:
    """One press, or the assessment."""
    case = _found(asked)
    here, word = f"{_AT}/{case.id}", given.get("press", [""])[0]
    kind = _ask(word if word in _PRESSED else "assess")
    plain: dict[str, Any] = {}
    if word not in _PRESSED:
        plain, faults = read(kind, given, asked.gateway.site.time_zone(), without=set(Ask.__struct_fields__))
        if faults:
            said = {name: asked.say.said(fault) for name, fault in faults.items()}
            return Again(_show_one(asked, given, said, asked.say.any("form.look_below")))
    try:
        await asked.gateway.workflows.ask(ask_of(kind, {**plain, "case": case.id}, asked.person))
    except (Refused, NotAllowed, StoreUnavailable) as error:
        return Again(_show_one(asked, given, {}, asked.say.said(error)))
    return GoTo(here)


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="drills_page.title",
        template="drills.html",
        place=("plan", 35),
        under="/console/plan",
        show=_show,
        take=_plan,
    ),
    Page(
        path=f"{_AT}/{{case}}",
        permission=Permission.LOOK,
        title="drills_page.title",
        template="drill.html",
        under="/console/plan",
        modules=("fresh.js",),
        show=_show_one,
        take=_take,
    ),
)
