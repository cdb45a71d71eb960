"""The plan: how each of its systems stands. Where each part of it is looked at are pages of their own."""

from collections.abc import Mapping
from typing import Any

import msgspec

from api.auth import Permission
from api.console.web_page import Asked, Page

_BEHIND = frozenset({"broken", "missed", "late", "near"})
_OUT = frozenset({"exempt", "not_yet"})


class _System(msgspec.Struct, frozen=True):
    """``duties`` are those that apply; ``first``: the address of the first that is behind."""

    title: str
    duties: int
    behind: int
    first: str


def _show(asked: Asked) -> Mapping[str, Any]:
    noun = asked.gateway.obligations
    found: list[tuple[str, str, str]] = [(one.clause, one.state, one.rule) for one in noun.progress()]
    found += [(duty.clause, one.state, duty.name) for duty, one in noun.standing()]
    letters = sorted({clause[:1] for clause, *_ in found}, key=lambda letter: letter or "~")
    return {"systems": [_system(asked, letter, found) for letter in letters], "counting": noun.counting()}


def _system(asked: Asked, letter: str, found: list[tuple[str, str, str]]) -> _System:
    its = [(state, rule) for clause, state, rule in found if clause[:1] == letter and state not in _OUT]
    behind = [rule for state, rule in its if state in _BEHIND]
    title = asked.say.any(f"obligations_page.system_{letter or 'own'}")
    return _System(
        title, len(its), len(behind), f"/console/obligations#{behind[0]}" if behind else "/console/obligations"
    )


PAGES = (
    Page(
        path="/console/plan",
        permission=Permission.LOOK,
        title="plan_page.title",
        template="plan.html",
        place=("main", 47),
        show=_show,
    ),
)
