"""Prevention coverage: area by area what protects it, the least covered first, and each gap with its reason."""

from collections.abc import Mapping
from typing import Any

import msgspec

from api.auth import Permission
from api.console.web_page import Asked, Page
from ledger.coverage import ASPECTS, Gap, Shares


class _Aspect(msgspec.Struct, frozen=True):
    """``percent`` None: nothing of it counts here."""

    name: str
    percent: int | None
    gaps: list[str]


class _Area(msgspec.Struct, frozen=True):
    """One area, ready to draw."""

    name: str
    percent: int
    is_under: bool
    aspects: list[_Aspect]
    more: int


def _show(asked: Asked) -> Mapping[str, Any]:
    cases: list[Any] = list(asked.gateway.workflows.cases("coverage"))
    cases.sort(key=lambda case: (case.shares.whole, case.area))
    return {"areas": [_area(asked, case) for case in cases]}


def _area(asked: Asked, case: Any) -> _Area:
    shares: Shares = case.shares
    aspects = []
    for aspect in ASPECTS:
        share = getattr(shares, aspect)
        gaps = [_gap(asked, gap) for gap in shares.gaps if gap.aspect == aspect]
        aspects.append(_Aspect(asked.say.any(f"coverage.{aspect}"), None if share is None else int(share * 100), gaps))
    name = asked.gateway.areas.area_name(case.area, asked.say.language)
    return _Area(name, int(shares.whole * 100), case.is_under, aspects, case.left_out)


def _gap(asked: Asked, gap: Gap) -> str:
    say = asked.say
    what = asked.gateway.areas.area_name(gap.what, say.language)
    told = [f"{what}: {say.said(gap.why)}" if what else say.said(gap.why)]
    if gap.since is not None:
        told.append(say.any("coverage_page.since", at=asked.moment(gap.since)))
    if gap.by:
        told.append(say.any("coverage_page.by", who=gap.by))
    if gap.until is not None:
        told.append(say.any("coverage_page.until", at=asked.moment(gap.until)))
    return " · ".join(told)


PAGES = (
    Page(
        path="/console/coverage",
        permission=Permission.LOOK,
        title="coverage_page.title",
        template="coverage.html",
        place=("plan", 40),
        under="/console/plan",
        show=_show,
    ),
)
