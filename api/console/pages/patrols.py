"""Patrols: the rounds in progress, and a guard's page on a phone, which goes on without a network."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from api.auth import Permission
from api.console.patrol_plan import Sheet, floors, unplaced
from api.console.web_page import Asked, Page
from api.roster import called

_AT, _PHONE = "/console/patrols", "/console/patrol"
_SHOWN = 40


class _Stop(msgspec.Struct, frozen=True):
    """A checkpoint of a round, ready to draw. ``state``: a word of ``patrol_state``."""

    name: str
    state: str
    at: str
    persons: str
    grade: int
    marks: str


class _Row(msgspec.Struct, frozen=True):
    """A round, ready to draw."""

    id: str
    title: str
    starts: str
    due: str
    state: str
    persons: str
    stops: list[_Stop]
    path: str


def _show(asked: Asked) -> Mapping[str, Any]:
    rounds: list[Any] = sorted(asked.gateway.workflows.cases("patrols"), key=lambda each: -each.starts_at)
    now = asked.gateway.site.now()
    guards: list[Any] = list(asked.gateway.workflows.cases("guards"))
    names = called(asked.gateway)

    def name(account: str) -> str:
        return asked.say.words.show(names.get(account, account))

    pictures = {area.id for area in asked.gateway.areas.areas() if area.has_plan}
    return {
        "floors": floors(Sheet(now, asked.say, asked.moment, name, pictures), rounds, guards),
        "elsewhere": [(name(guard.person), asked.moment(guard.seen_at)) for guard in unplaced(guards, rounds)],
        "rounds": [_row(asked, each, now, name) for each in rounds[:_SHOWN]],
        "more": max(0, len(rounds) - _SHOWN),
        "phone": _PHONE,
        "begin": "/console/workflows/patrols?ask=begin",
    }


def _row(asked: Asked, a_round: Any, now: int, name: Callable[[str], str]) -> _Row:
    say = asked.say
    if not a_round.is_over:
        state = "to_come" if a_round.starts_at > now else "walked"
    else:
        state = "missed" if a_round.missed else "unseen" if a_round.unseen else "too_few" if a_round.too_few else "done"
    return _Row(
        id=a_round.id,
        title=say.words.show(a_round.called),
        starts=asked.moment(a_round.starts_at),
        due=asked.moment(a_round.due_at),
        state=say.any(f"patrol_state.{state}"),
        persons=", ".join(map(name, a_round.walkers)),
        stops=[_stop(asked, a_round, each, name) for each in a_round.checkpoints],
        path=f"/console/workflows/patrols?ask=countersign&case={a_round.id}"
        if a_round.is_over and not a_round.countersigned_by
        else "",
    )


def _stop(asked: Asked, a_round: Any, checkpoint: str, name: Callable[[str], str]) -> _Stop:
    point = next((each for each in a_round.points if each.id == checkpoint), None)
    title = asked.say.words.show(point.name) if point is not None else checkpoint
    visit = a_round.visit(checkpoint)
    if visit is None:
        state = "missed" if checkpoint in a_round.missed else "unseen" if checkpoint in a_round.unseen else "left"
        return _Stop(title, asked.say.any(f"patrol_state.{state}"), "", "", 0, "")
    marks = ", ".join(asked.say.any(f"patrols_mark.{mark}") for mark in visit.marks)
    at, persons = asked.moment(visit.done_at), ", ".join(map(name, visit.persons))
    return _Stop(title, asked.say.any("patrol_state.scanned"), at, persons, visit.grade, marks)


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="patrol_page.title",
        template="patrols.html",
        place=("plan", 25),
        under="/console/plan",
        modules=("fresh.js",),
        show=_show,
    ),
    Page(path=_PHONE, permission=Permission.LOOK, title="patrol_page.phone", template="patrol_phone.html"),
)
