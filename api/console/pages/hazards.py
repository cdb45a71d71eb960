"""Hazards by their stage: what waits for whom until when, what came back, and the figures of the running quarter."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException

from alerts.calendar import Calendar
from alerts.hazards import OVER, Figures, Hazard, figures, hazards_due
from alerts.period import Period
from alerts.workflow import Workflow
from api.asks import ask_at, every_workflow
from api.auth import Permission
from api.console.forms import choice_word, title_of
from api.console.web_page import Asked, Page
from api.roster import called

_AT, _FIND = "/console/hazards", "hazards"
_STAGES = ("found", "assigned", "rectified", "verified", "closed", "dismissed")
_MOST_OVER, _MOST_OPEN = 20, 100


class _Row(msgspec.Struct, frozen=True):
    """One hazard, ready to draw. ``forms``: where its next step is asked for."""

    number: str
    area: str
    place: str
    description: str
    level: str
    is_major: bool
    facts: list[tuple[str, str]]
    until: str
    is_overdue: bool
    repeats: str
    photos: list[str]
    forms: str


class _Group(msgspec.Struct, frozen=True):
    """The hazards of one stage."""

    title: str
    rows: list[_Row]
    more: int


def _show(asked: Asked) -> Mapping[str, Any]:
    find = ask_at(_FIND)
    if find is None:
        raise HTTPException(404)
    kind = next(each for each in every_workflow().values() if find in each.asks)
    wanted, language = asked.query.get("area", ""), asked.say.language
    every = [case for case in asked.gateway.workflows.cases(kind.name) if isinstance(case, Hazard)]
    cases = {case.id: case for case in every if wanted in ("", case.area)}
    now, people = asked.gateway.site.now(), called(asked.gateway)

    def name(person: str) -> str:
        return asked.say.words.show(people.get(person, person))

    due = hazards_due({}, cases, None, now)
    order = {one.case: place for place, one in enumerate(due.hazards)}
    form = urlencode({"ask": str(find.__struct_config__.tag)})
    return {
        "counts": due,
        "figures": _figures(asked, list(cases.values())),
        "groups": [_group(asked, kind, stage, list(cases.values()), order, name) for stage in _STAGES],
        "find": f"/console/workflows/{kind.name}?{form}" if asked.person.role in find.ROLES else "",
        "areas": [(area.id, asked.gateway.areas.area_name(area.id, language)) for area in asked.gateway.areas.areas()],
        "wanted": wanted,
        "at": _AT,
    }


def _figures(asked: Asked, cases: Sequence[Hazard]) -> Figures:
    """Of the running quarter until now."""
    calendar, now = Calendar(zone=asked.gateway.site.time_zone()), asked.gateway.site.now()
    span = Period("quarter").span(calendar, now)
    return figures(cases, span[0] if span is not None else 0, now + 1)


def _group(
    asked: Asked,
    kind: type[Workflow[Any]],
    stage: str,
    cases: Sequence[Hazard],
    order: Mapping[str, int],
    person: Callable[[str], str],
) -> _Group:
    own = [case for case in cases if case.stage == stage]
    if stage in OVER:
        own.sort(key=lambda case: case.closed_at or 0, reverse=True)
    else:
        own.sort(key=lambda case: order[case.id])
    shown = own[: _MOST_OVER if stage in OVER else _MOST_OPEN]
    title = choice_word("stage", stage, kind.name, asked.say)
    return _Group(title, [_row(asked, kind, case, person) for case in shown], len(own) - len(shown))


def _row(asked: Asked, kind: type[Workflow[Any]], case: Hazard, person: Callable[[str], str]) -> _Row:
    say, name, now = asked.say, kind.name, asked.gateway.site.now()
    told = {
        "source": choice_word("source", case.source, name, say),
        "category": choice_word("category", case.category, name, say),
        "cause": choice_word("cause", case.cause, name, say) if case.cause != "unknown" else "",
        "act": choice_word("act", case.act, name, say) if case.act is not None else "",
        "responsible": " · ".join(filter(None, (person(case.responsible), case.department))),
        "measures": case.measures,
        "interim": case.interim,
        "done": case.done,
        "rectified_by": person(case.rectified_by),
        "verified_by": person(case.verified_by),
        "published": case.published,
        "told_authority": case.told_authority,
        "told_staff": case.told_staff,
    }
    is_due = case.deadline_at is not None and case.stage not in OVER
    return _Row(
        number=case.number,
        area=asked.gateway.areas.area_name(case.area, say.language) if case.area else "",
        place=case.place,
        description=case.description,
        level=choice_word("level", case.level, name, say),
        is_major=case.level == "major",
        facts=[(title_of(field, name, say), value) for field, value in told.items() if value],
        until=asked.moment(case.deadline_at) if is_due and case.deadline_at is not None else "",
        is_overdue=is_due and case.deadline_at is not None and case.deadline_at <= now,
        repeats=", ".join(dict.fromkeys((*case.same_place, *case.same_cause))),
        photos=[photo for photo in (case.photo_before, case.photo_after) if photo],
        forms=f"/console/workflows/{name}?{urlencode({'case': case.id})}",
    )


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="hazards_page.title",
        template="hazards.html",
        place=("plan", 30),
        under="/console/plan",
        show=_show,
    ),
)
