"""Whom a hazard concerns, as far as people are registered: the responsible, the heads of a department, the leaders."""

from alerts.hazards import Hazard
from alerts.person import Person, people_in, person_of
from alerts.world import World


def people_told(case: Hazard, level: str, world: World) -> tuple[str, ...]:
    """Who is told that a term is over, by name; the responsible as they were named where no register knows them."""
    if level == "responsible":
        person = registered(case.responsible, world)
        return (person.name,) if person is not None else (case.responsible,) if case.responsible else ()
    if level == "department":
        here = people_in(world, department=case.department) if case.department else ()
        return tuple(one.name for one in here if one.level == "department")
    return tuple(one.name for one in leaders(world))


def leaders(world: World) -> tuple[Person, ...]:
    """Those who answer for the site."""
    return tuple(one for one in people_in(world) if one.level == "leader")


def registered(called: str, world: World) -> Person | None:
    """Whoever has that id or account."""
    return person_of(world, person=called) or person_of(world, account=called)


def is_person(account: str, called: str, world: World) -> bool:
    """Whether the account is that of a person who was named by account or by the id of the register."""
    person = registered(called, world)
    return account.casefold() in (called.casefold(), person.account.casefold() if person is not None else "")
