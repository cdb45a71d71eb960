"""The roster of the next 14 days, post by post: who is there when, and what is wrong with it."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from api.asks import ask_at
from api.auth import Permission
from api.console.web_page import Asked, Page
from api.roster import LINES, called, keeper, outlook
from ledger.roster import Finding, Stint

_AT = "/console/roster"
_DAYS = 14


class _Day(msgspec.Struct, frozen=True):
    """One local day of a post, ready to draw."""

    day: str
    weekday: str
    stints: list[str]
    wrong: list[str]


class _Row(msgspec.Struct, frozen=True):
    """One post. ``plan``: where somebody is planned for it, "" for whoever may not."""

    id: str
    title: str
    needs: str
    days: list[_Day]
    wrong: int
    plan: str
    calendar: str


def _show(asked: Asked) -> Mapping[str, Any]:
    ask = ask_at(LINES)
    may_plan = ask is not None and asked.person.role in ask.ROLES
    plan = f"/console/workflows/{keeper(LINES)}?ask=plan" if may_plan else ""
    cases, people = outlook(asked.gateway), called(asked.gateway)

    def name(person: str) -> str:
        return asked.say.words.show(people[person]) if person in people else person

    today = date.fromisoformat(asked.moment(asked.gateway.site.now())[:10])
    return {
        "posts": [_row(asked, case, today, plan, name) for case in cases],
        "looked_at": asked.moment(max(case.looked_at for case in cases)) if cases else "",
        "swaps": f"/console/workflows/{keeper(LINES)}" if keeper(LINES) else "",
    }


def _row(asked: Asked, case: Any, today: date, plan: str, name: Callable[[str], str]) -> _Row:
    days = [today + timedelta(days=after) for after in range(_DAYS)]
    post = case.post
    made = [_day(asked, day, case.stints, case.findings, name) for day in days]
    return _Row(
        id=post.id,
        title=asked.say.words.show(post.called),
        needs=asked.say.any(f"roster_page.needs_{post.cover}", least=post.least, hours=post.longest_h),
        days=made,
        wrong=len(case.findings),
        plan=f"{plan}&post={post.id}" if plan else "",
        calendar=f"/api/duty/calendar?post={post.id}",
    )


def _day(
    asked: Asked, day: date, stints: tuple[Stint, ...], findings: tuple[Finding, ...], name: Callable[[str], str]
) -> _Day:
    text = day.isoformat()
    own: dict[str, list[str]] = {}
    for stint in stints:
        if asked.moment(stint.begins)[:10] == text:
            own.setdefault(_span(asked, stint.begins, stint.ends), []).append(name(stint.person))
    wrong = [found for found in findings if asked.moment(found.begins)[:10] == text]
    return _Day(
        day=text,
        weekday=asked.say.any(f"roster_page.weekday_{day.isoweekday()}"),
        stints=[f"{span} {', '.join(people)}" for span, people in own.items()],
        wrong=[_said(asked, found, name) for found in wrong],
    )


def _span(asked: Asked, begins: int, ends: int) -> str:
    """Times of day; of an end on another day the date as well."""
    first, last = asked.moment(begins), asked.moment(ends)
    is_short = ends - begins <= 86_400 * 10**9
    return f"{first[11:16]}–{last[11:16] if is_short else last[5:16]}"


def _said(asked: Asked, found: Finding, name: Callable[[str], str]) -> str:
    span = _span(asked, found.begins, found.ends)
    key = f"roster_page.{found.kind}"
    return asked.say.any(key, span=span, person=name(found.person), people=found.people, needed=found.needed)


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="roster_page.title",
        template="roster.html",
        place=("plan", 15),
        under="/console/plan",
        show=_show,
    ),
)
