"""The second person: a bypass of what guards life begins when somebody else than who asked for it consents.

IEC 62443-3-3 SR 2.1 calls it dual approval. docs/adr/0134 says why, and who is somebody else.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.bypass import Bypassed, check_words
from alerts.command import ConsentBypass, DeclineBypass
from alerts.rule import Rule
from alerts.suppression.in_force import DEADLY
from devices.detector_trigger import guards_life
from devices.detector_trigger import is_danger_point as is_point
from devices.device import Device
from devices.errors import Refused
from devices.message import Text
from devices.people import people
from devices.reading import SECOND, Instant

WAITS: Instant = 1_800 * SECOND
"""How long a wish waits for the second person."""
TAKES_TWO = frozenset({AlertClass.FIRE, AlertClass.GAS})
"""Alerts of these classes are bypassed by two people only."""


def is_danger_point(
    rules: Iterable[Rule[Any]], signals_of: Callable[[str], Collection[str]]
) -> Callable[[Device], bool]:
    """Which devices are fire, gas or hold-up points: by what they are, and by what a rule makes of them."""
    guards = _by_rules(rules, signals_of, DEADLY)
    return lambda device: is_point(device) or guards(device)


def lapses_at(wish: Bypassed) -> Instant:
    return min((wish.asked or wish.since) + WAITS, wish.until)


def takes_two(rules: Iterable[Rule[Any]], signals_of: Callable[[str], Collection[str]]) -> Callable[[Device], bool]:
    """Which devices take two: what detects a danger to life, and what a rule makes a danger of.

    ``signals_of``: what a device was heard to say beside what it is installed for.
    """
    watched = _by_rules(rules, signals_of, TAKES_TWO)
    return lambda device: guards_life(device) or watched(device)


def _by_rules(
    rules: Iterable[Rule[Any]], signals_of: Callable[[str], Collection[str]], classes: Collection[AlertClass]
) -> Callable[[Device], bool]:
    grave = [rule for rule in rules if rule.alert_class in classes]

    def check(device: Device) -> bool:
        signals = {*device.signals, *signals_of(device.id)}
        return any(rule.selects(device) and any(rule.watches(device, signal) for signal in signals) for rule in grave)

    return check


def consented(
    wish: Bypassed | None, command: ConsentBypass, out: Mapping[str, Bypassed], tested: Collection[str], now: Instant
) -> Bypassed:
    """The bypass that begins now. Raises Refused.

    ``out`` and ``tested``: devices that were bypassed, or have come into a walk test, since it was asked for.
    """
    check_words(command.by, command.note)
    wish = _waiting(wish)
    _somebody_else(wish, command.by)
    taken = [device for device in wish.devices if device in out or device in tested]
    if taken:
        raise Refused(Text.of("consent.taken", devices=tuple(taken[:20])))
    return replace(wish, since=now, consented_by=command.by, note=command.note.strip())


def _somebody_else(wish: Bypassed, by: str) -> None:
    if people(by) & people(wish.by):
        raise Refused(Text.of("consent.somebody_else", by=wish.by))


def declined(wish: Bypassed | None, command: DeclineBypass, now: Instant) -> Bypassed:
    """The wish, ended. Raises Refused."""
    check_words(command.by, command.note)
    return replace(_waiting(wish), ended=now, ended_by=command.by, note=command.note)


def _waiting(wish: Bypassed | None) -> Bypassed:
    if wish is None:
        raise Refused(Text.of("consent.nobody_waits"))
    return wish
