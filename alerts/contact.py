"""How a person is told of what happens when they are not at a screen: their address on each channel of the site."""

import msgspec

from alerts.facts import WAYS_TO
from alerts.person import Person, person_of
from alerts.world import World


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """``channel``: of the site; ``address``: theirs there, such as a number or a mailbox. It is personal."""

    channel: str
    address: str


def who_is(world: World, name: str) -> Person | None:
    """The person of that account or id; None: nobody, or no register is kept here."""
    return person_of(world, account=name) or person_of(world, person=name)


def id_of(world: World, name: str) -> str:
    """The id of whoever has that account or id; who is not in the register is called as they are."""
    person = who_is(world, name)
    return person.id if person is not None else name


def ways_to(world: World, person: str) -> tuple[Way, ...]:
    """On channels that the site has; of somebody who has left there are none."""
    known = who_is(world, person)
    if known is not None and not known.is_here(world.site.calendar.day(world.now)):
        return ()
    found: tuple[Way, ...] = next(iter(world.ask_of(WAYS_TO, person=person)), ())
    return tuple(way for way in found if way.channel in world.site.channels)
