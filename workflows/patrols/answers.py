"""What patrols answer to others: who is nearest, which rounds were missed, when an area was walked last."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from alerts.facts import LAST_PATROLLED, LAST_PLACE, MISSED_ROUNDS, NEAREST_GUARD
from alerts.last_place import LastPlace
from alerts.workflow import Answer, World
from devices.message import Text
from devices.reading import Instant
from workflows.patrols import facts
from workflows.patrols.plan import PatrolsConfig
from workflows.patrols.walks import learnt_from

_FAR_S = 1e9


def answers_of(config: PatrolsConfig) -> Mapping[str, Answer]:
    """By question."""
    return {
        NEAREST_GUARD: partial(_nearest, config),
        MISSED_ROUNDS: partial(_missed_rounds, config),
        LAST_PATROLLED: partial(_last_patrolled, config),
    }


def _nearest(
    config: PatrolsConfig, about: Mapping[str, Any], cases: Mapping[str, Any], world: World, _now: Instant
) -> tuple[str, ...]:
    """By how long they need at least from where they were last seen; who was seen in the area is nearest.

    On one plan that follows from its scale, between floors and buildings from what is said (``legs``) or was walked.
    Whose way nobody knows comes last, who was seen there longest ago behind.
    """
    there = [each.id for each in config.checkpoints if each.area == about["area"]]
    learnt = learnt_from(cases.values())

    def far(place: LastPlace) -> tuple[float, Instant]:
        ways = (config.least_s(place.checkpoint, each, learnt) for each in there)
        known = min((each for each in ways if each is not None), default=_FAR_S)
        return (0 if place.area == about["area"] else known), -place.at

    places = next(iter(world.ask_of(LAST_PLACE)), ())
    return tuple(place.person for place in sorted(places, key=far))


def _missed_rounds(
    config: PatrolsConfig, about: Mapping[str, Any], cases: Mapping[str, Any], _world: World, now: Instant
) -> tuple[Text, ...]:
    area = about.get("area", "")
    there = {each.id for each in config.checkpoints if area in ("", each.area)}
    missed = [each for each in cases.values() if not there.isdisjoint(each.missed)]
    missed.sort(key=lambda each: (each.starts_at, each.id))
    return tuple(facts.of_round(each, "missed", now, config, each.missed).text for each in missed)


def _last_patrolled(
    config: PatrolsConfig, about: Mapping[str, Any], cases: Mapping[str, Any], _world: World, _now: Instant
) -> Instant | None:
    its = {each.id for each in config.checkpoints if each.area == about["area"]}
    visits = (visit for each in cases.values() for visit in each.visits if visit.checkpoint in its)
    return max((visit.done_at for visit in visits), default=None)
