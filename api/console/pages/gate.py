"""The gate on a phone: what a reader saw and nobody has completed, who is inside, own vehicles, goods passes.

A button does what needs no word; what needs words is a form of this page, drawn from the ask itself. Who looks after
papers of vehicles finds the rest among the forms of their workflow.
"""

from collections.abc import Iterable, Mapping, Sequence
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException

from alerts.ask import Ask
from alerts.gate_entries import Entry
from alerts.vehicles import PAPERS, Vehicle
from alerts.workflow import Workflow
from api.asks import ask_at, ask_of, every_workflow
from api.auth import Permission
from api.console.forms import Field, choice_word, fields_of, read
from api.console.web_page import Again, Asked, Given, GoTo, Page
from api.roster import called
from devices.errors import NotAllowed, Refused, StoreUnavailable

_AT = "/console/gate"
_ENTER = "gate/entries"
_DO = {
    "enter": _ENTER,
    "complete": "gate/entries/{case}/complete",
    "gone": "gate/entries/{case}/leave",
    "check": "vehicles/{case}/check",
    "trip": "vehicles/{case}/trip",
    "leave": "vehicles/{case}/leave",
    "back": "vehicles/{case}/back",
    "explain": "vehicles/{case}/explain",
    "recheck": "vehicles/{case}/recheck",
    "issue": "gate/passes",
    "pass": "gate/passes/{case}/pass",
}
"""What a form of this page asks, by the address of the ask."""
_MOST = 100


class _Act(msgspec.Struct, frozen=True):
    """``word`` on the button; ``path`` to a form, or "" where the button does it."""

    do: str
    word: str
    path: str = ""


class _Row(msgspec.Struct, frozen=True):
    """One entry, vehicle or pass. ``marks`` say what is not as it must be."""

    id: str
    title: str
    facts: str
    marks: tuple[str, ...] = ()
    acts: tuple[_Act, ...] = ()
    more: str = ""


class _Form(msgspec.Struct, frozen=True):
    """The one that is open. ``is_checklist``: a button for each word, which a thumb finds."""

    title: str
    fields: list[Field]
    hidden: dict[str, str]
    faults: dict[str, str] = {}
    refused: str = ""
    is_checklist: bool = False


def _kind(do: str) -> tuple[type[Workflow[Any]], type[Ask]]:
    """The ask, and the workflow that has it; whoever takes that away takes this part of the page with it."""
    ask = ask_at(_DO[do]) if do in _DO else None
    if ask is None:
        raise HTTPException(404)
    return next(each for each in every_workflow().values() if ask in each.asks), ask


def _cases(asked: Asked, do: str) -> list[Any]:
    return list(asked.gateway.workflows.cases(_kind(do)[0].name))


def _show(asked: Asked) -> Mapping[str, Any]:
    return _page(asked, _opened(asked, asked.query.get("do", ""), asked.query.get("case", "")))


def _page(asked: Asked, form: _Form | None, refused: str = "") -> Mapping[str, Any]:
    entries = [case for case in _cases(asked, "enter") if isinstance(case, Entry)]
    entries.sort(key=lambda case: case.seen_at, reverse=True)
    vehicles = sorted((case for case in _cases(asked, "check") if isinstance(case, Vehicle)), key=lambda case: case.id)
    wanting = [case for case in entries if not case.is_complete]
    inside = [case for case in entries if case.is_complete and case.stage == "inside"]
    say = asked.say
    return {
        "groups": (
            (say.any("gate_page.wanting"), "wanting", [_entry(asked, case) for case in wanting[:_MOST]], len(wanting)),
            (say.any("gate_page.inside"), "inside", [_entry(asked, case) for case in inside[:_MOST]], len(inside)),
            (say.any("gate_page.own"), "own", [_vehicle(asked, case) for case in vehicles[:_MOST]], len(vehicles)),
            (say.any("gate_page.passes"), "passes", _passes(asked), len(_cases(asked, "issue"))),
        ),
        "begins": tuple(act for act in (_act(asked, "enter", ""), _act(asked, "issue", "")) if act is not None),
        "form": form,
        "refused": refused,
        "at": _AT,
        "waits": asked.query.get("waits") == "1",
        "register": f"/console/workflows/{_kind('check')[0].name}",
    }


def _act(asked: Asked, do: str, case: str) -> _Act | None:
    kind, ask = _kind(do)
    if asked.person.role not in ask.ROLES:
        return None
    word = asked.say.any(f"{kind.name}.ask_{ask.__struct_config__.tag}")
    is_plain = do in ("gone", "leave", "pass")
    return _Act(do, word, "" if is_plain else f"{_AT}?{urlencode({'do': do, 'case': case})}#form")


def _acts(asked: Asked, case: str, *does: str) -> tuple[_Act, ...]:
    return tuple(act for do in does if (act := _act(asked, do, case)) is not None)


def _said(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _entry(asked: Asked, case: Entry) -> _Row:
    say, name = asked.say, _kind("enter")[0].name
    facts = (
        choice_word("kind", case.kind, name, say) if case.is_complete else "",
        case.organisation,
        case.driver,
        case.purpose,
        case.load,
        say.any("gate_page.came", at=asked.moment(case.came_at)) if case.came_at is not None else "",
        say.any("gate_page.left", at=asked.moment(case.gone_at)) if case.gone_at is not None else "",
    )
    does = [*(() if case.is_complete else ("complete",)), *(("gone",) if case.stage == "inside" else ())]
    marks = (say.any("gate_page.after_hours"),) if case.is_after_hours else ()
    more = f"/console/workflows/{name}?{urlencode({'case': case.id})}"
    return _Row(
        case.id, case.plate or say.any("gate_page.no_plate"), _said(facts), marks, _acts(asked, case.id, *does), more
    )


def _vehicle(asked: Asked, case: Vehicle) -> _Row:
    say, name, trip = asked.say, _kind("check")[0].name, case.trip
    marks = [
        f"{choice_word('paper', paper, name, say)}: {choice_word('told', case.told[paper], name, say)}"
        for paper in PAPERS
        if paper in case.told
    ]
    if case.bad:
        marks.append(say.any("gate_page.held") + ": " + ", ".join(_items(asked, name, case.bad)))
    if case.is_after_hours:
        marks.append(say.any("gate_page.after_hours"))
    facts = [choice_word("kind", case.kind, name, say), case.model]
    if trip is None:
        does: Sequence[str] = ("recheck",) if case.bad else ("check", "trip")
        facts.append(say.any("gate_page.here"))
    elif not trip.is_entered:
        does = ("explain",)
        facts.append(say.any("gate_page.unentered"))
    else:
        does = ("leave", "back") if trip.out_at is None else ("back", "check", "trip") if trip.back_at else ("back",)
        state = "ready" if trip.out_at is None else "back" if trip.back_at is not None else "out"
        facts += [say.any(f"gate_page.{state}"), _person(asked, trip.driver), trip.purpose, trip.destination]
        if trip.back_by is not None and trip.back_at is None:
            facts.append(say.any("gate_page.back_by", at=asked.moment(trip.back_by)))
            marks += [say.any("gate_page.late")] if trip.is_late else []
    more = f"/console/workflows/{name}?{urlencode({'case': case.id})}"
    return _Row(case.id, f"{case.id} · {case.plate}", _said(facts), tuple(marks), _acts(asked, case.id, *does), more)


def _person(asked: Asked, person: str) -> str:
    return asked.say.words.show(called(asked.gateway).get(person, person))


def _items(asked: Asked, name: str, items: Iterable[str]) -> list[str]:
    return [choice_word("item", item, name, asked.say) for item in items]


def _passes(asked: Asked) -> list[_Row]:
    rows = []
    for case in _cases(asked, "issue")[:_MOST]:
        goods = ", ".join(f"{each.item} {each.number:g} {each.unit}".strip() for each in case.goods)
        until = asked.say.any("gate_page.counts_until", at=asked.moment(case.until))
        facts = _said((case.carrier, case.plate, case.purpose, case.second, until))
        more = f"/console/workflows/{_kind('issue')[0].name}?{urlencode({'case': case.id})}"
        rows.append(_Row(case.id, goods, facts, (), _acts(asked, case.id, "pass"), more))
    return rows


# -- forms ----------------------------------------------------------------------------------------------------------


def _opened(
    asked: Asked, do: str, case: str, sent: Given | None = None, faults: Mapping[str, str] = {}, refused: str = ""
) -> _Form | None:
    """The form of that ask, if it may be asked."""
    if not do:
        return None
    kind, ask = _kind(do)
    if asked.person.role not in ask.ROLES:
        return None
    say = asked.say
    sets = {
        "area": [
            (area.id, asked.gateway.areas.area_name(area.id, say.language)) for area in asked.gateway.areas.areas()
        ]
    }
    if do in ("trip", "explain"):
        here = called(asked.gateway)
        sets["driver"] = [(person, f"{say.words.show(name)} ({person})") for person, name in sorted(here.items())]
    titled = next((row.title for row in _rows_of(asked, do) if row.id == case), "")
    return _Form(
        title=_said((say.any(f"{kind.name}.ask_{ask.__struct_config__.tag}"), titled)),
        fields=fields_of(ask, kind.name, say, without=_without(do), sets=sets, sent=sent),
        hidden={"do": do, "case": case, "id": token_hex(8)},
        faults=dict(faults),
        refused=refused,
        is_checklist=do == "check",
    )


def _without(do: str) -> set[str]:
    """What every ask has, but what people say in this one."""
    keeps = {"note"} if do in ("check", "explain") else {"until"} if do in ("trip", "issue") else set[str]()
    return set(Ask.__struct_fields__) - keeps


def _rows_of(asked: Asked, do: str) -> list[_Row]:
    if do == "complete":
        return [_entry(asked, case) for case in _cases(asked, do)]
    return [_vehicle(asked, case) for case in _cases(asked, do)] if "vehicles" in _DO[do] else []


async def _take(asked: Asked, given: Given) -> GoTo | Again:
    do, case = (given.get(name, [""])[0] for name in ("do", "case"))
    _, ask = _kind(do)
    plain, faults = read(ask, given, asked.gateway.site.time_zone(), without=_without(do) - {"id"})
    said = {name: asked.say.said(fault) for name, fault in faults.items()}
    if said:
        form = _opened(asked, do, case, given, said, asked.say.any("form.look_below"))
        return Again(_page(asked, form))
    try:
        answer = await asked.gateway.workflows.ask(ask_of(ask, {**plain, "case": case}, asked.person))
    except (Refused, NotAllowed, StoreUnavailable) as error:
        shown = {name: asked.say.said(fault) for _, name, fault in getattr(error, "faults", ())}
        form = _opened(asked, do, case, given, shown, asked.say.said(error))
        is_form = form is not None and do not in ("gone", "leave", "pass")
        return Again(_page(asked, form if is_form else None, "" if is_form else asked.say.said(error)))
    if answer.waits:
        return GoTo(f"{_AT}?waits=1")
    return GoTo(_AT)


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="gate_page.title",
        template="gate.html",
        place=("plan", 25),
        under="/console/plan",
        show=_show,
        take=_take,
    ),
)
