"""A duty of the plan that is not counted but stands: nothing of it may be wanting, at any time.

What watches it are rules that are there already (a hazard overdue, a post not manned, a certificate run out): it is
kept while none of them has an open alert whose cause stands, so nothing is told twice. Or it is an aspect of prevention
coverage, which the plan wants whole in every key area. How often it was broken is counted from the ledger's alerts.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from alerts.alert import Alert
from devices.message import Name, Text
from devices.reading import Instant
from ledger.coverage import Aspect, Shares

ALERTS = "alerts"
_SHOWN = 3
StandingState: TypeAlias = Literal["kept", "near", "broken", "exempt", "not_yet"]


class StandingDuty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Broken while an alert of one of ``rules`` stands, nearly so while one of ``near`` does.

    ``coverage``: the aspect that is to be whole in every key area, broken where it is under what was agreed. ``page``:
    of the console, where it is seen to. ``of``: whose cases it is kept for; while there is none, there is nothing to
    keep, and an empty register keeps no duty.
    """

    name: str
    clause: str
    title: str
    title_zh: str
    procedure: str
    procedure_zh: str
    page: str
    rules: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    coverage: Aspect | Literal[""] = ""
    areas: tuple[str, ...] = ()
    of: str = ""

    def counts(self, book: str, fields: Mapping[str, object]) -> bool:
        """Whether an entry of the ledger says that it was broken once more."""
        return book == ALERTS and fields.get("action") == "raised" and fields.get("rule") in self.rules


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How one stands. ``since``: the oldest of what is wanting. ``broken``: how often in this quarter.

    ``told``: the first of what is wanting, in words. ``whole`` of ``areas`` have that aspect of coverage whole.
    """

    duty: str
    clause: str
    state: StandingState
    wanting: int = 0
    since: Instant | None = None
    told: tuple[Text, ...] = ()
    broken: int = 0
    areas: int = 0
    whole: int = 0
    is_coverage: bool = False
    is_watched: bool = True


def standing(
    duty: StandingDuty,
    alerts: Iterable[Alert],
    shares: Mapping[str, Shares],
    agreed: float,
    broken: Sequence[Instant] = (),
    since: Instant = 0,
    *,
    names: Mapping[str, Name] = {},
    known: Container[str] | None = None,
    is_exempt: bool = False,
    is_empty: bool = False,
) -> Standing:
    """``shares`` by key area, which of them ``names`` calls how; ``agreed``: the least share, 0 to 1.

    ``is_empty``: there is nothing that the duty is kept for.

    ``broken``: when, of which those from ``since`` on are counted. ``known``: the rules that there are; None: all.
    """
    real = [alert for alert in alerts if alert.active and alert.origin == "real" and not alert.silent]
    hard = [alert for alert in real if alert.rule in duty.rules]
    soft = [alert for alert in real if alert.rule in duty.near]
    by_area = {area: share for area, its in shares.items() if (share := _share(its, duty)) is not None}
    under = sorted(area for area, share in by_area.items() if share < agreed)
    short = sorted(area for area, share in by_area.items() if agreed <= share < 1)
    state: StandingState = "kept"
    watching = [rule for rule in (*duty.rules, *duty.near) if known is None or rule in known]
    if is_empty or (not by_area and not watching):
        state = "not_yet"
    if soft or short:
        state = "near"
    if hard or under:
        state = "broken"
    shown = sorted(hard or soft, key=lambda alert: alert.newest)
    told = [alert.words for alert in shown]
    told += [_of_area(names.get(area, Name(area)), by_area[area]) for area in under or short]
    return Standing(
        duty=duty.name,
        clause=duty.clause,
        state="exempt" if is_exempt else state,
        wanting=len(hard) + len(under) or len(soft) + len(short),
        since=shown[0].newest if shown else None,
        told=tuple(told[:_SHOWN]),
        broken=sum(at >= since for at in broken),
        areas=len(by_area),
        whole=len(by_area) - len(under) - len(short),
        is_coverage=bool(duty.coverage),
        is_watched=bool(watching),
    )


def _share(shares: Shares, duty: StandingDuty) -> float | None:
    return getattr(shares, duty.coverage) if duty.coverage else None


def _of_area(area: Name, share: float) -> Text:
    return Text.of("standing_duty.area", area=area, percent=int(share * 100))


def told(one: Standing) -> Text:
    """In one sentence."""
    if one.state == "exempt":
        return Text.of("standing_duty.exempt")
    if one.state == "not_yet":
        why = "not_yet" if one.is_coverage else "empty" if one.is_watched else "unwatched"
        return Text.of(f"standing_duty.{why}")
    if one.state != "kept":
        return Text.of(f"standing_duty.{one.state}", wanting=one.wanting, told=one.told, broken=one.broken)
    if one.areas:
        return Text.of("standing_duty.whole", areas=one.areas)
    return Text.of("standing_duty.kept", broken=one.broken)
