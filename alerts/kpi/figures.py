"""The figures of a span of time against their targets: what a page, the API and a file say. Pure.

Sources of the targets: EEMUA 191 and ISA-18.2/IEC 62682 for rates, floods, priorities, stale, chattering and most
frequent alarms; EN 50518 for the time to answer. docs/kpi.md says what each is, and what it does not say.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from alerts.alert import CLASS_ORDER, AlertClass
from alerts.kpi.day import Actor, Piece, actor_of
from alerts.kpi.times import LIMITS_S, Times, joined
from devices.reading import SECOND, Instant

RATE_TARGET, RATE_MOST = 1.0, 2.0
"""Alerts for one operator in ten minutes: about one is acceptable, two the most that can be managed (EEMUA 191)."""
PEAK_MOST = 10
FLOOD_TARGET = 0.01
STALE_TARGET = 5.0
TOP_TARGET, TOP = 0.05, 10
PRIORITIES = (0.05, 0.15, 0.80)
"""High, medium, low (ISA-18.2): priority 1, 2, and 3 with 4."""
_PRIORITY_MOST = (0.05, 0.20, 1.0)
"""From here on too many are called high or medium; of low there are never too many."""
URGENT = frozenset({AlertClass.FIRE, AlertClass.HOLD_UP, AlertClass.GAS})
ANSWER_TARGETS = {True: ((30, 0.80), (60, 0.985)), False: ((90, 0.80), (180, 0.985))}
"""By whether it is urgent: seconds, and the share that is answered within them (EN 50518, BS 5979)."""
SCENE_TARGET_S = 60
"""The first who comes is there within a minute (GB 25201 5.3)."""
LEAST_SAMPLES = 20
"""Of fewer a share says nothing."""
_TEN_MIN: Instant = 600 * SECOND
_LEAST_SPAN: Instant = 8 * 3600 * SECOND
_DAY: Instant = 86_400 * SECOND

Verdict: TypeAlias = Literal["good", "over", "few"]
"""``few``: not enough data."""


class Share(msgspec.Struct, frozen=True):
    """Within so many seconds: ``share`` of them, ``target`` the least that it should be."""

    seconds: int
    share: float
    target: float | None = None


class Response(msgspec.Struct, frozen=True):
    """How soon alerts of a class were answered, or somebody was there; "" is all. Median and 95th percentile in s."""

    of: str
    count: int
    median: float
    p95: float
    within: tuple[Share, ...]
    verdict: Verdict


class Priority(msgspec.Struct, frozen=True):
    """``rank`` 0 high, 1 medium, 2 low: so many alerts, and so many that rules are set up to raise."""

    rank: int
    raised: int
    share: float
    configured: int
    configured_share: float
    target: float
    verdict: Verdict
    configured_verdict: Verdict


class FalseShare(msgspec.Struct, frozen=True):
    """Of a rule, a device or an area: what people found of its alerts."""

    of: str
    judged: int
    not_real: int

    @property
    def share(self) -> float:
        return self.not_real / self.judged if self.judged else 0.0


class Worst(msgspec.Struct, frozen=True):
    """One of the sources that cost most attention."""

    rule: str
    key: str
    actor: Actor
    share: float


class Scope(msgspec.Struct, frozen=True):
    """What a span is: ``operators``: how many were at the positions on average; ``until`` at most now.

    ``configured``: how many alerts rules are set up to raise, by priority.
    """

    since: Instant
    until: Instant
    operators: float
    configured: Mapping[int, int]

    @property
    def length(self) -> Instant:
        return max(0, self.until - self.since)


class Figures(msgspec.Struct, frozen=True):
    """Of one span. ``flood`` and ``top`` are shares; ``stale`` a day; ``chattering`` sources that did."""

    scope: Scope
    raised: int
    rate: float
    rate_verdict: Verdict
    peak: int
    peak_each: float
    peak_verdict: Verdict
    flood: float
    flood_verdict: Verdict
    stale: float
    stale_verdict: Verdict
    chattering: int
    spells: int
    chattering_verdict: Verdict
    top: float
    top_verdict: Verdict
    set_aside: int
    priorities: tuple[Priority, ...]
    answered: tuple[Response, ...]
    on_scene: tuple[Response, ...]
    judged: int
    not_real: int
    false_rules: tuple[FalseShare, ...]
    false_keys: tuple[FalseShare, ...]
    worst: tuple[Worst, ...]


def figures(whole: Piece, scope: Scope, stale_days: Sequence[int], flood_s: float) -> Figures:
    """``whole``: the sum of the span; ``stale_days``: how many alerts were stale on each of its days."""
    raised, is_long = whole.raised, scope.length >= _LEAST_SPAN
    rate = raised * _TEN_MIN / (scope.length * max(1.0, scope.operators)) if scope.length else 0.0
    flood = min(1.0, flood_s * SECOND / scope.length) if scope.length else 0.0
    chattering = [actor for actor in whole.actors.values() if actor.chattered]
    by_load = sorted(whole.actors.items(), key=lambda one: (-one[1].raised, one[0]))
    top = sum(actor.raised for _, actor in by_load[:TOP]) / raised if raised else 0.0
    stale = sum(stale_days) / len(stale_days) if stale_days else 0.0
    return Figures(
        scope=scope,
        raised=raised,
        rate=rate,
        rate_verdict=_most(rate, RATE_TARGET, is_enough=is_long),
        peak=whole.peak,
        peak_each=whole.peak_each,
        peak_verdict=_most(whole.peak_each, PEAK_MOST, is_enough=is_long or whole.peak_each > PEAK_MOST),
        flood=flood,
        flood_verdict=_most(flood, FLOOD_TARGET, is_enough=is_long),
        stale=stale,
        stale_verdict=_most(stale, STALE_TARGET, is_enough=scope.length >= _DAY),
        chattering=len(chattering),
        spells=sum(actor.chattered for actor in chattering),
        chattering_verdict=_most(len(chattering), 0, is_enough=is_long or bool(chattering)),
        top=top,
        top_verdict=_most(top, TOP_TARGET, is_enough=raised >= LEAST_SAMPLES),
        set_aside=sum(actor.aside for actor in whole.actors.values()),
        priorities=_priorities(whole.priorities, scope.configured),
        answered=_responses(whole.answered),
        on_scene=_responses(whole.on_scene, scene=True),
        judged=sum(actor.judged for actor in whole.actors.values()),
        not_real=sum(actor.not_real for actor in whole.actors.values()),
        false_rules=_false(whole.actors, 0),
        false_keys=_false(whole.actors, 1),
        worst=_worst(whole.actors, raised),
    )


def _most(value: float, target: float, *, is_enough: bool) -> Verdict:
    return "few" if not is_enough else "over" if value > target else "good"


def _priorities(raised: Mapping[int, int], configured: Mapping[int, int]) -> tuple[Priority, ...]:
    actual, meant = _ranks(raised), _ranks(configured)
    found = []
    for rank, target in enumerate(PRIORITIES):
        share, set_up = actual[rank] / max(1, sum(actual)), meant[rank] / max(1, sum(meant))
        most = _PRIORITY_MOST[rank]
        found.append(
            Priority(
                rank=rank,
                raised=actual[rank],
                share=share,
                configured=meant[rank],
                configured_share=set_up,
                target=target,
                verdict=_most(share, most, is_enough=sum(actual) >= LEAST_SAMPLES),
                configured_verdict=_most(set_up, most, is_enough=sum(meant) > 0),
            )
        )
    return tuple(found)


def _ranks(by_priority: Mapping[int, int]) -> tuple[int, int, int]:
    low = sum(count for priority, count in by_priority.items() if priority > 2)
    return by_priority.get(1, 0), by_priority.get(2, 0), low


def _responses(by_class: Mapping[str, Times], *, scene: bool = False) -> tuple[Response, ...]:
    """A row for each class in its order, and if there are several one of all."""
    known = [of for of in CLASS_ORDER if str(of) in by_class]
    rows = [_response(of, str(of), by_class[of], scene=scene) for of in known]
    if len(rows) > 1:
        rows.append(_response(None, "", joined(by_class.values()), scene=scene))
    return tuple(rows)


def _response(of: AlertClass | None, name: str, times: Times, *, scene: bool) -> Response:
    targets: dict[int, float] = {}
    if scene:
        targets = {SCENE_TARGET_S: 0.80}
    elif of is not None:
        targets = dict(ANSWER_TARGETS[of in URGENT])
    within = tuple(Share(limit, times.share_within(limit) or 0.0, targets.get(limit)) for limit in LIMITS_S)
    is_kept = all(each.target is None or each.share >= each.target for each in within)
    verdict: Verdict = "few" if times.count < LEAST_SAMPLES or not targets else "good" if is_kept else "over"
    return Response(name, times.count, times.percentile(0.5) or 0.0, times.percentile(0.95) or 0.0, within, verdict)


def _false(actors: Mapping[str, Actor], part: int) -> tuple[FalseShare, ...]:
    """By rule (part 0) or by device or area (1): the ten with most that was not real."""
    judged: dict[str, tuple[int, int]] = {}
    for key, actor in actors.items():
        if actor.judged:
            of = actor_of(key)[part]
            before = judged.get(of, (0, 0))
            judged[of] = before[0] + actor.judged, before[1] + actor.not_real
    found = [FalseShare(of, *counts) for of, counts in judged.items() if counts[1]]
    return tuple(sorted(found, key=lambda one: (-one.not_real, -one.share, one.of))[:TOP])


def _worst(actors: Mapping[str, Actor], raised: int) -> tuple[Worst, ...]:
    """By what they cost: each alert one, each that was not real two more, each spell or day-long one five more."""
    found = [(key, actor) for key, actor in actors.items() if _cost(actor) > 1]
    found.sort(key=lambda one: (-_cost(one[1]), one[0]))
    return tuple(Worst(*actor_of(key), actor, actor.raised / max(1, raised)) for key, actor in found[:TOP])


def _cost(actor: Actor) -> int:
    return actor.raised + 2 * actor.not_real + 5 * (actor.chattered + actor.stale)
