"""Education: who lacks how many hours this year, which trainings are to be held, made up or signed, and a record.

Who took part is shown to whoever sees what is personal in the book of trainings; others are shown the trainings alone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec

from alerts.calendar import Calendar
from alerts.training import LACKING, Hours, Training
from alerts.workflow import Workflow
from api.asks import every_workflow
from api.auth import Permission
from api.console.forms import choice_word
from api.console.web_page import Asked, Page
from api.roster import called

_AT = "/console/education"
_MOST = 100


class _Lacking(msgspec.Struct, frozen=True):
    """One person who lacks hours. ``percent`` of what is needed is done."""

    name: str
    path: str
    done: float
    needed: float
    owed: float
    percent: int


class _Row(msgspec.Struct, frozen=True):
    """One training. ``forms``: where what comes next is entered."""

    title: str
    facts: str
    people: str
    wanting: str
    is_late: bool
    forms: str


class _Part(msgspec.Struct, frozen=True):
    """What one person did in one training."""

    on: str
    title: str
    result: str
    hours: float


def _show(asked: Asked) -> Mapping[str, Any]:
    people = called(asked.gateway)

    def name(person: str) -> str:
        return asked.say.words.show(people.get(person, person))

    every = [case for kind in every_workflow().values() for case in asked.gateway.workflows.cases(kind.name)]
    trainings = [case for case in every if isinstance(case, Training)]
    hours = next((case for case in every if isinstance(case, Hours)), None)
    kind = next((each for each in every_workflow().values() if each.case is Training), None)
    year = Calendar(zone=asked.gateway.site.time_zone()).day(asked.gateway.site.now()).year
    wanted = asked.query.get("person", "")[:64]
    rows: list[tuple[Training, _Row]] = (
        [] if kind is None else [_row(asked, kind, case, name) for case in _ordered(trainings)]
    )
    return {
        "groups": [
            (asked.say.any(f"education_page.{stage}"), [row for case, row in rows if case.stage == stage][:_MOST])
            for stage in ("planned", "held", "complete")
        ],
        "trainings": len(trainings),
        "lacking": _lacking(hours, name),
        "counted": len(hours.rows) if hours is not None else 0,
        "year": year,
        "person": name(wanted) if wanted else "",
        "record": [_part(asked, case, wanted) for case in trainings if wanted in {p.person for p in case.participants}],
        "hours": next((row for row in (hours.rows if hours is not None else ()) if row.person == wanted), None),
        "plan": _plan(asked, kind),
        "at": _AT,
    }


def _ordered(cases: Sequence[Training]) -> list[Training]:
    """What is late first, then by day: what is to come the next in front, what is over the newest."""
    coming = sorted((case for case in cases if case.held is None), key=lambda case: (not case.is_late, case.planned))
    over = sorted((case for case in cases if case.held is not None), key=lambda case: case.planned, reverse=True)
    return [*coming, *sorted(over, key=lambda case: not case.is_late)]


def _plan(asked: Asked, kind: type[Workflow[Any]] | None) -> str:
    """Where a training is planned, for who may."""
    ask = next((each for each in kind.asks if asked.person.role in each.ROLES), None) if kind is not None else None
    if kind is None or ask is None or ask is not kind.asks[0]:
        return ""
    return f"/console/workflows/{kind.name}?{urlencode({'ask': str(ask.__struct_config__.tag)})}"


def _lacking(hours: Hours | None, name: Callable[[str], str]) -> list[_Lacking]:
    """Who lacks most in front."""
    rows = sorted(
        (row for row in (hours.rows if hours is not None else ()) if row.lacking), key=lambda row: -row.lacking
    )
    return [
        _Lacking(
            name(row.person),
            f"{_AT}?{urlencode({'person': row.person})}",
            row.done,
            row.needed,
            row.owed,
            int(100 * row.done / row.needed),
        )
        for row in rows
    ]


def _row(asked: Asked, kind: type[Workflow[Any]], case: Training, name: Callable[[str], str]) -> tuple[Training, _Row]:
    say = asked.say
    said = [choice_word("told", each, kind.name, say) for each in case.told]
    facts = [
        (case.held or case.planned).isoformat(),
        say.any("education_page.hours", hours=case.hours),
        case.place,
        name(case.trainer) if case.trainer else "",
    ]
    people = say.any("education_page.there", there=len(case.there)) if case.held and case.participants else ""
    wanting = [
        say.any("education_page.makes_up", persons=tuple(map(name, case.lacking))) if case.lacking else "",
        say.any("education_page.signs", persons=tuple(map(name, case.unsigned))) if case.unsigned else "",
    ]
    row = _Row(
        title=f"{choice_word('kind', case.kind, kind.name, say)}: {case.topic}",
        facts=" · ".join(filter(None, [*facts, *said])),
        people=people,
        wanting=" ".join(filter(None, wanting)),
        is_late=case.is_late,
        forms=f"/console/workflows/{kind.name}?{urlencode({'case': case.id})}",
    )
    return case, row


def _part(asked: Asked, case: Training, person: str) -> _Part:
    kind = next(each for each in every_workflow().values() if each.case is Training)
    one = next(each for each in case.participants if each.person == person)
    return _Part(
        on=one.on.isoformat(),
        title=f"{choice_word('kind', case.kind, kind.name, asked.say)}: {case.topic}",
        result=choice_word("result", one.result, kind.name, asked.say),
        hours=case.hours if one.result not in LACKING else 0,
    )


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="education_page.title",
        template="education.html",
        place=("plan", 38),
        under="/console/plan",
        show=_show,
    ),
)
