"""What was counted on one local day of the site, half hour by half hour: sums alone, so any span is a sum of them."""

from collections.abc import Iterable, Mapping

import msgspec

from alerts.kpi.times import Times

HALF_HOUR_MIN = 30


class Actor(msgspec.Struct):
    """What became of one source of alerts: a rule, and the device or area that it raised them for.

    ``raised``: how often it shouted; ``chattered``: how many spells of chattering; ``stale``: how many of its alerts
    came to stand for more than a day; ``aside``: how many were raised while they were held back. The rest are what
    people found. ``of`` is the class; ``signal`` of the first cause, ``is_number`` whether that has a measured value.
    """

    of: str = ""
    signal: str = ""
    is_number: bool = False
    raised: int = 0
    chattered: int = 0
    stale: int = 0
    aside: int = 0
    confirmed: int = 0
    false_alarm: int = 0
    nuisance: int = 0

    @property
    def judged(self) -> int:
        """How many were found to be real or not."""
        return self.confirmed + self.false_alarm + self.nuisance

    @property
    def not_real(self) -> int:
        return self.false_alarm + self.nuisance

    def join(self, other: "Actor") -> None:
        """All of another time."""
        self.of, self.signal = other.of or self.of, other.signal or self.signal
        self.is_number = other.is_number or self.is_number
        self.raised += other.raised
        self.chattered += other.chattered
        self.stale += other.stale
        self.aside += other.aside
        self.confirmed += other.confirmed
        self.false_alarm += other.false_alarm
        self.nuisance += other.nuisance


class Piece(msgspec.Struct):
    """Half an hour, or any longer time.

    ``peak``: most alerts in 10 min that end with one of its alerts; ``peak_each`` the same for one of those who were at
    the operator positions then. ``flood_s``: seconds in flood. By priority and by class how many; ``answered`` and
    ``on_scene`` by class, of the alerts that were raised in it. ``actors`` by ``actor_key``.
    """

    peak: int = 0
    peak_each: float = 0.0
    flood_s: int = 0
    priorities: dict[int, int] = {}
    classes: dict[str, int] = {}
    answered: dict[str, Times] = {}
    on_scene: dict[str, Times] = {}
    actors: dict[str, Actor] = {}

    @property
    def raised(self) -> int:
        """How often an alert shouted."""
        return sum(self.classes.values())

    def actor(self, key: str) -> Actor:
        """That one's counts here, to be counted on."""
        return self.actors.setdefault(key, Actor())

    def join(self, other: "Piece") -> None:
        """All of another time."""
        self.peak = max(self.peak, other.peak)
        self.peak_each = max(self.peak_each, other.peak_each)
        self.flood_s += other.flood_s
        for priority, count in other.priorities.items():
            self.priorities[priority] = self.priorities.get(priority, 0) + count
        for of, count in other.classes.items():
            self.classes[of] = self.classes.get(of, 0) + count
        _join_times(self.answered, other.answered)
        _join_times(self.on_scene, other.on_scene)
        for key, actor in other.actors.items():
            self.actor(key).join(actor)


class Day(msgspec.Struct):
    """``pieces`` by the number of the half hour by the wall clock; ``folded``: those that are told apart no more.

    ``stale``: how many alerts stood at some time of this day for more than 24 h.
    """

    pieces: dict[int, Piece] = {}
    folded: Piece | None = None
    stale: int = 0

    def piece(self, minute: int) -> Piece:
        """That of so many minutes after midnight, to be counted on."""
        return self.pieces.setdefault(minute // HALF_HOUR_MIN, Piece())

    def fold(self) -> None:
        """A day long ago is asked for as a whole."""
        self.folded = joined([*([self.folded] if self.folded is not None else []), *self.pieces.values()])
        self.pieces = {}

    def whole(self) -> Piece:
        """All of the day."""
        if self.folded is not None and not self.pieces:
            return self.folded
        return joined([*([self.folded] if self.folded is not None else []), *self.pieces.values()])


def joined(pieces: Iterable[Piece]) -> Piece:
    """One of all; none of them is changed."""
    whole = Piece()
    for piece in pieces:
        whole.join(piece)
    return whole


def actor_key(rule: str, key: str) -> str:
    """The name of a source of alerts; ``actor_of`` is the way back."""
    return f"{rule}\t{key}"


def actor_of(key: str) -> tuple[str, str]:
    """The rule, and the device or area."""
    rule, _, of = key.partition("\t")
    return rule, of


def _join_times(into: dict[str, Times], more: Mapping[str, Times]) -> None:
    for of, times in more.items():
        into.setdefault(of, Times()).join(times)
