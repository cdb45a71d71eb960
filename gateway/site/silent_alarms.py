"""What a site must say of hold-up alarms: which are silent, and on whose screens those sound and show all the same."""

from collections.abc import Iterator

from alerts.alert import AlertClass
from devices.signals import base_name
from gateway.site.device_checks import PRINTABLE
from gateway.site.fault import Fault, Path, found
from gateway.site.model import Site
from gateway.site.remarks import looks_at
from gateway.site.rule_keys import key_of

_DURESS, _PANIC = "duress", "panic"
_CALLS_FOR_HELP = (_DURESS, _PANIC)
_NO_SCREEN = (
    "a hold-up is silent, and no screen is named that may show it: "
    'silent_alarm_screens = ["an account of the control room"] at the top of the file'
)


def has_silent_alarms(site: Site) -> bool:
    """Whether the site counts on a screen for them."""
    return bool(site.silent_alarm_screens) or any(rule.is_silent for rule in site.rules)


def silent_alarm_faults(site: Site) -> Iterator[Fault]:
    """A hold-up that must not show where it happens needs a screen where it does."""
    for place, account in enumerate(site.silent_alarm_screens):
        if not account.strip() or not PRINTABLE.fullmatch(account):
            yield Fault(("silent_alarm_screens", place), f"must be the name of an account; found {found(account)}")
    looked_at: set[tuple[str, str]] = set()
    for index, rule in enumerate(site.rules):
        path: Path = ("rules", index)
        is_hold_up = rule.alert_class is AlertClass.HOLD_UP
        duress = next((signal for signal in rule.watched_signals() if base_name(signal) == _DURESS), "")
        if duress and not is_hold_up:
            yield Fault((*path, *key_of(rule, duress)), 'duress is a hold-up: its rule has alert_class = "hold_up"')
        elif rule.silent is not None and not is_hold_up:
            yield Fault((*path, "silent"), "only a hold_up alert can be silent")
        elif duress and not rule.is_silent:
            problem = "duress is always silent; panic buttons that may sound have a rule of their own"
            yield Fault((*path, "silent"), problem)
        elif is_hold_up:
            signals = _CALLS_FOR_HELP if rule.is_silent else (_PANIC,)
            looked_at |= {(d.id, name) for d in site.devices for name in signals if looks_at(rule, d, (name,))}
            if rule.is_silent and not site.silent_alarm_screens:
                yield Fault(path, f"{_NO_SCREEN}; a rule whose alert may sound everywhere says silent = false")
    for index, device in enumerate(site.devices if not site.silent_alarm_screens else ()):
        calls = {base_name(signal) for signal in device.signals}.intersection(_CALLS_FOR_HELP)
        if any((device.id, signal) not in looked_at for signal in calls):
            yield Fault(("devices", index), _NO_SCREEN)
