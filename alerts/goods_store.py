"""A store of dangerous goods or important items as whoever keeps stock sees it: who keeps it, and who is there now."""

from collections.abc import Mapping
from typing import Any

import msgspec

from alerts.facts import GOODS_STORE
from alerts.person import person_of
from alerts.world import World
from devices.message import Name
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


def store_of(world: World, store: str) -> GoodsStore | None:
    """The store of that id; None: there is none."""
    found: Any = next(iter(world.ask_of(GOODS_STORE, store=store)), None)
    return found if isinstance(found, GoodsStore) else None


def who(world: World, by: str) -> str:
    """The id of whoever has that account or id; who is in no register is called as they sign in."""
    person = person_of(world, account=by) or person_of(world, person=by)
    return person.id if person is not None else by


def account_of(world: World, keeper: str) -> str:
    """The account of a keeper, or what they are called without one."""
    person = person_of(world, person=keeper)
    return person.account if person is not None and person.account else keeper
