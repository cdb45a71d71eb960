"""What a patrol makes known: each scan, each round as a row of the book, and what was found on the way."""

from collections.abc import Iterable, Sequence
from typing import Any

from alerts.facts import PATROL_DEVIATION, SCAN, Fact, FieldValue
from devices.message import At, Name, Param, Text
from devices.reading import SECOND, Instant
from workflows.patrols.plan import PatrolsConfig, Route
from workflows.patrols.rounds import Mark, Round, Scan

DEVIATIONS = ("missed", "too_few")
"""Steps of a round that are not as they must be."""
_TOLD_LATER: Instant = SECOND


def of_scan(
    scan: Scan, a_round: Round | None, route: Route | None, marks: Sequence[Mark], more: dict[str, Any]
) -> Fact:
    """``more``: fields beside those of the scan."""
    names = (scan.checkpoint.called,)
    said = tuple(Text.of(f"patrols_mark.{mark}") for mark in marks)
    where: dict[str, Param] = {"checkpoints": names}
    if a_round is not None and route is not None:
        where |= {"route": route.called, "starts": At(a_round.starts_at)}
    fields: dict[str, FieldValue | Text] = {
        "checkpoint": scan.checkpoint.id,
        "route": a_round.route if a_round is not None else "",
        "way": scan.way,
        "proof_grade": scan.grade,
        "noticed": scan.noticed,
        "silent": scan.silent,
        "deviations": tuple(marks),
        **more,
    }
    is_alone = a_round is not None and a_round.persons_wanted == 1
    if route is not None and a_round is not None and is_alone and route.sign_every_min:
        fields["sign_within_s"] = 0 if a_round.is_over else route.sign_every_min * 60
    return Fact(
        workflow="patrols",
        case=a_round.id if a_round is not None else "",
        step="scanned",
        at=scan.done_at,
        recorded=scan.received if scan.received - scan.done_at > _TOLD_LATER else None,
        by=scan.by,
        area=scan.checkpoint.area,
        devices=scan.noticed,
        text=Text.of("patrols.scanned_but", marks=said, **where) if marks else Text.of("patrols.scanned", **where),
        fields={name: value for name, value in fields.items() if value not in ("", (), None)},
        topics=(SCAN, *(f"patrols.{mark}" for mark in marks), *((PATROL_DEVIATION,) if marks else ())),
    )


def of_round(
    a_round: Round,
    step: str,
    at: Instant,
    config: PatrolsConfig,
    about: Iterable[str] = (),
    *,
    by: str = "",
    topics: Sequence[str] = (),
) -> Fact:
    """The round as a row of the book; ``about``: the checkpoints that it is told of."""
    route = config.route(a_round.route)
    name = route.called if route is not None else Name(a_round.route)
    names = tuple(config.called(each) for each in about)
    fields = row(a_round, config)
    if step in DEVIATIONS:
        fields["deviations"], topics = (step,), (*topics, PATROL_DEVIATION)
    where = next((found for each in about if (found := config.checkpoint(each)) is not None), None)
    return Fact(
        workflow="patrols",
        case=a_round.id,
        step=step,
        at=at,
        by=by,
        area=where.area if where is not None else a_round.area,
        text=Text.of(f"patrols.{step}", route=name, starts=At(a_round.starts_at), checkpoints=names),
        fields=fields,
        personal=("persons",),
        topics=tuple(topics),
    )


def row(a_round: Round, config: PatrolsConfig) -> dict[str, FieldValue | Text]:
    """The columns of a security patrol: route, times, points, persons, found, handled (State Council Order 421, 11)."""
    points: tuple[dict[str, str | int | float | bool | None], ...] = tuple(
        {
            "checkpoint": visit.checkpoint,
            "scanned": visit.done_at,
            "grade": visit.grade,
            "persons": len(visit.persons),
            "marks": ", ".join(visit.marks),
        }
        for visit in a_round.visits
    )
    fields: dict[str, FieldValue | Text] = {
        "route": a_round.route,
        "started": a_round.starts_at,
        "ended": a_round.visits[-1].done_at if a_round.visits else None,
        "points": points,
        "scanned": len(a_round.visits),
        "wanted": len(a_round.checkpoints),
        "missed": ", ".join(a_round.missed),
        "unseen": ", ".join(a_round.unseen),
        "too_few": ", ".join(a_round.too_few),
        "persons": ", ".join(a_round.walkers),
        "persons_wanted": a_round.persons_wanted,
        "found": a_round.findings,
        "handled": a_round.handled,
        "countersigned_by": a_round.countersigned_by,
    }
    return {name: value for name, value in fields.items() if value not in ("", (), None)}
