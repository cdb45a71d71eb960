"""After a start: kinds that look back are told again what was stored of the window that they look over.

What such a rule remembers need not be stored with each reading. It is built up anew from the series store, as it stood
when the gateway stopped, each reading marked Quality.STORED. That by itself causes no alert: if one stands, its breach
is the one found here; if none does, the breach is forgotten, and the next reading says whether it is one. Of a rule
that does not apply (disarmed) it is remembered, as what was found there. docs/adr/0189.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from alerts.engine.stepping import Stepping
from alerts.rule import Rule
from alerts.rule_instance import RuleInstance
from alerts.rule_instances import RuleInstances
from devices.device import Device
from devices.reading import SECOND, Instant, Quality, Reading
from devices.signals import base_name

_STORED = int(Quality.STORED)

Series = tuple[str, str]
"""A device and one of its signals."""


def windows(
    rules: Sequence[Rule[Any]],
    devices: Sequence[Device],
    series: Iterable[Series],
    listened: Mapping[str, Instant] = {},
) -> Mapping[Series, Instant]:
    """How far back each of these series is wanted, in nanoseconds before the stop; no others are in it.

    ``listened``: what workflows want, by signal without channel.
    """
    looking_back = [(rule, int(rule.window_s() * SECOND)) for rule in rules if rule.window_s() > 0]
    by_id = {device.id: device for device in devices} if looking_back or listened else {}
    wanted: dict[Series, Instant] = {}
    for name, signal in series if by_id else ():
        device = by_id.get(name)
        its = listened.get(base_name(signal)) if listened else None
        spans = [its] if its is not None and device is not None else []
        spans += [span for rule, span in looking_back if device is not None and _is_about(rule, device, signal)]
        if spans:
            wanted[name, signal] = max(spans)
    return wanted


def _is_about(rule: Rule[Any], device: Device, signal: str) -> bool:
    return Reading in rule.listens and rule.selects(device) and rule.watches(device, signal)


def prime(instances: RuleInstances, stepping: Stepping, stretch: Sequence[Reading], now: Instant) -> set[RuleInstance]:
    """Takes each that looks back through its part of the stretch, which is in time order; returns those.

    A rule that fails here is a fault, and remembers what it did before.
    """
    since = {
        rule.name: stretch[-1].received - int(rule.window_s() * SECOND)
        for rule in (instances.rules if stretch else ())
        if rule.window_s() > 0
    }
    concerned: dict[Series, tuple[RuleInstance, ...]] = {}
    given: dict[RuleInstance, list[Reading]] = {}
    for reading in stretch:
        series = reading.device, reading.signal
        if series not in concerned:
            its = instances.of(instances.post(reading.device), reading.signal, since)
            concerned[series] = tuple(instance for instance in its if instance.rule.name in since)
        for instance in concerned[series]:
            if reading.received >= since[instance.rule.name]:
                given.setdefault(instance, []).append(replace(reading, quality=reading.quality | _STORED))
    primed = set()
    for instance, readings in given.items():
        rule, before = instance.rule, instance.memory
        try:
            instance.memory = rule.before_window(before)
            for reading in readings:
                instance.memory = rule.step(instance.memory, reading, min(reading.received, now))
        except Exception as error:  # noqa: BLE001 - docs/adr/0070
            instance.memory = before
            stepping.failed(instance, error, now)
            continue
        if instance.whole is not None:
            instance.whole.note(instance)
        primed.add(instance.whole or instance)
    for whole in primed:
        if whole.parts is not None:
            whole.memory = instances.assembled(whole, now)
    return primed


def forget_breach(instances: RuleInstances, instance: RuleInstance, now: Instant) -> None:
    """The next reading says whether it is one."""
    for each in (instance.parts or {}).values():
        each.memory = replace(each.memory, breach=None)
        instance.note(each)
    instance.memory = (
        instances.assembled(instance, now) if instance.parts is not None else replace(instance.memory, breach=None)
    )
