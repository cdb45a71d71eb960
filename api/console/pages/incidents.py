"""Incidents, open and over; and beside the lists of the control room all that is known of one."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.exceptions import HTTPException

from alerts.alert import Alert, AlertEvent, State
from alerts.incident import Incident, fold_of
from alerts.lifecycle import Action
from alerts.suppression.danger import DEADLY
from alerts.workflow import Workflow
from api.asks import ask_at, every_workflow
from api.auth import Permission
from api.console.alert_words import LETTERS, AlertWords
from api.console.forms import choice_word
from api.console.response_view import response_to
from api.console.web_page import Asked, Page
from devices.errors import StoreUnavailable
from devices.reading import Instant
from ledger.texts import read as read_text

_AT = "/console/incidents"
_MOST_MEMBERS, _MOST_HISTORIES, _MOST_STEPS, _MOST_PAST = 200, 30, 100, 100
_MOST_BEHIND = 10
_BOOK_LOOKED_THROUGH = 200
_NOT_TOLD = frozenset({Action.RAISED, Action.GROUPED})
"""The order of joining says that an alert was raised."""


class _Member(msgspec.Struct, frozen=True):
    """One of its alerts, in the order of joining."""

    id: str
    letter: str
    priority: int
    at: str
    said: str
    state: str
    is_first: bool
    is_open: bool


class _Row(msgspec.Struct, frozen=True):
    """One incident of the list."""

    number: str
    kind: str
    stage: str
    area: str
    first: str
    began: str
    over: str
    joined: int


def _kind() -> type[Workflow[Any]]:
    """The workflow of incidents; not by its name."""
    close = ask_at("incidents/{case}/close")
    if close is None:
        raise HTTPException(404)
    return next(each for each in every_workflow().values() if close in each.asks)


def _find(asked: Asked) -> tuple[type[Workflow[Any]], Incident]:
    kind = _kind()
    found = asked.gateway.workflows.case(kind.name, asked.wanted["number"])
    if not isinstance(found, Incident):
        raise HTTPException(404)
    return kind, found


def _members(asked: Asked, case: Incident) -> list[Alert]:
    """All that ever joined, those of incidents that were joined to it among them."""
    numbers = (case.id, *case.with_numbers)
    until = max(case.last_at, case.over_at or 0)
    with suppress(StoreUnavailable):  # what cannot be recorded now is shown all the same
        members = asked.gateway.alerts.members
        return [one for number in numbers for one in members(number, case.first_at, until, _MOST_MEMBERS)]
    return [alert for alert in asked.gateway.alerts.open_alerts() if alert.incident in numbers]


def _show_panel(asked: Asked) -> Mapping[str, Any]:
    kind, case = _find(asked)
    members, words, say = _members(asked, case), AlertWords(asked), asked.say
    fold = asked.query.get("fold", "")
    its = [alert for alert in members if alert.state is not State.CLOSED and alert.suppression is None]
    here = [alert for alert in its if fold in ("", fold_of(alert))] or its
    lead = min(here or members, key=lambda alert: (alert.priority, alert.place), default=None)
    return {
        "case": case,
        "kind": choice_word("kind", case.kind, kind.name, say),
        "stage": choice_word("stage", case.stage, kind.name, say),
        "area": asked.gateway.areas.area_name(case.area, say.language) if case.area else "",
        "lead": lead,
        "letter": LETTERS[lead.priority] if lead is not None else "",
        "what": words.what(lead) if lead is not None else say.said(case.first_text),
        "procedure": words.procedure(lead) if lead is not None else "",
        "members": [_member(asked, words, case, alert) for alert in members],
        "behind": _behind(asked, words, case, members),
        "response": response_to(asked, case.id),
        "history": _history(asked, kind, case, members, words),
        "new": sum(alert.state is not State.ACKNOWLEDGED for alert in here),
        "count": len(here),
        "may_reset": any(a.latched and not a.active and a.state is State.ACKNOWLEDGED for a in here),
        "may_close": bool(its) and not any(alert.active or _is_unseen_danger(alert) for alert in its),
        "forms": f"/console/workflows/{kind.name}?{urlencode({'case': case.id})}",
    }


def _is_unseen_danger(alert: Alert) -> bool:
    return alert.alert_class in DEADLY and alert.state is not State.ACKNOWLEDGED


def _member(asked: Asked, words: AlertWords, case: Incident, alert: Alert) -> _Member:
    return _Member(
        id=alert.id,
        letter=LETTERS[alert.priority],
        priority=alert.priority,
        at=asked.clock(alert.raised),
        said=f"{words.what(alert)} · {words.about(alert)}",
        state=asked.say("state." + alert.state),
        is_first=alert.id == case.first,
        is_open=alert.state is not State.CLOSED,
    )


def _behind(asked: Asked, words: AlertWords, case: Incident, members: Sequence[Alert]) -> list[str]:
    """What is set aside because of it: its consequences, each with the reason."""
    sources = {alert.key for alert in members if alert.state is not State.CLOSED} | {case.area}
    found = []
    for alert in asked.gateway.alerts.open_alerts():
        why = alert.suppression
        if why is not None and not why.workflow and why.source and why.source in sources:
            found.append(f"{words.what(alert)} · {words.about(alert)}: {asked.say.said(why.title)}")
    if len(found) <= _MOST_BEHIND:
        return found
    return [*found[:_MOST_BEHIND], asked.say.any("incidents_page.more", count=len(found) - _MOST_BEHIND)]


def _history(
    asked: Asked, kind: type[Workflow[Any]], case: Incident, members: Sequence[Alert], words: AlertWords
) -> list[str]:
    """Everything that was seen, decided and done, in the order of time; the same done to several is one line."""
    told: dict[tuple[Instant, str], list[str]] = {}
    for at, said, whose in (*_steps(asked, members, words), *_of_book(asked, kind, case)):
        told.setdefault((at, said), []).append(whose)
    lines: list[str] = []
    for (at, said), of_all in sorted(told.items())[-_MOST_STEPS:]:
        of = of_all[0] if len(of_all) == 1 else asked.say.any("incidents_page.alerts", count=len(of_all))
        lines.append(f"{asked.clock(at)}  {said}{asked.say.colon + of if of else ''}")
    return lines


def _steps(asked: Asked, members: Sequence[Alert], words: AlertWords) -> Iterable[tuple[Instant, str, str]]:
    for alert in members[:_MOST_HISTORIES]:
        history: Sequence[AlertEvent] = ()
        with suppress(StoreUnavailable):
            history = asked.gateway.alerts.history(alert.id)
        for step in history:
            if step.action in _NOT_TOLD:
                continue
            note = asked.say.said(step.note)
            done = f"{asked.say('action.' + step.action)} {step.by}".rstrip() + (f" ({note})" if note else "")
            yield step.at, done, words.about(alert) or words.text(alert)


def _of_book(asked: Asked, kind: type[Workflow[Any]], case: Incident) -> Iterable[tuple[Instant, str, str]]:
    """What was done with the incident itself: joined, split, over."""
    with suppress(StoreUnavailable):
        for entry in asked.gateway.ledger.newest(kind.book, _BOOK_LOOKED_THROUGH):
            fields = entry.draft.fields
            if fields.get("case") == case.id and fields.get("step") in ("opened", "joined", "went", "split", "over"):
                by = f" ({entry.draft.by})" if entry.draft.by else ""
                yield entry.draft.at, asked.say.said(read_text(fields, "text")) + by, ""


def _show(asked: Asked) -> Mapping[str, Any]:
    kind = _kind()
    kept = [case for case in asked.gateway.workflows.cases(kind.name) if isinstance(case, Incident)]
    stored: list[Incident] = []
    with suppress(StoreUnavailable):
        past = asked.gateway.workflows.past_cases(kind.name, _MOST_PAST)
        stored = [case for case in past if isinstance(case, Incident)]
    newest = sorted((*kept, *stored), key=lambda case: (case.opened, case.id), reverse=True)
    rows = [_row(asked, kind, case) for case in newest]
    return {
        "open": [row for row, case in zip(rows, newest, strict=True) if case.over_at is None],
        "over": [row for row, case in zip(rows, newest, strict=True) if case.over_at is not None][:_MOST_PAST],
        "at": _AT,
    }


def _row(asked: Asked, kind: type[Workflow[Any]], case: Incident) -> _Row:
    say = asked.say
    return _Row(
        number=case.id,
        kind=choice_word("kind", case.kind, kind.name, say),
        stage=choice_word("stage", case.stage, kind.name, say),
        area=asked.gateway.areas.area_name(case.area, say.language) if case.area else "",
        first=say.said(case.first_text),
        began=asked.moment(case.opened),
        over=asked.moment(case.over_at) if case.over_at is not None else "",
        joined=case.joined,
    )


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="incidents_page.title",
        template="incidents.html",
        place=("review", 5),
        under="/manager",
        show=_show,
    ),
    Page(
        path=f"{_AT}/{{number}}",
        permission=Permission.LOOK,
        title="incidents_page.title",
        template="incident.html",
        under="/manager",
        modules=("response.js",),
        show=_show_panel,
    ),
    Page(
        path=f"{_AT}/{{number}}/panel",
        permission=Permission.WATCH,
        title="incidents_page.title",
        template="incident_panel.html",
        show=_show_panel,
        is_control_room=True,
    ),
)
