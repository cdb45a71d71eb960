"""A live trigger: what a device says when somebody sets it off, as against what it says day in, day out."""

from devices.device import Device
from devices.kinds import watched
from devices.reading import Reading
from devices.signals import SIGNALS, base_name

_MOVED = 1.0
"""A number that has moved by this much, in its own unit, was moved by somebody."""
_FIRE = "fire"
_DANGERS_TO_LIFE = frozenset(
    {"fire", "smoke", "smoke_density", "heat", "flame", "call_point", "water_flow", "co_alarm", "gas_alarm", "gas"}
)
_QUANTITIES = {
    **dict.fromkeys(("smoke", "smoke_density"), "smoke"),
    **dict.fromkeys(("heat", "temperature"), "heat"),
    **dict.fromkeys(("co_alarm", "co"), "co"),
    **dict.fromkeys(("gas_alarm", "gas"), "gas"),
}
_DANGEROUS = frozenset(_QUANTITIES.get(signal, signal) for signal in _DANGERS_TO_LIFE)
_DETECTS_FIRE = frozenset({"fire", "smoke", "smoke_density", "heat", "flame"})
BY_HAND = frozenset({"call_point", "panic", "duress"})
"""Signals with which a person calls for help."""


def is_trigger(device: Device, reading: Reading, first: dict[str, float]) -> bool:
    """A flag that is up, a card or checkpoint; a number only if it moved, and where no flag would tell.

    ``first`` keeps the first value of each number of this device between calls.
    """
    value, base = reading.value, base_name(reading.signal)
    known = watched(device.kind, device.signals)
    if base not in known and base != _FIRE:
        return False
    if isinstance(value, bool | str):
        return bool(value)
    start = first.setdefault(reading.signal, value)
    reported = {base_name(signal) for signal in device.signals} & known or known
    has_flag = any(SIGNALS[signal].python_type is not float for signal in reported)
    return not has_flag and abs(value - start) >= _MOVED


def is_same_quantity(one: str, other: str) -> bool:
    """Whether one thing trips both signals: smoke and its density, not smoke and heat. A bare fire is any of them."""
    quantities = {quantity_of(one), quantity_of(other)}
    return len(quantities) == 1 or _FIRE in quantities


def quantity_of(signal: str) -> str:
    base = base_name(signal)
    return _QUANTITIES.get(base, base)


def tells_danger(signal: str) -> bool:
    """Whether it tells of a danger to life, by a flag or by a figure."""
    return quantity_of(signal) in _DANGEROUS


def guards_life(device: Device) -> bool:
    """Whether a fire or gas detector, or whatever else people's lives hang on."""
    return bool(_tells(device) & _DANGERS_TO_LIFE)


def is_danger_point(device: Device) -> bool:
    """Whether a fire, gas or hold-up point: people's lives hang on what it tells, or on being able to call for help."""
    return guards_life(device) or bool(_all_of(device) & BY_HAND)


def detects_fire(device: Device) -> bool:
    """Whether it sees a fire by itself."""
    return bool(_tells(device) & _DETECTS_FIRE)


def is_worked_by_hand(device: Device) -> bool:
    """A manual call point or a panic button, and nothing else."""
    told = _tells(device)
    return bool(told) and told <= BY_HAND


def calls_by_hand(signal: str) -> bool:
    """Whether a person calls for help with this signal: it is never delayed, made dependent, or switched off."""
    return base_name(signal) in BY_HAND


def _all_of(device: Device) -> frozenset[str]:
    return watched(device.kind, device.signals) | {base_name(signal) for signal in device.signals}


def _tells(device: Device) -> frozenset[str]:
    return watched(device.kind, device.signals) | {base_name(s) for s in device.signals} & _DANGERS_TO_LIFE
