"""Which number an area and a device have at a receiving centre: given once, and never to anything else."""

from collections.abc import Iterable, Mapping

import msgspec


class Numbers(msgspec.Struct, frozen=True):
    """By id. ``areas`` are partitions, ``points`` are zones."""

    areas: Mapping[str, int] = {}
    points: Mapping[str, int] = {}


class Numbering:
    """``known``: what was given before; ``wanted``: what the site file says, which goes before it."""

    def __init__(self, known: Numbers, wanted: Numbers) -> None:
        self._given = {
            "areas": _together(known.areas, wanted.areas),
            "points": _together(known.points, wanted.points),
        }
        self.has_news = self.numbers != known
        """Whether a number was given that is not kept yet."""

    def give(self, areas: Iterable[str], points: Iterable[str]) -> None:
        """A number to each that has none, in this order."""
        for kind, names in (("areas", areas), ("points", points)):
            for name in names:
                self._of(kind, name)

    def partition(self, area: str) -> int:
        """0 for none."""
        return self._of("areas", area)

    def zone(self, point: str) -> int:
        """0 for none."""
        return self._of("points", point)

    @property
    def numbers(self) -> Numbers:
        """All that was given: it must be kept."""
        return Numbers(dict(self._given["areas"]), dict(self._given["points"]))

    def kept(self) -> None:
        """They are."""
        self.has_news = False

    def _of(self, kind: str, name: str) -> int:
        given = self._given[kind]
        if name and name not in given:
            given[name] = max(given.values(), default=0) + 1
            self.has_news = True
        return given.get(name, 0)


def _together(known: Mapping[str, int], wanted: Mapping[str, int]) -> dict[str, int]:
    """Whoever has a number that the site file gives to another is given a new one."""
    taken = set(wanted.values())
    return {**{name: number for name, number in known.items() if number not in taken}, **wanted}
