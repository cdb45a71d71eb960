"""A permit to work 作业票: what tickets for dangerous work share, whichever workflow keeps them.

Each is for one place and a time that is never extended, has somebody who watches, and tests of the air that count for a
while. Permits for one place know of each other: by facts of one topic and by questions, and never by an import. What a
place needs (a confined space its own permit) is asked of whoever knows it (``PLACE_NEEDS``).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from alerts.case import Case
from alerts.facts import PERMIT, PERMITS_AT, PLACE_NEEDS, Fact
from alerts.kinds import kinds
from alerts.permit_gas import GasTest
from alerts.rule import Rule
from alerts.workflow import World
from devices.errors import Refused
from devices.message import At, Text
from devices.reading import SECOND, Instant

MINUTE: Instant = 60 * SECOND
HOUR: Instant = 60 * MINUTE
_MOST_BESIDE = 20


class Beside(msgspec.Struct, frozen=True):
    """Another permit that is open for the same place."""

    workflow: str
    case: str
    work: str
    stage: str


class Permit(Case, frozen=True, kw_only=True):
    """``space``: the number of the confined space that it is for, "" for none. ``paused_at``: since when nobody works.

    ``valid_until``: 0 while nobody has approved it.
    """

    place: str
    work: str
    watcher: str
    valid_until: Instant
    stage: str
    paused_at: Instant | None = None
    gas: tuple[GasTest, ...] = ()
    is_late: bool = False
    space: str = ""
    beside: tuple[Beside, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What its place is called."""
        return names_of(self.place, self.space)


P = TypeVar("P", bound=Permit)


def names_of(*words: str) -> tuple[str, ...]:
    """The names of a place, so that it is the same place however it is written."""
    return tuple(dict.fromkeys(" ".join(word.split()).casefold() for word in words if word.strip()))


def is_same_place(one: Permit, area: str, names: Collection[str]) -> bool:
    return one.area == area and bool(set(one.names) & set(names))


# -- what speaks against one --------------------------------------------------------------------------------------


def check_wanted(ask: msgspec.Struct, fields: Iterable[str], table: str) -> None:
    """Raises Refused for the first of those fields that says nothing; ``table``: where their names stand."""
    for name in fields:
        value = getattr(ask, name)
        words = value if isinstance(value, tuple) else (value,)
        if not any(str(word).strip() for word in words):
            text = Text.of("permit.wanting", field=Text.of(f"{table}.field_{name}"))
            raise Refused(text, ((0, name, text),))


def check_watcher(watcher: str, workers: Iterable[str]) -> None:
    """Who watches does not work (forms.md 3: the watcher signs beside the worker)."""
    if _same(watcher) in {_same(worker) for worker in workers}:
        raise Refused(Text.of("permit.watches_himself"), ((0, "watcher", Text.of("permit.watches_himself")),))


def check_area(area: str, world: World) -> None:
    if area not in world.site.areas:
        raise Refused(Text.of("permit.no_area", area=area[:64]))


def check_valid(permit: Permit, now: Instant) -> None:
    """A ticket is never extended: longer work takes a new one."""
    if now >= permit.valid_until:
        raise Refused(Text.of("permit.not_valid", until=At(permit.valid_until)))


def needs_of(permit: Permit, workflow: str, world: World) -> tuple[Text, ...]:
    """What must be in force at its place and is not, by whoever knows that."""
    answers = world.ask_of(PLACE_NEEDS, area=permit.area, names=permit.names, workflow=workflow)
    return tuple(text for answer in answers for text in answer)


def check_needs(permit: Permit, workflow: str, world: World) -> None:
    for text in needs_of(permit, workflow, world):
        raise Refused(text)


def _same(name: str) -> str:
    return " ".join(name.split()).casefold()


def same_person(one: str, other: str) -> bool:
    return _same(one) == _same(other)


# -- who else is there ------------------------------------------------------------------------------------------------


def here(workflow: str) -> Callable[[Mapping[str, Any], Mapping[str, Any], World, Instant], tuple[Beside, ...]]:
    """How a workflow answers ``PERMITS_AT``."""

    def answer(
        about: Mapping[str, Any], cases: Mapping[str, Permit], _world: World, _now: Instant
    ) -> tuple[Beside, ...]:
        found = (each for each in cases.values() if is_same_place(each, about["area"], about["names"]))
        return tuple(Beside(workflow, each.id, each.work, each.stage) for each in found)

    return answer


def beside(permit: Permit, world: World) -> tuple[Beside, ...]:
    """All others at its place, as they stand now."""
    answers = world.ask_of(PERMITS_AT, area=permit.area, names=permit.names)
    return tuple(each for answer in answers for each in answer if each.case != permit.id)[:_MOST_BESIDE]


def concerned(fact: Fact, cases: Mapping[str, P]) -> Sequence[P]:
    """Which of these another permit that has moved is beside: by ``place`` and ``space`` of the fact."""
    if PERMIT not in fact.topics:
        return ()
    said = names_of(*(str(fact.fields.get(name, "")) for name in ("place", "space")))
    return [each for each in cases.values() if each.id != fact.case and is_same_place(each, fact.area, said)]


def late_rule(workflow: str, said: Mapping[str, Any]) -> Rule[Any]:
    """Shipped with each: work that goes on when its time is over. ``said``: name, titles and procedures."""
    begins, ends = [f"{workflow}.late"], [f"{workflow}.closed"]
    made = {"kind": "fact", "alert_class": "duty", "priority": 2, "begins": begins, "ends": ends, **said}
    rule: Rule[Any] = msgspec.convert(made, kinds()["fact"])
    return rule
