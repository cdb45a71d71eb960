"""A rule at work on one device, one area or the site; and of each installed device, who watches it."""

from collections.abc import Iterator
from typing import Any

import msgspec

from alerts.rule import Breach, Memory, Rule
from devices.device import Device
from devices.reading import Instant, Reading

SITE = "site"
"""The key of a rule that has one memory for the whole site."""
PARTS = "\n"
"""Between the key of a whole and the name of its part, in the key under which the part is stored."""


class Supervised(msgspec.Struct, frozen=True, order=True):
    """How long a device may be silent, in seconds, and why: ``set``, ``learnt`` or ``rule``; whether it is lost."""

    interval_s: float
    interval_from: str
    is_lost: bool


class RuleInstance:
    """``applies`` is the state of its gate; ``dealt`` the breach that the alerts already reflect.

    ``begun``: since when it is at work in this run of the gateway. ``pause``: what its rule is told of next. Of a
    parted rule the whole has ``parts`` by name, ``standing`` those of them that are in breach, as they came;
    a part has the ``whole`` that it belongs to, and ``name`` is its name there. ``supervises``: its rule does, as every
    rule that takes its place.
    """

    __slots__ = (
        *("applies", "area", "begun", "dealt", "is_retired", "key", "memory", "name", "parts", "pause", "rule"),
        *("standing", "supervises", "whole"),
    )

    def __init__(self, rule: Rule[Any], key: str, area: str, memory: Memory | None = None) -> None:
        self.rule, self.key, self.area = rule, key, area
        self.supervises = rule.supervises
        self.memory: Memory = rule.start() if memory is None else memory
        self.applies = True
        self.dealt: Breach | None = None
        self.begun: Instant = 0
        self.pause: Instant = 0
        self.is_retired = False
        self.name = ""
        self.whole: RuleInstance | None = None
        self.parts: dict[str, RuleInstance] | None = {} if rule.parted else None
        self.standing: dict[str, RuleInstance] | None = None

    def note(self, part: "RuleInstance") -> None:
        """Whether a part of it stands, by its memory now."""
        if part.memory.breach is not None:
            if self.standing is None:
                self.standing = {}
            self.standing[part.name] = part
        elif self.standing:
            self.standing.pop(part.name, None)

    def causes(self) -> Iterator[Reading]:
        """Every reading that shows its breach now."""
        for instance in self.standing.values() if self.standing else (self,):
            if instance.memory.breach is not None:
                yield from instance.memory.breach.causes


class DeviceState:
    """``signals`` fills as they are heard: each maps to its instances, so a reading costs two look-ups.

    ``online``: the instances of that signal, which is never routine. ``heard``: the last word, by our clock, 0 if there
    was none; ``pause``: the longest between two words since a supervision looked at it. ``is_away``: it said that it
    goes offline. ``is_back``: it was away or lost, so the next value of each signal is how it was found. ``lost`` are
    supervisions that report it lost, ``groups`` the instances that count it as a member. ``is_tested``: it is in a walk
    test. ``panel`` answers for it, and it for its ``parts``.
    """

    __slots__ = (
        *("device", "groups", "heard", "is_away", "is_back", "is_tested", "lost", "online", "panel", "parts", "pause"),
        "signals",
    )

    def __init__(self, device: Device | None = None) -> None:
        self.device = device
        self.heard: Instant = 0
        self.pause: Instant = 0
        self.signals: dict[str, tuple[RuleInstance, ...]] = {}
        self.online: tuple[RuleInstance, ...] | None = None
        self.groups: list[RuleInstance] = []
        self.lost: list[RuleInstance] = []
        self.is_away = self.is_back = self.is_tested = False
        self.panel: DeviceState | None = None
        self.parts: list[DeviceState] = []
