"""The people of a permit: who may work under it, and who was told what is dangerous there.

They are ids or accounts of the register of people, or names of people who are in no register (another firm's).
"""

from collections.abc import Iterable

from alerts.contact import who_is
from alerts.permit import same_person
from alerts.permit_asks import GradedPermit
from alerts.person import is_certified
from alerts.workflow import World
from devices.errors import Refused
from devices.message import Text
from devices.reading import Instant


def everybody(permit: GradedPermit) -> tuple[str, ...]:
    """Who leads, works and watches."""
    return tuple(dict.fromkeys((permit.lead, *permit.workers, permit.watcher)))


def check_people(permit: GradedPermit, certificate: str, world: World, now: Instant) -> None:
    """Nobody who has left, and nobody without the certificate that this kind of work takes. Raises Refused.

    Of people in no register the application has to say what they hold.
    """
    day = world.site.calendar.day(now)
    for name in everybody(permit):
        person = who_is(world, name)
        if person is not None and not person.is_here(day):
            raise Refused(Text.of("permit.has_left", person=name[:100]))
        if not certificate or name not in permit.workers:
            continue
        if person is None and not any(name.casefold() in line.casefold() for line in permit.certificates):
            raise Refused(Text.of("permit.which_certificate", person=name[:100]))
        if person is not None and not is_certified(world, person.id, certificate, day):
            raise Refused(Text.of("permit.not_certified", person=name[:100], certificate=certificate))


def not_briefed(permit: GradedPermit) -> tuple[str, ...]:
    """Of those who lead, work and watch."""
    told = [name for each in permit.briefed for name in each.persons]
    return tuple(name for name in everybody(permit) if not any(same_person(name, one) for one in told))


def check_is_of_it(persons: Iterable[str], those: Iterable[str]) -> None:
    """Raises Refused for the first that is none of those."""
    known = tuple(those)
    for name in persons:
        if not any(same_person(name, one) for one in known):
            raise Refused(Text.of("permit.not_of_it", person=name[:100]))
