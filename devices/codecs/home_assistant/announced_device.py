"""One device as it announced itself: its entities, the signal that each got, and what says that it can be reached."""

from collections import Counter

from msgspec import structs

from devices.codecs.home_assistant.announcement import Announced, Availability, Available
from devices.payloads.signal_aliases import normal
from devices.signals import rank


class AnnouncedDevice:
    """``signals``: by an entity's key; ``told``: all of them, danger first; ``reached``: how many hang on each."""

    def __init__(self) -> None:
        self.entities: dict[str, Announced] = {}
        self.signals: dict[str, str] = {}
        self.told: tuple[str, ...] = ()
        self.reached: Counter[Availability] = Counter()

    @property
    def model(self) -> str:
        return next((one.model for one in self.entities.values() if one.model), "")

    @property
    def firmware(self) -> str:
        return next((one.firmware for one in self.entities.values() if one.firmware), "")

    def settle(self) -> None:
        """Give each entity its signal: alone, or without further words, it has it bare; others with their words."""
        of_values = self._of_single_values()
        of_the_device = [_without(of_values, one.availability) for one in self.entities.values()]
        self.reached = Counter(availability for availability in of_the_device if availability.topics)
        sharing: dict[str, list[Announced]] = {}
        for one in self.entities.values():
            sharing.setdefault(one.entity.signal, []).append(one)
        self.signals = {}
        taken = {"online"} if self.reached else set()
        for signal, several in sharing.items():
            is_alone = len(several) == 1 and signal not in taken
            for one in sorted(several, key=lambda one: (len(one.entity.rest), one.key)):
                name = signal if is_alone else _apart(signal, one, taken)
                taken.add(name)
                self.signals[one.key] = name
        self.told = tuple(sorted(taken, key=rank))

    def _of_single_values(self) -> set[Available]:
        """What one value among several finds in the states themselves: ``'online' if value_json.x is defined``."""
        states = {one.entity.topic for one in self.entities.values()}
        uses = Counter(each for one in self.entities.values() for each in one.availability.topics)
        alone = {each for each, count in uses.items() if count == 1} if len(self.entities) > 1 else set()
        return {each for each in alone if each.template is not None and each.topic in states}

    def primary(self) -> Availability:
        """What most of its entities depend on: that is whether it is online."""
        return max(self.reached, key=lambda one: (self.reached[one], [each.topic for each in one.topics]))


def _without(left_out: set[Available], availability: Availability) -> Availability:
    if left_out.isdisjoint(availability.topics):
        return availability
    return structs.replace(availability, topics=tuple(each for each in availability.topics if each not in left_out))


def _apart(signal: str, one: Announced, taken: set[str]) -> str:
    name, number = f"{signal}.{one.entity.rest}" if one.entity.rest else signal, 1
    if name in taken:
        stem = f"{name}.{normal(one.key.rpartition('/')[2])[-40:]}"
        name = stem
        while name in taken:
            number += 1
            name = f"{stem}_{number}"
    return name
