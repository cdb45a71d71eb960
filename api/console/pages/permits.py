"""Permits now: what goes on where, who is inside, what ends when, and what each still lacks; in and out by a press.

It is made to be held at the entrance of a confined space: one column on a phone, up to date by itself, each person a
button. Which workflows keep permits is asked of their cases, so that another kind of permit stands here by itself.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException

from alerts.ask import Ask
from alerts.confined import EntryPermit
from alerts.permit import Beside, Permit
from alerts.permit_asks import GradedPermit
from alerts.permit_cycle import PermitCycle
from alerts.permit_gas import GasTest
from alerts.permit_people import not_briefed
from alerts.workflow import Workflow
from api.asks import ask_of, every_workflow
from api.auth import Permission
from api.console.forms import choice_word
from api.console.web_page import Again, Asked, Given, GoTo, Page
from api.roster import called
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.message import Text

_AT = "/console/permits"
_PASSAGES = ("enter", "leave")
_STEPS: Mapping[str, tuple[str, ...]] = {
    "applied": ("approve", "tick", "brief", "cancel"),
    "approved": ("tick", "brief", "test_gas", "start", "cancel"),
    "working": ("test_gas", "stop", "relieve", "finish"),
    "stopped": ("test_gas", "tick", "start", "finish"),
    "done": ("accept",),
    "issued": ("test_gas", "start", "finish"),
    "paused": ("test_gas", "start", "finish"),
}
"""What is next in each stage; a workflow that has no such ask shows none."""
_MOST, _TESTS = 100, 8


class _Person(msgspec.Struct, frozen=True):
    """``since``: when they went in, in microseconds; 0: they are outside.

    ``ask``: what a press does, under an id of its own (``press``), so that a press twice is one.
    """

    id: str
    press: str
    name: str
    since: int
    ask: str


class _Row(msgspec.Struct, frozen=True):
    """One permit, ready to draw. ``until``: its end, in microseconds, 0 for none."""

    id: str
    flow: str
    heading: str
    area: str
    stage: str
    stage_word: str
    work: str
    ends: str
    until: int
    is_late: bool
    why: str
    is_alarmed: bool
    people: list[_Person]
    inside: int
    facts: list[tuple[str, str]]
    beside: list[str]
    steps: list[tuple[str, str]]
    forms: str


def _kinds() -> dict[str, type[Workflow[Any]]]:
    found = {name: kind for name, kind in every_workflow().items() if issubclass(kind.case, Permit)}
    if not found:
        raise HTTPException(404)
    return found


def _show(asked: Asked, refused: str = "") -> Mapping[str, Any]:
    kinds = _kinds()
    found = ((kind, case) for name, kind in kinds.items() for case in asked.gateway.workflows.cases(name))
    cases = [(kind, case) for kind, case in found if isinstance(case, Permit)]
    cases.sort(key=lambda one: _order(one[1]))
    rows = [_row(asked, kinds, kind, case) for kind, case in cases[:_MOST]]
    applies = [(kind, ask) for kind in kinds.values() for ask in kind.asks[:1] if asked.person.role in ask.ROLES]
    return {
        "permits": rows,
        "more": len(cases) - len(rows),
        "counts": {
            "open": len(cases),
            "working": sum(case.stage == "working" for _, case in cases),
            "inside": sum(len(case.inside) for _, case in cases if isinstance(case, EntryPermit)),
        },
        "applies": [
            (f"/console/workflows/{kind.name}?{urlencode({'ask': _tag(ask)})}", _title(asked, kind, ask))
            for kind, ask in applies
        ],
        "registers": [
            (f"/console/workflows/{name}", asked.say.said(Text.of(f"{name}.title")))
            for name, kind in every_workflow().items()
            if kind.page == _AT and name not in kinds
        ],
        "refused": refused,
        "at": _AT,
    }


def _order(case: Permit) -> tuple[bool, bool, bool, int]:
    """Who has to come out first, then what is late, what goes on, and of these what ends next."""
    is_alarmed = isinstance(case, EntryPermit) and bool(case.alarmed or case.is_overstayed)
    return not is_alarmed, not case.is_late, case.stage not in ("working", "stopped"), case.valid_until or case.opened


def _tag(ask: type[Ask]) -> str:
    return str(ask.__struct_config__.tag)


def _title(asked: Asked, kind: type[Workflow[Any]], ask: type[Ask]) -> str:
    return asked.say.said(Text.of(f"{kind.name}.ask_{_tag(ask)}"))


def _row(asked: Asked, kinds: Mapping[str, type[Workflow[Any]]], kind: type[Workflow[Any]], case: Permit) -> _Row:
    say, name = asked.say, kind.name
    graded = case if isinstance(case, GradedPermit) else None
    what = choice_word("kind", graded.kind, name, say) if graded is not None else say.said(Text.of(f"{name}.title"))
    asks = {_tag(ask): ask for ask in kind.asks if asked.person.role in ask.ROLES}
    steps = [
        (f"/console/workflows/{name}?{urlencode({'case': case.id, 'ask': tag})}", _title(asked, kind, asks[tag]))
        for tag in _STEPS.get(case.stage, ())
        if tag in asks
    ]
    people = _people(asked, case, asks) if isinstance(case, EntryPermit) else []
    return _Row(
        id=case.id,
        flow=name,
        heading=" · ".join(filter(None, (what, graded.number if graded is not None else "", case.place))),
        area=asked.gateway.areas.area_name(case.area, say.language) if case.area else "",
        stage=case.stage,
        stage_word=choice_word("stage", case.stage, name, say),
        work=case.work,
        ends=asked.moment(case.valid_until) if case.valid_until else "",
        until=case.valid_until // 1_000,
        is_late=case.is_late,
        why=say.said(graded.why) if graded is not None and graded.why is not None else "",
        is_alarmed=isinstance(case, EntryPermit) and bool(case.alarmed or case.is_overstayed),
        people=people,
        inside=sum(1 for one in people if one.since),
        facts=_facts(asked, kind, case),
        beside=[_other(asked, one) for one in case.beside if one.workflow in kinds],
        steps=steps,
        forms=f"/console/workflows/{name}?{urlencode({'case': case.id})}",
    )


def _other(asked: Asked, one: Beside) -> str:
    title = asked.say.said(Text.of(f"{one.workflow}.title"))
    return " · ".join((title, one.work, choice_word("stage", one.stage, one.workflow, asked.say)))


def _people(asked: Asked, case: EntryPermit, asks: Mapping[str, type[Ask]]) -> list[_Person]:
    """Who is inside first, the longest in front; then who may go in."""
    names = called(asked.gateway)

    def name(person: str) -> str:
        return asked.say.words.show(names.get(person, person))

    inside = case.inside
    out = "leave" if "leave" in asks else ""
    into = "enter" if "enter" in asks and case.stage == "working" and not case.is_late else ""

    def person(who: str, since: int, ask: str) -> _Person:
        return _Person(who, f"{ask}.{case.id}.{case.revision}.{who}", name(who), since, ask)

    found = [person(each.person, each.in_at // 1_000, out) for each in inside]
    return found + [person(each, 0, into) for each in case.workers if not case.is_in(each)]


def _facts(asked: Asked, kind: type[Workflow[Any]], case: Permit) -> list[tuple[str, str]]:
    say, names = asked.say, called(asked.gateway)
    newest = {(test.gas, test.point): test for test in case.gas}
    tests = sorted(newest.values(), key=lambda test: (-test.at, test.gas))[:_TESTS]
    told = {
        "watcher": say.words.show(names.get(case.watcher, case.watcher)),
        "air": "\n".join(_test(asked, test) for test in tests),
    }
    if isinstance(case, GradedPermit):
        after = kind().shows(case, asked.gateway.site.now()).get("retest_until")
        told["retest"] = asked.moment(after) if after is not None else ""
    if isinstance(case, GradedPermit) and case.stage in ("applied", "approved"):
        known = kind.kinds[case.kind].measures if issubclass(kind, PermitCycle) else ()
        done = {each.measure for each in case.measures}
        left = (choice_word("measures", each, kind.name, say) for each in known if each not in done)
        told["unticked"] = "\n".join(left)
        told["unbriefed"] = "\n".join(say.words.show(names.get(one, one)) for one in not_briefed(case))
    return [(say.any(f"permits_page.{name}"), value) for name, value in told.items() if value]


def _test(asked: Asked, test: GasTest) -> str:
    value = asked.say.said(Text.of(f"permit_measured.{test.gas}", value=test.value))
    return f"{asked.clock(test.at)} {test.point}{asked.say.colon}{value}"


async def _take(asked: Asked, given: Given) -> GoTo | Again:
    """Somebody goes in, or comes out."""
    plain = {name: values[0] for name, values in given.items() if values}
    kind, tag = _kinds().get(plain.get("flow", "")), plain.get("ask", "")
    ask = next((each for each in kind.asks if _tag(each) == tag), None) if kind is not None else None
    if ask is None or tag not in _PASSAGES:
        raise HTTPException(404)
    said = {"id": plain.get("id", ""), "case": plain.get("case", ""), "persons": (plain.get("person", ""),)}
    try:
        await asked.gateway.workflows.ask(ask_of(ask, said, asked.person))
    except (Refused, NotAllowed, StoreUnavailable) as error:
        return Again(_show(asked, asked.say.said(error)))
    return GoTo(_AT)


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="permits_page.title",
        template="permits.html",
        place=("plan", 32),
        under="/console/plan",
        modules=("fresh.js",),
        show=_show,
        take=_take,
    ),
)
