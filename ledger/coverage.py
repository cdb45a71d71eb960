"""Prevention coverage of a key area 人防、物防、技防: which means there are, which are missing, since when.

Four aspects: **human** (the last patrol is not older than the area's grade allows), **physical** (facilities in date
and sound), **technical** (each kind of detection that the area's risk needs, and each device of the area, works) and
**live** (nothing is bypassed, under test, or disarmed when it should be armed). Each is the share of its items that
are in order; one without items does not count. The coverage of an area is the mean of those that count. Ours: the plan
says 100 %, and no standard how to count it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from devices.message import Text
from devices.reading import Instant

Aspect: TypeAlias = Literal["human", "physical", "technical", "live"]
ASPECTS: tuple[Aspect, ...] = ("human", "physical", "technical", "live")
FIRE = frozenset({"fire", "smoke", "smoke_density", "heat", "temperature", "flame", "call_point", "alarm"})
INTRUSION = frozenset({"door", "motion", "occupancy", "glass_break", "vibration", "intrusion"})
GROUPS: Mapping[str, frozenset[str]] = {"fire": FIRE, "intrusion": INTRUSION}
"""Kinds of detection, by the signals that show them."""


class Gap(msgspec.Struct, frozen=True):
    """What is missing: of which ``aspect``, ``what`` (a device, a facility, a kind of detection), why and since when.

    ``by``: who allowed it, "" for nobody. ``until``: when it ends by itself.
    """

    aspect: Aspect
    what: str
    why: Text
    since: Instant | None = None
    by: str = ""
    until: Instant | None = None


class Item(msgspec.Struct, frozen=True):
    """One thing that is to be in order; without ``gap`` it is."""

    aspect: Aspect
    gap: Gap | None = None


class Shares(msgspec.Struct, frozen=True):
    """Of one area: the share in order by aspect, 0 to 1; None where nothing counts. ``gaps``: by aspect."""

    human: float | None
    physical: float | None
    technical: float | None
    live: float | None
    gaps: tuple[Gap, ...]

    @property
    def whole(self) -> float:
        """The coverage of the area; 0 where nothing at all counts: nobody protects it."""
        counting = [share for aspect in ASPECTS if (share := getattr(self, aspect)) is not None]
        return sum(counting) / len(counting) if counting else 0.0


def shares_of(items: Iterable[Item]) -> Shares:
    """Counted by aspect."""
    by_aspect: dict[Aspect, list[Item]] = {aspect: [] for aspect in ASPECTS}
    for item in items:
        by_aspect[item.aspect].append(item)
    gaps = [item.gap for its in by_aspect.values() for item in its if item.gap is not None]
    return Shares(
        human=_share(by_aspect["human"]),
        physical=_share(by_aspect["physical"]),
        technical=_share(by_aspect["technical"]),
        live=_share(by_aspect["live"]),
        gaps=tuple(sorted(gaps, key=lambda gap: (ASPECTS.index(gap.aspect), gap.since or 0, gap.what))),
    )


def _share(items: Sequence[Item]) -> float | None:
    return sum(item.gap is None for item in items) / len(items) if items else None
