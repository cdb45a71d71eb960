"""Who could be sent to an alarm: whoever is on duty, who is known to be here in front, of these the nearest first."""

from alerts.contact import id_of
from alerts.facts import LAST_PLACE, NEAREST_GUARD, PRESENT
from alerts.response_case import Candidate, Responding
from alerts.response_words import on_duty
from alerts.world import World
from devices.reading import Instant

_GUARD = ("guard",)
_MOST = 20


def candidates(case: Responding, world: World, now: Instant) -> tuple[Candidate, ...]:
    """By the roster, by signs of presence, and by how far they were when last seen; without a roster who was seen."""
    wanted = next((step.roles for step in case.steps if step.kind == "scene" and step.roles), _GUARD)
    nearest = next(iter(world.ask_of(NEAREST_GUARD, area=case.area)), ())
    order = {id_of(world, name): rank for rank, name in reversed(list(enumerate(nearest)))}
    people = on_duty(wanted, case.area, world, now) or list(order)
    places = {id_of(world, place.person): place for each in world.ask_of(LAST_PLACE) for place in each}
    found = []
    for person in people:
        place = places.get(person)
        found.append(
            Candidate(
                person=person,
                checkpoint=place.checkpoint if place is not None else "",
                area=place.area if place is not None else "",
                seen_at=place.at if place is not None else 0,
                is_present=any(world.ask_of(PRESENT, person=person)),
            )
        )
    found.sort(key=lambda each: (not each.is_present, order.get(each.person, len(order))))
    return tuple(found[:_MOST])
