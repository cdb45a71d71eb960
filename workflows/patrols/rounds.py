"""A round of a patrol as it stands, and what a scan makes of it: in time, in order, at a walk, by enough people."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from alerts.case import Case
from devices.message import Name
from devices.reading import SECOND, Instant
from devices.supervision import Span
from workflows.patrols.plan import HOUR, MINUTE, Checkpoint, PatrolsConfig, Plan, Route

Mark: TypeAlias = Literal[
    "late", "out_of_order", "too_fast", "twice", "too_short", "clock_jumped", "contradicted", "too_few"
]
_DIGITS = 32
TOGETHER: Instant = 5 * MINUTE
"""Who scans a checkpoint within so long of another walks with them."""
REPEATED: Instant = 5 * SECOND
"""One person's two words of one tag within so long are one scan, told twice."""


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """One scan: which ``checkpoint``, by whom, when it was done and when the gateway learnt of it.

    ``noticed``: sensors that noticed somebody on the way there; ``silent``: that should have, and did not.
    """

    checkpoint: Checkpoint
    by: str
    done_at: Instant
    received: Instant
    way: str = ""
    is_clock_off: bool = False
    noticed: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    @property
    def grade(self) -> int:
        """How well it is proven: 1 by the scan alone, 2 by one sensor too, 3 by two."""
        return 1 + min(len(self.noticed), 2)


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A checkpoint that was scanned in a round: when first, and by whom each time (``times`` of ``persons``)."""

    checkpoint: str
    done_at: Instant
    received: Instant
    persons: tuple[str, ...]
    times: tuple[Instant, ...]
    grade: int = 1
    marks: tuple[Mark, ...] = ()


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A checkpoint as phones and plans are told of it: ``digests`` show whether a tag is its own, and tell no tag."""

    id: str
    name: Name
    area: str
    digests: tuple[str, ...]
    plan: str = ""
    x: float = 0
    y: float = 0

    @classmethod
    def of(cls, checkpoint: Checkpoint) -> "Point":
        digests = tuple(sha256(tag.encode("utf-8", "replace")).hexdigest()[:_DIGITS] for tag in checkpoint.tags)
        place = {"plan": checkpoint.plan, "x": checkpoint.x, "y": checkpoint.y}
        return cls(id=checkpoint.id, name=checkpoint.called, area=checkpoint.area, digests=digests, **place)  # type: ignore[arg-type]


class Round(Case, frozen=True, kw_only=True):
    """One round.

    ``due_at``: by when all is scanned; ``ends_at``: from when it is missed; ``closes_at``: what is handed in later
    counts no more; ``leaves_at``: nobody countersigns it after that. ``checkpoints`` in the order in which they are
    walked. ``called``: the route; ``points``: what is known of the checkpoints, ``plans``: those that
    they are on. ``unseen``: the gateway did not listen.
    """

    route: str
    starts_at: Instant
    due_at: Instant
    ends_at: Instant
    closes_at: Instant
    leaves_at: Instant
    checkpoints: tuple[str, ...]
    persons_wanted: int = 1
    called: Name = Name("")
    points: tuple[Point, ...] = ()
    plans: tuple[Plan, ...] = ()
    visits: tuple[Visit, ...] = ()
    missed: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    is_over: bool = False
    findings: int = 0
    handled: int = 0
    countersigned_by: str = ""

    @property
    def left(self) -> tuple[str, ...]:
        """The checkpoints that nobody has scanned."""
        seen = {visit.checkpoint for visit in self.visits}
        return tuple(each for each in self.checkpoints if each not in seen)

    @property
    def too_few(self) -> tuple[str, ...]:
        """Those where fewer people were than were asked for."""
        return tuple(visit.checkpoint for visit in self.visits if len(visit.persons) < self.persons_wanted)

    @property
    def walkers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(person for visit in self.visits for person in visit.persons if person))

    def visit(self, checkpoint: str) -> Visit | None:
        return next((visit for visit in self.visits if visit.checkpoint == checkpoint), None)

    def has_heard(self, scan: Scan) -> bool:
        """Whether that very scan was handed in before."""
        visit = self.visit(scan.checkpoint.id)
        told = zip(visit.persons, visit.times, strict=True) if visit is not None else ()
        return any(by == scan.by and abs(at - scan.done_at) <= REPEATED for by, at in told)

    def takes(self, scan: Scan) -> bool:
        """Whether the scan may be one of this round's."""
        return scan.checkpoint.id in self.checkpoints and self.starts_at <= scan.done_at <= self.closes_at


def opened(
    route: Route, name: str, starts: Instant, checkpoints: Sequence[str], persons: int, config: PatrolsConfig, area: str
) -> Round:
    """A new round."""
    due = starts + int(route.within_min * MINUTE)
    ends = due + int(route.tolerance_min * MINUTE)
    return Round(
        id=name,
        area=area,
        route=route.id,
        starts_at=starts,
        due_at=due,
        ends_at=ends,
        closes_at=ends + int(config.upload_within_h * HOUR),
        leaves_at=ends + int(max(config.upload_within_h, config.countersign_within_h) * HOUR),
        checkpoints=tuple(checkpoints),
        persons_wanted=persons,
        wake_at=ends,
    )


def chosen(rounds: Sequence[Round], scan: Scan, wanted: str) -> Round | None:
    """The round that the scan belongs to: the one named, else one whose time it is, else one that waits for it yet."""
    fitting = [each for each in rounds if each.takes(scan)]
    named = [each for each in fitting if each.id == wanted]
    in_time = [each for each in fitting if scan.done_at <= each.ends_at]
    late = [each for each in fitting if scan.checkpoint.id in each.left]
    for found in (named, _best(in_time, scan), late):
        if found:
            return max(found, key=lambda each: each.starts_at)
    return None


def _best(rounds: Sequence[Round], scan: Scan) -> Sequence[Round]:
    """Of rounds at one time those that wait for this checkpoint, and of these those that this person walks."""
    waiting = [each for each in rounds if scan.checkpoint.id in each.left] or rounds
    return [each for each in waiting if scan.by in each.walkers] or waiting


def scanned(
    a_round: Round, scan: Scan, route: Route | None, config: PatrolsConfig, learnt: Mapping[str, float]
) -> tuple[Round, tuple[Mark, ...]]:
    """The round with that scan in it, and all that is odd about it."""
    before = a_round.visit(scan.checkpoint.id)
    if before is not None:
        is_second = scan.by not in before.persons and abs(scan.done_at - before.done_at) <= TOGETHER
        if not is_second:
            return a_round, (*_of_itself(scan), "twice")
        joined = replace(before, persons=(*before.persons, scan.by), times=(*before.times, scan.done_at))
        visits = tuple(joined if visit is before else visit for visit in a_round.visits)
        return replace(a_round, visits=visits), _of_itself(scan)
    marks = (*_of_itself(scan), *_in_its_round(a_round, scan, route, config, learnt))
    visit = Visit(
        checkpoint=scan.checkpoint.id,
        done_at=scan.done_at,
        received=scan.received,
        persons=(scan.by,),
        times=(scan.done_at,),
        grade=scan.grade,
        marks=marks,
    )
    visits = tuple(sorted((*a_round.visits, visit), key=lambda each: each.done_at))
    missed = tuple(each for each in a_round.missed if each != scan.checkpoint.id)
    unseen = tuple(each for each in a_round.unseen if each != scan.checkpoint.id)
    return replace(a_round, visits=visits, missed=missed, unseen=unseen), marks


def _of_itself(scan: Scan) -> tuple[Mark, ...]:
    marks: list[Mark] = ["clock_jumped"] if scan.is_clock_off else []
    return (*marks, "contradicted") if scan.silent else tuple(marks)


def _in_its_round(
    a_round: Round, scan: Scan, route: Route | None, config: PatrolsConfig, learnt: Mapping[str, float]
) -> tuple[Mark, ...]:
    marks: list[Mark] = ["late"] if scan.done_at > a_round.due_at else []
    before = next((visit for visit in reversed(a_round.visits) if visit.done_at <= scan.done_at), None)
    after = next((visit for visit in a_round.visits if visit.done_at > scan.done_at), None)
    order = {name: place for place, name in enumerate(a_round.checkpoints)}
    here = order[scan.checkpoint.id]
    is_ordered = route is not None and route.order != "any"
    if is_ordered and any(
        order[visit.checkpoint] > here if visit.done_at <= scan.done_at else order[visit.checkpoint] < here
        for visit in a_round.visits
        if visit.checkpoint in order
    ):
        marks.append("out_of_order")
    for other in (before, after):
        least = config.least_s(other.checkpoint, scan.checkpoint.id, learnt) if other is not None else None
        if other is None or least is None:
            continue
        took = abs(scan.done_at - other.done_at) / SECOND
        if took < least:
            marks.append("too_fast")
        elif route is not None and took - least < route.dwell_s:
            marks.append("too_short")
    return tuple(dict.fromkeys(marks))


def not_listened(a_round: Round, outages: Sequence[Span], tolerance: Instant) -> bool:
    """Whether the gateway was away so long that nobody can say what was scanned.

    Over the end of the round, or for longer in it than a scan may be late.
    """
    inside = [(max(begun, a_round.starts_at), min(ended, a_round.ends_at)) for begun, ended in outages]
    is_over_end = any(begun <= a_round.ends_at < ended for begun, ended in outages)
    return is_over_end or sum(max(0, ended - begun) for begun, ended in inside) > tolerance
