"""Obligations: clause by clause how often each was done, by when it is due, where it leads, and what is not owed."""

from collections.abc import Mapping
from typing import Any

import msgspec

from alerts.obligation_progress import Past, Progress, told
from api.auth import Permission
from api.console.web_page import Asked, Page

_AT = "/console/obligations"


class _Bar(msgspec.Struct, frozen=True):
    """A period that is over: ``state`` done, missed or unknown (it was not watched from its beginning)."""

    state: str
    text: str


class _Row(msgspec.Struct, frozen=True):
    """One obligation, ready to draw. ``share``: of what is owed in this period, in percent."""

    clause: str
    title: str
    rule: str
    area: str
    state: str
    state_word: str
    text: str
    share: int
    until: str
    missed: int
    past: list[_Bar]


def _show(asked: Asked) -> Mapping[str, Any]:
    found = asked.gateway.obligations.progress()
    wanted = asked.query.get("state", "")
    rows = [_row(asked, one) for one in found if not wanted or one.state == wanted]
    states = ("broken", "missed", "late", "open", "done", "kept", "exempt", "not_yet")
    counts = [(state, sum(one.state == state for one in found)) for state in states]
    return {
        "duties": rows,
        "wanted": wanted,
        "counts": [(state, asked.say.any(f"obligation_state.{state}"), count) for state, count in counts if count],
        "is_bare": not found,
        "declare": "/console/workflows/obligations",
    }


def _row(asked: Asked, one: Progress) -> _Row:
    say, gateway = asked.say, asked.gateway
    title = gateway.rules.rule_words(one.rule, say.language)[0]
    return _Row(
        clause=one.clause,
        title=title or one.rule,
        rule=one.rule,
        area=gateway.areas.area_name(one.area, say.language) if one.area else "",
        state=one.state,
        state_word=say.any(f"obligation_state.{one.state}"),
        text=say.said(told(one, gateway.site.now())),
        share=_share(one),
        until=asked.moment(one.ends) if one.ends is not None else "",
        missed=one.missed,
        past=[_bar(asked, one, each) for each in one.past],
    )


def _share(one: Progress) -> int:
    """In percent; a limit that is kept is whole."""
    if one.is_limit:
        return 0 if one.state == "broken" else 100
    return min(100, one.done * 100 // one.times)


def _bar(asked: Asked, one: Progress, past: Past) -> _Bar:
    state = "unknown" if not past.is_judged else "done" if past.is_met else "missed"
    text = asked.say.any("obligations_page.past", begins=asked.moment(past.begins), done=past.done, times=one.times)
    return _Bar(state, text)


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="obligations_page.title",
        template="obligations.html",
        place=("plan", 10),
        under="/console/plan",
        show=_show,
    ),
)
