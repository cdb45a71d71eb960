"""Receiving centres that alerts are told to."""

from collections.abc import Collection
from typing import Literal, Protocol, TypeAlias

import msgspec

from devices.message import Text
from devices.reading import Instant

WayState: TypeAlias = Literal["up", "connecting", "lost"]


class WayView(msgspec.Struct, frozen=True):
    """One path to a centre; ``heard_at``: when the centre spoke last by it since the start; ``why`` it is lost."""

    address: str
    state: WayState
    heard_at: Instant | None = None
    why: Text | None = None


class CentreView(msgspec.Struct, frozen=True, kw_only=True):
    """One centre. ``waiting`` is not confirmed yet, ``failed`` of that was said often enough in vain.

    ``confirmed_at``: when it last took something; ``kept``: how many events are on record; ``why`` it is told nothing.
    ``family``: "" of one that the site file names no more.
    """

    name: str
    family: str
    ways: tuple[WayView, ...] = ()
    confirmed_at: Instant | None = None
    waiting: int = 0
    failed: int = 0
    kept: int = 0
    why: Text | None = None


class CentreNumber(msgspec.Struct, frozen=True):
    """By which number a centre knows an area (``partition``) or a device (``zone``)."""

    centre: str
    kind: Literal["partition", "zone"]
    number: int
    name: str


class Centres(Protocol):
    """Each method blocks, and may raise StoreUnavailable."""

    def centres(self, without: Collection[str] | None = None) -> list[CentreView]:
        """Those of the site file in its order, then those that were told of something before.

        ``without``: what they are told of these alerts is left out, and they took something last when the newest of
        the rest happened.
        """
        ...

    def numbers(self) -> list[CentreNumber]: ...
