"""Which devices guard life: by what they are, and by what a rule makes of them."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from alerts.alert import AlertClass
from alerts.rule import Rule
from devices.detector_trigger import guards_life
from devices.detector_trigger import is_danger_point as is_point
from devices.device import Device

DEADLY = frozenset({AlertClass.FIRE, AlertClass.HOLD_UP, AlertClass.GAS})
"""What kills."""
TAKES_TWO = frozenset({AlertClass.FIRE, AlertClass.GAS})
"""What raises alerts of these classes is taken out of service by two people only."""

SignalsOf = Callable[[str], Collection[str]]
"""What a device was heard to say beside what it is installed for."""


def is_danger_point(rules: Iterable[Rule[Any]], signals_of: SignalsOf) -> Callable[[Device], bool]:
    """Which devices are fire, gas or hold-up points."""
    guards = _by_rules(rules, signals_of, DEADLY)
    return lambda device: is_point(device) or guards(device)


def takes_two(rules: Iterable[Rule[Any]], signals_of: SignalsOf) -> Callable[[Device], bool]:
    """Which devices take two: what detects a danger to life, and what a rule makes a danger of."""
    watched = _by_rules(rules, signals_of, TAKES_TWO)
    return lambda device: guards_life(device) or watched(device)


def _by_rules(
    rules: Iterable[Rule[Any]], signals_of: SignalsOf, classes: Collection[AlertClass]
) -> Callable[[Device], bool]:
    grave = [rule for rule in rules if rule.alert_class in classes]

    def check(device: Device) -> bool:
        signals = {*device.signals, *signals_of(device.id)}
        return any(rule.selects(device) and any(rule.watches(device, signal) for signal in signals) for rule in grave)

    return check
