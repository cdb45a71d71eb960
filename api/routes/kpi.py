"""The figures of alarm management of a span: rates, floods, answers, false alarms, the worst and their cures."""

from typing import Annotated

import msgspec
from fastapi import Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from alerts.kpi import figures
from alerts.kpi.report import Report
from alerts.kpi.spans import SpanOf
from alerts.kpi.worst import cures
from api.accept_language import CallersLanguage
from api.auth import Permission, Person, may
from api.kpi_measures import file_of, measures, name_of, title_of
from api.noun_routes import routes
from api.ports import Gateway
from api.schemas import iso
from devices.language import Language
from devices.message import Text

router = routes("alerts", "/api/kpi")
Looker = Annotated[Person, Depends(may(Permission.LOOK))]
Span = Annotated[SpanOf, Query(description="which span of the site's own time")]
Back = Annotated[int, Query(ge=0, le=400, description="0: the one that goes on, 1: the one before, ...")]


class MeasureOut(BaseModel):
    """``value`` against ``target``, the most that it should be; ``verdict``: good, over, few (not enough data)."""

    name: str
    title: str
    value: float
    unit: str
    target: float
    verdict: str
    before: float | None = Field(description="of the span before")


class PriorityOut(BaseModel):
    """``rank`` 0 high, 1 medium, 2 low: what was raised and what rules are set up to raise, as shares 0 to 1."""

    rank: int
    raised: int
    share: float
    configured: int
    configured_share: float
    target: float
    verdict: str
    configured_verdict: str


class ShareOut(BaseModel):
    """Within so many ``seconds``."""

    seconds: int
    share: float
    target: float | None


class ResponseOut(BaseModel):
    """``of``: the class, "" for all of them. Seconds, within 1 %; the shares are exact."""

    of: str
    count: int
    median: float
    p95: float
    within: list[ShareOut]
    verdict: str


class FalseShareOut(BaseModel):
    """``not_real`` of those that people ``judged``."""

    of: str
    title: str
    judged: int
    not_real: int
    share: float


class WorstOut(BaseModel):
    """A rule, and the device or area that it raised so many alerts for; ``cures``: what to do about it."""

    rule: str
    key: str
    title: str
    name: str
    raised: int
    share: float
    chattered: int
    stale: int
    set_aside: int
    judged: int
    not_real: int
    cures: list[str]


class StaleOut(BaseModel):
    """What stands for more than a day now."""

    rule: str
    key: str
    since: str


class OnDayOut(BaseModel):
    """One local day."""

    day: str
    raised: int
    flood_s: int


class KpiOut(BaseModel):
    """``known_since``: nothing was counted before. ``counted`` of ``of`` steps: less only while it is still counting.

    ``operators``: people at operator positions on average; ``is_assumed``: nobody is rostered there, so one is.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "span": "week", "back": 0, "begins": "2026-11-29T16:00:00.000Z", "ends": "2026-12-06T16:00:00.000Z",
        "known_since": "2026-09-01T00:00:00.000Z", "counted": 812, "of": 812, "operators": 2.0, "is_assumed": False,
        "raised": 42, "set_aside": 3, "judged": 12, "not_real": 5,
        "measures": [{"name": "rate", "title": "Alerts per operator in 10 min, average", "value": 0.02, "unit": "",
                      "target": 1.0, "verdict": "good", "before": 0.03}],
        "priorities": [], "answered": [], "on_scene": [], "false_rules": [], "false_keys": [], "worst": [],
        "stale_now": [], "days": [],
    }]})  # fmt: skip

    span: SpanOf
    back: int
    begins: str
    ends: str
    known_since: str | None
    counted: int
    of: int
    operators: float
    is_assumed: bool
    raised: int
    set_aside: int
    judged: int
    not_real: int
    measures: list[MeasureOut]
    priorities: list[PriorityOut]
    answered: list[ResponseOut]
    on_scene: list[ResponseOut]
    false_rules: list[FalseShareOut]
    false_keys: list[FalseShareOut]
    worst: list[WorstOut]
    stale_now: list[StaleOut]
    days: list[OnDayOut]

    @classmethod
    def made(cls, report: Report, gateway: Gateway, language: Language) -> "KpiOut":
        found, code = report.figures, language.code
        return cls(
            span=report.every,
            back=report.back,
            begins=iso(report.begins),
            ends=iso(report.ends),
            known_since=iso(report.known_since) if report.known_since is not None else None,
            counted=report.read,
            of=report.of,
            operators=found.scope.operators,
            is_assumed=report.is_assumed,
            raised=found.raised,
            set_aside=found.set_aside,
            judged=found.judged,
            not_real=found.not_real,
            measures=[
                MeasureOut(**msgspec.structs.asdict(one), title=language.render(Text.of(f"kpi.{one.name}")))
                for one in measures(report)
            ],
            priorities=[PriorityOut(**msgspec.structs.asdict(one)) for one in found.priorities],
            answered=[_response(one) for one in found.answered],
            on_scene=[_response(one) for one in found.on_scene],
            false_rules=[_false(one, title_of(one.of, gateway, code)) for one in found.false_rules],
            false_keys=[_false(one, name_of(one.of, gateway, code)) for one in found.false_keys],
            worst=[_worst(one, gateway, language) for one in found.worst],
            stale_now=[StaleOut(rule=one.rule, key=one.key, since=iso(one.since)) for one in report.stale_now],
            days=[OnDayOut(**msgspec.structs.asdict(one)) for one in report.days],
        )


def _response(one: figures.Response) -> ResponseOut:
    within = [ShareOut(**msgspec.structs.asdict(each)) for each in one.within]
    return ResponseOut(of=one.of, count=one.count, median=one.median, p95=one.p95, within=within, verdict=one.verdict)


def _false(one: figures.FalseShare, title: str) -> FalseShareOut:
    return FalseShareOut(of=one.of, title=title, judged=one.judged, not_real=one.not_real, share=one.share)


def _worst(one: figures.Worst, gateway: Gateway, language: Language) -> WorstOut:
    actor = one.actor
    return WorstOut(
        rule=one.rule,
        key=one.key,
        title=title_of(one.rule, gateway, language.code),
        name=name_of(one.key, gateway, language.code),
        raised=actor.raised,
        share=one.share,
        chattered=actor.chattered,
        stale=actor.stale,
        set_aside=actor.aside,
        judged=actor.judged,
        not_real=actor.not_real,
        cures=[language.render(each) for each in cures(actor)],
    )


@router.get("", summary="The figures of alarm management of a span, against their targets (EEMUA 191, ISA-18.2)")
async def kpi(
    request: Request, language: CallersLanguage, _person: Looker, *, span: Span = "week", back: Back = 0
) -> KpiOut:
    gateway: Gateway = request.state.gateway
    report = await run_in_threadpool(gateway.kpi.report, span, back)
    return await run_in_threadpool(KpiOut.made, report, gateway, language)


@router.get("/file", summary="The same as CSV, a row a figure")
async def file(
    request: Request, language: CallersLanguage, _person: Looker, *, span: Span = "week", back: Back = 0
) -> Response:
    gateway: Gateway = request.state.gateway
    report = await run_in_threadpool(gateway.kpi.report, span, back)
    content = await run_in_threadpool(file_of, report, gateway, language)
    headers = {"Content-Disposition": f'attachment; filename="kpi-{span}-{back}.csv"'}
    # the mark tells a spreadsheet that it is UTF-8
    return Response(f"\ufeff{content}", media_type="text/csv; charset=utf-8", headers=headers)
