"""Rounds in progress and where guards were seen last, on the plan of their floor: an SVG to scale, in metres.

Rounds know the places of their checkpoints and the plans that these are on; who was seen where says the workflow of
guards. A place that is on no plan stands in the list below.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from api.console.locale import Say
from devices.reading import Instant

_DOT, _TEXT = 1 / 90, 1 / 55
"""Of the plan's width, so that a plan of any size can be read."""


class Sheet(msgspec.Struct, frozen=True):
    """What plans are drawn with. ``pictures``: areas that have one. ``called``: people's names by their accounts."""

    now: Instant
    say: Say
    moment: Callable[[Instant], str]
    called: Callable[[str], str]
    pictures: Collection[str]


class Dot(msgspec.Struct, frozen=True):
    """A checkpoint or a person. ``state``: scanned, left or person. ``label`` is written at ``text_y``."""

    x: float
    y: float
    state: str
    label: str
    said: str
    text_x: float
    text_y: float
    anchor: str


class Floor(msgspec.Struct, frozen=True):
    """A plan, ready to draw; lengths in metres. ``ways``: corners of what was walked, in the words of SVG."""

    title: str
    width: float
    height: float
    picture: str
    dot: float
    text: float
    dots: list[Dot]
    ways: list[str]


def floors(sheet: Sheet, rounds: Sequence[Any], guards: Sequence[Any]) -> list[Floor]:
    """Those on which a round is under way, or somebody was seen."""
    now = sheet.now
    plans = {plan.id: plan for each in reversed(rounds) for plan in each.plans}
    points = {point.id: point for each in reversed(rounds) for point in each.points}
    under_way = [each for each in rounds if not each.is_over and each.starts_at <= now]
    seen = [guard for guard in guards if guard.checkpoint in points]
    drawn = (_floor(sheet, plan, points, under_way, seen) for _, plan in sorted(plans.items()))
    return [floor for floor in drawn if floor.dots]


def _floor(sheet: Sheet, plan: Any, points: Any, rounds: Sequence[Any], guards: Sequence[Any]) -> Floor:
    text = plan.width_m * _TEXT
    dots, ways = [], []
    for a_round in rounds:
        here = [points[name] for name in a_round.checkpoints if name in points and points[name].plan == plan.id]
        dots += [_stop(sheet, plan, point, a_round) for point in here]
        walked = [points[visit.checkpoint] for visit in a_round.visits if visit.checkpoint in points]
        ways.append(" ".join(f"{x:g},{y:g}" for x, y in (_at(plan, each) for each in walked if each.plan == plan.id)))
    there: dict[str, int] = {}
    for guard in sorted(guards, key=lambda one: -one.seen_at):
        point = points[guard.checkpoint]
        if point.plan == plan.id:
            dots.append(_person(sheet, plan, point, guard, there.get(point.id, 0) * text * 1.2))
            there[point.id] = there.get(point.id, 0) + 1
    return Floor(
        title=" · ".join(part for part in (plan.building, plan.floor) if part) or plan.id,
        width=plan.width_m,
        height=plan.height_m,
        picture=_picture(sheet, plan.area),
        dot=plan.width_m * _DOT,
        text=text,
        dots=dots,
        ways=[way for way in ways if " " in way],
    )


def _stop(sheet: Sheet, plan: Any, point: Any, a_round: Any) -> Dot:
    visit = a_round.visit(point.id)
    state = "scanned" if visit is not None else "left"
    name = sheet.say.words.show(point.name)
    said = [name, sheet.say.any(f"patrol_state.{state}"), sheet.say.words.show(a_round.called)]
    if visit is not None:
        said += [sheet.moment(visit.done_at), ", ".join(map(sheet.called, visit.persons))]
    return _dot(plan, point, state, name, " · ".join(said), -1.2)


def _person(sheet: Sheet, plan: Any, point: Any, guard: Any, below: float) -> Dot:
    name = sheet.called(guard.person)
    found = _dot(plan, point, "person", name, f"{name} · {sheet.moment(guard.seen_at)}", 2)
    return msgspec.structs.replace(found, text_y=found.text_y + below)


def _dot(plan: Any, point: Any, state: str, label: str, said: str, lines: float) -> Dot:
    """Its label is ``lines`` of text below it, towards the middle of the plan."""
    x, y = _at(plan, point)
    text = plan.width_m * _TEXT
    anchor = "start" if point.x < 0.2 else "end" if point.x > 0.8 else "middle"
    return Dot(x, y, state, label, said, x, min(max(y + lines * text, text), plan.height_m - text / 3), anchor)


def _at(plan: Any, point: Any) -> tuple[float, float]:
    return point.x * plan.width_m, point.y * plan.height_m


def _picture(sheet: Sheet, area: str) -> str:
    return f"/console/plans/{quote(area, safe='')}" if area in sheet.pictures else ""


def unplaced(guards: Iterable[Any], rounds: Iterable[Any]) -> list[Any]:
    """Guards whose last place is on none of the plans of these rounds."""
    placed = {point.id for each in rounds for point in each.points if any(p.id == point.plan for p in each.plans)}
    return [guard for guard in guards if guard.checkpoint and guard.checkpoint not in placed]
