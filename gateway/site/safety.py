"""What standards allow a site to do with fire, hold-up, gas, tamper and intrusion: limits that no file may pass.

EN 54-2 and GB 4717 want the loss of a fire device shown within 100 s, yet cheap battery smoke detectors (Zigbee) report
every hour or so and will be used. So a longer interval is a fault of the file, and the tag ``radio`` is the plain word
that lifts it for one device; `keyarea check` names each such device every time. To accept any interval would make a
comment of the limit; to refuse such sensors would make people give them another kind, and lose fire handling.
"""

from collections.abc import Iterator
from typing import Any

from alerts.alert import AlertClass
from alerts.rule import Rule
from devices.device import Device
from devices.message import Text
from devices.signals import base_name
from devices.supervision import FIRE_KINDS, LONGEST_FIRE_S, RADIO_TAG
from gateway.site.fault import Fault, Path
from gateway.site.model import Site
from gateway.site.rule_keys import key_of

LONGEST_VERIFICATION_S = 60
"""A detector's signal may be verified for so long before it is an alarm (UL 864; EN 54-2 dependency type A)."""
LONGEST_ENTRY_S = 45
"""EN 50131-1: the entry timer is 45 s at most."""
LONGEST_DELAYS_S = {
    AlertClass.FIRE: (LONGEST_VERIFICATION_S, "a fire may be verified for {limit} s at most"),
    AlertClass.GAS: (LONGEST_VERIFICATION_S, "a gas alarm may be verified for {limit} s at most, as a fire"),
    AlertClass.HOLD_UP: (0, "a hold-up alarm is never delayed (GB 50394)"),
    AlertClass.INTRUSION: (LONGEST_ENTRY_S, "an intrusion may wait for {limit} s at most (EN 50131-1)"),
}
"""How long what a rule is about may stand before it is an alert of that class, and the words for it."""

ALWAYS_ON = frozenset({AlertClass.FIRE, AlertClass.HOLD_UP, AlertClass.GAS, AlertClass.TAMPER})
_CALL_POINT = "call_point"


def safety_faults(site: Site) -> Iterator[Fault]:
    """Everything that the file asks for and that a standard forbids."""
    for index, device in enumerate(site.devices):
        yield from silence_faults(device, ("devices", index))
    for index, rule in enumerate(site.rules):
        yield from _rule(rule, site, ("rules", index))


def silence_faults(device: Device, path: Path) -> Iterator[Fault]:
    """A fire device that may be silent for longer than the standards allow."""
    interval_s = device.interval_s or 0
    if device.kind in FIRE_KINDS and interval_s > LONGEST_FIRE_S and RADIO_TAG not in device.tags:
        yield Fault(
            (*path, "interval_s"),
            Text.of("safety.silent_too_long", longest_s=LONGEST_FIRE_S, found_s=interval_s, tag=RADIO_TAG),
        )


def _rule(rule: Rule[Any], site: Site, path: Path) -> Iterator[Fault]:
    if rule.alert_class in ALWAYS_ON:
        for key, given in (("modes", rule.modes), ("schedule", rule.schedule)):
            if given:
                problem = f"a {rule.alert_class} rule is never switched off, neither by an armed mode nor by a schedule"
                yield Fault((*path, key), problem)
    chosen = [device for device in site.devices if rule.selects(device)]
    yield from _silence(rule, chosen, path) if rule.supervises else _delay(rule, chosen, path)


def _silence(rule: Rule[Any], chosen: list[Device], path: Path) -> Iterator[Fault]:
    """A rule that waits for fire devices for longer than the standards allow."""
    for device in chosen:
        waits_s, why = rule.waits(rule.start(), device)
        is_fire = device.kind in FIRE_KINDS and RADIO_TAG not in device.tags
        if is_fire and why != "set" and waits_s > LONGEST_FIRE_S:
            yield Fault(
                (*path, *key_of(rule, waits_s)),
                f"the loss of a fire device must show within {LONGEST_FIRE_S} s (EN 54-2, GB 4717); "
                f"{device.id!r} has no interval_s of its own and would get {waits_s:g}",
            )
            return


def _delay(rule: Rule[Any], chosen: list[Device], path: Path) -> Iterator[Fault]:
    """What a rule of any kind is about may not stand for longer than its class allows before it is an alert."""
    delay_s = rule.longest_delay_s()
    where = (*path, *key_of(rule, delay_s))
    limit, words = LONGEST_DELAYS_S.get(rule.alert_class, (delay_s, ""))
    if delay_s > 0 and rule.alert_class is AlertClass.FIRE and _concerns_call_point(rule, chosen):
        yield Fault(
            where, f"a manual call point is never delayed (EN 54-2); give it a rule of its own without {_named(where)}"
        )
    elif delay_s > limit:
        yield Fault(where, words.format(limit=limit) + (f"; found {delay_s:g}" if limit else ""))


def _named(where: Path) -> str:
    return str(where[-1]) if isinstance(where[-1], str) else "a delay"


def _concerns_call_point(rule: Rule[Any], chosen: list[Device]) -> bool:
    """Whether a call point's press could be held back by this rule."""
    if _CALL_POINT in map(base_name, rule.watched_signals()):
        return True
    points = [device for device in chosen if device.kind == _CALL_POINT]
    return any(rule.watches(device, signal) for device in points for signal in (device.signals or (_CALL_POINT,)))
