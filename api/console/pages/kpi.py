"""Alarm figures: how well alarms serve the people who handle them, in a shift, day, week, month, quarter or year.

What is over its target has a bar beyond the mark; below stand the worst sources, each with what to do about it. What
the figures are and what they do not say: docs/kpi.md.
"""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import msgspec

from alerts.kpi import figures as counted
from alerts.kpi.report import Report
from alerts.kpi.spans import MOST_BACK, SpanOf
from alerts.kpi.worst import cures
from api.auth import Permission
from api.console.web_page import Asked, Page
from api.kpi_measures import Measure, measures, name_of, title_of
from devices.errors import Refused

_AT = "/console/kpi"
_MARK = 50
"""Where the target stands on a bar that is 100 wide; a figure of twice the target fills it."""
_MOST_DAYS = 100


class _Figure(msgspec.Struct, frozen=True):
    """One figure, ready to draw; ``bar``: 0 to 100, the target is in the middle."""

    title: str
    value: str
    target: str
    verdict: str
    word: str
    bar: float
    before: str


class _Time(msgspec.Struct, frozen=True):
    """A row of a table of times; ``within``: (share in percent, whether it is under its target)."""

    title: str
    count: int
    median: str
    p95: str
    within: list[tuple[str, bool]]
    verdict: str
    word: str


class _Worst(msgspec.Struct, frozen=True):
    """One source of alerts: what there was, and what to do."""

    title: str
    name: str
    facts: list[str]
    cures: list[str]
    rule: str


class _Share(msgspec.Struct, frozen=True):
    """``percent`` of what people judged was not real, or of all has that priority."""

    title: str
    percent: str
    text: str
    bar: float
    verdict: str = ""
    word: str = ""


class _Day(msgspec.Struct, frozen=True):
    """A bar of the row of days; ``height`` 0 to 100."""

    height: float
    text: str
    is_flooded: bool


def _show(asked: Asked) -> Mapping[str, Any]:
    every, back = _wanted(asked)
    try:
        report = asked.gateway.kpi.report(every, back)
    except Refused:  # an address that somebody wrote: what can be shown instead is
        every, back = "day", 0
        report = asked.gateway.kpi.report(every, back)
    found, say = report.figures, asked.say
    return {
        "report": report,
        "spans": [(name, say.any(f"kpi.span_{name}"), name == every) for name in asked.gateway.kpi.spans()],
        "from": asked.moment(report.begins),
        "until": asked.moment(report.ends),
        "known": asked.moment(report.known_since) if report.known_since is not None else "",
        "is_cut": report.known_since is not None and report.known_since > report.begins,
        "earlier": back + 1 if back < MOST_BACK[every] else None,
        "later": back - 1 if back else None,
        "people": f"{found.scope.operators:.1f}",
        "figures": [_figure(asked, one) for one in measures(report)],
        "times": [(part, [_time(asked, one) for one in its]) for part, its in _times(report)],
        "priorities": [_priority(asked, one) for one in found.priorities],
        "worst": [_worst(asked, one) for one in found.worst],
        "not_real": [(part, [_false(asked, part, one) for one in its]) for part, its in _falses(report)],
        "stale": [
            (title_of(one.rule, asked.gateway, say.language), name_of(one.key, asked.gateway, say.language),
             asked.moment(one.since)) for one in report.stale_now
        ],
        "days": _days(asked, report),
    }  # fmt: skip


def _wanted(asked: Asked) -> tuple[SpanOf, int]:
    """Of the address; the week if it says none that there is."""
    said, back = asked.query.get("span", "week"), asked.query.get("back", "0")
    every: SpanOf = next((name for name in get_args(SpanOf) if name == said), "week")
    return every, int(back) if back.isascii() and back.isdigit() and len(back) < 4 else 0


def _times(report: Report) -> Sequence[tuple[str, Sequence[counted.Response]]]:
    return ("answered", report.figures.answered), ("on_scene", report.figures.on_scene)


def _falses(report: Report) -> Sequence[tuple[str, Sequence[counted.FalseShare]]]:
    return ("false_rules", report.figures.false_rules), ("false_keys", report.figures.false_keys)


def _figure(asked: Asked, one: Measure) -> _Figure:
    scale = one.target or 1
    return _Figure(
        title=asked.say.any(f"kpi.{one.name}"),
        value=_number(one.value, one.unit),
        target=_number(one.target, one.unit),
        verdict=one.verdict,
        word=asked.say.any(f"kpi.{one.verdict}"),
        bar=min(100.0, _MARK * one.value / scale),
        before=_number(one.before, one.unit) if one.before is not None else "",
    )


def _number(value: float, unit: str) -> str:
    """Two figures behind the point at most, and none where they say nothing."""
    text = f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    return f"{text} {unit}".strip()


def _time(asked: Asked, one: counted.Response) -> _Time:
    return _Time(
        title=asked.say.any(f"alert_heading.{one.of}") if one.of else asked.say.any("kpi.all"),
        count=one.count,
        median=asked.say.age(one.median),
        p95=asked.say.age(one.p95),
        within=[
            (f"{100 * each.share:.0f} %", each.target is not None and each.share < each.target) for each in one.within
        ],
        verdict=one.verdict,
        word=asked.say.any(f"kpi.{one.verdict}"),
    )


def _priority(asked: Asked, one: counted.Priority) -> tuple[_Share, _Share]:
    """What was raised, and what rules are set up to raise."""
    say, target = asked.say, f"{100 * one.target:.0f}"
    title = say.any(f"kpi.rank_{one.rank}")
    return (
        _Share(title, f"{100 * one.share:.0f} %", say.any("kpi_page.of_target", count=one.raised, target=target),
               100 * one.share, one.verdict, say.any(f"kpi.{one.verdict}")),
        _Share(title, f"{100 * one.configured_share:.0f} %",
               say.any("kpi_page.of_target", count=one.configured, target=target),
               100 * one.configured_share, one.configured_verdict, say.any(f"kpi.{one.configured_verdict}")),
    )  # fmt: skip


def _false(asked: Asked, part: str, one: counted.FalseShare) -> _Share:
    name = title_of if part == "false_rules" else name_of
    text = asked.say.any("kpi_page.judged", not_real=one.not_real, judged=one.judged)
    return _Share(name(one.of, asked.gateway, asked.say.language), f"{100 * one.share:.0f} %", text, 100 * one.share)


def _worst(asked: Asked, one: counted.Worst) -> _Worst:
    say, actor = asked.say, one.actor
    facts = [say.any("kpi_page.fact_raised", count=actor.raised, percent=f"{100 * one.share:.0f}")]
    facts += [say.any("kpi_page.fact_chattered", count=actor.chattered)] if actor.chattered else []
    facts += [say.any("kpi_page.fact_stale", count=actor.stale)] if actor.stale else []
    facts += [say.any("kpi_page.judged", not_real=actor.not_real, judged=actor.judged)] if actor.judged else []
    facts += [say.any("kpi_page.fact_aside", count=actor.aside)] if actor.aside else []
    return _Worst(
        title=title_of(one.rule, asked.gateway, say.language),
        name=name_of(one.key, asked.gateway, say.language),
        facts=facts,
        cures=[say.said(each) for each in cures(actor)],
        rule=one.rule,
    )


def _days(asked: Asked, report: Report) -> list[_Day]:
    """Of a week and longer spans up to a quarter."""
    if not 2 < len(report.days) <= _MOST_DAYS:
        return []
    most = max((each.raised for each in report.days), default=0) or 1
    return [
        _Day(
            height=100 * each.raised / most,
            text=asked.say.any("kpi_page.day", day=each.day, count=each.raised, minutes=each.flood_s // 60),
            is_flooded=each.flood_s > 0,
        )
        for each in report.days
    ]


PAGES = (
    Page(
        path=_AT,
        permission=Permission.LOOK,
        title="kpi_page.title",
        template="kpi.html",
        place=("review", 7),
        under="/manager",
        show=_show,
    ),
)
