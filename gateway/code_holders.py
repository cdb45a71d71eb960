"""Whose codes still count, and for what: the register of people says who is here, the site file what a keypad arms."""

from collections.abc import Callable

from alerts.facts import ALSO_ARMS
from alerts.person import may_use_codes
from alerts.world import World
from devices.keypad import Known
from devices.reading import Instant

Find = Callable[[str, Instant], Known | None]


def of_people_here(find: Find, world: World) -> Find:
    """``find`` without the codes and cards of whoever has left by then; that is a look into what is in memory."""

    def found(code: str, now: Instant) -> Known | None:
        known = find(code, now)
        if known is None:
            return None
        its = known.code
        return known if may_use_codes(world, its.user, has_account=not its.is_person, now=now) else None

    return found


def also_armed_by(world: World, device: str) -> tuple[str, ...]:
    """The areas that a keypad arms beside its own."""
    return next(iter(world.ask_of(ALSO_ARMS, device=device)), ())
