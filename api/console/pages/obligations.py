"""Obligations: system by system what the plan asks for, how it stands, where it leads, and what is not owed.

What is behind stands first, by its link; below each system of the plan with its duties, each of which opens to what it
means, how it went in the periods before, and what to do.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

from alerts.obligation_progress import Past, Progress, told
from api.auth import Permission
from api.console.web_page import Asked, Page
from devices.message import Text
from ledger.standing_duty import Standing, StandingDuty
from ledger.standing_duty import told as standing_told

_AT = "/console/obligations"
_ORDER = ("broken", "missed", "late", "near", "open", "done", "kept", "counting", "not_yet", "exempt")
"""As they are shown, worst first."""
_BEHIND = frozenset({"broken", "missed", "late", "near"})


class _Bar(msgspec.Struct, frozen=True):
    """A period that is over: ``state`` done, missed or unknown (it was not watched from its beginning)."""

    state: str
    text: str


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    """One obligation, ready to draw. ``share``: of what is owed in this period, in percent; None: it is not counted.

    ``count``: so many of so many. ``page``: where it is seen to.
    """

    clause: str
    title: str
    rule: str
    area: str
    state: str
    state_word: str
    text: str
    procedure: str
    definition: list[str]
    count: str = ""
    share: int | None = None
    missed: int = 0
    past: Sequence[_Bar] = ()
    page: str = ""

    @property
    def is_behind(self) -> bool:
        return self.state in _BEHIND

    @property
    def anchor(self) -> str:
        """Of its place on the page."""
        return f"{self.rule}-{self.area}" if self.area else self.rule


class _System(msgspec.Struct, frozen=True):
    """The duties of one part of the plan, what is behind first."""

    title: str
    duties: list[_Row]
    behind: int


def _show(asked: Asked) -> Mapping[str, Any]:
    noun = asked.gateway.obligations
    found = [_row(asked, one) for one in noun.progress()]
    found += [_standing(asked, duty, one) for duty, one in noun.standing()]
    wanted = asked.query.get("state", "")
    shown = sorted((row for row in found if wanted in ("", row.state)), key=_place)
    counts = [(state, sum(row.state == state for row in found)) for state in _ORDER]
    return {
        "systems": [
            _system(asked, letter, list(its)) for letter, its in groupby(shown, key=lambda row: row.clause[:1])
        ],
        "behind": sorted((row for row in shown if row.is_behind), key=lambda row: _ORDER.index(row.state)),
        "wanted": wanted,
        "counts": [(state, asked.say.any(f"obligation_state.{state}"), count) for state, count in counts if count],
        "counting": noun.counting(),
        "is_bare": not found,
        "declare": "/console/workflows/obligations",
    }


def _place(row: _Row) -> tuple[str, int, str, str]:
    return row.clause[:1] or "~", _ORDER.index(row.state), row.clause, row.rule


def _system(asked: Asked, letter: str, duties: list[_Row]) -> _System:
    title = asked.say.any(f"obligations_page.system_{letter or 'own'}")
    return _System(title, duties, sum(row.is_behind for row in duties))


def _row(asked: Asked, one: Progress) -> _Row:
    say, gateway = asked.say, asked.gateway
    title, procedure = gateway.rules.rule_words(one.rule, say.language)
    return _Row(
        clause=one.clause,
        title=title or one.rule,
        rule=one.rule,
        area=gateway.areas.area_name(one.area, say.language) if one.area else "",
        state=one.state,
        state_word=say.any(f"obligation_state.{one.state}"),
        text=say.said(told(one, gateway.site.now())),
        procedure=procedure,
        definition=_said(asked, gateway.obligations.definition(one.rule)),
        count=f"{one.done} / {one.times}",
        share=_share(one),
        missed=one.missed,
        past=[_bar(asked, one, each) for each in one.past],
    )


def _standing(asked: Asked, duty: StandingDuty, one: Standing) -> _Row:
    say = asked.say
    is_zh = say.language == "zh"
    return _Row(
        clause=duty.clause,
        title=duty.title_zh if is_zh else duty.title,
        rule=duty.name,
        area="",
        state=one.state,
        state_word=say.any(f"obligation_state.{one.state}"),
        text=say.said(standing_told(one)),
        procedure=duty.procedure_zh if is_zh else duty.procedure,
        definition=_said(asked, asked.gateway.obligations.definition(duty.name)),
        count=f"{one.whole} / {one.areas}" if one.areas else "",
        page=duty.page,
    )


def _said(asked: Asked, texts: Sequence[Text]) -> list[str]:
    return [asked.say.said(text) for text in texts]


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
