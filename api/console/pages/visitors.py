"""The gate: who is inside too long, at the gate, inside, expected; one form that registers, one tap that sees out."""

from collections.abc import Iterable, Mapping, Sequence
from secrets import token_hex
from typing import Any

import msgspec
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from alerts.ask import Ask
from alerts.visit import HERE, Visit
from alerts.visitor_asks import GATE, Arrive, Confirm, Depart, Enter, Extend, Refuse
from api.asks import ask_of, every_workflow
from api.auth import Permission
from api.console.forms import choice_word
from api.console.web_page import Again, Asked, Given, GoTo, Page
from api.roster import called
from devices.errors import NotAllowed, Refused, StoreUnavailable
from devices.reading import SECOND, Instant

_AT = "/console/visitors"
_FIELDS = (
    *("person", "document", "document_number", "host", "purpose", "organisation", "goods", "vehicle"),
    *("companion", "pass_number", "card"),
)
_PRESSED: Mapping[str, type[Ask]] = {
    "leave": Depart,
    "enter": Enter,
    "confirm": Confirm,
    "refuse": Refuse,
    "extend": Extend,
}
_DOCUMENTS = ("id_card", "passport", "residence", "work", "driving", "other")
_WORDS = ("phone", "in_person", "radio")
_LONGER: Instant = 3_600 * SECOND
_LONGEST = 200


class _Row(msgspec.Struct, frozen=True):
    """One visit, ready to draw. ``needs_word``: the host has not said yes. ``is_host``: whoever looks is visited."""

    id: str
    person: str
    told: list[str]
    stage: str
    pass_number: str
    when: str
    until: str
    is_overdue: bool
    needs_word: bool
    is_host: bool
    forms: str


def _show(asked: Asked, sent: Given | None = None, faults: Mapping[str, str] = {}, refused: str = "") -> dict[str, Any]:
    name = _workflow()
    every = [case for case in asked.gateway.workflows.cases(name) if isinstance(case, Visit)]
    wanted = (sent or {}).get("case", [asked.query.get("case", "")])[0]
    chosen = next((case for case in every if case.id == wanted and case.stage in ("expected", "waiting")), None)
    if sent is None and chosen is not None:
        sent = {field: [str(getattr(chosen, field))] for field in _FIELDS if field != "document_number"}
        sent = {**sent, "areas": list(chosen.areas)}
    groups = {
        "overdue": [case for case in every if case.stage in HERE and case.is_overdue],
        "waiting": [case for case in every if case.stage == "waiting"],
        "in": [case for case in every if case.stage in HERE and not case.is_overdue],
        "expected": [case for case in every if case.stage == "expected"],
    }
    passes = getattr(asked.gateway.site.workflow_table(name), "passes", {})
    taken = {case.pass_number for case in every}
    language, own = asked.say.language, _own_names(asked)
    return {
        "at": _AT,
        "forms": f"/console/workflows/{name}",
        "counts": {group: len(cases) for group, cases in groups.items()},
        "groups": [
            (group, [_row(asked, name, case, own) for case in sorted(cases, key=_order)])
            for group, cases in groups.items()
        ],
        "is_gate": asked.person.role in GATE,
        "sent": {field: values[0] for field, values in (sent or {}).items() if values},
        "chosen_areas": (sent or {}).get("areas", []),
        "chosen": chosen.id if chosen is not None else "",
        "is_confirmed": chosen is not None and bool(chosen.confirmed_by),
        "id": token_hex(8),
        "faults": faults,
        "refused": refused,
        "hosts": _hosts(asked),
        "documents": [(each, choice_word("document", each, name, asked.say)) for each in _DOCUMENTS],
        "ways": [(each, choice_word("word", each, name, asked.say)) for each in _WORDS],
        "passes": [number for number in passes if number not in taken],
        "areas": [(area.id, asked.gateway.areas.area_name(area.id, language)) for area in asked.gateway.areas.areas()],
        "done": asked.query.get("done", ""),
        "given": asked.query.get("pass", "")[:_LONGEST],
    }


def _workflow() -> str:
    """Whose asks these are."""
    name = next((name for name, kind in every_workflow().items() if Arrive in kind.asks), None)
    if name is None:
        raise HTTPException(404)
    return name


def _order(case: Visit) -> Instant:
    return (case.expected_at if case.stage == "expected" else case.end_at) or case.opened


def _row(asked: Asked, name: str, case: Visit, own: frozenset[str]) -> _Row:
    told = [case.organisation, case.purpose, case.goods, case.vehicle, case.companion]
    return _Row(
        id=case.id,
        person=case.person,
        told=[case.host, *filter(None, told)],
        stage=choice_word("stage", case.stage, name, asked.say),
        pass_number=case.pass_number,
        when=asked.moment(case.expected_at) if case.stage == "expected" and case.expected_at is not None else "",
        until=asked.moment(case.end_at) if case.end_at is not None else "",
        is_overdue=case.is_overdue,
        needs_word=not case.confirmed_by,
        is_host=case.host in own,
        forms=f"/console/workflows/{name}?case={case.id}",
    )


def _own_names(asked: Asked) -> frozenset[str]:
    """By which a host may be called who has that account (workflows/visitors.py asks the register alike)."""
    known, account = called(asked.gateway), asked.person.name
    name = known.get(account)
    alike = {key for key, each in known.items() if each == name}
    return frozenset({account, *alike, *((name.en, name.zh) if name is not None else ())} - {""})


def _hosts(asked: Asked) -> Sequence[tuple[str, str]]:
    """What may be typed for whom they visit, and how it is called."""
    return [(key, asked.say.words.show(person)) for key, person in sorted(called(asked.gateway).items())]


async def _take(asked: Asked, given: Given) -> GoTo | Again:
    """The form, or one tap on a visit."""
    word, case = given.get("press", [""])[0], given.get("case", [""])[0][:64]
    try:
        if word in _PRESSED:
            more: dict[str, Any] = {"until": asked.gateway.site.now() + _LONGER} if word == "extend" else {}
            more |= {name: given[name][0] for name in ("word", "note") if given.get(name)}
            more = {name: value for name, value in more.items() if name in _PRESSED[word].__struct_fields__}
            await asked.gateway.workflows.ask(ask_of(_PRESSED[word], {**more, "case": case}, asked.person))
            return GoTo(f"{_AT}?done={word}#said")
        answer = await asked.gateway.workflows.ask(ask_of(Arrive, _plain(given, case), asked.person))
    except (Refused, NotAllowed, StoreUnavailable) as error:
        beside = {field: asked.say.said(text) for _, field, text in getattr(error, "faults", ()) if field}
        sent = given if word not in _PRESSED else None
        return Again(await run_in_threadpool(_show, asked, sent, beside, asked.say.said(error)))
    found = await run_in_threadpool(asked.gateway.workflows.case, answer.workflow, answer.case)
    number = found.pass_number if isinstance(found, Visit) else ""
    waits = isinstance(found, Visit) and found.stage == "waiting"
    return GoTo(f"{_AT}?done={'wait' if waits else 'arrive'}&pass={number}#said")


def _plain(given: Given, case: str) -> dict[str, Any]:
    texts = {name: given[name][0][:_LONGEST] for name in _FIELDS if given.get(name) and given[name][0].strip()}
    id_ = given.get("id", [""])[0][:64]
    return {
        **texts,
        "id": id_ or token_hex(8),
        "case": case,
        "word": given.get("word", [""])[0],
        "areas": tuple(_filled(given.get("areas", ()))),
    }


def _filled(values: Iterable[str]) -> Iterable[str]:
    return (value[:_LONGEST] for value in values if value)


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="visitors_page.title",
        template="visitors.html",
        place=("plan", 27),
        under="/console/plan",
        modules=("fresh.js",),
        show=_show,
        take=_take,
    ),
)
