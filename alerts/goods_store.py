"""A store of dangerous goods or important items as whoever keeps stock sees it: who keeps it, and who is there now."""

from collections.abc import Mapping
from typing import Any

import msgspec

from alerts.case import Case
from alerts.facts import GOODS_STORE
from alerts.person import person_of
from alerts.world import World
from devices.message import Name, Text
from devices.reading import Instant


class GoodsStore(msgspec.Struct, frozen=True, kw_only=True):
    """``keepers``: ids of persons, or accounts of who is in no register. ``here``: whose card was read there of late.

    ``is_interlocked``: two locks; nothing moves there unless the cards of two keepers were read at it.
    """

    id: str
    area: str
    called: Name
    keepers: tuple[str, ...] = ()
    here: Mapping[str, Instant] = {}
    is_interlocked: bool = False


class Shown(msgspec.Struct, frozen=True):
    """A keeper's card was read at the store."""

    person: str
    at: Instant


class Opening(msgspec.Struct, frozen=True):
    """A door was opened at that time, and nobody has said why yet; ``people``: whose cards were read before it."""

    door: str
    at: Instant
    people: tuple[str, ...] = ()


class Store(Case, frozen=True, kw_only=True):
    """A store; the id of the case is its id.

    ``released_until``: until then its lock is open. ``shown``: keepers whose card was read, each the last time.
    ``standing``: doors that are open. ``unnamed``: openings without a purpose, oldest first; ``is_late``: that was
    told. ``purpose``: the last, ``named_at`` when it was said.
    """

    title: Name = Name("")
    keepers: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    standing: tuple[str, ...] = ()
    unnamed: tuple[Opening, ...] = ()
    is_late: bool = False
    purpose: str | Text = ""
    named_at: Instant = 0
    released_until: Instant | None = None


def store_of(world: World, store: str) -> GoodsStore | None:
    """The store of that id; None: there is none."""
    found: Any = next(iter(world.ask_of(GOODS_STORE, store=store)), None)
    return found if isinstance(found, GoodsStore) else None


def who(world: World, by: str) -> str:
    """The id of whoever has that account or id; who is in no register is called as they sign in.

    ``li (os:root)`` signed as li, at the machine itself; a user of the machine alone is nobody's account.
    """
    name = by.partition(" (os:")[0]
    person = person_of(world, account=name) or person_of(world, person=name)
    return person.id if person is not None else name


def account_of(world: World, keeper: str) -> str:
    """The account of a keeper, or what they are called without one."""
    person = person_of(world, person=keeper)
    return person.account if person is not None and person.account else keeper
